import type { Reader } from '#core/database/store.ts'
import { namesOf } from '#core/identity/common.ts'
import { byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { answer } from '#core/runtime/handlers.ts'
import { waitingApproval } from '#core/workspace/approvals/request-approval.ts'
import { leftOfInvoice, leftOfLine } from '#engines/billing/corrections/credit-note.ts'
import { decimalText } from '#engines/billing/exact.ts'
import { type CreditNote, corrections as leaf, type WriteOff } from '#shared/contract/billing/corrections.ts'
import { balancesOf, transfersOf } from '../balance/transfers.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { lapsesOf } from '../wallets/pay-invoice.ts'
import { creditKind } from './credit.ts'
import { creditable, planCredit } from './credit-plan.ts'
import { disputesOf } from './dispute-rows.ts'
import { correctionLimits } from './limits.ts'
import { isLocked } from './locked.ts'
import { voidKind } from './void.ts'
import { writeOffKind } from './write-off.ts'

/** Which rows: of an invoice, of a customer, or all. */
export interface Of {
  readonly invoiceId?: string | undefined
  readonly customerId?: string | undefined
}

/** Credit notes, the newest first. */
export async function creditNotesOf(reader: Reader, of: Of, limit: number): Promise<CreditNote[]> {
  let query = reader.db
    .selectFrom('credit_notes as note')
    .innerJoin('invoices as document', 'document.id', 'note.id')
    .innerJoin('invoices as invoice', 'invoice.id', 'note.invoice_id')
    .innerJoin('customers as customer', 'customer.id', 'note.customer_id')
    .selectAll('note')
    .select([
      'document.number as number',
      'document.tax as tax',
      'invoice.number as invoice_number',
      'customer.name as customer',
    ])
  if (of.invoiceId !== undefined) query = query.where('note.invoice_id', '=', of.invoiceId)
  if (of.customerId !== undefined) query = query.where('note.customer_id', '=', of.customerId)
  const rows = await query
    .orderBy('note.created_at', 'desc')
    .orderBy('document.number', 'desc')
    .limit(limit)
    .execute()
  const person = await namesOf(reader)
  return rows.map(row => ({
    id: row.id,
    number: row.number!,
    invoiceId: row.invoice_id,
    invoiceNumber: row.invoice_number!,
    customerId: row.customer_id,
    customer: row.customer,
    currency: row.currency,
    total: row.total,
    tax: -row.tax,
    reason: row.reason,
    applied: row.applied,
    refunded: row.refunded,
    credited: row.credited,
    returned: row.returned,
    lapsed: row.lapsed,
    requestedBy: person(row.requested_by),
    approvalId: row.approval_id,
    createdAt: row.created_at,
  }))
}

/** Write-offs and what took them back, the newest first. */
export async function writeOffsOf(reader: Reader, of: Of, limit: number): Promise<WriteOff[]> {
  let query = reader.db
    .selectFrom('write_offs as row')
    .innerJoin('invoices as invoice', 'invoice.id', 'row.invoice_id')
    .innerJoin('customers as customer', 'customer.id', 'row.customer_id')
    .selectAll('row')
    .select(['invoice.number as invoice_number', 'customer.name as customer'])
  if (of.invoiceId !== undefined) query = query.where('row.invoice_id', '=', of.invoiceId)
  if (of.customerId !== undefined) query = query.where('row.customer_id', '=', of.customerId)
  const rows = await query.orderBy('row.created_at', 'desc').orderBy('row.id', 'desc').limit(limit).execute()
  const person = await namesOf(reader)
  return rows.map(row => ({
    id: row.id,
    invoiceId: row.invoice_id,
    invoiceNumber: row.invoice_number!,
    customerId: row.customer_id,
    customer: row.customer,
    currency: row.currency,
    amount: row.amount,
    reverses: row.reverses,
    reason: row.reason,
    requestedBy: person(row.requested_by),
    approvalId: row.approval_id,
    createdAt: row.created_at,
  }))
}

/** Corrections of one invoice are few; more than these are not shown one by one. */
const MOST = 500

export const showCorrections = answer(leaf.get, async ({ reader, input, now }) => {
  const { invoiceId } = input
  const { invoice, rows, lines, settled } = await creditable(reader, invoiceId)
  const waiting: { kind: string; approvalId: string }[] = []
  for (const kind of [creditKind, writeOffKind, voidKind]) {
    const approvalId = await waitingApproval(reader, kind, invoiceId, now)
    if (approvalId !== null) waiting.push({ kind: kind.name, approvalId })
  }
  return {
    invoiceId,
    state: invoice.state,
    currency: invoice.currency,
    total: invoice.total,
    open: invoice.state === 'issued' ? settled.open : 0n,
    left: invoice.kind === 'invoice' ? leftOfInvoice(lines) : 0n,
    paid: settled.paid,
    fromWallets: settled.fromWallets,
    lines: rows.map((row, index) => {
      const left = leftOfLine(lines[index]!)
      const scale = Number(row.scale)
      return {
        lineId: row.id,
        name: row.name,
        unit: row.unit === '' ? null : row.unit,
        amount: row.amount,
        tax: row.tax,
        quantity: decimalText(row.quantity, scale),
        left: { amount: left.amount, tax: left.tax, quantity: decimalText(left.quantity, scale) },
      }
    }),
    creditNotes: await creditNotesOf(reader, { invoiceId }, MOST),
    writeOffs: await writeOffsOf(reader, { invoiceId }, MOST),
    disputes: await disputesOf(reader, { invoiceId }, MOST),
    void: await voidOf(reader, invoiceId),
    corrects: await corrected(reader, invoiceId),
    locked: await isLocked(reader, invoice.period),
    waiting,
    limits: await correctionLimits(reader, invoice.currency),
  }
})

async function voidOf(reader: Reader, invoiceId: string) {
  const row = await reader.db
    .selectFrom('invoice_voids')
    .selectAll()
    .where('invoice_id', '=', invoiceId)
    .executeTakeFirst()
  if (!row) return null
  const person = await namesOf(reader)
  return {
    reason: row.reason,
    by: person(row.requested_by),
    at: row.voided_at,
    reissuedAs: row.reissued_as,
  }
}

/** The invoice that a credit note gives back. */
async function corrected(reader: Reader, creditNoteId: string) {
  const row = await reader.db
    .selectFrom('credit_notes as note')
    .innerJoin('invoices as invoice', 'invoice.id', 'note.invoice_id')
    .select(['invoice.id', 'invoice.number'])
    .where('note.id', '=', creditNoteId)
    .executeTakeFirst()
  return row ? { invoiceId: row.id, number: row.number! } : null
}

export const listCorrections = answer(leaf.list, async ({ reader, input }) => {
  const { customerId, limit } = input
  return {
    creditNotes: await creditNotesOf(reader, { customerId }, limit),
    writeOffs: await writeOffsOf(reader, { customerId }, limit),
    disputes: await disputesOf(reader, { customerId }, limit),
  }
})

export const previewCredit = answer(leaf.preview, async ({ reader, input, actor, now }) => {
  const plan = await planCredit(reader, input, { person: byWhomOrNobody(actor), now })
  const byId = new Map(plan.rows.map(row => [row.id, row]))
  const { net, tax, total, applied, refunded, credited, returned, asks } = plan
  const back = { paid: plan.settled.fromWallets, amount: returned, credited: plan.creditedLines }
  return {
    currency: plan.invoice.currency,
    lines: plan.given.map(({ lineId, amount, tax: lineTax, quantity }) => {
      const row = byId.get(lineId)!
      return {
        ...{ lineId, name: row.name, amount, tax: lineTax },
        quantity: decimalText(quantity, Number(row.scale)),
      }
    }),
    ...{ net, tax, total, applied, refunded, credited, returned, asks },
    lapses: await lapsesOf(reader, plan.invoice, back, now),
  }
})

export const showBalance = answer(leaf.balance, async ({ reader, input }) => {
  const { customerId } = input
  await getCustomer(reader, customerId)
  const rows = await transfersOf(reader, customerId)
  const documents = await reader.db
    .selectFrom('invoices')
    .select(['id', 'number'])
    .where('customer_id', '=', customerId)
    .where('number', 'is not', null)
    .execute()
  const numbers = new Map(documents.map(({ id, number }) => [id, number]))
  return {
    balances: await balancesOf(reader, customerId),
    entries: rows.map(row => ({
      ...{ id: row.id, at: row.at, currency: row.currency, amount: row.amount, debit: row.debit },
      ...{ credit: row.credit, reason: row.reason, source: row.source, sourceId: row.source_id },
      number: numbers.get(row.source_id) ?? null,
    })),
  }
})
