/** For tests: reads a bill from text and collects what comes out. */
import { fileKind } from '../file-kind.ts'
import type { BillMapping } from '../mapping-schema.ts'
import { focusMapping } from '../mappings/focus.ts'
import { type BillSettings, type BillSummary, createBillReader } from '../read-bill.ts'
import { type BatchKey, type OutputColumn, type PlainValue, plainRow } from '../row-block.ts'
import { defaultTagDimensions } from '../tag-dimensions.ts'

export type ReadResult = {
  summary: BillSummary
  columns: readonly OutputColumn[]
  batches: BatchKey[]
  /** Stored rows: values by column name, nulls left out. */
  rows: Record<string, PlainValue>[]
  /** Batch and line of each stored row. */
  places: { batch: number; line: number }[]
  blocks: number
}

export type ReadOptions = Partial<Omit<BillSettings, 'sink' | 'mapping'>> & {
  mapping?: Partial<BillMapping>
  /** Bytes in a chunk. */
  chunk?: number
}

export function tryReadText(text: string | Uint8Array, options: ReadOptions = {}): ReadResult | string[] {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const { mapping, chunk = 1 << 20, ...settings } = options
  const kind = fileKind(bytes)
  const result: Omit<ReadResult, 'summary'> = { columns: [], batches: [], rows: [], places: [], blocks: 0 }
  const reader = createBillReader({
    encoding: kind.csv ? kind.encoding : 'utf-8',
    bomBytes: kind.csv ? kind.bomBytes : 0,
    dialect: { delimiter: ',', separatorLine: false },
    tagKeys: [],
    dimensions: defaultTagDimensions,
    ...settings,
    mapping: { ...focusMapping, ...mapping },
    sink: {
      begin(columns) {
        result.columns = columns
      },
      batch(index, key) {
        result.batches[index] = key
      },
      block(block) {
        result.blocks++
        for (let i = 0; i < block.rows; i++) {
          const row: Record<string, PlainValue> = {}
          plainRow(block, i).forEach((value, c) => {
            if (value !== null) row[(result.columns[c] as OutputColumn).name] = value
          })
          result.rows.push(row)
          result.places.push({ batch: block.batches[i] as number, line: block.lines[i] as number })
        }
      },
    },
  })
  for (let p = 0; p < bytes.length; p += chunk)
    reader.push(bytes.subarray(p, Math.min(p + chunk, bytes.length)))
  const summary = reader.end()
  if (summary === null) return [...(reader.failure()?.needed ?? ['no header'])]
  return { ...result, summary }
}

export function readText(text: string | Uint8Array, options: ReadOptions = {}): ReadResult {
  const result = tryReadText(text, options)
  if (Array.isArray(result)) throw new Error(`Columns are needed: ${result.join(', ')}`)
  return result
}

/** A small FOCUS file: the header, and rows of it with these values. */
export function focusText(
  rows: readonly Partial<Record<string, string>>[],
  extra: readonly string[] = [],
): string {
  const header = [
    'BilledCost',
    'EffectiveCost',
    'BillingCurrency',
    'BillingAccountId',
    'ProviderName',
    'BillingPeriodStart',
    'BillingPeriodEnd',
    'ChargePeriodStart',
    'ChargePeriodEnd',
    'ServiceName',
    'ConsumedQuantity',
    'Tags',
    ...extra,
  ]
  const usual: Record<string, string> = {
    BilledCost: '1.5',
    EffectiveCost: '1.25',
    BillingCurrency: 'USD',
    BillingAccountId: 'acc-1',
    ProviderName: 'AWS',
    BillingPeriodStart: '2024-09-01T00:00:00Z',
    BillingPeriodEnd: '2024-10-01T00:00:00Z',
    ChargePeriodStart: '2024-09-03T10:00:00Z',
    ChargePeriodEnd: '2024-09-03T11:00:00Z',
    ServiceName: 'Amazon S3',
    ConsumedQuantity: '2',
    Tags: '',
  }
  const quote = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  const lines = rows.map(row => header.map(name => quote(row[name] ?? usual[name] ?? '')).join(','))
  return `${[header.join(','), ...lines].join('\n')}\n`
}
