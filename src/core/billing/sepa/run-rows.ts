import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { failureOf } from '#engines/billing/payments/failure-codes.ts'
import type { DebitItem, DebitRun } from '#shared/contract/billing/sepa.ts'
import { refuse } from '#shared/errors.ts'

/** A snapshot, or a transaction that is read. */
type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getRun(session: Session, id: string): Promise<Row<'debit_runs'>> {
  const row = await reading(session as Tx)
    .db.selectFrom('debit_runs')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'debit-run', id })
  return row
}

/** A run with its collections. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function debitRun(session: Session, id: string): Promise<DebitRun & { items: DebitItem[] }> {
  const row = await getRun(session, id)
  const items = await itemsOf(session, row)
  const [run] = await shownRuns(session, [row])
  return { ...run!, items }
}

/** Runs with what of them came and what came back. */
export async function shownRuns(session: Session, rows: readonly Row<'debit_runs'>[]): Promise<DebitRun[]> {
  const { db } = reading(session as Tx)
  const accounts = await db.selectFrom('bank_accounts').select(['id', 'name']).execute()
  const names = new Map(accounts.map(one => [one.id, one.name]))
  const sums = await db
    .selectFrom('debit_items as item')
    .innerJoin('payments as payment', 'payment.id', 'item.payment_id')
    .select(eb => ['item.run_id', 'payment.state', eb.fn.sum<bigint | string>('item.amount').as('amount')])
    .groupBy(['item.run_id', 'payment.state'])
    .execute()
  return rows.map(row => {
    const own = sums.filter(one => one.run_id === row.id)
    const sum = (...states: string[]) =>
      own.reduce((total, one) => (states.includes(one.state) ? total + BigInt(one.amount) : total), 0n)
    const over = row.state === 'handed-in' && sum('pending') === 0n
    return {
      ...{ id: row.id, messageId: row.message_id, accountId: row.account_id },
      // Accounts are never removed.
      ...{ account: names.get(row.account_id)!, collectOn: row.collect_on, state: over ? 'done' : row.state },
      ...{ count: Number(row.count), amount: row.amount, collected: sum('succeeded') },
      returned: row.state === 'cancelled' ? 0n : sum('failed', 'reversed'),
      ...{ fileName: row.file_name, digest: row.digest, createdAt: row.created_at },
    }
  })
}

const STATES = {
  pending: 'pending',
  succeeded: 'collected',
  failed: 'returned',
  reversed: 'returned',
} as const

async function itemsOf(session: Session, run: Row<'debit_runs'>): Promise<DebitItem[]> {
  const rows = await reading(session as Tx)
    .db.selectFrom('debit_items as item')
    .innerJoin('payments as payment', 'payment.id', 'item.payment_id')
    .innerJoin('invoices as invoice', 'invoice.id', 'item.invoice_id')
    .innerJoin('customers as customer', 'customer.id', 'item.customer_id')
    .innerJoin('sepa_mandates as mandate', 'mandate.id', 'item.mandate_id')
    .selectAll('item')
    .select(['payment.state', 'payment.failure', 'payment.failure_text', 'invoice.number'])
    .select(['customer.name', 'mandate.reference'])
    .where('item.run_id', '=', run.id)
    .orderBy('customer.name')
    .orderBy('item.end_to_end_id')
    .execute()
  return rows.map(row => ({
    ...{ id: row.id, invoiceId: row.invoice_id, number: row.number!, customerId: row.customer_id },
    ...{ customer: row.name, mandateId: row.mandate_id, mandate: row.reference, paymentId: row.payment_id },
    ...{ endToEndId: row.end_to_end_id, sequence: row.sequence, amount: row.amount },
    state: run.state === 'cancelled' ? ('cancelled' as const) : STATES[row.state],
    failure: row.failure === null ? null : { ...failureOf(row.failure), text: row.failure_text! },
  }))
}
