import { DEMO_COLUMNS } from './focus-columns.ts'

const NEEDS_QUOTES = /[",\r\n]/

function field(value: string): string {
  return NEEDS_QUOTES.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

/** One record of comma-separated values (RFC 4180), with its line end. Null is the empty field. */
export function csvRecord(values: readonly string[]): string {
  let line = ''
  for (let i = 0; i < values.length; i++) line += i === 0 ? field(values[i]!) : `,${field(values[i]!)}`
  return `${line}\n`
}

/**
 * Rows as the text of a FOCUS file, header first, in pieces of a few hundred rows so that a file of any size
 * can be written without holding it.
 */
export function* focusCsv(rows: Iterable<readonly string[]>): Generator<string> {
  let piece = csvRecord(DEMO_COLUMNS)
  let held = 0
  for (const row of rows) {
    piece += csvRecord(row)
    if (++held === 500) {
      yield piece
      piece = ''
      held = 0
    }
  }
  if (piece !== '') yield piece
}
