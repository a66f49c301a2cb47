import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { type Standing, standingOf } from '#engines/billing/standing.ts'

type Session = Pick<Reader | Tx, 'db'>

/** How customers stand with their payments; those who are not in it owe nothing that is issued. */
export async function standingsOf(
  session: Session,
  customerIds: readonly string[],
): Promise<Map<string, Standing>> {
  if (customerIds.length === 0) return new Map()
  const rows = await (session.db as Reader['db'])
    .selectFrom('billing_standings')
    .selectAll()
    .where('customer_id', 'in', customerIds)
    .execute()
  return new Map(rows.map(row => [row.customer_id, { pastDueAt: row.past_due_at, unpaidAt: row.unpaid_at }]))
}

/**
 * Works the standing of customers out again from their invoices. Whoever changes the state or the due date of an
 * issued invoice calls this in the same transaction: payments, write-offs, voids, and the issue itself.
 */
export async function refreshStandings(tx: Tx, customerIds: readonly string[]): Promise<void> {
  for (const [customerId, now] of await changedStandings(tx, customerIds)) {
    if (now === null) {
      await tx.db.deleteFrom('billing_standings').where('customer_id', '=', customerId).execute()
      continue
    }
    const values = { past_due_at: now.pastDueAt, unpaid_at: now.unpaidAt }
    await tx.db
      .insertInto('billing_standings')
      .values({ customer_id: customerId, ...values })
      .onConflict(conflict => conflict.column('customer_id').doUpdateSet(values))
      .execute()
  }
}

/** Customers whose standing is not what follows from their invoices, with what it should be; null for good. */
export async function changedStandings(
  session: Session,
  customerIds: readonly string[],
): Promise<Map<string, Standing | null>> {
  if (customerIds.length === 0) return new Map()
  const reader = reading(session as Tx)
  // No variable of the environment sets it, so that desks and servers count the same days.
  const graceDays = (await readSettings(reader, {}))['billing.graceDays']
  const open = await reader.db
    .selectFrom('invoices as invoice')
    .innerJoin('customers as customer', 'customer.id', 'invoice.customer_id')
    .leftJoin('dunning_steps as mark', join =>
      join.onRef('mark.invoice_id', '=', 'invoice.id').on('mark.action', '=', 'mark-unpaid'),
    )
    .select(['invoice.customer_id', 'invoice.due_at', 'customer.zone', 'mark.at as unpaid_at'])
    .where('invoice.customer_id', 'in', customerIds)
    .where('invoice.state', '=', 'issued')
    .where('invoice.kind', '=', 'invoice')
    .where('invoice.total', '>', 0n)
    .where('invoice.due_at', 'is not', null)
    .execute()
  const known = await standingsOf(session, customerIds)
  const byCustomer = Map.groupBy(open, row => row.customer_id)
  const changed = new Map<string, Standing | null>()
  for (const customerId of customerIds) {
    const rows = byCustomer.get(customerId) ?? []
    const invoices = rows.map(row => ({ dueAt: row.due_at!, unpaidAt: row.unpaid_at }))
    const now = standingOf(invoices, graceDays, rows[0]?.zone ?? 'UTC')
    const before = known.get(customerId)
    if (before?.pastDueAt !== now?.pastDueAt || before?.unpaidAt !== now?.unpaidAt)
      changed.set(customerId, now)
  }
  return changed
}
