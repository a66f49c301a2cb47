import type { IntegerSegment } from './column.ts'
import { packIntegers, packWide } from './integer-packing.ts'

/**
 * One column of decimals or instants of a segment being built. Values within ±2⁵³ lie in `values`; the rare
 * larger one lies in `wide` by its row. With `fixedScale` null every row brings its own scale.
 */
export interface IntegerBuilder {
  readonly kind: 'decimal' | 'instant'
  readonly fixedScale: number | null
  rows: number
  values: Float64Array
  scales: Uint8Array
  wide: Map<number, bigint>
  nullRows: number[]
}

/**
 * A column of decimals. `scale` fixes the decimal places of every row (money: 9 or 6); null lets each value
 * bring its own, and the segment takes the smallest that holds them all exactly.
 */
export function decimalBuilder(scale: number | null): IntegerBuilder {
  return integerBuilder('decimal', scale)
}

/** A column of instants in UTC milliseconds. */
export function instantBuilder(): IntegerBuilder {
  return integerBuilder('instant', 0)
}

function integerBuilder(kind: 'decimal' | 'instant', fixedScale: number | null): IntegerBuilder {
  return {
    kind,
    fixedScale,
    rows: 0,
    values: new Float64Array(1024),
    scales: new Uint8Array(fixedScale === null ? 1024 : 0),
    wide: new Map(),
    nullRows: [],
  }
}

/**
 * Adds one row: `value · 10^-scale`. A number must be a safe integer; beyond that push a bigint. `scale`
 * (0 to 255) matters only where the builder has no fixed one.
 */
export function pushInteger(builder: IntegerBuilder, value: number | bigint, scale = 0): void {
  const row = room(builder)
  if (typeof value === 'number') {
    builder.values[row] = value
  } else {
    const short = Number(value)
    if (Number.isSafeInteger(short)) builder.values[row] = short
    else {
      builder.values[row] = 0
      builder.wide.set(row, value)
    }
  }
  if (builder.fixedScale === null) builder.scales[row] = scale
  builder.rows = row + 1
}

/** Adds one row without a value. */
export function pushNullInteger(builder: IntegerBuilder): void {
  builder.nullRows.push(builder.rows)
  pushInteger(builder, 0)
}

function room(builder: IntegerBuilder): number {
  const row = builder.rows
  if (row === builder.values.length) {
    const values = new Float64Array(row * 2)
    values.set(builder.values)
    builder.values = values
    if (builder.fixedScale === null) {
      const scales = new Uint8Array(row * 2)
      scales.set(builder.scales)
      builder.scales = scales
    }
  }
  return row
}

/** The column so far, on arrays of its own. */
export function integerSegment(builder: IntegerBuilder): IntegerSegment {
  const { kind, rows, nullRows, fixedScale } = builder
  const values = builder.values.slice(0, rows)
  const wide = new Map(builder.wide)
  const scale = fixedScale ?? unifyScales(values, wide, builder.scales.slice(0, rows))
  const packed = wide.size > 0 ? packWide(exact(values, wide), nullRows) : packIntegers(values, nullRows)
  return { kind, rows, nulls: nullRows.length, scale, ...packed }
}

const POWERS = Array.from({ length: 16 }, (_, places) => 10 ** places)

/**
 * Brings every value, in place, to the smallest scale that holds all exactly, and returns that scale. What
 * then leaves ±2⁵³ moves from `values` to `wide`.
 */
function unifyScales(values: Float64Array, wide: Map<number, bigint>, scales: Uint8Array): number {
  let scale = 0
  for (let row = 0; row < scales.length; row++) {
    if (scales[row] === 0) continue
    stripZeros(values, wide, scales, row)
    if (scales[row]! > scale) scale = scales[row]!
  }
  if (scale === 0) return 0
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
