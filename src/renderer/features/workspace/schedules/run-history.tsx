import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { When } from '#renderer/ui/display/when.tsx'
import { formatDuration } from '#renderer/ui/format/time.ts'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { SidePane } from '#renderer/ui/overlay/side-pane.tsx'
import { useErrorWords } from '#renderer/ui/page/error-words.ts'
import { Fields } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Schedule, ScheduleRun } from '#shared/contract/workspace/schedules.ts'
import { runColumns } from './schedule-columns.tsx'
import { kindWord, outcomeWords, tookOf } from './schedule-words.ts'

/** What came of a schedule's times, the newest first, with the one that is looked at above. */
export function RunHistory({
  schedule,
  onClose,
}: {
  readonly schedule: Schedule
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const query = useCoreQuery(contract.workspace.schedules.runs, { scheduleId: schedule.id })
  const [chosen, setChosen] = useState<string | null>(null)
  const columns = useMemo(() => runColumns(t), [t])
  const runs = query.data?.runs
  const shown = runs?.find(run => run.id === chosen) ?? runs?.[0]
  const name = kindWord(t, schedule.kind)
  return (
    <SidePane
      name="workspace.schedules"
      title={t('workspace.schedules.historyOf', { name })}
      width={460}
      onClose={onClose}
    >
      {shown ? <RunFields run={shown} kind={schedule.kind} /> : null}
      <DataGrid
        id="workspace.schedules.runs"
        label={t('workspace.schedules.history')}
        columns={columns}
        rows={runs}
        rowKey={run => run.id}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        onOpen={run => setChosen(run.id)}
        empty={<EmptyState title={t('workspace.schedules.noRuns')} />}
      />
    </SidePane>
  )
}

function RunFields({ run, kind }: { readonly run: ScheduleRun; readonly kind: string }) {
  const { t } = useTranslation()
  const failure = useErrorWords(run.failure)
  const outcome = outcomeWords(t, kind, run)
  const took = tookOf(run)
  return (
    <Fields
      fields={[
        [t('workspace.schedules.plannedFor'), <When key="planned" at={run.plannedAt} />],
        [t('workspace.schedules.outcome'), t(`workspace.schedules.runState.${run.state}`)],
        ...(run.startedAt === null
          ? []
          : [
              [
                t('workspace.schedules.started'),
                <When key="started" at={run.startedAt} detail="second" />,
              ] as const,
            ]),
        ...(took === null ? [] : [[t('workspace.schedules.took'), formatDuration(took)] as const]),
        ...(run.state === 'waiting'
          ? [[t('workspace.schedules.triedAt'), <When key="try" at={run.tryAt} show="both" />] as const]
          : []),
        ...(outcome === null ? [] : [[t('workspace.schedules.result'), outcome] as const]),
        ...(run.failure ? [[t('workspace.schedules.reason'), failure.text] as const] : []),
        [t('workspace.schedules.attempt'), run.attempt.toString()],
      ]}
    />
  )
}
