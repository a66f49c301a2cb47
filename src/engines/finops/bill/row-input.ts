/** The row under way: its cells, the codes of their texts, and what is said of it. */
import type { BillPlan } from './compile-plan.ts'
import type { CsvRecord } from './csv-tokenizer.ts'
import { findFocusColumn } from './focus-columns.ts'
import { excerptOf, maxExcerpt, type ProblemCollector, type RefusalCode } from './problems.ts'
import {
  createTextDictionary,
  decodeText,
  encodeCell,
  isDictionaryFull,
  resetDictionary,
  type TextDictionary,
} from './text-dictionary.ts'

export type RowInput = {
  record: CsvRecord
  /** The code of each cell whose text is needed; 0 for null. */
  readonly codes: Int32Array
  readonly nulls: ReadonlySet<string>
  dictionary(field: number): TextDictionary
  /** Takes the next record. False: refused. */
  take(record: CsvRecord): boolean
  /** The text of a cell as it stands in the file. */
  text(field: number): string
  /** The text of a cell that has a code; null where it stands for no value. */
  word(field: number): string | null
  /** Refuses the row because of a cell, or of the lack of one. */
  refuse(code: RefusalCode, field: number, name?: string): false
  /** Counts a row that leaves an output column empty. */
  noteNull(output: number): void
  isFull(): boolean
  /** Empties dictionaries that have grown large. */
  trim(): void
  finish(): void
}

/** A dictionary with fewer entries survives a trim. */
const keptEntries = 4096

/** The fields whose texts are needed: those of texts, instants, conditions and tags. */
function textFieldsOf(plan: BillPlan): number[] {
  const numbers = [...plan.costs, ...plan.decimals]
  const all = [
    ...[...plan.texts, ...plan.instants].flatMap(one => one.fields),
    ...numbers.flatMap(one => one.cases.flatMap(({ field, filled }) => [field, filled])),
    ...[plan.tags.field, ...plan.tags.single.map(tag => tag.field)],
  ]
  return [...new Set(all)].filter(field => field >= 0).sort((a, b) => a - b)
}

export function createRowInput(
  plan: BillPlan,
  nulls: ReadonlySet<string>,
  problems: ProblemCollector,
): RowInput {
  const fieldCount = plan.fields.length
  const codes = new Int32Array(fieldCount)
  const textFields = Int32Array.from(textFieldsOf(plan))
  const dictionaries: TextDictionary[] = []
  for (const field of textFields) dictionaries[field] = createTextDictionary()
  const nullCounts = new Float64Array(plan.columns.length)
  const nullLines = new Float64Array(plan.columns.length)
  const filled = plan.columns.map(column => findFocusColumn(column.name)?.nullable === false)

  function refuseFault(record: CsvRecord): false {
    const { fault, faultAt, faultField, bytes, end } = record
    const place = placeOf(record, faultAt)
    const text = decodeText(bytes, faultAt, Math.min(faultAt + maxExcerpt, end)) ?? ''
    const field = plan.fields[faultField] ?? null
    problems.refuse(fault as RefusalCode, place.line, place.column, field, excerptOf(text))
    return false
  }

  const input: RowInput = {
    record: undefined as unknown as CsvRecord,
    codes,
    nulls,
    dictionary: field => dictionaries[field] as TextDictionary,
    take(record) {
      input.record = record
      if (record.fault !== null) return refuseFault(record)
      if (record.fieldCount !== fieldCount) {
        if (record.fieldCount > fieldCount) return input.refuse('fields-too-many', fieldCount)
        return input.refuse(record.atEnd ? 'row-truncated' : 'fields-too-few', record.fieldCount - 1)
      }
      const { bytes, view, starts, ends, escaped } = record
      for (let i = 0; i < textFields.length; i++) {
        const field = textFields[i] as number
        const start = starts[field] as number
        const end = ends[field] as number
        if (start === end) {
          codes[field] = 0
          continue
        }
        const dictionary = dictionaries[field] as TextDictionary
        const code = encodeCell(dictionary, nulls, bytes, view, start, end, escaped[field] as number)
        if (code < 0) return input.refuse('text-not-utf8', field)
        codes[field] = dictionary.values[code] === null ? 0 : code
      }
      return true
    },
    text(field) {
      const { bytes, starts, ends } = input.record
      return (decodeText(bytes, starts[field] as number, ends[field] as number) ?? '').replaceAll('""', '"')
    },
    word: field => (dictionaries[field] as TextDictionary).values[codes[field] as number] as string | null,
    refuse(code, field, name) {
      const { record } = input
      const there = field >= 0 && field < record.fieldCount
      const place = placeOf(record, there ? (record.starts[field] as number) : record.start)
      const value = there ? excerptOf(input.text(field)) : null
      problems.refuse(code, place.line, place.column, plan.fields[field] ?? name ?? null, value)
      return false
    },
    noteNull(output) {
      if (filled[output] !== true) return
      if (nullCounts[output] === 0) nullLines[output] = input.record.line
      nullCounts[output] = (nullCounts[output] as number) + 1
    },
    isFull: () => textFields.some(field => isDictionaryFull(dictionaries[field] as TextDictionary)),
    trim() {
      for (const field of textFields) {
        const dictionary = dictionaries[field] as TextDictionary
        if (dictionary.values.length > keptEntries) resetDictionary(dictionary)
      }
    },
    finish() {
      plan.columns.forEach((column, i) => {
        const count = nullCounts[i] as number
        if (count > 0) problems.notice('value-missing', count, nullLines[i] as number, column.name)
      })
    },
  }
  return input
}

/** Physical line and character, both from 1, of an offset in a record. */
export function placeOf(record: CsvRecord, at: number): { line: number; column: number } {
  const { bytes, start } = record
  let line = record.line
  let lineStart = start
  for (let p = start; p < at; p++) {
    const c = bytes[p]
    if (c === 10 || (c === 13 && bytes[p + 1] !== 10)) {
      line++
      lineStart = p + 1
    }
  }
  let column = 1
  // Bytes that go on with a character do not count.
  for (let p = lineStart; p < at; p++) if (((bytes[p] as number) & 0xc0) !== 0x80) column++
  return { line, column }
}
