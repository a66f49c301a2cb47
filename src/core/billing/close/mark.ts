import { schema } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import { monthIn } from './month.ts'

/**
 * Marks customers as closed up to the end of a month, before their usage is read: what comes in from then on
 * for an earlier instant is late, moves `rerate_from` and is counted in `marks`, so that nothing falls between
 * the reading and the storing. What lies between the old end and the new one has to be rated, and so
 * `rerate_from` goes back to the old end; the drafts, once stored, clear it. A close that is cut off in between
 * therefore leaves behind what is still to be done.
 * @param after the last customer of the page before
 * @param only these customers; all where nothing is said
 */
export async function markCustomers(
  tx: Tx,
  period: string,
  after: string | null,
  limit: number,
  only?: readonly string[],
): Promise<{ last: string | null; count: number; more: boolean }> {
  let query = tx.db
    .selectFrom('customers as customer')
    .leftJoin('billing_accounts as account', 'account.customer_id', 'customer.id')
    .select(['customer.id', 'customer.zone', 'account.marks'])
    .orderBy('customer.id')
    .limit(limit + 1)
  if (after !== null) query = query.where('customer.id', '>', after)
  if (only) query = query.where('customer.id', 'in', only)
  const found = await query.execute()
  const page = found.slice(0, limit)
  const fresh = page.filter(row => row.marks === null)
  await insertRows(
    tx,
    'billing_accounts',
    schema.billing_accounts,
    fresh.map(row => ({ customer_id: row.id, closed_until: null, rerate_from: null, marks: 0n })),
  )
  for (const [zone, rows] of Map.groupBy(page, row => row.zone)) {
    const end = monthIn(period, zone).to
    await tx.db
      .updateTable('billing_accounts')
      .set(eb => ({
        closed_until: end,
        rerate_from: eb
          .case()
          .when('closed_until', 'is', null)
          .then(0n)
          .when(eb.or([eb('rerate_from', 'is', null), eb('rerate_from', '>', eb.ref('closed_until'))]))
          .then(eb.ref('closed_until'))
          .else(eb.ref('rerate_from'))
          .end(),
      }))
      .where(
        'customer_id',
        'in',
        rows.map(row => row.id),
      )
      .where(on => on.or([on('closed_until', 'is', null), on('closed_until', '<', end)]))
      .execute()
  }
  return { last: page.at(-1)?.id ?? after, count: page.length, more: found.length > limit }
}
