import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import {
  type CreditAsk,
  type CreditableLine,
  type CreditDecision,
  type CreditedLine,
  type CreditSplit,
  decideCredit,
  splitCredit,
} from '#engines/billing/corrections/credit-note.ts'
import { exactOf, roundHalfUp } from '#engines/billing/exact.ts'
import type { CreditMoney, CreditWallets, CreditWanted } from '#shared/contract/billing/corrections.ts'
import { refuse } from '#shared/errors.ts'
import { getInvoice, linesOf } from '../invoices/invoice-rows.ts'
import { usedTopUp } from '../wallets/follow-top-ups.ts'
import { mustReturn } from '../wallets/pay-invoice.ts'
import { creditedAlone, type Decider } from './decided-alone.ts'
import { correctionLimits } from './limits.ts'
import { type Settled, settledOfInvoice } from './settled.ts'

/** A snapshot, or a transaction that is read. */
type Session = Reader | Tx

/** An invoice with what is left of its lines to be given back. */
export interface Creditable {
  readonly invoice: Row<'invoices'>
  readonly rows: readonly Row<'invoice_lines'>[]
  readonly lines: readonly CreditableLine[]
  readonly settled: Settled
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function creditable(session: Session, invoiceId: string): Promise<Creditable> {
  const invoice = await getInvoice(session, invoiceId)
  const rows = await linesOf(session, invoiceId)
  const credited = await creditedOf(session, invoiceId)
  const lines = rows.map(row => ({
    id: row.id,
    amount: row.amount,
    tax: row.tax,
    quantity: row.quantity,
    credited: credited.get(row.id) ?? { amount: 0n, tax: 0n, quantity: 0n },
  }))
  return { invoice, rows, lines, settled: await settledOfInvoice(session, invoice) }
}

/** What credit notes gave back of an invoice, by line. */
async function creditedOf(session: Session, invoiceId: string) {
  const rows = await reading(session as Tx)
    .db.selectFrom('credit_note_lines')
    .select(eb => [
      'line_id',
      eb.fn.sum<bigint | string>('amount').as('amount'),
      eb.fn.sum<bigint | string>('tax').as('tax'),
      eb.fn.sum<bigint | string>('quantity').as('quantity'),
    ])
    .where('invoice_id', '=', invoiceId)
    .groupBy('line_id')
    .execute()
  return new Map(
    rows.map(({ line_id, amount, tax, quantity }) => [
      line_id,
      { amount: BigInt(amount), tax: BigInt(tax), quantity: BigInt(quantity) },
    ]),
  )
}

/** A credit note before it is one. */
export interface CreditPlan extends Creditable, CreditSplit {
  /** What is given back of the lines altogether, with tax: by this one and by those before it. */
  readonly creditedLines: ReadonlyMap<string, bigint>
  readonly given: readonly CreditedLine[]
  readonly net: bigint
  readonly tax: bigint
  readonly total: bigint
  /** Other people are asked first. */
  readonly asks: boolean
  /** What the same person credited the customer alone this month. */
  readonly before: bigint
}

interface Choice {
  readonly money: CreditMoney
  readonly wallets: CreditWallets
}

/** What is given back of each line, with tax, when these parts are too. */
function creditedWith({ lines }: Creditable, given: readonly CreditedLine[]): Map<string, bigint> {
  const all = new Map(lines.map(({ id, credited }) => [id, credited.amount + credited.tax]))
  for (const { lineId, amount, tax } of given) all.set(lineId, (all.get(lineId) ?? 0n) + amount + tax)
  return all
}

/**
 * What a credit note would give back, and where its money would go.
 * @param by who wants it: what they credited the customer alone this month counts towards the limit
 * @throws Refusal that says why not
 */
export async function planCredit(
  session: Session,
  input: { readonly invoiceId: string; readonly wanted: CreditWanted } & Choice,
  by: Pick<Decider, 'person' | 'now'>,
): Promise<CreditPlan> {
  const found = await creditable(session, input.invoiceId)
  const { invoice, settled } = found
  if (invoice.kind === 'credit-note') throw refuse('BILLING_CREDIT_OF_CREDIT', {})
  if (invoice.state !== 'issued' && invoice.state !== 'paid')
    throw refuse('BILLING_INVOICE_STATE', { state: invoice.state })
  const decision: CreditDecision = decideCredit(found.lines, askOf(found, input.wanted))
  if (!decision.ok) {
    const { code, ...data } = decision.failure
    throw refuse(code, data)
  }
  const { lines: given, net, tax, total } = decision
  const left = invoice.state === 'paid' ? await usedTopUp(session, invoice, given) : null
  if (left !== null) throw refuse('BILLING_TOP_UP_USED', { left })
  const creditedLines = creditedWith(found, given)
  const { open, paid, fromBalance: balance, fromWallets } = settled
  const bound = await mustReturn(session, invoice, creditedLines, fromWallets)
  const split = splitCredit(total, { open, paid, balance, wallets: fromWallets, bound }, input)
  const limits = await correctionLimits(session, invoice.currency)
  const { customer_id: customerId, currency } = invoice
  const before = await creditedAlone(session, { customerId, currency, ...by })
  const asks = before + total > limits.credit
  return { ...found, ...split, creditedLines, given, net, tax, total, asks, before }
}

/** Quantities as the lines count them. */
function askOf({ rows }: Creditable, wanted: CreditWanted): CreditAsk {
  if (wanted.kind !== 'lines') return wanted
  return {
    kind: 'lines',
    lines: wanted.lines.map(one => {
      if ('amount' in one) return one
      const scale = Number(rows.find(row => row.id === one.lineId)?.scale ?? 0n)
      return { lineId: one.lineId, quantity: roundHalfUp(exactOf(one.quantity), scale) }
    }),
  }
}
