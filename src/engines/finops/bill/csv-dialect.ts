/** Finds what stands between the cells of a CSV file. */
import { type CsvRecord, createCsvTokenizer } from './csv-tokenizer.ts'

export type Delimiter = ',' | ';' | '\t' | '|'

export type CsvDialect = {
  delimiter: Delimiter
  /** True where the first line is the `sep=;` that spreadsheets write: it is no row. */
  separatorLine: boolean
}

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']

const lookedAt = 50

/** The counts of cells of the first records, the last, perhaps unfinished, one left out where there are others. */
function cellCounts(head: Uint8Array, delimiter: Delimiter): number[] {
  const counts: number[] = []
  const onRecord = (record: CsvRecord) => {
    if (record.fault === null && record.end > record.start && counts.length < lookedAt) {
      counts.push(record.fieldCount)
    }
  }
  const tokenizer = createCsvTokenizer({ delimiter: delimiter.charCodeAt(0), onRecord })
  tokenizer.push(head)
  if (counts.length === 0) tokenizer.end()
  return counts
}

/**
 * Detects the delimiter of a head of UTF-8 bytes: the one that gives most cells to the first line, and the same
 * number to most others. A file of one column has the comma.
 */
export function detectDialect(head: Uint8Array): CsvDialect {
  const first = new TextDecoder().decode(head.subarray(0, 8))
  const separator = /^"?sep=([,;\t|])"?[\r\n]/i.exec(first)
  if (separator !== null) return { delimiter: separator[1] as Delimiter, separatorLine: true }
  let best: Delimiter = ','
  let bestScore = 0
  for (const delimiter of delimiters) {
    const counts = cellCounts(head, delimiter)
    const columns = counts[0] ?? 1
    const alike = counts.filter(count => count === columns).length / counts.length
    const score = columns > 1 ? columns * alike * alike : 0
    if (score > bestScore) {
      best = delimiter
      bestScore = score
    }
  }
  return { delimiter: best, separatorLine: false }
}
