import { findCurrency } from '#shared/currencies.ts'
import { type ColumnSegment, type IntegerSegment, SEGMENT_ROWS } from '../columns/column.ts'
import { addRows, growSums, type Sums, scaleOf, sumReader, sumsOf } from './accumulator.ts'
import { ROLLED_DIMENSIONS, type RolledDimension } from './plan.ts'
import { CURRENCY_COLUMN, MEASURE_COLUMNS, TIME_COLUMN } from './query.ts'
import { ABSENT } from './segment.ts'
import { type PairTable, pairNumber, pairTable } from './slots.ts'
import {
  adoptText,
  type CodeColumn,
  columnOf,
  dimensionTexts,
  keyText,
  type TextSpace,
  textSpace,
} from './text-space.ts'
import { widener } from './widen.ts'

export const ROLLED_MEASURES = ['billed', 'effective', 'list', 'contracted'] as const

/** The sums of one day or month (UTC) of a batch, for one key of a dimension and one currency. */
export interface RollUpRow {
  readonly dimension: RolledDimension
  readonly grain: 'day' | 'month'
  readonly key: string | null
  /** The beginning of the day or month. */
  readonly at: number
  readonly currency: string | null
  /** The integers below are of 10^-scale. */
  readonly scale: number
  readonly billed: bigint
  readonly effective: bigint
  readonly list: bigint
  readonly contracted: bigint
  readonly lines: number
}

/** Sums a batch up while it comes in. */
export interface RollUpBuilder {
  /** Adds a segment; columns that the batch does not have count as empty. */
  add(rows: number, columns: ReadonlyMap<string, ColumnSegment>): void
  /**
   * The sums, days and then months of each dimension. Dimensions with more keys than are worth keeping are left
   * out; `rolled` names those that are in.
   */
  take(): { rows: RollUpRow[]; rolled: RolledDimension[] }
}

/** A dimension with more keys in one batch is not rolled up: its sums would be nearly as many as its lines. */
const MOST_KEYS = 2_000
const DAY = 86_400_000

interface DimensionSums {
  readonly dimension: RolledDimension
  readonly column: string | null
  /** (currency, key) → group, and (group, day) → slot. */
  readonly groups: PairTable
  readonly slots: PairTable
  readonly sums: readonly Sums[]
}

export function rollUpBuilder(mostKeys = MOST_KEYS): RollUpBuilder {
  const space = textSpace()
  const widen = widener()
  const days = new Int32Array(SEGMENT_ROWS)
  const currencies = new Int32Array(SEGMENT_ROWS)
  const slotOf = new Int32Array(SEGMENT_ROWS)
  const all: DimensionSums[] = ROLLED_DIMENSIONS.map(dimension => ({
    dimension,
    column: dimension && columnOf(dimension),
    groups: pairTable(),
    slots: pairTable(),
    sums: ROLLED_MEASURES.map(() => sumsOf(256)),
  }))
  const tooMany = new Set<RolledDimension>()

  function place(one: DimensionSums, keys: CodeColumn, rows: number): void {
    const codes = keys.codes && widen.codes(keys.codes, null, rows)
    let [lastCurrency, lastKey, group] = [-1, -1, -1]
    for (let i = 0; i < rows; i++) {
      const key = codes ? codes[i]! : keys.constant
      const currency = currencies[i]!
      if (key !== lastKey || currency !== lastCurrency) {
        group = pairNumber(one.groups, currency, key)
        lastKey = key
        lastCurrency = currency
      }
      slotOf[i] = pairNumber(one.slots, group, days[i]!)
    }
  }

  return {
    add(rows, columns) {
      readDays(integersOf(columns, TIME_COLUMN), rows, days)
      const currency = adopted(space, columns, CURRENCY_COLUMN)
      if (currency.codes) currencies.set(currency.codes)
      else currencies.fill(currency.constant, 0, rows)
      for (const one of all) {
        if (tooMany.has(one.dimension)) continue
        place(one, one.column === null ? ABSENT : adopted(space, columns, one.column), rows)
        if (one.groups.size > mostKeys) {
          tooMany.add(one.dimension)
          continue
        }
        one.sums.forEach((sums, index) => {
          growSums(sums, one.slots.size)
          const column = integersOf(columns, MEASURE_COLUMNS[ROLLED_MEASURES[index]!])
          addRows(sums, slotOf, column, null, rows, widen)
        })
      }
    },
    take() {
      const kept = all.filter(({ dimension }) => !tooMany.has(dimension))
      return {
        rows: kept.flatMap(one => rowsOf(space, one)),
        rolled: kept.map(({ dimension }) => dimension),
      }
    },
  }
}

function integersOf(columns: ReadonlyMap<string, ColumnSegment>, id: string): IntegerSegment | null {
  const column = columns.get(id)
  return column === undefined || column.kind === 'text' ? null : column
}

function adopted(space: TextSpace, columns: ReadonlyMap<string, ColumnSegment>, id: string): CodeColumn {
  const column = columns.get(id)
  return column?.kind === 'text' ? adoptText(space, id, column) : ABSENT
}

/** The number of the UTC day of each row, from 1970. */
function readDays(time: IntegerSegment | null, rows: number, out: Int32Array): void {
  if (time === null) throw new Error('A batch without a time of charge cannot be summed up by day')
  const values = widener().integers(time, null, rows)
  for (let i = 0; i < rows; i++) out[i] = Math.floor(values[i]! / DAY)
}

/** Each slot is a group of its own, in one bucket. */
const SLOTS = { perGroup: 1, perBucket: 0 }

function rowsOf(space: TextSpace, { dimension, groups, slots, sums }: DimensionSums): RollUpRow[] {
  const scale = Math.max(...sums.map(scaleOf))
  const read = sums.map(one => sumReader(one, SLOTS, scale))
  const currencies = dimensionTexts(space, `column:${CURRENCY_COLUMN}`)
  const keys = dimension && dimensionTexts(space, dimension)
  const days: RollUpRow[] = []
  const months = new Map<string, RollUpRow>()
  for (let slot = 0; slot < slots.size; slot++) {
    const group = slots.first[slot]!
    const currency = keyText(currencies, groups.first[group]!)
    const row: RollUpRow = {
      ...{ dimension, grain: 'day', at: slots.second[slot]! * DAY, currency },
      key: keys && keyText(keys, groups.second[group]!),
      ...atCostScale(
        read.map(sum => sum([slot], 0, 1)),
        scale,
        currency,
      ),
      lines: sums[0]!.lines[slot]!,
    }
    days.push(row)
    const at = monthOf(row.at)
    const name = `${group} ${at}`
    const month = months.get(name)
    months.set(name, month ? merged(month, row) : { ...row, grain: 'month', at })
  }
  return [...days, ...months.values()]
}

/** Sums at the scale of their currency, in which they were stored: a batch of several currencies has the largest. */
function atCostScale(sums: readonly bigint[], scale: number, currency: string | null) {
  const wanted = (currency === null ? undefined : findCurrency(currency)?.costScale) ?? scale
  const divisor = 10n ** BigInt(Math.max(0, scale - wanted))
  const fits = sums.every(sum => sum % divisor === 0n)
  const [billed, effective, list, contracted] = sums.map(sum => (fits ? sum / divisor : sum))
  return {
    scale: fits ? Math.min(scale, wanted) : scale,
    ...{ billed: billed!, effective: effective!, list: list!, contracted: contracted! },
  }
}

function monthOf(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

function merged(month: RollUpRow, day: RollUpRow): RollUpRow {
  // The days of a currency have one scale, but for amounts that do not fit it.
  const scale = Math.max(month.scale, day.scale)
  const [a, b] = [10n ** BigInt(scale - month.scale), 10n ** BigInt(scale - day.scale)]
  return {
    ...month,
    scale,
    billed: month.billed * a + day.billed * b,
    effective: month.effective * a + day.effective * b,
    list: month.list * a + day.list * b,
    contracted: month.contracted * a + day.contracted * b,
    lines: month.lines + day.lines,
  }
}
