/** What each kind of problem means, in plain words; interfaces may have their own by code. */
import type { ProblemCode } from './problems.ts'

const REASONS: Readonly<Record<ProblemCode, string>> = {
  'quote-not-closed': 'A quote is opened and never closed; the row ends with its line.',
  'text-after-quote': 'There is text after a closing quote.',
  'nul-byte': 'The row holds a zero byte.',
  'record-too-long': 'The row is longer than a megabyte.',
  'number-malformed': 'This is not a number.',
  'number-thousands-separator': 'The number has separators of thousands; choose the style of numbers.',
  'number-decimal-comma': 'The number has a decimal comma; choose the style of numbers.',
  'number-currency-sign': 'The number has a currency sign; choose the style of numbers.',
  'number-out-of-range': 'The number is too large, or has too many places.',
  'instant-malformed': 'This is not a date or time.',
  'instant-no-such-day': 'There is no such day or time.',
  'instant-date-style': 'It is not clear which of day and month comes first; choose the style of dates.',
  'fields-too-few': 'The row has fewer fields than the header.',
  'fields-too-many': 'The row has more fields than the header.',
  'row-truncated': 'The file ends in the middle of this row.',
  'text-not-utf8': 'The text is not UTF-8; choose the encoding.',
  'cost-missing': 'The row has no billed cost.',
  'cost-overflow': 'The amount is too large to be stored.',
  'currency-missing': 'The row names no currency.',
  'currency-unknown': 'This is no currency of ISO 4217.',
  'instant-missing': 'The row has no time of charge or of billing period.',
  'batches-too-many': 'The file has too many different providers, accounts and periods.',
  'column-repeated': 'The header names this column more than once; the later ones got a number.',
  'value-missing': 'FOCUS asks for a value here.',
  'instant-without-zone': 'The times of this column name no zone; they are taken as UTC.',
  'instant-unreadable': 'This time cannot be read; it is left empty.',
  'number-rounded': 'Quantities or prices have more places than are kept; they are rounded.',
  'tags-unreadable': 'The tags are neither JSON nor pairs; they are kept as text.',
  'newlines-mixed': 'Lines end in different ways.',
  'rows-duplicate': 'Rows repeat an earlier row exactly.',
}

export function reasonOf(code: ProblemCode): string {
  return REASONS[code]
}
