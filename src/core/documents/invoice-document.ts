import { amountText, dayText, percentText, quantityText, serviceText } from './document-text.ts'
import { type Han, hanOfCountry, hanOfText } from './faces.ts'
import { invoiceWords as words } from './invoice-words.ts'
import type { DocumentDefinition, Tag } from './tagged-pdf.ts'

/** Somebody that an invoice names, as it stood when it was issued. */
export interface Party {
  readonly name: string
  readonly address: readonly string[]
  /** ISO 3166; empty where it is not known. */
  readonly country: string
  readonly taxId: string
  readonly email: string
}

/** Whose invoice it is, beyond a party: what the workspace's settings say. */
export interface Seller extends Party {
  /** A line at the foot of every page: bank account, register entry. */
  readonly footer: string
  /** `#rrggbb`. */
  readonly accent: string
  /** A data address of a PNG or JPEG; null for none. */
  readonly logo: string | null
}

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
}

/** Everything that an invoice says. The document is made of nothing else. */
export interface InvoiceFacts {
  readonly kind: 'invoice' | 'credit-note'
  /** None before it is issued: then it is marked as a draft. */
  readonly number: string | null
  readonly issuedAt: bigint | null
  readonly dueAt: bigint | null
  readonly period: { readonly from: bigint; readonly to: bigint }
  readonly zone: string
  readonly currency: string
  readonly seller: Seller
  readonly buyer: Party
  readonly purchaseOrder: string
  /** Of a credit note: the invoice that it corrects, and why. */
  readonly corrects?: { readonly number: string; readonly reason: string }
  readonly lines: readonly DocumentLine[]
  readonly net: bigint
  readonly tax: bigint
  readonly total: bigint
}

const INK = '#1f2933'
const QUIET = '#52606d'
const RULE = '#cbd2d9'

/** Lays an invoice out: who, what, how much, when it is due; nothing that an issued invoice does not know. */
export function invoiceDocument(invoice: InvoiceFacts): DocumentDefinition {
  const name = words.kind[invoice.kind]
  const title = invoice.number ? `${name} ${invoice.number}` : `${words.draft} ${name.toLowerCase()}`
  return {
    title,
    author: invoice.seller.name,
    subject: `${invoice.buyer.name}, ${serviceText(invoice.period, invoice.zone)}`,
    language: 'en',
    han: hanOf(invoice.seller.country ? invoice.seller : invoice.buyer),
    createdAt: new Date(Number(invoice.issuedAt ?? invoice.period.to)),
    content: [
      heading(invoice, title),
      parties(invoice),
      lineTable(invoice),
      totals(invoice),
      taxNote(invoice),
    ],
    footer: (page, pages) => ({
      margin: [48, 16, 48, 0],
      fontSize: 7.5,
      color: QUIET,
      columns: [
        { text: invoice.seller.footer, width: '*' },
        { text: `${title} · ${words.page(page, pages)}`, width: 'auto', alignment: 'right' },
      ],
    }),
    ...(invoice.number === null
      ? { watermark: { text: words.draft, color: QUIET, opacity: 0.12, bold: true, fontSize: 110 } }
      : {}),
    styles: {
      label: { color: QUIET, fontSize: 7.5 },
      quiet: { color: QUIET, fontSize: 8 },
      head: { bold: true, color: QUIET, fontSize: 8 },
      strong: { bold: true, fontSize: 10.5 },
    },
    defaultStyle: { font: 'Roboto', fontSize: 9, color: INK, lineHeight: 1.15 },
    images: invoice.seller.logo ? { logo: invoice.seller.logo } : {},
    layouts: { lines: lineLayout(invoice.seller.accent), totals: totalsLayout },
  }
}

/** Whose shapes the Han characters of a party take: any kana in its name or address says that it is Japanese. */
function hanOf({ name, address, country }: Party): Han {
  return hanOfText([name, ...address].join(' ')) ?? hanOfCountry(country)
}

function tagged(text: string, tag: Tag, more: object = {}): object {
  return { text, tag, ...more }
}

function paragraph(text: string, more: object = {}): object {
  return tagged(text, { role: 'P' }, more)
}

function heading({ seller }: InvoiceFacts, title: string): object {
  const logo = seller.logo ? [{ image: 'logo', fit: [140, 48], margin: [0, 0, 0, 8] }] : []
  return {
    columns: [
      {
        width: '*',
        stack: [
          ...logo,
          paragraph(seller.name, { bold: true, fontSize: 11 }),
          ...seller.address.map(line => paragraph(line, { style: 'quiet' })),
          ...(seller.taxId ? [paragraph(words.taxId(seller.taxId), { style: 'quiet' })] : []),
          ...(seller.email ? [paragraph(seller.email, { style: 'quiet' })] : []),
        ],
      },
      {
        width: 'auto',
        stack: [tagged(title, { role: 'H1' }, { fontSize: 18, color: seller.accent, alignment: 'right' })],
      },
    ],
    columnGap: 16,
    margin: [0, 0, 0, 24],
  }
}

function parties(invoice: InvoiceFacts): object {
  const { buyer, zone } = invoice
  const facts: [string, string][] = [
    [words.period, serviceText(invoice.period, zone)],
    ...(invoice.issuedAt === null
      ? []
      : [[words.issued, dayText(invoice.issuedAt, zone)] as [string, string]]),
    ...(invoice.dueAt === null ? [] : [[words.due, dayText(invoice.dueAt, zone)] as [string, string]]),
    ...(invoice.purchaseOrder ? [[words.purchaseOrder, invoice.purchaseOrder] as [string, string]] : []),
    ...(invoice.corrects
      ? ([
          [words.corrects, invoice.corrects.number],
          [words.reason, invoice.corrects.reason],
        ] as [string, string][])
      : []),
  ]
  return {
    columns: [
      {
        width: '*',
        han: hanOf(buyer),
        stack: [
          tagged(words.billTo, { role: 'H2' }, { style: 'label', margin: [0, 0, 0, 2] }),
          paragraph(buyer.name, { bold: true }),
          ...buyer.address.map(line => paragraph(line)),
          ...(buyer.taxId ? [paragraph(words.taxId(buyer.taxId))] : []),
          ...(buyer.email ? [paragraph(buyer.email)] : []),
        ],
      },
      {
        width: 210,
        stack: facts.map(([label, value]) => ({
          columns: [
            paragraph(label, { width: 80, style: 'label', margin: [0, 1, 0, 0] }),
            paragraph(value, { width: '*' }),
          ],
          margin: [0, 0, 0, 3],
        })),
      },
    ],
    columnGap: 16,
    margin: [0, 0, 0, 24],
  }
}

/** What a line counts. Money back for seats that are the same as before counts nothing. */
function countText({ quantity, unit }: Pick<DocumentLine, 'quantity' | 'unit'>): string {
  return unit === '' && quantity === '0' ? '' : quantityText(quantity, unit)
}

function lineTable(invoice: InvoiceFacts): object {
  const { currency, zone } = invoice
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
    const below = [serviceText(line.service, zone), line.detail].filter(Boolean).join(' · ')
    return [
      { text: [line.name, '\n', { text: below, style: 'quiet' }], tag: tag(0) },
      tagged(countText(line), tag(1), { alignment: 'right' }),
      tagged(percentText(line.taxRate), tag(2), right),
      tagged(amountText(line.amount, currency), tag(3), right),
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

function totals({ currency, net, tax, total }: InvoiceFacts): object {
  const rows: [string, bigint, object][] = [
    [words.net, net, {}],
    [words.tax, tax, {}],
    [words.total, total, { style: 'strong' }],
  ]
  return {
    unbreakable: true,
    columns: [
      { width: '*', text: '' },
      {
        width: 230,
        layout: 'totals',
        table: {
          widths: ['*', 'auto'],
          body: rows.map(([label, amount, more], row) => [
            tagged(label, { role: 'TH', table: 'totals', row, cell: 0 }, more),
            tagged(
              `${amountText(amount, currency)} ${currency}`,
              { role: 'TD', table: 'totals', row, cell: 1 },
              { ...more, alignment: 'right', noWrap: true },
            ),
          ]),
        },
      },
    ],
  }
}

/** Tax by rate, where there is more than one: each is the sum of what stands on its lines. */
function taxNote({ lines, currency }: InvoiceFacts): object {
  const rates = new Map<string, { net: bigint; tax: bigint }>()
  for (const { taxRate, amount, tax } of lines) {
    const sum = rates.get(taxRate) ?? { net: 0n, tax: 0n }
    rates.set(taxRate, { net: sum.net + amount, tax: sum.tax + tax })
  }
  if (rates.size < 2) return { text: '' }
  return {
    margin: [0, 12, 0, 0],
    stack: [...rates].map(([rate, sum]) =>
      paragraph(
        words.taxAt(
          percentText(rate),
          amountText(sum.net, currency),
          amountText(sum.tax, currency),
          currency,
        ),
        { style: 'quiet', alignment: 'right' },
      ),
    ),
  }
}

function lineLayout(accent: string) {
  return {
    hLineWidth: (row: number) => (row === 1 ? 1 : row === 0 ? 0 : 0.5),
    vLineWidth: () => 0,
    hLineColor: (row: number) => (row === 1 ? accent : RULE),
    paddingLeft: (column: number) => (column === 0 ? 0 : 12),
    paddingRight: () => 0,
    paddingTop: () => 5,
    paddingBottom: () => 4,
  }
}

const totalsLayout = {
  hLineWidth: (row: number) => (row === 2 ? 1 : 0),
  vLineWidth: () => 0,
  hLineColor: () => INK,
  paddingLeft: () => 0,
  paddingRight: () => 0,
  paddingTop: () => 3,
  paddingBottom: () => 3,
}
