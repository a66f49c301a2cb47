/** Looks at the head of a bill: what it is, how it would be read, and what would come in. */
import { compilePlan } from './compile-plan.ts'
import { type CsvDialect, type Delimiter, detectDialect } from './csv-dialect.ts'
import { type CsvRecord, createCsvTokenizer } from './csv-tokenizer.ts'
import type { NumberStyle } from './decimal-cell.ts'
import { chooseMapping, detectDateStyle, detectNumberStyle, focusVersion } from './detect-format.ts'
import { createByteDecoder, type Encoding, fileKind, type NotCsv } from './file-kind.ts'
import { comparableName, type FocusVersion } from './focus-columns.ts'
import type { DateStyle } from './instant-cell.ts'
import { type BillMapping, isTarget } from './mapping-schema.ts'
import { type BillSummary, createBillReader } from './read-bill.ts'
import { type OutputColumn, type PlainValue, plainRow } from './row-block.ts'
import type { TagDimensions } from './tag-dimensions.ts'
import { decodeText } from './text-dictionary.ts'

/** How a bill is read. What a person leaves open is detected from the head of the file. */
export type BillReading = {
  mapping: BillMapping
  encoding: Encoding
  bomBytes: number
  dialect: CsvDialect
  currency?: string
  tagKeys: readonly string[]
}

/** What a person chose instead of what would be detected. */
export type ReadingChoice = {
  /** The id of a mapping. */
  mapping?: string
  delimiter?: Delimiter
  encoding?: Encoding
  numberStyle?: NumberStyle
  dateStyle?: DateStyle
  currency?: string
  /** Who sent the bill, where the file does not say. */
  source?: string
  /** Columns of the file by the FOCUS column or dimension that they are, over what the mapping says. */
  columns?: Readonly<Record<string, string>>
}

export type InspectInput = {
  /** The first bytes of the file, or all of them. A megabyte is plenty. */
  head: Uint8Array
  complete: boolean
  choice: ReadingChoice
  /** Own and saved mappings, in the order in which they are tried. */
  mappings: readonly BillMapping[]
  dimensions: TagDimensions
  /** For files without a currency: what the workspace usually has. */
  currency?: string
  /** Rows shown. */
  rows?: number
}

export type Inspection =
  | { ok: false; reason: NotCsv | 'no-header' | 'unknown-mapping' }
  | {
      ok: true
      reading: BillReading
      version: FocusVersion | null
      /** False where the encoding or the order of day and month is a guess that a person should look at. */
      certain: { encoding: boolean; dateStyle: boolean }
      header: readonly string[]
      /** FOCUS columns without which no row can be stored: the mapping must be completed first. */
      needed: readonly string[]
      columns: readonly OutputColumn[]
      rows: PlainValue[][]
      /** Of the head; null where columns are needed. */
      summary: BillSummary | null
    }

/** Columns of their own for the most frequent tag keys: at most this many. */
export const maxTagColumns = 24
const sampleRows = 1000

export function inspectBill(input: InspectInput): Inspection {
  const { head, choice, mappings } = input
  const kind = fileKind(head)
  if (!kind.csv) return { ok: false, reason: kind.kind }
  const encoding = choice.encoding ?? kind.encoding
  const bomBytes = encoding === kind.encoding ? kind.bomBytes : 0
  const text = createByteDecoder(encoding, bomBytes).push(head)
  const detected = detectDialect(text)
  const dialect = choice.delimiter === undefined ? detected : { ...detected, delimiter: choice.delimiter }
  const [header, ...sample] = sampleOf(text, dialect, input.complete)
  if (header === undefined) return { ok: false, reason: 'no-header' }
  const chosen =
    choice.mapping === undefined
      ? chooseMapping(header, mappings)
      : mappings.find(mapping => mapping.id === choice.mapping)
  if (chosen === undefined) return { ok: false, reason: 'unknown-mapping' }
  const found = { ...chosen, columns: { ...chosen.columns, ...rulesOf(choice.columns ?? {}) } }
  if (choice.source !== undefined) {
    const provider = found.columns.ProviderName ?? { columns: [] }
    found.columns.ProviderName = { ...provider, constant: choice.source }
  }
  const numbers = cellsOf(found, header, sample, [
    'BilledCost',
    'EffectiveCost',
    'ListCost',
    'ContractedCost',
  ])
  const dates = cellsOf(found, header, sample, [
    'ChargePeriodStart',
    'BillingPeriodStart',
    'BillingPeriodEnd',
  ])
  const dateStyle = detectDateStyle(dates, found.dateStyle)
  const mapping: BillMapping = {
    ...found,
    numberStyle: choice.numberStyle ?? detectNumberStyle(numbers, dialect.delimiter),
    dateStyle: choice.dateStyle ?? dateStyle.style,
  }
  const currency = choice.currency ?? input.currency
  const base = { mapping, encoding, bomBytes, dialect, ...(currency === undefined ? {} : { currency }) }
  const shown = {
    ok: true as const,
    version: mapping.format === 'focus' ? focusVersion(header) : null,
    certain: { encoding: kind.certain, dateStyle: dateStyle.certain || choice.dateStyle !== undefined },
    header,
  }
  const plan = compilePlan(mapping, header, { tagKeys: [], ...(currency === undefined ? {} : { currency }) })
  if ('needed' in plan) {
    const reading = { ...base, tagKeys: [] }
    return { ...shown, reading, needed: plan.needed, columns: [], rows: [], summary: null }
  }
  const tagKeys = frequentTagKeys(base, input)
  const reading: BillReading = { ...base, tagKeys }
  const pass = readHead(reading, input)
  return { ...shown, reading, needed: [], ...pass }
}

/** What a person said of single columns, as rules. */
function rulesOf(columns: Readonly<Record<string, string>>): BillMapping['columns'] {
  const known = Object.entries(columns).filter(([target]) => isTarget(target))
  return Object.fromEntries(known.map(([target, source]) => [target, { columns: [source] }]))
}

/** The header and the first rows as text. */
function sampleOf(text: Uint8Array, dialect: CsvDialect, complete: boolean): string[][] {
  const records: string[][] = []
  let skip = dialect.separatorLine ? 1 : 0
  const tokenizer = createCsvTokenizer({
    delimiter: dialect.delimiter.charCodeAt(0),
    onRecord: (record: CsvRecord) => {
      if (record.end === record.start || records.length > sampleRows || skip-- > 0) return
      records.push(
        Array.from({ length: record.fieldCount }, (_, i) =>
          (decodeText(record.bytes, record.starts[i] as number, record.ends[i] as number) ?? '').replaceAll(
            '""',
            '"',
          ),
        ),
      )
    },
  })
  tokenizer.push(text)
  if (complete || records.length === 0) tokenizer.end()
  return records
}

function cellsOf(
  mapping: BillMapping,
  header: readonly string[],
  sample: readonly string[][],
  targets: readonly string[],
): string[] {
  const names = targets.flatMap(target => mapping.columns[target]?.columns ?? []).map(comparableName)
  const positions = header.flatMap((name, i) => (names.includes(comparableName(name)) ? [i] : []))
  return sample.flatMap(row => positions.map(i => row[i] ?? ''))
}

/** Reads the head once without tag columns, to count the keys. */
function frequentTagKeys(base: Omit<BillReading, 'tagKeys'>, input: InspectInput): string[] {
  const { summary } = readHead({ ...base, tagKeys: [] }, input)
  return (summary?.tagKeys.found ?? []).slice(0, maxTagColumns)
}

function readHead(reading: BillReading, input: InspectInput) {
  const rows: PlainValue[][] = []
  const most = input.rows ?? 50
  const reader = createBillReader({
    ...reading,
    dimensions: input.dimensions,
    unfinished: !input.complete,
    sink: {
      begin() {},
      batch() {},
      block(block) {
        for (let i = 0; i < block.rows && rows.length < most; i++) rows.push(plainRow(block, i))
      },
    },
  })
  reader.push(input.head)
  const summary = reader.end()
  return { columns: summary?.columns ?? [], rows, summary }
}
