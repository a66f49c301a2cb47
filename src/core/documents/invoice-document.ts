import { type FrameFacts, framed, paragraph, tagged } from './document-frame.ts'
import { sumTable } from './document-tables.ts'
import { amountText, dayText, percentText, quantityText, serviceText } from './document-text.ts'
import type { DocumentDefinition, Tag } from './tagged-pdf.ts'
import { type DocumentWords, documentWords, type UntaxedKind } from './words/document-words.ts'

export interface DocumentLine {
  readonly name: string
  /** Half-open, in the customer's zone. */
  readonly service: { readonly from: bigint; readonly to: bigint }
  /** In the metric's unit, a decimal. */
  readonly quantity: string
  readonly unit: string
  /** How the amount comes about in one line, `1,000 × 0.02 + 500 × 0.01`; empty where the quantity says it. */
  readonly detail: string
  /** Minor units. */
  readonly amount: bigint
  /** A decimal fraction. */
  readonly taxRate: string
  readonly tax: bigint
  /** Why no tax is charged, where there is a reason: its category, and the law or certificate that says so. */
  readonly untaxed?: { readonly kind: UntaxedKind; readonly why: string } | null
}

/** Everything that an invoice says. The document is made of nothing else. */
export interface InvoiceFacts extends FrameFacts {
  readonly kind: 'invoice' | 'credit-note'
  /** None before it is issued: then it is marked as a draft. */
  readonly number: string | null
  readonly issuedAt: bigint | null
  readonly dueAt: bigint | null
  readonly period: { readonly from: bigint; readonly to: bigint }
  readonly zone: string
  readonly currency: string
  readonly purchaseOrder: string
  /** What the subscription is called that it is for alone; missing where it is for more than one. */
  readonly subscription?: string
  /** Of a credit note: the invoice that it corrects, and why. */
  readonly corrects?: { readonly number: string; readonly reason: string }
  readonly lines: readonly DocumentLine[]
  readonly net: bigint
  readonly tax: bigint
  readonly total: bigint
  /** What had paid of it at its issue; null where nothing had. Minor units. */
  readonly prepaid?: Prepaid | null
  /** The tax in the currency of the seller's books, where that is another. */
  readonly taxAmount?: TaxInBooks | null
}

/** What of an invoice was paid when it was issued: by the customer's balance, wallets and payments. Minor units. */
export interface Prepaid {
  readonly balance: bigint
  readonly wallets: bigint
  readonly payments: bigint
}

/** What is left to pay of an invoice that something had paid at its issue. */
export function payableOf({ total, prepaid }: Pick<InvoiceFacts, 'total' | 'prepaid'>): bigint {
  return prepaid ? total - prepaid.balance - prepaid.wallets - prepaid.payments : total
}

/** Tax in another currency than the document's, with the published rates that it was converted by. */
export interface TaxInBooks {
  readonly currency: string
  /** Minor units of that currency. */
  readonly amount: bigint
  readonly rates: readonly {
    readonly base: string
    readonly quote: string
    readonly rate: string
    readonly day: string
    readonly source: string
  }[]
}

/** Lays an invoice out: who, what, how much, when it is due; nothing that an issued invoice does not know. */
export function invoiceDocument(invoice: InvoiceFacts): DocumentDefinition {
  const { language, zone } = invoice
  const words = documentWords(language)
  return framed(invoice, {
    title: invoice.number ? `${words.kind[invoice.kind]} ${invoice.number}` : words.draftOf[invoice.kind],
    subject: `${invoice.buyer.name}, ${serviceText(invoice.period, zone, language)}`,
    createdAt: invoice.issuedAt ?? invoice.period.to,
    facts: factsOf(invoice, words),
    body: [
      lineTable(invoice, words),
      totals(invoice, words),
      taxNote(invoice, words),
      untaxedNote(invoice, words),
      taxInBooks(invoice, words),
      ...(invoice.kind === 'credit-note' ? [paragraph(words.credited)] : []),
    ],
    draft: invoice.number === null,
  })
}

function factsOf(invoice: InvoiceFacts, words: DocumentWords): [string, string][] {
  const { zone, language } = invoice
  return [
    [words.period, serviceText(invoice.period, zone, language)],
    ...(invoice.issuedAt === null
      ? []
      : [[words.issued, dayText(invoice.issuedAt, zone, language)] as [string, string]]),
    ...(invoice.dueAt === null
      ? []
      : [[words.due, dayText(invoice.dueAt, zone, language)] as [string, string]]),
    ...(invoice.purchaseOrder ? [[words.purchaseOrder, invoice.purchaseOrder] as [string, string]] : []),
    ...(invoice.subscription ? [[words.subscription, invoice.subscription] as [string, string]] : []),
    ...(invoice.corrects
      ? ([
          [words.corrects, invoice.corrects.number],
          [words.reason, invoice.corrects.reason],
        ] as [string, string][])
      : []),
  ]
}

/** What a line counts. Money back for seats that are the same as before counts nothing. */
function countText({ quantity, unit }: Pick<DocumentLine, 'quantity' | 'unit'>, invoice: InvoiceFacts) {
  return unit === '' && quantity === '0' ? '' : quantityText(quantity, unit, invoice.language)
}

function lineTable(invoice: InvoiceFacts, words: DocumentWords): object {
  const { currency, zone, language } = invoice
  const table = 'lines'
  const head = [words.description, words.quantity, words.taxRate, words.amount(currency)].map((text, cell) =>
    tagged(
      text,
      { role: 'TH', table, row: 0, cell },
      { style: 'head', alignment: cell === 0 ? 'left' : 'right' },
    ),
  )
  const rows = invoice.lines.map((line, index) => {
    const tag = (cell: number): Tag => ({ role: 'TD', table, row: index + 1, cell })
    const right = { alignment: 'right', noWrap: true }
    const below = [serviceText(line.service, zone, language), line.detail].filter(Boolean).join(' · ')
    return [
      { text: [line.name, '\n', { text: below, style: 'quiet' }], tag: tag(0) },
      tagged(countText(line, invoice), tag(1), { alignment: 'right' }),
      tagged(percentText(line.taxRate, language), tag(2), right),
      tagged(amountText(line.amount, currency, language), tag(3), right),
    ]
  })
  return {
    layout: 'lines',
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths: ['*', 'auto', 'auto', 'auto'],
      body: [head, ...rows],
    },
    margin: [0, 0, 0, 16],
  }
}

const PAID_BY = ['balance', 'wallets', 'payments'] as const

/** The sums; where something had paid of it already, what did, and last what is left to pay. */
function totals(invoice: InvoiceFacts, words: DocumentWords): object {
  const { currency, language, net, tax, total, prepaid } = invoice
  const money = (minor: bigint) => `${amountText(minor, currency, language)} ${currency}`
  const paid = prepaid ? PAID_BY.filter(by => prepaid[by] > 0n) : []
  const rows: [string, string][] = [
    [words.net, money(net)],
    [words.tax, money(tax)],
    [words.total, money(total)],
    ...paid.map((by): [string, string] => [words.prepaid[by], money(-prepaid![by])]),
    ...(paid.length === 0 ? [] : [[words.payable, money(payableOf(invoice))] as [string, string]]),
  ]
  return sumTable('totals', rows, rows.length - 1)
}

/**
 * Why lines have no tax, each reason once: without it an invoice is not complete (Directive 2006/112/EC, Article 226
 * points 11 and 11a).
 */
function untaxedNote({ lines }: InvoiceFacts, words: DocumentWords): object {
  const said = lines.flatMap(({ untaxed }) =>
    untaxed ? [words.untaxed[untaxed.kind] + (untaxed.why === '' ? '' : ` (${untaxed.why})`)] : [],
  )
  if (said.length === 0) return { text: '' }
  return { stack: [...new Set(said)].map(text => paragraph(text, { alignment: 'right' })) }
}

/** The tax in the currency of the seller's books, and the rates: as they were published, for what they are. */
function taxInBooks({ taxAmount, language }: InvoiceFacts, words: DocumentWords): object {
  if (!taxAmount) return { text: '' }
  const { currency, amount, rates } = taxAmount
  return paragraph(
    words.taxInBooks(
      `${amountText(amount, currency, language)} ${currency}`,
      rates
        .map(
          one =>
            `1 ${one.base} = ${quantityText(one.rate, '', language)} ${one.quote} (${one.source}, ${one.day})`,
        )
        .join('; '),
    ),
    { style: 'quiet', alignment: 'right' },
  )
}

/** Tax by rate, where there is more than one: each is the sum of what stands on its lines. */
function taxNote({ lines, currency, language }: InvoiceFacts, words: DocumentWords): object {
  const rates = new Map<string, { net: bigint; tax: bigint }>()
  for (const { taxRate, amount, tax } of lines) {
    const sum = rates.get(taxRate) ?? { net: 0n, tax: 0n }
    rates.set(taxRate, { net: sum.net + amount, tax: sum.tax + tax })
  }
  if (rates.size < 2) return { text: '' }
  return {
    stack: [...rates].map(([rate, sum]) =>
      paragraph(
        words.taxAt(
          percentText(rate, language),
          amountText(sum.net, currency, language),
          amountText(sum.tax, currency, language),
          currency,
        ),
        { style: 'quiet', alignment: 'right' },
      ),
    ),
  }
}
