import type { DocumentFacts } from '#core/documents/document-printer.ts'
import { documentWords } from '#core/documents/words/document-words.ts'
import { zoned } from '#engines/billing/calendar.ts'

/** What a document is called as a file: its title, whose it is, and its day or its number. */
export function fileNameOf(facts: DocumentFacts): string {
  const words = documentWords(facts.language)
  const day = (at: bigint, zone: string) => zoned(at, zone).toPlainDate().toString()
  switch (facts.kind) {
    case 'receipt':
      return named(words.receipt.title, facts.buyer.name, day(facts.receivedAt, facts.zone))
    case 'statement':
      return named(words.statement.title, facts.buyer.name, day(facts.period.to - 1n, facts.zone))
    default:
      return facts.number === null ? 'draft.pdf' : `${facts.number}.pdf`
  }
}

/** Without the signs that file systems keep for themselves. */
function named(...parts: readonly string[]): string {
  const name = parts.join(' ').replace(/[\p{Cc}"*/:<>?\\|]+/gu, ' ')
  return `${name.replace(/\s+/g, ' ').trim().slice(0, 120)}.pdf`
}
