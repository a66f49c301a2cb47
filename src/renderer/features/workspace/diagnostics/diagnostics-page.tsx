import { Button } from '@mantine/core'
import { IconCopy, IconRefresh } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useHostQuery } from '#renderer/app/core/host.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { StatusBadge, type Tone } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { formatBytes, formatDuration } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useCopy } from '#renderer/ui/overlay/toast.tsx'
import { prettyJson } from '#renderer/ui/page/json-view.tsx'
import { Fields, Figures, Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState, Reference } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../workspace.module.css'
import { FailedEffects } from './failed-effects.tsx'
import { UncarriedEffects } from './uncarried-effects.tsx'
import { Waits } from './waits.tsx'

type Diagnostics = OutputOf<typeof contract.workspace.diagnostics.get>

const THREAD_TONES: Readonly<Record<Diagnostics['threads'][number]['state'], Tone>> = {
  running: 'ok',
  ended: 'neutral',
  crashed: 'critical',
}

/** How the core, its database and its host are. */
export function DiagnosticsPage() {
  const { t } = useTranslation()
  const copy = useCopy()
  const query = useCoreQuery(contract.workspace.diagnostics.get, {}, { refetchInterval: 5000 })
  const host = useHostQuery('about', (client, signal) => client.about({}, { signal }))
  const { data } = query
  const actions = useMemo(
    () => ({
      refresh: defineAction('ui.diagnostics.refresh', {
        label: () => t('workspace.diagnostics.refresh'),
        key: 'r',
        icon: IconRefresh,
        run: async () => {
          await Promise.all([query.refetch(), host.refetch()])
        },
      }),
      copy: defineAction('ui.diagnostics.copy', {
        label: () => t('workspace.diagnostics.copy'),
        key: 'c',
        icon: IconCopy,
        run: () => copy(prettyJson({ diagnostics: query.data, host: host.data })),
      }),
    }),
    [t, query, host, copy],
  )
  useActions(useMemo(() => Object.values(actions).map(action => bindAction(action, undefined)), [actions]))
  return (
    <Page
      title={t('workspace.screen.diagnostics')}
      subtitle={data ? <When at={data.now} detail="second" /> : undefined}
      actions={Object.values(actions).map(action => (
        <ActionButton key={action.id} action={action} context={undefined} />
      ))}
      answer={data ? <Answer data={data} /> : null}
      text
    >
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <LoadingState /> : null}
      {data ? (
        <>
          <UncarriedEffects effects={data.effects.uncarried} />
          <Waits waits={data.waits} />
          <Database data={data} />
          <Host data={data} about={host.data} />
          <Threads data={data} />
          {data.effects.failed > 0 ? <FailedEffects /> : null}
          <Bugs bugs={data.bugs} />
          <HostLog />
        </>
      ) : null}
    </Page>
  )
}

function Answer({ data }: { readonly data: Diagnostics }) {
  const { t } = useTranslation()
  const format = useFormat()
  const people = data.waits.find(wait => wait.kind === 'write')
  return (
    <Figures
      figures={[
        {
          label: t('workspace.diagnostics.healthy'),
          value: formatDuration(Number(data.now - data.startedAt)),
          note: t('workspace.diagnostics.since', { time: format.instant(data.startedAt) }),
        },
        { label: t('workspace.diagnostics.size'), value: formatBytes(Number(data.database.bytes)) },
        ...(people && people.total.count > 0
          ? [
              {
                label: `${t('workspace.diagnostics.kind.write')} · ${t('workspace.diagnostics.p999')}`,
                value: formatDuration(people.total.p999),
                note: t('workspace.diagnostics.waits'),
              },
            ]
          : []),
        { label: t('workspace.diagnostics.bugs'), value: data.bugs.length.toString() },
      ]}
    />
  )
}

function Database({ data }: { readonly data: Diagnostics }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { database, checkpoints } = data
  return (
    <Section title={t('workspace.diagnostics.database')}>
      <Fields
        fields={[
          [t('workspace.diagnostics.size'), `${formatBytes(Number(database.bytes))} · ${database.kind}`],
          ...(database.logBytes === null
            ? []
            : [[t('workspace.diagnostics.writeAhead'), formatBytes(Number(database.logBytes))] as const]),
          ...(database.pages === null || database.freePages === null
            ? []
            : [
                [
                  t('workspace.diagnostics.pages'),
                  t('workspace.diagnostics.freePages', {
                    free: format.integer(database.freePages),
                    pages: format.integer(database.pages),
                  }),
                ] as const,
              ]),
          [t('workspace.diagnostics.migration'), database.migration],
          ...(checkpoints === null
            ? []
            : [
                [
                  t('workspace.diagnostics.checkpoints'),
                  t('workspace.diagnostics.checkpointsText', {
                    count: checkpoints.count,
                    time:
                      checkpoints.lastAt === null
                        ? t('workspace.diagnostics.never')
                        : format.instant(checkpoints.lastAt, 'second'),
                  }),
                ] as const,
              ]),
          [t('workspace.diagnostics.jobs'), t('workspace.diagnostics.jobsText', data.jobs)],
          [
            t('workspace.diagnostics.effects'),
            t('workspace.diagnostics.effectsText', {
              waiting: data.effects.waiting,
              failed: data.effects.failed,
            }),
          ],
        ]}
      />
      <details>
        <summary>{t('workspace.diagnostics.tables')}</summary>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('workspace.diagnostics.table')}</th>
              <th scope="col" data-align="end">
                {t('workspace.diagnostics.rows')}
              </th>
            </tr>
          </thead>
          <tbody>
            {database.tables.map(table => (
              <tr key={table.name}>
                <td>
                  <code>{table.name}</code>
                </td>
                <td data-align="end">
                  {table.more
                    ? t('workspace.diagnostics.moreThan', {
                        count: table.rows,
                        formatted: format.integer(table.rows),
                      })
                    : format.integer(table.rows)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </Section>
  )
}

interface About {
  readonly pid: number
  readonly memoryBytes: number
  readonly workspaceDir: string
  readonly unlockedBy: 'keychain' | 'passphrase' | 'key-file' | 'recovery'
  readonly clients: number
}

function Host({ data, about }: { readonly data: Diagnostics; readonly about: About | undefined }) {
  const { t } = useTranslation()
  const { host } = data
  return (
    <Section title={t('workspace.diagnostics.host')}>
      <Fields
        fields={[
          [t('workspace.diagnostics.host'), t(`workspace.diagnostics.hostKind.${host.kind}`)],
          [t('workspace.diagnostics.platform'), host.platform],
          [
            t('workspace.diagnostics.versions'),
            Object.entries(host.versions)
              .map(([name, version]) => `${name} ${version}`)
              .join(', '),
          ],
          [t('workspace.diagnostics.followers'), data.followers.toString()],
          ...(about
            ? ([
                [t('workspace.diagnostics.process'), about.pid.toString()],
                [t('workspace.diagnostics.memory'), formatBytes(about.memoryBytes)],
                [t('workspace.diagnostics.folder'), <code key="dir">{about.workspaceDir}</code>],
                [t('workspace.diagnostics.unlockedBy'), t(`workspace.keys.kind.${about.unlockedBy}`)],
                [t('workspace.diagnostics.clients'), about.clients.toString()],
              ] as const)
            : []),
        ]}
      />
    </Section>
  )
}

function Threads({ data }: { readonly data: Diagnostics }) {
  const { t } = useTranslation()
  if (data.threads.length === 0) return null
  return (
    <Section title={t('workspace.diagnostics.threads')}>
      <Fields
        fields={data.threads.map((thread, i) => [
          `${t(`workspace.diagnostics.role.${thread.role}`)} ${i + 1}`,
          <span key={thread.role}>
            <StatusBadge
              tone={THREAD_TONES[thread.state]}
              label={t(`workspace.diagnostics.threadState.${thread.state}`)}
            />{' '}
            <When at={thread.since} detail="second" /> {thread.job ? <code>{thread.job}</code> : null}
          </span>,
        ])}
      />
    </Section>
  )
}

function Bugs({ bugs }: { readonly bugs: Diagnostics['bugs'] }) {
  const { t } = useTranslation()
  return (
    <Section title={t('workspace.diagnostics.bugs')}>
      {bugs.length === 0 ? <p>{t('workspace.diagnostics.noBugs')}</p> : null}
      {bugs.map(bug => (
        <div key={bug.reference}>
          <When at={bug.at} detail="second" /> <code>{bug.where}</code> {bug.message}
          <Reference reference={bug.reference} />
        </div>
      ))}
    </Section>
  )
}

function HostLog() {
  const { t } = useTranslation()
  const log = useHostQuery('log', (client, signal) => client.log({ limit: 100 }, { signal }))
  if (!log.data) return null
  return (
    <Section
      title={t('workspace.diagnostics.logTitle')}
      aside={
        <Button size="compact-xs" onClick={() => void log.refetch()}>
          {t('workspace.diagnostics.refresh')}
        </Button>
      }
    >
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('workspace.log.at')}</th>
            <th scope="col">{t('workspace.diagnostics.level')}</th>
            <th scope="col">{t('workspace.diagnostics.message')}</th>
          </tr>
        </thead>
        <tbody>
          {log.data.entries.map((entry, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a log have no name of their own
            <tr key={i}>
              <td>
                <When at={Date.parse(entry.at)} detail="second" />
              </td>
              <td>{entry.level}</td>
              <td>
                {entry.message}{' '}
                {Object.keys(entry.facts).length > 0 ? <code>{JSON.stringify(entry.facts)}</code> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}
