import type { PaymentMethod } from '#shared/contract/billing/payments.ts'
import { type FrameFacts, framed, paragraph, tagged } from './document-frame.ts'
import { gridTable, sumTable } from './document-tables.ts'
import { amountText, dayText } from './document-text.ts'
import type { DocumentDefinition } from './tagged-pdf.ts'
import { documentWords } from './words/document-words.ts'

/** Everything that a receipt says of a payment. */
export interface ReceiptFacts extends FrameFacts {
  readonly kind: 'receipt'
  readonly zone: string
  readonly currency: string
  readonly receivedAt: bigint
  readonly method: PaymentMethod
  readonly reference: string
  /** When it was so: what is still open changes with every payment. */
  readonly asOf: bigint
  readonly amount: bigint
  /** What it settles now, without what was released again. */
  readonly settles: readonly {
    readonly number: string
    readonly issuedAt: bigint
    readonly total: bigint
    readonly amount: bigint
    readonly open: bigint
  }[]
  readonly refunded: bigint
  readonly left: bigint
}

/** Lays out a receipt: what came, by which way, what it settled, and what remains. */
export function receiptDocument(facts: ReceiptFacts): DocumentDefinition {
  const { language, zone, currency, settles } = facts
  const all = documentWords(language)
  const words = all.receipt
  const money = (minor: bigint) => amountText(minor, currency, language)
  const day = (at: bigint) => dayText(at, zone, language)
  const used = settles.reduce((sum, { amount }) => sum + amount, 0n)
  const sums: [string, bigint][] = [
    [words.amount, facts.amount],
    ...(used > 0n ? ([[words.used, used]] as [string, bigint][]) : []),
    ...(facts.refunded > 0n ? ([[words.refunded, facts.refunded]] as [string, bigint][]) : []),
    ...(facts.left > 0n ? ([[words.left, facts.left]] as [string, bigint][]) : []),
  ]
  return framed(facts, {
    title: words.title,
    subject: `${facts.buyer.name}, ${day(facts.receivedAt)}`,
    createdAt: facts.asOf,
    addressee: words.from,
    facts: [
      [words.received, day(facts.receivedAt)],
      [words.method, all.method[facts.method]],
      ...(facts.reference ? ([[words.reference, facts.reference]] as [string, string][]) : []),
      [words.asOf, day(facts.asOf)],
    ],
    body: [
      tagged(
        `${money(facts.amount)} ${currency}`,
        { role: 'H2' },
        { fontSize: 16, bold: true, margin: [0, 0, 0, 16] },
      ),
      settles.length === 0
        ? paragraph(words.none, { margin: [0, 0, 0, 16] })
        : gridTable(
            'settles',
            [words.invoice, words.day, words.total, words.settled, words.open],
            settles.map(one => [
              one.number,
              day(one.issuedAt),
              money(one.total),
              money(one.amount),
              money(one.open),
            ]),
            { left: 2 },
          ),
      sumTable(
        'sums',
        sums.map(([label, amount]) => [label, `${money(amount)} ${currency}`]),
        0,
      ),
    ],
  })
}
