/**
 * Reads a whole bill from chunks of its bytes: rows into a sink, and at the end what is needed for a receipt. The
 * result does not depend on where chunks end, and memory does not grow with the file.
 */
import { type BillPlan, compilePlan, type PlanFailure } from './compile-plan.ts'
import type { CsvDialect } from './csv-dialect.ts'
import { type CsvRecord, createCsvTokenizer } from './csv-tokenizer.ts'
import {
  addToTotal,
  createExactTotal,
  type ExactTotal,
  mergeTotal,
  proveTotal,
  type TotalProof,
} from './exact-total.ts'
import { createByteDecoder, type Encoding } from './file-kind.ts'
import type { CostMeasure } from './focus-columns.ts'
import { shiftInstant } from './instant-cell.ts'
import type { BillMapping } from './mapping-schema.ts'
import { createProblemCollector, excerptOf, type ProblemList } from './problems.ts'
import {
  type BatchKey,
  blockRows,
  type InstantBlock,
  type OutputColumn,
  type RowSink,
  type TextBlock,
} from './row-block.ts'
import { createRowFingerprints } from './row-fingerprints.ts'
import { createRowReader, type RowReader } from './row-reader.ts'
import type { TagDimensions } from './tag-dimensions.ts'
import { frequentKeys, maxTagKeys } from './text-columns.ts'
import { decodeText } from './text-dictionary.ts'

export type BillSettings = {
  mapping: BillMapping
  encoding: Encoding
  bomBytes: number
  dialect: CsvDialect
  /** ISO 4217 code for files that do not state a currency. */
  currency?: string
  /** Tag keys that become columns. */
  tagKeys: readonly string[]
  dimensions: TagDimensions
  sink: RowSink
  maxProblems?: number
  maxFingerprints?: number
  maxBatches?: number
  /** What is pushed is only the head of a file: a record cut off at its end does not count. */
  unfinished?: boolean
}

export type CurrencyTotals = { currency: string; measures: Partial<Record<CostMeasure, TotalProof>> }

export type BatchSummary = BatchKey & {
  rows: number
  /** First and last start of a charge, UTC milliseconds. */
  firstCharge: number
  lastCharge: number
  totals: CurrencyTotals[]
}

export type BillSummary = {
  rowsRead: number
  rowsStored: number
  rowsRefused: number
  blankLines: number
  columns: readonly OutputColumn[]
  missingColumns: readonly string[]
  assumed: BillPlan['assumed']
  batches: BatchSummary[]
  totals: CurrencyTotals[]
  problems: ProblemList
  /** Rows that repeat another byte for byte, and the number of rows that all others were compared with. */
  duplicates: { repeated: number; compared: number }
  /** Keys found in the tags, the most frequent first (at most 1,000 are counted), and those that have a column. */
  tagKeys: { found: string[]; columns: readonly string[] }
}

export type BillReader = {
  push(chunk: Uint8Array): void
  /** Null where the header lacks what no row can do without; see `failure`. */
  end(): BillSummary | null
  rowsRead(): number
  rowsRefused(): number
  failure(): PlanFailure | null
}

type Totals = Map<string, (ExactTotal | undefined)[]>
type Batch = {
  key: BatchKey
  rows: number
  first: number
  last: number
  totals: Totals
  currency: string
  current: (ExactTotal | undefined)[]
}

export const maxBatchesDefault = 10_000

export function createBillReader(settings: BillSettings): BillReader {
  const { mapping, sink } = settings
  const maxBatches = settings.maxBatches ?? maxBatchesDefault
  const problems = createProblemCollector(settings.maxProblems)
  const fingerprints = createRowFingerprints(settings.maxFingerprints)
  const decoder = createByteDecoder(settings.encoding, settings.bomBytes)
  let skipLines = settings.dialect.separatorLine ? 1 : 0
  let rowsRead = 0
  let rowsStored = 0
  let blankLines = 0
  let firstRepeated = 0
  let failure: PlanFailure | null = null
  let plan: BillPlan | null = null
  let rows: RowReader
  let batchOf: (line: number) => number
  let chargeStarts: InstantBlock

  const batches: Batch[] = []

  function readHeader(record: CsvRecord): void {
    const header = Array.from({ length: record.fieldCount }, (_, i) => {
      const text = decodeText(record.bytes, record.starts[i] as number, record.ends[i] as number) ?? ''
      return text.replaceAll('""', '"')
    })
    const compiled = compilePlan(mapping, header, {
      tagKeys: settings.tagKeys,
      ...(settings.currency === undefined ? {} : { currency: settings.currency }),
    })
    if ('needed' in compiled) {
      failure = compiled
      return
    }
    plan = compiled
    for (const name of compiled.repeated) problems.notice('column-repeated', 1, record.line, name)
    rows = createRowReader({ plan: compiled, mapping, dimensions: settings.dimensions, problems })
    sink.begin(compiled.columns)
    batchOf = createBatchFinder(compiled)
  }

  /** Finds the batch of the row under way, or makes it; -1 where there are too many. */
  function createBatchFinder(current: BillPlan): (line: number) => number {
    const { block } = rows
    const column = <T>(name: string) =>
      block.columns[current.columns.findIndex(one => one.name === name)] as T
    const provider = column<TextBlock>('ProviderName')
    const account = column<TextBlock>('BillingAccountId')
    const start = column<InstantBlock>('BillingPeriodStart')
    const end = column<InstantBlock>('BillingPeriodEnd')
    chargeStarts = column<InstantBlock>('ChargePeriodStart')
    const known = new Map<string, number>()
    let last = -1
    let lastProvider = -1
    let lastAccount = -1
    let lastStart = -1
    let lastEnd = -1
    let values = provider.values
    let accounts = account.values
    return line => {
      const row = block.rows
      const p = provider.codes[row] as number
      const a = account.codes[row] as number
      const s = start.ms[row] as number
      const e = end.ms[row] as number
      const same = p === lastProvider && a === lastAccount && s === lastStart && e === lastEnd
      if (same && values === provider.values && accounts === account.values) return last
      const key: BatchKey = {
        provider: provider.values[p] ?? '(not stated)',
        billingAccountId: account.values[a] ?? '(not stated)',
        periodStart: s,
        periodEnd: Number.isNaN(e) ? shiftInstant(s, 'next-month-start') : e,
      }
      const text = JSON.stringify(key)
      let index = known.get(text)
      if (index === undefined) {
        if (batches.length >= maxBatches) {
          problems.refuse('batches-too-many', line, 1, null, excerptOf(text))
          return -1
        }
        const first = Number.POSITIVE_INFINITY
        index =
          batches.push({ key, rows: 0, first, last: -first, totals: new Map(), currency: '', current: [] }) -
          1
        known.set(text, index)
        sink.batch(index, key)
      }
      last = index
      lastProvider = p
      lastAccount = a
      lastStart = s
      lastEnd = e
      values = provider.values
      accounts = account.values
      return index
    }
  }

  function flush(): void {
    const { block } = rows
    if (block.rows > 0) {
      let only = block.batches[0] as number
      for (let i = 1; i < block.rows && only >= 0; i++) if (block.batches[i] !== only) only = -1
      block.onlyBatch = only
      sink.block(block)
      block.rows = 0
      for (const column of block.columns) if ('big' in column) column.big.clear()
    }
    rows.trim()
  }

  function store(record: CsvRecord): void {
    const index = batchOf(record.line)
    if (index < 0) return
    const batch = batches[index] as Batch
    const { block } = rows
    const row = block.rows
    const { code, costScale } = rows.currency()
    if (batch.currency !== code) {
      batch.currency = code
      let totals = batch.totals.get(code)
      if (totals === undefined) {
        totals = rows.costs.map(() => createExactTotal(costScale))
        batch.totals.set(code, totals)
      }
      batch.current = totals
    }
    for (let i = 0; i < rows.costs.length; i++) {
      const one = rows.costs[i] as RowReader['costs'][number]
      if (one.present) addToTotal(batch.current[i] as ExactTotal, one.cell, one.cost)
    }
    const charge = chargeStarts.ms[row] as number
    if (charge < batch.first) batch.first = charge
    if (charge > batch.last) batch.last = charge
    batch.rows++
    block.batches[row] = index
    block.lines[row] = record.line
    block.rows++
    rowsStored++
    if (block.rows === blockRows || ((block.rows & 63) === 0 && rows.mustTrim())) flush()
  }

  function onRecord(record: CsvRecord): void {
    if (failure !== null) return
    if (record.end === record.start && record.fault === null) {
      blankLines++
      return
    }
    if (skipLines > 0) {
      skipLines--
      return
    }
    if (plan === null) {
      readHeader(record)
      return
    }
    rowsRead++
    if (!rows.read(record)) return
    if (fingerprints.add(record.bytes, record.view, record.start, record.end) && firstRepeated === 0) {
      firstRepeated = record.line
    }
    store(record)
  }

  const delimiter = settings.dialect.delimiter.charCodeAt(0)
  const tokenizer = createCsvTokenizer({ delimiter, onRecord })

  function currencyTotals(all: Totals): CurrencyTotals[] {
    return [...all].map(([currency, totals]) => ({
      currency,
      measures: Object.fromEntries(
        rows.costs.flatMap((cost, i) => {
          const total = totals[i]
          return total === undefined ? [] : [[cost.measure as CostMeasure, proveTotal(total)]]
        }),
      ),
    }))
  }

  function fileTotals(): Totals {
    const all: Totals = new Map()
    for (const batch of batches) {
      for (const [currency, totals] of batch.totals) {
        const sums =
          all.get(currency) ?? totals.map(total => createExactTotal((total as ExactTotal).costScale))
        all.set(currency, sums)
        totals.forEach((total, i) => {
          mergeTotal(sums[i] as ExactTotal, total as ExactTotal)
        })
      }
    }
    return all
  }

  return {
    push(chunk) {
      tokenizer.push(decoder.push(chunk))
    },
    end() {
      if (settings.unfinished !== true) {
        tokenizer.push(decoder.end())
        tokenizer.end()
      }
      if (plan === null) return null
      flush()
      rows.finish()
      const newlines = tokenizer.newlines()
      if (Object.values(newlines).filter(count => count > 0).length > 1)
        problems.notice('newlines-mixed', 1, 0, null)
      const duplicates = fingerprints.summary()
      if (duplicates.repeated > 0) problems.notice('rows-duplicate', duplicates.repeated, firstRepeated, null)
      return {
        rowsRead,
        rowsStored,
        rowsRefused: rowsRead - rowsStored,
        blankLines,
        columns: plan.columns,
        missingColumns: plan.missing,
        assumed: plan.assumed,
        batches: batches.map(batch => ({
          ...batch.key,
          rows: batch.rows,
          firstCharge: batch.first,
          lastCharge: batch.last,
          totals: currencyTotals(batch.totals),
        })),
        totals: currencyTotals(fileTotals()),
        problems: problems.list(),
        duplicates,
        tagKeys: { found: frequentKeys(rows.tagKeys(), maxTagKeys), columns: settings.tagKeys },
      }
    },
    rowsRead: () => rowsRead,
    rowsRefused: () => rowsRead - rowsStored,
    failure: () => failure,
  }
}
