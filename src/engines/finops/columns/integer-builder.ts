import type { IntegerSegment } from './column.ts'
import { packIntegers, packWide } from './integer-packing.ts'

/** Rows that a builder has room for at first: an import may have thousands of small batches under way. */
const FIRST_ROOM = 16

/**
 * One column of decimals or instants of a segment being built. Values within ±2⁵³ lie in `values`; the rare
 * larger one lies in `wide` by its row. Every row brings its scale.
 */
export interface IntegerBuilder {
  readonly kind: 'decimal' | 'instant'
  /** Whether trailing zeros may go, so that the segment takes the smallest scale that holds every value. */
  readonly strip: boolean
  rows: number
  values: Float64Array
  scales: Uint8Array
  wide: Map<number, bigint>
  nullRows: number[]
}

/**
 * A column of decimals. `strip` lets the segment take the smallest scale that holds all its values exactly
 * (quantities, prices); without it the largest scale among the rows is kept (costs: 9, or 6).
 */
export function decimalBuilder(strip: boolean): IntegerBuilder {
  return integerBuilder('decimal', strip)
}

/** A column of instants in UTC milliseconds. */
export function instantBuilder(): IntegerBuilder {
  return integerBuilder('instant', false)
}

function integerBuilder(kind: 'decimal' | 'instant', strip: boolean): IntegerBuilder {
  return {
    kind,
    strip,
    rows: 0,
    values: new Float64Array(FIRST_ROOM),
    scales: new Uint8Array(FIRST_ROOM),
    wide: new Map(),
    nullRows: [],
  }
}

/** Adds one row: `value · 10^-scale`. A number must be a safe integer; beyond that push a bigint. */
export function pushInteger(builder: IntegerBuilder, value: number | bigint, scale = 0): void {
  reserve(builder, 1)
  const row = builder.rows++
  builder.scales[row] = scale
  const short = Number(value)
  if (Number.isSafeInteger(short)) {
    builder.values[row] = short
  } else {
    builder.values[row] = 0
    builder.wide.set(row, BigInt(value))
  }
}

/**
 * Adds the rows `[from, to)` of a block of decimals: mantissa · 10^-scale. A mantissa that is NaN is null,
 * unless `big` has the row.
 */
export function appendDecimals(
  builder: IntegerBuilder,
  mantissas: Float64Array,
  scales: Uint8Array,
  big: ReadonlyMap<number, bigint>,
  from: number,
  to: number,
): void {
  const start = builder.rows
  appendIntegers(builder, mantissas, from, to, big)
  builder.scales.set(scales.subarray(from, to), start)
}

const NONE: ReadonlyMap<number, bigint> = new Map()

/** Adds the rows `[from, to)` of a block of instants; NaN is null. */
export function appendInstants(builder: IntegerBuilder, ms: Float64Array, from: number, to: number): void {
  const start = builder.rows
  appendIntegers(builder, ms, from, to, NONE)
  builder.scales.fill(0, start, builder.rows)
}

function appendIntegers(
  builder: IntegerBuilder,
  from: Float64Array,
  start: number,
  end: number,
  big: ReadonlyMap<number, bigint>,
): void {
  reserve(builder, end - start)
  const { values } = builder
  let row = builder.rows
  for (let i = start; i < end; i++, row++) {
    const value = from[i]!
    values[row] = value
    if (!Number.isNaN(value)) continue
    values[row] = 0
    const large = big.get(i)
    if (large === undefined) builder.nullRows.push(row)
    else builder.wide.set(row, large)
  }
  builder.rows = row
}

/** Adds one row without a value. */
export function pushNullInteger(builder: IntegerBuilder, scale = 0): void {
  builder.nullRows.push(builder.rows)
  pushInteger(builder, 0, scale)
}

function reserve(builder: IntegerBuilder, rows: number): void {
  const needed = builder.rows + rows
  if (needed <= builder.values.length) return
  const length = Math.max(needed, builder.values.length * 2)
  const values = new Float64Array(length)
  values.set(builder.values)
  builder.values = values
  const scales = new Uint8Array(length)
  scales.set(builder.scales)
  builder.scales = scales
}

/** The column so far, on arrays of its own. */
export function integerSegment(builder: IntegerBuilder): IntegerSegment {
  const { kind, rows, nullRows, strip } = builder
  const values = builder.values.slice(0, rows)
  const wide = new Map(builder.wide)
  const scale = unifyScales(values, wide, builder.scales.slice(0, rows), strip)
  const packed = wide.size > 0 ? packWide(exact(values, wide), nullRows) : packIntegers(values, nullRows)
  return { kind, rows, nulls: nullRows.length, scale, ...packed }
}

const POWERS = Array.from({ length: 16 }, (_, places) => 10 ** places)

/**
 * Brings every value, in place, to the largest scale among them, after `strip` to the smallest that holds all
 * exactly, and returns that scale. What then leaves ±2⁵³ moves from `values` to `wide`.
 */
function unifyScales(
  values: Float64Array,
  wide: Map<number, bigint>,
  scales: Uint8Array,
  strip: boolean,
): number {
  let scale = 0
  let lowest = 255
  for (let row = 0; row < scales.length; row++) {
    if (strip && scales[row] !== 0) stripZeros(values, wide, scales, row)
    if (scales[row]! > scale) scale = scales[row]!
    if (scales[row]! < lowest) lowest = scales[row]!
  }
  if (scale === lowest) return scale
  for (let row = 0; row < scales.length; row++) {
    const missing = scale - scales[row]!
    const value = values[row]!
    const large = wide.get(row)
    if (missing === 0 || (value === 0 && large === undefined)) continue
    const scaled = value * (POWERS[missing] ?? Number.POSITIVE_INFINITY)
    if (large === undefined && Math.abs(scaled) <= Number.MAX_SAFE_INTEGER) values[row] = scaled
    else {
      wide.set(row, (large ?? BigInt(value)) * 10n ** BigInt(missing))
      values[row] = 0
    }
  }
  return scale
}

/** 2.500 becomes 2.5: trailing zeros of one value go, and its scale with them. */
function stripZeros(values: Float64Array, wide: Map<number, bigint>, scales: Uint8Array, row: number): void {
  let scale = scales[row]!
  let large = wide.get(row)
  if (large !== undefined) {
    for (; scale > 0 && large % 10n === 0n; scale--) large /= 10n
    wide.set(row, large)
  } else {
    let value = values[row]!
    if (value === 0) scale = 0
    for (let step = 8; step > 0; step >>= 1) {
      for (; scale >= step && value % POWERS[step]! === 0; scale -= step) value /= POWERS[step]!
    }
    values[row] = value
  }
  scales[row] = scale
}

function exact(values: Float64Array, wide: ReadonlyMap<number, bigint>): bigint[] {
  return Array.from(values, (value, row) => wide.get(row) ?? BigInt(value))
}

/** Empties the builder for the next segment and keeps its room. */
export function clearIntegers(builder: IntegerBuilder): void {
  builder.rows = 0
  builder.wide.clear()
  builder.nullRows.length = 0
}
