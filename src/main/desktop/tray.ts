import type { MenuItemConstructorOptions } from 'electron'
import type { Counts } from '#shared/core-process-protocol.ts'

interface Entry {
  readonly key: keyof Counts
  readonly one: string
  readonly many: string
  /** Where a person deals with it. */
  readonly route: string
}

const ENTRIES: readonly Entry[] = [
  { key: 'incidents', one: 'open incident', many: 'open incidents', route: '/support/incidents' },
  { key: 'alerts', one: 'alert', many: 'alerts', route: '/finops/alerts' },
  {
    key: 'needsReview',
    one: 'item needs review',
    many: 'items need review',
    route: '/workspace/needs-review',
  },
  { key: 'pendingSync', one: 'change not sent yet', many: 'changes not sent yet', route: '/workspace/sync' },
  { key: 'jobs', one: 'job running', many: 'jobs running', route: '/workspace/jobs' },
]

export interface TrayCommands {
  readonly show: (route: string | null) => void
  readonly quit: () => void
}

/** The tray's menu: what waits, then show and quit. Nothing that is zero is listed. */
export function trayTemplate(
  counts: Counts | null,
  { show, quit }: TrayCommands,
): MenuItemConstructorOptions[] {
  const waiting = ENTRIES.filter(({ key }) => (counts?.[key] ?? 0) > 0).map(entry => ({
    label: phrase(entry, counts![entry.key]),
    click: () => show(entry.route),
  }))
  return [
    ...(waiting.length > 0
      ? waiting
      : [{ label: counts === null ? 'Starting…' : 'Nothing waits', enabled: false }]),
    { type: 'separator' },
    { label: 'Show Quarterdeck', click: () => show(null) },
    { label: 'Quit', click: quit },
  ]
}

/** One line for the pointer that rests on the icon. */
export function trayTooltip(workspace: string | null, counts: Counts | null): string {
  const waiting = ENTRIES.filter(({ key }) => (counts?.[key] ?? 0) > 0).map(entry =>
    phrase(entry, counts![entry.key]),
  )
  return [workspace === null ? 'Quarterdeck' : `Quarterdeck: ${workspace}`, ...waiting].join(', ')
}

/** The number on the application's icon: what a person must act on, without jobs and unsent changes. */
export function badgeCount({ incidents, alerts, needsReview }: Counts): number {
  return incidents + alerts + needsReview
}

function phrase({ one, many }: Entry, count: number): string {
  return `${count} ${count === 1 ? one : many}`
}
