import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { handle } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { dropTombstones, floorOf } from '../sync/retention.ts'
import { readSettings } from './settings.ts'

/** Rows of each kind that one run forgets at most, so that it holds up nobody. */
export const MOST_FORGOTTEN = 500
const DAY = 86_400_000n

/** Forgets what is older than the settings keep: finished jobs, their documents, effects that were carried out, notifications. */
export const runHousekeeping = (environment: EnvironmentSettings) =>
  handle(contract.workspace.housekeeping.run, async ({ tx, now }) => {
    const settings = await readSettings(reading(tx), environment)
    const before = (days: number) => now - BigInt(days) * DAY
    const jobs = await oldest(tx, 'jobs', before(settings['workspace.keepJobsDays']))
    const artifacts = await oldest(tx, 'artifacts', before(settings['workspace.keepArtifactsDays']))
    const effects = await oldest(tx, 'effects', before(settings['workspace.keepEffectsDays']))
    // What was removed is forgotten by the feed once no desk is expected to ask for it any more.
    const floor = await floorOf(tx, before(settings['workspace.keepFeedDays']))
    if (floor !== null) await dropTombstones(tx, floor)
    const told = await oldNotifications(tx, before(settings['workspace.keepNotificationsDays']))
    const more = [jobs, artifacts, effects, ...told].some(count => count === MOST_FORGOTTEN)
    return { jobs, artifacts, effects, notifications: told.reduce((sum, one) => sum + one, 0), more }
  })

/** What people were told, what went out, and what was asked for; which came first does not matter after a year. */
async function oldNotifications(tx: Tx, before: bigint): Promise<number[]> {
  await tx.db.deleteFrom('inbox_shown').where('at', '<', before).execute()
  return [
    await oldest(tx, 'inbox', before),
    await oldest(tx, 'deliveries', before),
    await oldest(tx, 'notifications', before),
  ]
}

const AGED = {
  ...{ jobs: 'finished_at', artifacts: 'created_at', effects: 'done_at' },
  ...{ inbox: 'at', deliveries: 'created_at', notifications: 'created_at' },
} as const

/** Deletes the oldest rows from before this time and gives their number. What is not finished has no age. */
async function oldest(tx: Tx, table: keyof typeof AGED, before: bigint): Promise<number> {
  const age = AGED[table] as 'created_at'
  const rows = await tx.db
    .selectFrom(table as 'artifacts')
    .select('id')
    .where(age, '<', before)
    .orderBy(age)
    .limit(MOST_FORGOTTEN)
    .execute()
  if (rows.length === 0) return 0
  await tx.db
    .deleteFrom(table)
    .where(
      'id',
      'in',
      rows.map(row => row.id),
    )
    .execute()
  return rows.length
}

/** Whether a run would forget anything. */
export async function housekeepingDue(
  reader: Reader,
  environment: EnvironmentSettings,
  now: bigint,
): Promise<boolean> {
  const settings = await readSettings(reader, environment)
  // A connected desk keeps no jobs and no effects: they are the server's.
  const { authority } = await reader.db
    .selectFrom('workspace_state')
    .select('authority')
    .executeTakeFirstOrThrow()
  if (authority === 'connected') return false
  if ((await floorOf(reader, now - BigInt(settings['workspace.keepFeedDays']) * DAY)) !== null) return true
  for (const [table, days] of [
    ['jobs', settings['workspace.keepJobsDays']],
    ['artifacts', settings['workspace.keepArtifactsDays']],
    ['effects', settings['workspace.keepEffectsDays']],
    ['inbox', settings['workspace.keepNotificationsDays']],
    ['deliveries', settings['workspace.keepNotificationsDays']],
    ['notifications', settings['workspace.keepNotificationsDays']],
  ] as const) {
    const row = await reader.db
      .selectFrom(table as 'artifacts')
      .select('id')
      .where(AGED[table] as 'created_at', '<', now - BigInt(days) * DAY)
      .limit(1)
      .executeTakeFirst()
    if (row) return true
  }
  return false
}
