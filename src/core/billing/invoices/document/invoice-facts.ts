import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { quantityText } from '#core/documents/document-text.ts'
import type { EInvoiceFacts, EInvoiceLine } from '#core/documents/e-invoice/e-invoice-facts.ts'
import type { Prepaid, TaxInBooks } from '#core/documents/invoice-document.ts'
import { decimalText } from '#engines/billing/exact.ts'
import type { Language } from '#engines/notify/topic.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { RatingStep } from '#shared/contract/billing/prices.ts'
import type { TaxBasis } from '#shared/contract/billing/tax-facts.ts'
import type { Settings } from '#shared/settings.ts'
import { buyerReferenceOf } from '../../e-invoices/choice.ts'
import { payToEntity, payToOf } from '../../e-invoices/pay-to.ts'
import { subscriptionOfApart } from '../apart.ts'
import { getInvoice, linesOf } from '../invoice-rows.ts'
import { type Parties, partiesOf } from '../parties.ts'
import { stepsOf } from '../steps-text.ts'
import { shownBasis } from '../tax-text.ts'
import { frameOf } from './frame-of.ts'

/**
 * What the document of an invoice says. Of an issued one it is what was fixed at issue; of a draft the parties
 * as they are now.
 * @throws Refusal `WORKSPACE_NOT_FOUND`
 */
export async function invoiceFacts(
  reader: Reader,
  invoiceId: string,
  settings: Settings,
): Promise<EInvoiceFacts> {
  const invoice = await getInvoice(reader, invoiceId)
  const lines = await linesOf(reader, invoiceId)
  const parties =
    invoice.parties === null
      ? await partiesOf(reader, invoice.customer_id, settings)
      : fromCanonical<Parties>(invoice.parties)
  const frame = frameOf(parties, settings)
  return {
    ...frame,
    kind: invoice.kind,
    number: invoice.number,
    issuedAt: invoice.issued_at,
    dueAt: invoice.due_at,
    period: { from: invoice.period_from, to: invoice.period_to },
    zone: invoice.zone,
    currency: invoice.currency,
    purchaseOrder: parties.customer.purchaseOrder,
    ...(subscriptionOfApart(invoice.apart) === null ? {} : { subscription: invoice.plan }),
    ...(await correctedBy(reader, invoice)),
    lines: lines.map(line => documentLine(line, frame.language)),
    payTo:
      parties.payTo === undefined
        ? (payToEntity(parties, invoice.currency) ?? (await payToOf(reader, invoice.currency)) ?? null)
        : parties.payTo,
    net: invoice.net,
    tax: invoice.tax,
    total: invoice.total,
    taxAmount: shownTaxAmount(parties),
    prepaid: invoice.kind === 'invoice' ? shownPrepaid(parties) : null,
    contact: parties.contact ?? contactOf(settings),
    buyerReference: parties.buyerReference ?? (await buyerReferenceOf(reader, invoice.customer_id)),
  }
}

/** Whom to ask of the seller, as the settings say it. */
export function contactOf(settings: Settings): EInvoiceFacts['contact'] {
  return { name: settings['billing.contactName'] ?? '', phone: settings['billing.phone'] ?? '' }
}

/** What the document says of its tax in the currency of the seller's books; null for nothing. */
export function shownTaxAmount({ taxAmount }: Pick<Parties, 'taxAmount'>): TaxInBooks | null {
  if (!taxAmount) return null
  return { currency: taxAmount.currency, amount: BigInt(taxAmount.amount), rates: taxAmount.parts }
}

/** What had paid of it at its issue; null for nothing. */
function shownPrepaid({ prepaid }: Pick<Parties, 'prepaid'>): Prepaid | null {
  if (!prepaid) return null
  const { balance, wallets, payments } = prepaid
  return { balance: BigInt(balance), wallets: BigInt(wallets), payments: BigInt(payments) }
}

/** What a credit note says of the invoice that it corrects. */
async function correctedBy(
  reader: Reader,
  { id, kind }: Row<'invoices'>,
): Promise<Pick<EInvoiceFacts, 'corrects' | 'correctsIssuedAt'>> {
  if (kind !== 'credit-note') return { correctsIssuedAt: null }
  const row = await reader.db
    .selectFrom('credit_notes as note')
    .innerJoin('invoices as invoice', 'invoice.id', 'note.invoice_id')
    .select(['invoice.number', 'invoice.issued_at', 'note.reason'])
    .where('note.id', '=', id)
    .executeTakeFirst()
  return row
    ? { corrects: { number: row.number!, reason: row.reason }, correctsIssuedAt: row.issued_at }
    : { correctsIssuedAt: null }
}

function documentLine(row: Row<'invoice_lines'>, language: Language): EInvoiceLine {
  const basis = shownBasis(row)
  return {
    name: row.name,
    service: { from: row.service_from, to: row.service_to },
    quantity: decimalText(row.quantity, Number(row.scale)),
    unit: row.unit,
    detail: formulaOf(stepsOf(row.steps), language),
    amount: row.amount,
    taxRate: row.tax_rate,
    tax: row.tax,
    kind: row.kind,
    // Of lines from before there were rules by the rate alone.
    taxCategory: basis.code,
    exemption: basis.note,
    untaxed: untaxedOf(basis),
  }
}

/** Why a line has no tax; null where it has some, or none at a rate of nothing. */
function untaxedOf({ code, note, source }: TaxBasis): NonNullable<EInvoiceLine['untaxed']> | null {
  if (code === 'S' || code === 'Z') return null
  // A certificate's note has its number already.
  const why = note.includes(source) ? note : [note, source].filter(part => part !== '').join(', ')
  return { kind: code, why }
}

/** Longer ones are for the screen, where every tier has its own row. */
const LONGEST_FORMULA = 120

/**
 * The formula of a line's price, where it is short enough to be read at a glance: with grouped figures, and
 * without the signs for rounding up, which the document's faces lack.
 */
function formulaOf(steps: readonly RatingStep[], language: Language): string {
  const price = steps.find(step => step.step === 'price')
  if (!price || price.formula.length > LONGEST_FORMULA) return ''
  return price.formula
    .replaceAll('⌈', 'ceil(')
    .replaceAll('⌉', ')')
    .replace(/\d+(?:\.\d+)?/g, figure => quantityText(figure, '', language))
}
