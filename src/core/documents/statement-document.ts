import type { Aging } from '#engines/billing/payments/aging.ts'
import { type FrameFacts, framed, paragraph, tagged } from './document-frame.ts'
import { gridTable, sumTable } from './document-tables.ts'
import { amountText, dayText, serviceText } from './document-text.ts'
import type { DocumentDefinition } from './tagged-pdf.ts'
import { type DocumentWords, documentWords, type StatementKind } from './words/document-words.ts'

export interface StatementEntryFacts {
  readonly at: bigint
  readonly kind: StatementKind
  /** A number, or what the payer wrote. */
  readonly text: string
  readonly amount: bigint
  readonly balance: bigint
}

/** Everything that a statement says. */
export interface StatementFacts extends FrameFacts {
  readonly kind: 'statement'
  readonly zone: string
  /** Half-open. */
  readonly period: { readonly from: bigint; readonly to: bigint }
  readonly madeAt: bigint
  readonly currencies: readonly {
    readonly currency: string
    readonly opening: bigint
    readonly closing: bigint
    readonly entries: readonly StatementEntryFacts[]
    /** At the end of the period. */
    readonly aging: Aging
  }[]
}

type OneCurrency = StatementFacts['currencies'][number]

/** Lays out a statement: by currency the balance before, every entry, the balance after, and how old it is. */
export function statementDocument(facts: StatementFacts): DocumentDefinition {
  const { language, zone, period } = facts
  const all = documentWords(language)
  const words = all.statement
  const span = serviceText(period, zone, language)
  return framed(facts, {
    title: words.title,
    subject: `${facts.buyer.name}, ${span}`,
    createdAt: facts.madeAt,
    addressee: words.to,
    facts: [
      [words.period, span],
      [words.made, dayText(facts.madeAt, zone, language)],
    ],
    body:
      facts.currencies.length === 0
        ? [paragraph(words.none)]
        : facts.currencies.flatMap(one => currencyPart(facts, one, all)),
  })
}

function currencyPart(facts: StatementFacts, one: OneCurrency, all: DocumentWords): object[] {
  const { language, zone } = facts
  const { currency, entries, opening, closing, aging } = one
  const words = all.statement
  const money = (minor: bigint) => amountText(minor, currency, language)
  const days = ({ from, to }: { from: bigint; to: bigint }) => [
    dayText(from, zone, language),
    dayText(to - 1n, zone, language),
  ]
  const [first = '', last = ''] = days(facts.period)
  const sums: [string, bigint][] = [
    [words.notDue, aging.notDue],
    [words.days(1, 30), aging.days30],
    [words.days(31, 60), aging.days60],
    [words.days(61, 90), aging.days90],
    [words.older, aging.older],
    [words.unused, aging.unused],
  ]
  return [
    gridTable(
      `entries-${currency}`,
      [words.day, words.what, words.reference, words.amount(currency), words.balance],
      [
        [first, words.opening, '', '', money(opening)],
        ...entries.map(entry => [
          dayText(entry.at, zone, language),
          words.kind[entry.kind],
          referenceText(entry.text, all),
          money(entry.amount),
          money(entry.balance),
        ]),
        [last, words.closing, '', '', money(closing)],
      ],
      { left: 3, wide: 2, strong: [entries.length + 1] },
    ),
    tagged(
      words.aging(currency),
      { role: 'H2' },
      { style: 'label', alignment: 'right', margin: [0, 0, 0, 2] },
    ),
    sumTable(
      `aging-${currency}`,
      [
        ...sums
          .filter(([, amount]) => amount !== 0n)
          .map(([label, amount]): [string, string] => [label, `${money(amount)} ${currency}`]),
        [words.owed, `${money(closing)} ${currency}`],
      ],
      sums.filter(([, amount]) => amount !== 0n).length,
    ),
  ]
}

/** A payment without words of the payer is named by its way, in the language of the document. */
function referenceText(text: string, { method }: DocumentWords): string {
  return Object.hasOwn(method, text) ? method[text as keyof typeof method] : text
}
