import { detectDialect } from '#engines/finops/bill/csv-dialect.ts'
import { type CsvRecord, createCsvTokenizer } from '#engines/finops/bill/csv-tokenizer.ts'

/** One line of a file: its words by column, in lower case with `_` for spaces. Empty words are left out. */
export interface CsvLine {
  readonly line: number
  readonly words: ReadonlyMap<string, string>
  /** It could not be read at all. */
  readonly fault?: string
}

/**
 * Reads a small CSV file whole, whatever stands between its cells. Its first line is the heading.
 * @param unreadable makes what is thrown where the heading itself cannot be read
 */
export function readCsvLines(
  bytes: Uint8Array,
  unreadable: (reason: string, line: number) => Error,
): CsvLine[] {
  const { delimiter, separatorLine } = detectDialect(bytes.subarray(0, 1 << 16))
  const decoder = new TextDecoder()
  const lines: CsvLine[] = []
  let header: string[] | null = null
  let skipped = !separatorLine
  const onRecord = (record: CsvRecord) => {
    if (!skipped) {
      skipped = true
      return
    }
    const cells = Array.from({ length: record.fieldCount }, (_, index) => {
      const cell = decoder.decode(record.bytes.subarray(record.starts[index]!, record.ends[index]!))
      return (record.escaped[index] ? cell.replaceAll('""', '"') : cell).trim()
    })
    if (cells.every(cell => cell === '') && record.fault === null) return
    if (header === null) {
      if (record.fault !== null) throw unreadable(record.fault, record.line)
      header = cells.map(columnName)
      return
    }
    const fault = record.fault ?? (cells.length > header.length ? 'more cells than the heading' : null)
    const words = new Map(header.map((name, index) => [name, cells[index] ?? ''] as const))
    for (const [name, word] of words) if (word === '') words.delete(name)
    lines.push({ line: record.line, words, ...(fault === null ? {} : { fault }) })
  }
  const tokenizer = createCsvTokenizer({ delimiter: delimiter.charCodeAt(0), onRecord })
  tokenizer.push(bytes)
  tokenizer.end()
  return lines
}

/** A heading as lines are asked for it. */
export function columnName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
}
