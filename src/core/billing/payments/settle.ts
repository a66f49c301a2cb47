import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import type { OpenInvoice } from '#engines/billing/payments/allocate.ts'
import { noteHistory } from '../invoices/history.ts'
import { refreshStandings } from '../subscriptions/standings.ts'
import { followTopUps } from '../wallets/follow-top-ups.ts'

/** A snapshot, or a transaction that is read. */
type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>
type Kind = Row<'settlements'>['kind']
/** Rows asked for at a time: databases limit the parameters of a query. */
const PAGE = 500

/** What was settled of invoices so far, by id; one that nothing settles is not there. */
export async function settledOf(
  session: Session,
  invoiceIds: readonly string[],
): Promise<Map<string, bigint>> {
  const settled = new Map<string, bigint>()
  for (let from = 0; from < invoiceIds.length; from += PAGE) {
    const rows = await reading(session as Tx)
      .db.selectFrom('settlements')
      .select(eb => ['invoice_id', eb.fn.sum<bigint | string>('amount').as('amount')])
      .where('invoice_id', 'in', invoiceIds.slice(from, from + PAGE))
      .groupBy('invoice_id')
      .execute()
    for (const { invoice_id, amount } of rows) settled.set(invoice_id, BigInt(amount))
  }
  return settled
}

/** A customer's invoices that still ask for something. */
export async function openInvoicesOf(session: Session, customerId: string): Promise<OpenInvoice[]> {
  const rows = await reading(session as Tx)
    .db.selectFrom('invoices')
    .select(['id', 'number', 'currency', 'total', 'due_at'])
    .where('customer_id', '=', customerId)
    .where('state', '=', 'issued')
    .where('kind', '=', 'invoice')
    .orderBy('due_at')
    .orderBy('number')
    .execute()
  const settled = await settledOf(
    session,
    rows.map(row => row.id),
  )
  return rows
    .map(row => ({
      id: row.id,
      number: row.number!,
      currency: row.currency,
      open: row.total - (settled.get(row.id) ?? 0n),
      dueAt: row.due_at!,
    }))
    .filter(invoice => invoice.open > 0n)
}

/** What is taken from an invoice, or given back to it as a negative amount. */
export interface Settlement {
  readonly invoiceId: string
  readonly customerId: string
  readonly kind: Kind
  /** The payment, the credit note, or the row of the ledger. */
  readonly sourceId: string
  readonly amount: bigint
}

/**
 * Stores what settles an invoice and brings its state to what follows: paid where it asks for nothing any more,
 * issued again where it does. Whoever calls it checked that no more is taken than the invoice asks for.
 */
export async function settleInvoice(
  call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'actor' | 'commandId'>,
  { invoiceId, customerId, kind, sourceId, amount }: Settlement,
): Promise<void> {
  const { tx, ids, now, actor, commandId } = call
  await tx.db
    .insertInto('settlements')
    .values({
      ...{ id: ids.next(), invoice_id: invoiceId, customer_id: customerId, kind, source_id: sourceId },
      ...{ amount, at: now, created_by: byWhom(actor) },
    })
    .execute()
  const before = await stateOf(tx, invoiceId)
  const after = before.open <= 0n ? 'paid' : 'issued'
  if ((before.state !== 'issued' && before.state !== 'paid') || before.state === after) return
  await tx.db.updateTable('invoices').set({ state: after }).where('id', '=', invoiceId).execute()
  await followTopUps(call, { id: invoiceId, customer_id: customerId }, after === 'paid')
  await refreshStandings(tx, [customerId])
  await noteHistory(tx, {
    ...{ invoiceId, commandId, by: byWhom(actor), at: now, note: null },
    command: after === 'paid' ? 'billing.invoice.paid' : 'billing.invoice.reopened',
  })
}

/** What an invoice is by what settles it. */
export async function stateOf(session: Session, invoiceId: string) {
  const row = await reading(session as Tx)
    .db.selectFrom('invoices')
    .select(['state', 'total'])
    .where('id', '=', invoiceId)
    .executeTakeFirstOrThrow()
  const settled = (await settledOf(session, [invoiceId])).get(invoiceId) ?? 0n
  return { state: row.state, total: row.total, open: row.total - settled }
}

/** What one source settles, by invoice, without what was released again. */
export async function settledBy(session: Session, sourceId: string): Promise<Map<string, bigint>> {
  const rows = await reading(session as Tx)
    .db.selectFrom('settlements')
    .select(eb => ['invoice_id', eb.fn.sum<bigint | string>('amount').as('amount')])
    .where('source_id', '=', sourceId)
    .groupBy('invoice_id')
    .orderBy('invoice_id')
    .execute()
  return new Map(
    rows.map(row => [row.invoice_id, BigInt(row.amount)] as const).filter(([, sum]) => sum !== 0n),
  )
}
