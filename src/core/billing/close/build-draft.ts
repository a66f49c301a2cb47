import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Row } from '#core/database/schema.ts'
import type { GeneratedLine } from '#engines/billing/model.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { EarlierInvoice } from '#shared/contract/billing/close-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { lineId } from '../invoices/invoice-rows.ts'
import { stepsText } from '../invoices/steps-text.ts'
import { taxText } from '../invoices/tax-text.ts'
import { compose } from './compose.ts'

/** A draft as its rows, ready to be stored. */
export interface BuiltDraft {
  readonly invoice: Omit<Row<'invoices'>, 'created_at'>
  readonly lines: readonly Row<'invoice_lines'>[]
  readonly summary: string
  /** The customer's name. */
  readonly customer: string
  /** Lines that correct what was billed before. */
  readonly adjustments: number
  /** What makes it worth a look. */
  readonly codes: readonly string[]
}

export interface DraftInput {
  readonly runId: string
  /** Of the customer among all of the close, from 0. */
  readonly place: number
  readonly customerId: string
  readonly customer: string
  readonly zone: string
  readonly period: string
  readonly month: Span
  readonly currency: string
  readonly plan: string
  /** What it is kept apart for, as the invoice's row says it; together with all else where nothing is said. */
  readonly apart?: string
  readonly lines: readonly GeneratedLine[]
  readonly earlier: readonly EarlierInvoice[]
}

/** Makes the rows of a draft of lines that are missing. The same input makes the same rows. */
export function buildDraft(input: DraftInput): BuiltDraft {
  const { runId, customerId, customer, zone, period, month, currency, lines, earlier, apart = '' } = input
  // An item and its ordinal are billed once, so that two drafts of a close never have the same name.
  const [first] = lines
  const id = draftId(runId, input.place, `${customerId}/${currency}/${first!.item}/${first!.ordinal}`)
  const { summary, doubts, ...composed } = compose({
    ...{ invoiceId: id, customerId, customer, period, span: month, currency, plan: input.plan },
    ...{ lines, earlier, reviewed: false },
  })
  return {
    invoice: {
      ...{ id, customer_id: customerId, run_id: runId, period, zone, currency, apart },
      ...composed,
      period_from: month.from,
      period_to: month.to,
      state: 'draft',
      doubts: canonicalJson(doubts),
      ...{ number: null, assignee: null, note: null, approved_by: null, approved_at: null },
      ...{ issued_at: null, due_at: null, parties: null, document_id: null, document_digest: null },
      ...{ effect_id: null, reviewed_at: null },
    },
    lines: lines.map((line, index) => lineRow(line, id, index)),
    summary,
    customer,
    adjustments: lines.filter(line => line.ordinal > 0).length,
    codes: [...new Set(doubts.map(doubt => doubt.code))],
  }
}

/** The row of a line on an invoice. */
export function lineRow(line: GeneratedLine, invoiceId: string, position: number): Row<'invoice_lines'> {
  return {
    ...placed(invoiceId, position),
    kind: line.kind,
    item: line.item,
    ordinal: BigInt(line.ordinal),
    subscription_id: line.subscriptionId,
    price_id: line.priceId,
    price_key: line.priceKey,
    name: line.name,
    metric_id: line.metricId,
    service_from: line.service.from,
    service_to: line.service.to,
    quantity: line.quantity,
    scale: BigInt(line.scale),
    unit: line.unit,
    exact: line.exact,
    amount: line.amount,
    tax_rate: line.taxRate,
    tax: line.tax,
    tax_basis: taxText(line.taxBasis),
    steps: stepsText(line.steps),
  }
}

/** Where a line stands. */
export function placed(invoiceId: string, position: number) {
  return { id: lineId(invoiceId, position), invoice_id: invoiceId, position: BigInt(position) }
}

/**
 * A UUIDv7 with the time of the close, then the customer's place, then a digest of what it is of; its end is left to
 * the lines. Drafts and their lines are so stored behind each other in the order in which a close makes them: at
 * places by chance they would fill pages by half, and each would be written again and again.
 */
function draftId(runId: string, place: number, of: string): string {
  const hex = bytesToHex(sha256(utf8ToBytes(`${runId}/${of}`)).subarray(0, 5))
  const at = (place % PLACES).toString(16).padStart(5, '0')
  const time = runId.slice(0, 13)
  return `${time}-7${at.slice(0, 3)}-8${at.slice(3)}${hex[0]}-${hex.slice(1, 9)}ffff`
}

/** Places that an id tells apart. Beyond them it is the digest alone that does. */
const PLACES = 2 ** 20
