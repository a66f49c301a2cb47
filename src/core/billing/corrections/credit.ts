import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { byWhom, byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { type CommandCall, handle, type InputOf } from '#core/runtime/handlers.ts'
import { approvalKind } from '#core/workspace/approvals/approval-kind.ts'
import { approvalOf } from '#core/workspace/approvals/approval-rows.ts'
import { requestApproval } from '#core/workspace/approvals/request-approval.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { creditTransfers } from '#engines/billing/corrections/credit-note.ts'
import { creditedItem } from '#engines/billing/corrections/credited-item.ts'
import { exactText, moneyText, scaled } from '#engines/billing/exact.ts'
import { placesOf } from '#engines/billing/rate.ts'
import { corrections as leaf } from '#shared/contract/billing/corrections.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { bookTransfers } from '../balance/transfers.ts'
import { placed } from '../close/build-draft.ts'
import { titleOf } from '../close/compose.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { fixEInvoice } from '../e-invoices/fix-e-invoice.ts'
import { fixTaxAmount } from '../e-invoices/fix-tax-amount.ts'
import { noteInvoice } from '../invoices/history.ts'
import { shownInvoice } from '../invoices/invoice-rows.ts'
import { PDF_EFFECT } from '../invoices/issue.ts'
import { seriesOf, takeNumber } from '../invoices/numbers.ts'
import { prefixesOfIssued } from '../invoices/seller-prefixes.ts'
import { stepsText } from '../invoices/steps-text.ts'
import { settleInvoice } from '../payments/settle.ts'
import { payBackWallets } from '../wallets/pay-invoice.ts'
import { demandAuthority } from './authority.ts'
import { type CreditPlan, creditable, planCredit } from './credit-plan.ts'
import { digestOf, nextOrdinals, paged } from './lines.ts'
import { demandOpenPeriod, monthOf } from './locked.ts'
import { releasePayments } from './release-payments.ts'

/** A credit note above the limit. */
export const creditKind = approvalKind({
  name: 'billing.correction.credit',
  entity: 'invoice',
  leaf: leaf.issueCredit,
  voters: ['approver'],
  quorum: 1,
  expiresAfter: null,
  subject: creditSubject,
})

/** What of an invoice must still be so for a credit note to be what was allowed: the rest of it, and its money. */
async function creditSubject(reader: Reader, invoiceId: string): Promise<unknown> {
  const row = await reader.db
    .selectFrom('invoices')
    .select('id')
    .where('id', '=', invoiceId)
    .executeTakeFirst()
  if (!row) return null
  const { invoice, lines, settled } = await creditable(reader, invoiceId)
  return {
    digest: invoice.digest,
    number: invoice.number,
    standing: invoice.state === 'issued' || invoice.state === 'paid',
    credited: lines.map(line => [line.id, line.credited.amount, line.credited.tax]),
    ...{ open: settled.open, paid: settled.paid, fromWallets: settled.fromWallets },
  }
}

/** Gives back what was billed: at once up to the limit, above it when another person allowed it. */
export const creditInvoice = handle(leaf.credit, async call => {
  const { tx, input, actor, receivedAt } = call
  const person = byWhomOrNobody(actor)
  const plan = await planCredit(tx, input, { person, now: receivedAt })
  await demandOpenPeriod(tx, await monthOf(tx, receivedAt))
  const inner = { ...input, requestedBy: person }
  if (!plan.asks) {
    await demandAuthority(tx)
    return call.runById('billing.correction.issueCredit', inner, { trusted: true }) as never
  }
  const { invoice } = plan
  const money = (minor: bigint) => ({ kind: 'money' as const, minor, currency: invoice.currency })
  const { open } = plan.settled
  const approvalId = await requestApproval(call, creditKind, {
    rowId: invoice.id,
    title: await subjectTitle(tx, invoice),
    input: inner,
    reason: input.reason,
    money: { amount: plan.total, currency: invoice.currency },
    facts: [
      { name: 'invoice.total', before: null, after: money(invoice.total) },
      { name: 'invoice.open', before: money(open), after: money(open - plan.applied) },
      ...(plan.before === 0n
        ? []
        : [{ name: 'credit.alone', before: money(plan.before), after: money(plan.before + plan.total) }]),
      { name: 'credit.net', before: null, after: money(plan.net) },
      { name: 'credit.tax', before: null, after: money(plan.tax) },
      ...(plan.refunded > 0n ? [{ name: 'credit.refunded', before: null, after: money(plan.refunded) }] : []),
      ...(plan.credited > 0n ? [{ name: 'credit.credited', before: null, after: money(plan.credited) }] : []),
      ...(plan.returned > 0n ? [{ name: 'credit.returned', before: null, after: money(plan.returned) }] : []),
    ],
  })
  return { approvalId, creditNoteId: null, invoice: await shownInvoice(tx, invoice.id) }
})

/** An invoice in words: its number and its customer. */
export async function subjectTitle(
  session: Reader | Tx,
  invoice: Pick<Row<'invoices'>, 'number' | 'customer_id'>,
): Promise<string> {
  const { name } = await getCustomer(reading(session as Tx), invoice.customer_id)
  return `${invoice.number} · ${name}`
}

/**
 * Issues a credit note: its own number in its own series, lines that take back those of the invoice, and entries
 * that say where the money went, in one transaction.
 */
export function issueCredit(environment: EnvironmentSettings) {
  return handle(leaf.issueCredit, async call => {
    const { tx, input, ids, receivedAt, commandId } = call
    const plan = await planCredit(tx, input, { person: input.requestedBy, now: receivedAt })
    const period = await monthOf(tx, receivedAt)
    await demandOpenPeriod(tx, period)
    const id = ids.next()
    const number = await storeDocument(call, environment, plan, { id, period })
    const { invoice, applied, refunded, credited, returned, total } = plan
    const approvalId = await approvalOf(reading(tx), commandId)
    await tx.db
      .insertInto('credit_notes')
      .values({
        ...{ id, invoice_id: invoice.id, customer_id: invoice.customer_id, currency: invoice.currency },
        ...{ total, reason: input.reason, applied, refunded, credited, returned, lapsed: 0n },
        ...{ requested_by: input.requestedBy, approval_id: approvalId, created_at: receivedAt },
      })
      .execute()
    // It names what it corrects, which stands in the row above.
    const settings = await readSettings(reading(tx), environment)
    await fixTaxAmount(tx, id, settings)
    await fixEInvoice(tx, id, settings)
    const lapsed = await moveMoney(call, plan, { id, reason: input.reason, approvalId })
    await tx.db.updateTable('credit_notes').set({ lapsed }).where('id', '=', id).execute()
    await noteInvoice(call, invoice.id, 'billing.correction.credit', `${number}: ${input.reason}`)
    return { approvalId: null, creditNoteId: id, invoice: await shownInvoice(tx, invoice.id) }
  })
}

type IssueCall = CommandCall<InputOf<typeof leaf.issueCredit>>

/** Stores the credit note as what it is on paper: an invoice of its kind, with lines below zero. */
async function storeDocument(
  call: IssueCall,
  environment: EnvironmentSettings,
  plan: CreditPlan,
  { id, period }: { readonly id: string; readonly period: string },
): Promise<string> {
  const { tx, input, actor, now, receivedAt, effect } = call
  const { invoice } = plan
  const settings = await readSettings(reading(tx), environment)
  const prefixes = await prefixesOfIssued(tx, invoice.parties)
  const number = await takeNumber(tx, seriesOf('credit-note', settings, receivedAt, prefixes))
  const lines = await creditLines(tx, plan, id)
  const customer = await getCustomer(reading(tx), invoice.customer_id)
  await tx.db
    .insertInto('invoices')
    .values({
      ...invoice,
      ...{ id, run_id: id, period, kind: 'credit-note', state: 'issued', number },
      ...{ net: -plan.net, tax: -plan.tax, total: -plan.total, lines: BigInt(lines.length) },
      ...{ previous_id: null, previous_total: null, doubts: '[]', doubt_weight: 0n },
      ...{ assignee: null, note: input.reason, approved_by: byWhom(actor), approved_at: now },
      ...{ issued_at: receivedAt, due_at: null, document_id: null, document_digest: null },
      ...{ reviewed_at: receivedAt, created_at: now },
      title: titleOf(customer.name, invoice.plan, period, number),
      digest: digestOf({ ...invoice, id, period }, lines),
      effect_id: await effect(PDF_EFFECT, { invoiceId: id }),
    })
    .execute()
  for (const some of paged(lines)) await tx.db.insertInto('invoice_lines').values(some).execute()
  const parts = plan.given.map((given, index) => ({
    ...{ id: lines[index]!.id, credit_note_id: id, invoice_id: invoice.id, line_id: given.lineId },
    ...{ amount: given.amount, tax: given.tax, quantity: given.quantity },
  }))
  for (const some of paged(parts)) await tx.db.insertInto('credit_note_lines').values(some).execute()
  await noteInvoice(call, id, 'billing.correction.credit', number)
  return number
}

async function creditLines(tx: Tx, plan: CreditPlan, id: string): Promise<Row<'invoice_lines'>[]> {
  const { invoice, rows, given } = plan
  const byId = new Map(rows.map(row => [row.id, row]))
  const items = [...new Set(given.map(({ lineId }) => creditedItem(byId.get(lineId)!.item)))]
  const next = await nextOrdinals(tx, items)
  const places = placesOf(invoice.currency)
  return given.map(({ lineId, amount, tax, quantity }, position) => {
    const row = byId.get(lineId)!
    const item = creditedItem(row.item)
    const exact = exactText(scaled(-amount, places))
    return {
      ...row,
      ...placed(id, position),
      ...{
        kind: 'credit',
        item,
        ordinal: next(item),
        quantity: -quantity,
        amount: -amount,
        tax: -tax,
        exact,
      },
      steps: stepsText([
        { step: 'round', rule: 'half-up', places, exact, amount: moneyText(-amount, places) },
      ]),
    }
  })
}

/**
 * What was still asked for is asked for no more; what was paid goes back to the payer, onto the balance, or to the
 * wallets that paid. The invoice is settled by the credit note as a whole, so what settled it before is released first.
 * @returns what came back to grants that have expired, and with that is gone
 */
async function moveMoney(
  call: IssueCall,
  plan: CreditPlan,
  note: { readonly id: string; readonly reason: string; readonly approvalId: string | null },
): Promise<bigint> {
  const { invoice, total, refunded, credited, returned, settled } = plan
  const { customer_id: customerId, currency } = invoice
  const { id, reason } = note
  const settle = (kind: 'credit-note' | 'balance', amount: bigint) =>
    settleInvoice(call, { invoiceId: invoice.id, customerId, kind, sourceId: id, amount })
  await bookTransfers(
    call,
    { customerId, currency, reason, source: 'credit-note', sourceId: id },
    creditTransfers(plan),
  )
  const short = refunded - (await releasePayments(call, invoice, refunded, note))
  if (short !== 0n) throw refuse('BILLING_INVOICE_STATE', { state: invoice.state })
  if (credited > 0n) await settle('balance', -credited)
  const back = await payBackWallets(
    call,
    invoice,
    { paid: settled.fromWallets, amount: returned, credited: plan.creditedLines },
    reason,
  )
  if (back.amount !== returned) throw refuse('BILLING_INVOICE_STATE', { state: invoice.state })
  await settle('credit-note', total)
  return back.lapsed
}
