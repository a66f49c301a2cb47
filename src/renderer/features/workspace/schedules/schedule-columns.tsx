import type { TFunction } from 'i18next'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import { formatDuration } from '#renderer/ui/format/time.ts'
import { type GridColumn, instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import type { Schedule, ScheduleRun } from '#shared/contract/workspace/schedules.ts'
import { scheduleWords, timingWords, tookOf } from './schedule-words.ts'

const TONES: Readonly<Record<ScheduleRun['state'], Tone>> = {
  waiting: 'warning',
  running: 'running',
  done: 'ok',
  failed: 'critical',
}

function runStates(t: TFunction) {
  return Object.fromEntries(
    Object.entries(TONES).map(([state, tone]) => [
      state,
      { label: t(`workspace.schedules.runState.${state as ScheduleRun['state']}`), tone },
    ]),
  )
}

function tookColumn<T>(t: TFunction, runOf: (row: T) => ScheduleRun | null): GridColumn<T> {
  const took = (row: T) => {
    const run = runOf(row)
    return run ? tookOf(run) : null
  }
  return {
    id: 'took',
    header: t('workspace.schedules.took'),
    width: 85,
    align: 'end',
    value: took,
    render: row => {
      const milliseconds = took(row)
      return milliseconds === null ? null : formatDuration(milliseconds)
    },
  }
}

/** The columns of the list of schedules. */
export function scheduleColumns(
  t: TFunction,
  { names, offered }: { names: (person: string | null) => string; offered: ReadonlySet<string> },
): readonly GridColumn<Schedule>[] {
  const stateOf = ({ paused, kind }: Schedule) =>
    offered.has(kind) ? (paused ? 'paused' : 'on') : 'elsewhere'
  return [
    textColumn({
      id: 'what',
      header: t('workspace.schedules.what'),
      value: row => scheduleWords(t, row),
      width: 250,
    }),
    textColumn({
      id: 'when',
      header: t('workspace.schedules.when'),
      value: row => timingWords(t, row.timing),
      width: 210,
    }),
    statusColumn({
      id: 'state',
      header: t('workspace.schedules.state'),
      value: stateOf,
      width: 110,
      states: {
        on: { label: t('workspace.schedules.on'), tone: 'ok' },
        paused: { label: t('workspace.schedules.pausedState'), tone: 'neutral' },
        elsewhere: { label: t('workspace.schedules.elsewhere'), tone: 'warning' },
      },
    }),
    instantColumn({ id: 'next', header: t('workspace.schedules.next'), value: row => row.next }),
    instantColumn({
      id: 'last',
      header: t('workspace.schedules.last'),
      value: row => row.lastRun?.startedAt ?? row.lastRun?.plannedAt,
    }),
    statusColumn({
      id: 'outcome',
      header: t('workspace.schedules.outcome'),
      value: row => row.lastRun?.state ?? 'none',
      width: 110,
      states: { ...runStates(t), none: { label: t('workspace.schedules.noRun'), tone: 'neutral' } },
    }),
    tookColumn(t, row => row.lastRun),
    textColumn({
      id: 'changedBy',
      header: t('workspace.schedules.changedBy'),
      value: row => names(row.changedBy),
      width: 150,
    }),
  ]
}

/** The columns of a schedule's history. */
export function runColumns(t: TFunction): readonly GridColumn<ScheduleRun>[] {
  return [
    instantColumn({
      id: 'planned',
      header: t('workspace.schedules.plannedFor'),
      value: run => run.plannedAt,
      width: 145,
    }),
    statusColumn({
      id: 'state',
      header: t('workspace.schedules.outcome'),
      value: run => run.state,
      width: 100,
      states: runStates(t),
    }),
    tookColumn(t, run => run),
    textColumn({
      id: 'how',
      header: t('workspace.schedules.how'),
      value: run => t(run.manual ? 'workspace.schedules.manual' : 'workspace.schedules.planned'),
      width: 90,
    }),
  ]
}
