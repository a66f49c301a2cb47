import { exportJournal } from '#core/billing/journal/export-journal.ts'
import type { Tx } from '#core/database/store.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { doneThen } from './done-then.ts'
import { type BookFacts, DAY } from './facts.ts'

/** Of what the journal was handed to: the accountants of the two companies. */
const HANDED_OVER = [
  { profile: 'datev', currency: 'EUR' },
  { profile: 'quickbooks', currency: 'USD' },
] as const

/** The journal of the month before the last one, for whoever keeps the ledgers. */
export async function keepJournal(
  tx: Tx,
  { actor, now, before }: BookFacts,
  { jobId }: JobFacts,
): Promise<void> {
  const known = await tx.db.selectFrom('journal_exports').select('id').limit(1).executeTakeFirst()
  if (known) return
  for (const { profile, currency } of HANDED_OVER)
    await doneThen({ tx, jobId, actor }, now - 40n * DAY, `journal/${profile}`, exportJournal({}), {
      ...{ period: before, profile, currency },
    })
}

/** Requests that wait for somebody. */
export async function countWaiting(tx: Tx): Promise<number> {
  const rows = await tx.db
    .selectFrom('approval_requests')
    .select('id')
    .where('state', '=', 'waiting')
    .limit(1)
    .execute()
  return rows.length
}
