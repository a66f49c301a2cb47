import { schema } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import type { Id } from '#shared/ids.ts'
import { pastId } from './ids.ts'
import type { PastRun } from './store-month.ts'

/** What the demo's company does at the end of a month besides. */
const OWN = ['Accruals sent to the accountant', 'Usage margin looked through by plan']
const AFTER = 3_600_000n

/** Checks a month of the past off, as the person who closed it did then. The first one has the steps named. */
export async function storeMonthEnd(tx: Tx, { period, by }: PastRun, at: bigint, jobId: Id): Promise<void> {
  let steps = await tx.db.selectFrom('month_end_steps').select('id').orderBy('position').execute()
  if (steps.length === 0) {
    const rows = OWN.map((title, index) => ({
      ...{ id: pastId(at, jobId, `month-end/${index}`), title, position: BigInt(index + 1) },
      ...{ active: 1n, created_at: at },
    }))
    await insertRows(tx, 'month_end_steps', schema.month_end_steps, rows)
    steps = rows
  }
  const notes = ['Agrees with the statement of the last day.', ...steps.map(() => '')]
  await insertRows(
    tx,
    'month_end_checks',
    schema.month_end_checks,
    ['bank-balance', ...steps.map(({ id }) => id)].map((step, index) => ({
      ...{ period, step, seen: 1n, note: notes[index]!, by, at: at + BigInt(index + 1) * AFTER },
    })),
  )
}
