import { IconPlayerStop } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useCancelJob } from '#renderer/app/core/use-cancel-job.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { Progress } from '#renderer/ui/display/progress.tsx'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { formatDuration } from '#renderer/ui/format/time.ts'
import { useNow } from '#renderer/ui/format/use-format.tsx'
import { type GridColumn, instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { SidePane, Split } from '#renderer/ui/overlay/side-pane.tsx'
import { useErrorWords } from '#renderer/ui/page/error-words.ts'
import { JsonView } from '#renderer/ui/page/json-view.tsx'
import { Fields, Page } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Job } from '#shared/contract/workspace/jobs.ts'
import { Comments } from '../comments/comments.tsx'

const { jobs } = contract.workspace

const TONES: Readonly<Record<Job['state'], Tone>> = {
  queued: 'neutral',
  running: 'running',
  done: 'ok',
  failed: 'critical',
  cancelled: 'neutral',
}

/** The words for a kind of job; its name where the catalogue of this version has none. */
export function jobWord(t: TFunction, kind: string): string {
  return (t as unknown as (key: string, options: object) => string)(
    `workspace.jobs.kindWord.${kind.replaceAll('.', '_')}`,
    {
      defaultValue: kind,
    },
  )
}

/** Part done, 0 to 1, or null where it cannot be told. */
export function shareOf(job: Pick<Job, 'done' | 'total'>): number | null {
  if (job.total === null || job.total <= 0n) return null
  return Math.min(1, Number((job.done * 10_000n) / job.total) / 10_000)
}

/** What is under way, and what was: who asked for it, how far it is, how it ended. */
export function JobsPage() {
  const { t } = useTranslation()
  const may = useMay()
  const names = useNames()
  const { params } = useAddress()
  const query = useCoreQuery(jobs.list, { limit: 500 })
  const [openId, setOpenId] = useState<string | null>(params.get('job'))
  const [asked, setAsked] = useState<Job | null>(null)
  const cancel = useCancelJob()
  const rows = query.data?.jobs
  const running = rows?.filter(job => job.state === 'running').length ?? 0
  const open = rows?.find(job => job.id === openId)
  const cancelAction = useMemo(
    () =>
      defineAction<Job>(jobs.cancel, {
        label: () => t('workspace.jobs.cancel'),
        key: 'x',
        icon: IconPlayerStop,
        danger: true,
        when: job =>
          (job.state === 'running' || job.state === 'queued') && !job.cancelRequested && may(jobs.cancel),
        run: setAsked,
      }),
    [t, may],
  )
  const rowActions = useCallback((job: Job) => [bindAction(cancelAction, job)], [cancelAction])
  const columns = useMemo(() => columnsOf(t, names), [t, names])
  return (
    <Page
      title={t('workspace.screen.jobs')}
      subtitle={running > 0 ? t('workspace.jobs.running', { count: running }) : t('workspace.jobs.idle')}
      fill
    >
      <Split pane={open ? <JobPane job={open} by={names(open)} onClose={() => setOpenId(null)} /> : null}>
        <DataGrid
          id="workspace.jobs"
          label={t('workspace.screen.jobs')}
          columns={columns}
          rows={rows}
          rowKey={row => row.id}
          defaultSort={NEWEST}
          loading={query.isPending}
          error={query.error}
          onRetry={() => void query.refetch()}
          selectable={false}
          rowActions={rowActions}
          onOpen={row => setOpenId(row.id)}
          onEscape={openId === null ? undefined : () => setOpenId(null)}
          empty={<EmptyState title={t('workspace.jobs.nothing')} text={t('workspace.jobs.nothingText')} />}
        />
      </Split>
      <Confirm
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={t('workspace.jobs.cancelTitle')}
        confirm={t('workspace.jobs.cancel')}
        danger
        onConfirm={async () => {
          if (asked) await cancel(asked.id)
        }}
      >
        <p>{t('workspace.jobs.cancelText')}</p>
      </Confirm>
    </Page>
  )
}

const NEWEST = [{ id: 'requestedAt', desc: true }]

function useNames(): (job: Pick<Job, 'requestedBy'>) => string {
  const { t } = useTranslation()
  const { people } = useSession()
  return useCallback(
    job =>
      job.requestedBy === null
        ? t('workspace.jobs.core')
        : (people.find(person => person.id === job.requestedBy)?.name ?? job.requestedBy),
    [people, t],
  )
}

function columnsOf(t: TFunction, names: (job: Job) => string): readonly GridColumn<Job>[] {
  const states = Object.fromEntries(
    Object.entries(TONES).map(([state, tone]) => [
      state,
      { label: t(`workspace.jobs.stateWord.${state as Job['state']}`), tone },
    ]),
  )
  return [
    textColumn({
      id: 'kind',
      header: t('workspace.jobs.kind'),
      value: job => jobWord(t, job.kind),
      width: 220,
    }),
    statusColumn({ id: 'state', header: t('workspace.jobs.state'), value: job => job.state, states }),
    {
      id: 'progress',
      header: t('workspace.jobs.progress'),
      width: 220,
      value: job => shareOf(job),
      text: job => `${job.done}${job.total === null ? '' : ` / ${job.total}`}`,
      render: job =>
        job.state === 'running' ? (
          <Progress
            label={job.cancelRequested ? t('workspace.jobs.cancelling') : job.phase}
            share={shareOf(job)}
          />
        ) : null,
    },
    textColumn({ id: 'by', header: t('workspace.jobs.requestedBy'), value: names, width: 160 }),
    instantColumn({
      id: 'requestedAt',
      header: t('workspace.jobs.requestedAt'),
      value: job => job.requestedAt,
      detail: 'second',
    }),
    {
      id: 'took',
      header: t('workspace.jobs.took'),
      width: 110,
      align: 'end',
      value: job =>
        job.startedAt === null ? null : Number((job.finishedAt ?? job.startedAt) - job.startedAt),
      render: job => <Took job={job} />,
    },
  ]
}

function Took({ job }: { readonly job: Job }) {
  const now = useNow()
  if (job.startedAt === null) return null
  return formatDuration(Number((job.finishedAt ?? BigInt(Math.round(now))) - job.startedAt))
}

function JobPane({
  job,
  by,
  onClose,
}: {
  readonly job: Job
  readonly by: string
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const failure = useErrorWords(job.failure)
  return (
    <SidePane name="workspace.jobs" title={jobWord(t, job.kind)} onClose={onClose}>
      <Fields
        fields={[
          [t('workspace.jobs.state'), t(`workspace.jobs.stateWord.${job.state}`)],
          [t('workspace.jobs.phase'), job.phase],
          [t('workspace.jobs.requestedBy'), by],
          [t('workspace.jobs.requestedAt'), <When key="requested" at={job.requestedAt} detail="second" />],
          ...(job.startedAt === null
            ? []
            : [
                [
                  t('workspace.jobs.started'),
                  <When key="started" at={job.startedAt} detail="second" />,
                ] as const,
              ]),
          ...(job.finishedAt === null
            ? []
            : [
                [
                  t('workspace.jobs.finished'),
                  <When key="finished" at={job.finishedAt} detail="second" />,
                ] as const,
              ]),
          [t('workspace.jobs.attempts'), job.attempts.toString()],
          [t('workspace.jobs.reference'), <code key="id">{job.id}</code>],
          ...(job.failure ? [[t('workspace.jobs.failure'), failure.text] as const] : []),
        ]}
      />
      {job.result == null ? null : (
        <>
          <p>{t('workspace.jobs.result')}</p>
          <JsonView label={t('workspace.jobs.result')} value={job.result} />
        </>
      )}
      <Comments about={{ entity: 'job', id: job.id }} />
    </SidePane>
  )
}
