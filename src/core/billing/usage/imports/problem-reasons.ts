import type { RowProblem } from './row-event.ts'

/** Why a row of usage is refused, in plain words; interfaces may have their own by code. */
const REASONS: Readonly<Record<RowProblem, string>> = {
  conflict: 'This id is known with other content.',
  'unknown-customer': 'There is no customer of this key or id.',
  'unknown-metric': 'There is no metric of this key in use.',
  scale: 'The quantity has more places than the metric keeps.',
  range: 'The quantity is too large.',
  future: 'The event is further ahead than the workspace allows.',
  'too-old':
    'The event is older than the workspace allows, or before the year 2000: the time may be in another unit.',
  'property-missing': 'The row lacks the property whose different values the metric counts.',
  'over-limit': 'It would lead over a hard limit of the customer in its present period.',
  'quantity-malformed': 'This is not a number.',
  'id-missing': 'The row has no id.',
  'id-too-long': 'The id is longer than 200 characters.',
  'customer-missing': 'The row names no customer.',
  'metric-missing': 'The row names no metric.',
  'instant-missing': 'The row has no time.',
  'instant-malformed': 'This is not a time: write it as ISO 8601, or as seconds or milliseconds since 1970.',
  'instant-no-such-day': 'There is no such day or time.',
  'instant-date-style': 'It is not clear which of day and month comes first: write it as ISO 8601.',
  'property-too-long': 'A property is longer than 500 characters, or its name than 60.',
  'fields-too-few': 'The row has fewer fields than the header.',
  'fields-too-many': 'The row has more fields than the header.',
  'json-malformed': 'The line is not one JSON object.',
  'text-not-utf8': 'The text is not UTF-8.',
  'quote-not-closed': 'A quote is opened and never closed; the row ends with its line.',
  'text-after-quote': 'There is text after a closing quote.',
  'nul-byte': 'The row holds a zero byte.',
  'record-too-long': 'The row is longer than a megabyte.',
}

export function reasonOf(code: string): string {
  return REASONS[code as RowProblem] ?? code
}
