import type { IntegerSegment, Narrow } from './column.ts'

/** What packing finds out about the integers of a segment. */
export type PackedIntegers = Pick<
  IntegerSegment,
  'min' | 'max' | 'sum' | 'sumAbs' | 'base' | 'factor' | 'low' | 'high' | 'limbs' | 'nullBits'
>

const SAFE = Number.MAX_SAFE_INTEGER
const TWO32 = 4294967296

/**
 * Packs safe integers as (value − base) / factor, where the base is the smallest and the factor the greatest
 * common divisor of the distances from it, in 0, 8, 16, 32, 40, 48 or 64 bits. `nullRows` hold 0 in `values`.
 */
export function packIntegers(values: Float64Array, nullRows: readonly number[]): PackedIntegers {
  const rows = values.length
  let base = rows > 0 ? values[0]! : 0
  let top = base
  let sum = 0n
  let sumAbs = 0n
  let partSum = 0
  let partAbs = 0
  for (let row = 0; row < rows; row++) {
    const value = values[row]!
    if (value < base) base = value
    if (value > top) top = value
    const size = Math.abs(value)
    if (partAbs > SAFE - size) {
      sum += BigInt(partSum)
      sumAbs += BigInt(partAbs)
      partSum = 0
      partAbs = 0
    }
    partSum += value
    partAbs += size
  }
  sum += BigInt(partSum)
  sumAbs += BigInt(partAbs)
  if (top - base > SAFE) return packWide(Array.from(values, BigInt), nullRows)
  const { min, max } = extremes(values, nullRows)
  const factor = commonDivisor(values, base)
  return {
    ...{ min, max, sum, sumAbs, factor },
    base: base + 0,
    ...pack(values, base, factor, (top - base) / factor),
    limbs: null,
    nullBits: nullBits(nullRows, rows),
  }
}

/** Smallest and largest of the rows that are not null. */
function extremes(values: Float64Array, nullRows: readonly number[]): Pick<PackedIntegers, 'min' | 'max'> {
  if (nullRows.length === values.length) return { min: null, max: null }
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  let next = 0
  for (let row = 0; row < values.length; row++) {
    if (nullRows[next] === row) {
      next++
      continue
    }
    const value = values[row]!
    if (value < min) min = value
    if (value > max) max = value
  }
  return { min: BigInt(min), max: BigInt(max) }
}

/** The greatest common divisor of all distances from `base`; 1 when there are none. */
function commonDivisor(values: Float64Array, base: number): number {
  let divisor = 0
  for (let row = 0; row < values.length && divisor !== 1; row++) {
    let other = values[row]! - base
    if (divisor !== 0 && other % divisor === 0) continue
    while (other !== 0) {
      const rest = divisor % other
      divisor = other
      other = rest
    }
  }
  return divisor === 0 ? 1 : divisor
}

function pack(
  values: Float64Array,
  base: number,
  factor: number,
  top: number,
): Pick<PackedIntegers, 'low' | 'high'> {
  if (top === 0) return { low: null, high: null }
  const rows = values.length
  if (top < TWO32) {
    const low = narrowArray(top, rows)
    for (let row = 0; row < rows; row++) low[row] = (values[row]! - base) / factor
    return { low, high: null }
  }
  const low = new Uint32Array(rows)
  const high = narrowArray(Math.floor(top / TWO32), rows)
  for (let row = 0; row < rows; row++) {
    const units = (values[row]! - base) / factor
    const above = Math.floor(units / TWO32)
    high[row] = above
    low[row] = units - above * TWO32
  }
  return { low, high }
}

function narrowArray(top: number, rows: number): Narrow {
  return top <= 0xff ? new Uint8Array(rows) : top <= 0xffff ? new Uint16Array(rows) : new Uint32Array(rows)
}

/** Packs integers of any size as 32-bit limbs in two's complement. `nullRows` hold 0. */
export function packWide(values: readonly bigint[], nullRows: readonly number[]): PackedIntegers {
  const nulls = new Set(nullRows)
  let min: bigint | null = null
  let max: bigint | null = null
  let sum = 0n
  let sumAbs = 0n
  values.forEach((value, row) => {
    if (nulls.has(row)) return
    if (min === null || value < min) min = value
    if (max === null || value > max) max = value
    sum += value
    sumAbs += value < 0n ? -value : value
  })
  let bits = 64
  while (BigInt.asIntN(bits, min ?? 0n) !== (min ?? 0n) || BigInt.asIntN(bits, max ?? 0n) !== (max ?? 0n))
    bits += 32
  const limbs = Array.from({ length: bits / 32 }, (_, k) =>
    Uint32Array.from(values, value => Number(BigInt.asUintN(32, value >> BigInt(32 * k)))),
  )
  return {
    ...{ min, max, sum, sumAbs, limbs },
    ...{ base: 0, factor: 1, low: null, high: null },
    nullBits: nullBits(nullRows, values.length),
  }
}

function nullBits(nullRows: readonly number[], rows: number): Uint8Array | null {
  if (nullRows.length === 0) return null
  const bits = new Uint8Array(Math.ceil(rows / 8))
  for (const row of nullRows) bits[row >> 3]! |= 1 << (row & 7)
  return bits
}
