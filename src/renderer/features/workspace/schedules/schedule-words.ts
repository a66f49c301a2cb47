import type { TFunction } from 'i18next'
import { formatBytes } from '#renderer/ui/format/time.ts'
import type { Schedule, ScheduleRun, Timing } from '#shared/contract/workspace/schedules.ts'

/** The words for a kind of schedule; its name where the catalogue of this version has none. */
export function kindWord(t: TFunction, kind: string): string {
  return (t as unknown as (key: string, options: object) => string)(
    `workspace.schedules.kind.${kind.replaceAll('.', '_')}`,
    { defaultValue: kind },
  )
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
/** The days of the week, from Monday, which is 1. */
export const WEEKDAYS: readonly number[] = DAYS.map((_, index) => index + 1)

export function weekdayWord(t: TFunction, weekday: number): string {
  return t(`workspace.schedules.weekdays.${DAYS[weekday - 1] ?? 'monday'}`)
}

/** When a schedule comes, in words. */
export function timingWords(t: TFunction, timing: Timing): string {
  switch (timing.every) {
    case 'day':
      return t('workspace.schedules.said.day', { at: timing.at })
    case 'week':
      return t('workspace.schedules.said.week', {
        weekday: weekdayWord(t, timing.weekday),
        at: timing.at,
      })
    case 'month':
      return timing.day === 'last'
        ? t('workspace.schedules.said.lastDay', { at: timing.at })
        : t('workspace.schedules.said.month', { day: timing.day, at: timing.at })
    case 'cron':
      return timing.expression
  }
}

/** What a schedule does, with what it was given. */
export function scheduleWords(t: TFunction, { kind, input }: Pick<Schedule, 'kind' | 'input'>): string {
  const words = kindWord(t, kind)
  if (kind === 'billing.close' || kind === 'billing.quota.scan')
    return `${words} · ${t(input.dryRun === true ? 'workspace.schedules.dryRun' : 'workspace.schedules.forReal')}`
  if (kind === 'server.backup')
    return `${words} · ${t('workspace.schedules.keepSaid', { count: Number(input.keep) })}`
  return words
}

/** What came of a run, in words; null where there is nothing to say yet. */
export function outcomeWords(t: TFunction, kind: string, { summary }: ScheduleRun): string | null {
  if (summary === null) return null
  if (kind === 'billing.close') {
    const { period, drafts, lines, problems } = summary
    return t('workspace.schedules.closed', {
      period: String(period),
      drafts: Number(drafts),
      lines: Number(lines),
      problems: Number(problems),
    })
  }
  if (kind === 'billing.quota.scan')
    return t('workspace.schedules.scanned', {
      quotas: Number(summary.quotas),
      breaches: Number(summary.breaches),
      warnings: Number(summary.warnings),
      fresh: Number(summary.fresh),
    })
  if (kind === 'billing.dunning.run')
    return t('workspace.schedules.dunned', {
      steps: Number(summary.steps),
      invoices: Number(summary.invoices),
    })
  if (kind === 'server.backup')
    return t('workspace.schedules.backedUp', {
      path: String(summary.path),
      size: formatBytes(Number(summary.bytes)),
      removed: Number(summary.removed),
    })
  return Object.entries(summary)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
}

/** Milliseconds that a run took; null while it has not ended. */
export function tookOf({ startedAt, finishedAt }: ScheduleRun): number | null {
  return startedAt === null || finishedAt === null ? null : Number(finishedAt - startedAt)
}
