import type { Row } from '#core/database/schema.ts'
import type { Reader, Store } from '#core/database/store.ts'
import { type Preferences, timingOf } from '#engines/notify/preferences.ts'
import { findTopic } from '#engines/notify/topics/index.ts'
import { toDeepLink } from '#shared/deep-link.ts'
import type { Id } from '#shared/ids.ts'
import type { DesktopNotification, DesktopPort } from './notification.ts'
import { preferencesOf } from './preference-rows.ts'

export interface AnnouncerParts {
  readonly store: Store
  readonly workspace: Id
  readonly desktop: DesktopPort
  readonly now: () => bigint
  readonly onBug: (error: unknown) => void
}

/** Nobody wants last night's notification, in milliseconds. It is in the inbox. */
const STALE = 3_600_000n
/** More of them at a time are said as one. */
const ONE_BY_ONE = 3
const MOST = 100
const INBOX = 'quarterdeck://open/workspace/notifications'

/**
 * Shows what came into the inboxes of the people at this desk, whether a command of this machine put it there or
 * the server did. What was shown is written down before it is, so that it is never shown twice.
 */
export function createAnnouncer(parts: AnnouncerParts) {
  const { store, workspace, desktop, now } = parts
  const people = new Set<Id>()
  let running: Promise<void> | null = null
  let again = false
  let closed = false

  function look(): void {
    if (closed || people.size === 0) return
    if (running) {
      again = true
      return
    }
    running = announce()
      .catch(parts.onBug)
      .finally(() => {
        running = null
        if (again) {
          again = false
          look()
        }
      })
  }

  async function announce(): Promise<void> {
    const fresh = await store.read(workspace, reader => wanted(reader, [...people], now()))
    if (fresh.length === 0) return
    const at = now()
    await store.write(workspace, 'job', async tx => {
      await tx.db
        .insertInto('inbox_shown')
        .values(fresh.map(row => ({ inbox_id: row.id, at })))
        .onConflict(on => on.columns(['inbox_id']).doNothing())
        .execute()
    })
    for (const [person, rows] of Map.groupBy(fresh, row => row.person_id)) show(person, rows)
  }

  function show(person: Id, rows: readonly Row<'inbox'>[]): void {
    if (rows.length > ONE_BY_ONE) {
      const body = rows
        .slice(0, ONE_BY_ONE)
        .map(row => row.title)
        .join('\n')
      const urgency = rows.some(row => row.urgency === 'urgent') ? 'critical' : 'normal'
      desktop.show(rows.at(-1)!.id, {
        ...{ person, title: `${rows.length} new notifications`, body, link: INBOX, urgency },
      })
      return
    }
    for (const row of rows) desktop.show(row.id, shown(row))
  }

  return {
    /** Somebody acts at this desk: from now on, and until the core ends, what they are told is shown here. */
    acting(person: Id): void {
      if (people.has(person)) return
      people.add(person)
      look()
    },
    /** Something changed in the inboxes. */
    look,
    /** Waits until nothing is left to show. */
    async idle(): Promise<void> {
      while (running) await running
    },
    async close(): Promise<void> {
      closed = true
      await running
    },
  }
}

export type Announcer = ReturnType<typeof createAnnouncer>

/** What is new, not read and not shown, to people who want to see it here and now. */
async function wanted(reader: Reader, people: readonly Id[], now: bigint): Promise<Row<'inbox'>[]> {
  const rows = await reader.db
    .selectFrom('inbox')
    .selectAll()
    .where('person_id', 'in', people)
    .where('at', '>', now - STALE)
    .where('read_at', 'is', null)
    .where('id', 'not in', query =>
      query
        .selectFrom('inbox_shown')
        .select('inbox_id')
        .where('at', '>', now - 2n * STALE),
    )
    .orderBy('at')
    .orderBy('id')
    .limit(MOST)
    .execute()
  if (rows.length === 0) return []
  const preferences = await preferencesOf(reader, people)
  const { zone } = await reader.db.selectFrom('workspace_state').select('zone').executeTakeFirstOrThrow()
  return rows.filter(row => isWanted(row, preferences(row.person_id), zone, now))
}

function isWanted(row: Row<'inbox'>, preferences: Preferences, zone: string, now: bigint): boolean {
  const topic = findTopic(row.topic)
  if (!topic) return true
  const facts = { preferences, topic, channel: 'desktop', urgency: row.urgency, now, zone } as const
  return timingOf({ ...facts, lastAt: null, bundle: 0n }).kind === 'now'
}

function shown(row: Row<'inbox'>): DesktopNotification {
  return {
    person: row.person_id,
    title: row.title,
    body: row.body,
    link: (row.link === null ? null : toDeepLink(row.link)) ?? INBOX,
    urgency: row.urgency === 'urgent' ? 'critical' : row.urgency,
  }
}
