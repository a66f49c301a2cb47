import type { IntegerSegment } from '../columns/column.ts'
import type { SingleAxis } from './axes.ts'
import type { Widener } from './widen.ts'

/** Sums whose absolute values add up to no more than this are exact in a double, with room for the check itself. */
const EXACT = 2 ** 52
const TWO32 = 4294967296

/**
 * Exact sums by slot. Doubles are added while the sum of all absolute values provably stays within 2⁵²; before
 * it would not, they are moved to bigints. Values of another scale, and the upper limbs of larger values, have
 * lanes of their own, because every lane counts in one unit.
 */
export interface Sums {
  slots: number
  /** Lines by slot. */
  lines: Int32Array
  readonly lanes: Lane[]
}

interface Lane {
  readonly scale: number
  /** The lane counts in 2^(32 · limb). */
  readonly limb: number
  /** The sum of a slot is `high · 2³² + low`; `high` is there once `low` alone would not have been exact. */
  low: Float64Array
  high: Float64Array | null
  /** No absolute value in `low` is larger. */
  bound: number
}

export function sumsOf(slots: number): Sums {
  return { slots, lines: new Int32Array(slots), lanes: [] }
}

/** Makes room for more slots. */
export function growSums(sums: Sums, slots: number): void {
  if (slots <= sums.slots) return
  sums.slots = Math.max(slots, sums.slots * 2)
  const lines = new Int32Array(sums.slots)
  lines.set(sums.lines)
  sums.lines = lines
  for (const lane of sums.lanes) {
    lane.low = grown(lane.low, sums.slots)
    lane.high = lane.high && grown(lane.high, sums.slots)
  }
}

function grown(words: Float64Array, length: number): Float64Array {
  const longer = new Float64Array(length)
  longer.set(words)
  return longer
}

/**
 * Adds `count` rows of a column to their slots and counts them; `selected` picks the rows, null takes all.
 * `column` is null where the batch has none: lines are counted and nothing is added.
 */
export function addRows(
  sums: Sums,
  slotOf: Int32Array,
  column: IntegerSegment | null,
  selected: Int32Array | null,
  count: number,
  widen: Widener,
): void {
  if (column === null) {
    for (let i = 0; i < count; i++) sums.lines[slotOf[i]!]!++
    return
  }
  const { scale, limbs } = column
  const sumAbs = Number(column.sumAbs)
  if (limbs === null && sumAbs <= EXACT) {
    const lane = laneOf(sums, scale, 0, sumAbs)
    addAndCount(slotOf, widen.integers(column, selected, count), lane.low, sums.lines, count)
    return
  }
  const planes = limbs ?? [null, null]
  planes.forEach((limb, k) => {
    const last = k === planes.length - 1
    const values = limb
      ? widen.limb(limb, last, selected, count)
      : widen.half(column, k === 1, selected, count)
    const lane = laneOf(sums, scale, k, count * TWO32)
    if (k === 0) addAndCount(slotOf, values, lane.low, sums.lines, count)
    else addOnly(slotOf, values, lane.low, count)
  })
}

/**
 * Adds all rows of a segment in which one axis varies, in one loop from codes to sums; the slot of a row is
 * `worth[code] + shared`, and with buckets `+ bucket · perBucket`. Gives false, and does nothing, for columns that
 * take the longer way.
 */
export function addAxis(
  sums: Sums,
  { codes, worth, shared }: SingleAxis,
  column: IntegerSegment | null,
  count: number,
  widen: Widener,
  buckets: Int32Array | null,
  perBucket: number,
): boolean {
  if (column === null || column.limbs !== null || Number(column.sumAbs) > EXACT) return false
  const { low } = laneOf(sums, column.scale, 0, Number(column.sumAbs))
  const keys = widen.codes(codes, null, count)
  const { low: lower, high, factor, base } = column
  if (buckets !== null) {
    const values = widen.integers(column, null, count)
    sumBucketed(keys, worth, shared, buckets, perBucket, values, low, sums.lines, count)
  } else if (lower instanceof Uint32Array && high instanceof Uint16Array) {
    sumJoined16(keys, worth, shared, lower, high, factor, base, low, sums.lines, count)
  } else if (lower instanceof Uint32Array && high instanceof Uint8Array) {
    sumJoined8(keys, worth, shared, lower, high, factor, base, low, sums.lines, count)
  } else {
    sumDoubles(keys, worth, shared, widen.integers(column, null, count), low, sums.lines, count)
  }
  return true
}

function sumBucketed(
  keys: Int32Array,
  worth: Int32Array,
  shared: number,
  buckets: Int32Array,
  perBucket: number,
  values: Float64Array,
  sums: Float64Array,
  lines: Int32Array,
  count: number,
) {
  for (let i = 0; i < count; i++) {
    const slot = worth[keys[i]!]! + shared + buckets[i]! * perBucket
    sums[slot] = sums[slot]! + values[i]!
    lines[slot] = lines[slot]! + 1
  }
}

function sumDoubles(
  keys: Int32Array,
  worth: Int32Array,
  shared: number,
  values: Float64Array,
  sums: Float64Array,
  lines: Int32Array,
  count: number,
) {
  for (let i = 0; i < count; i++) {
    const slot = worth[keys[i]!]! + shared
    sums[slot] = sums[slot]! + values[i]!
    lines[slot] = lines[slot]! + 1
  }
}

// The same loop twice: a loop that meets one kind of array each runs twice as fast as one that meets two.

function sumJoined8(
  keys: Int32Array,
  worth: Int32Array,
  shared: number,
  low: Uint32Array,
  high: Uint8Array,
  factor: number,
  base: number,
  sums: Float64Array,
  lines: Int32Array,
  count: number,
) {
  for (let i = 0; i < count; i++) {
    const slot = worth[keys[i]!]! + shared
    sums[slot] = sums[slot]! + ((low[i]! + high[i]! * TWO32) * factor + base)
    lines[slot] = lines[slot]! + 1
  }
}

function sumJoined16(
  keys: Int32Array,
  worth: Int32Array,
  shared: number,
  low: Uint32Array,
  high: Uint16Array,
  factor: number,
  base: number,
  sums: Float64Array,
  lines: Int32Array,
  count: number,
) {
  for (let i = 0; i < count; i++) {
    const slot = worth[keys[i]!]! + shared
    sums[slot] = sums[slot]! + ((low[i]! + high[i]! * TWO32) * factor + base)
    lines[slot] = lines[slot]! + 1
  }
}

/** Counts rows that stand for several lines each; `addRows` counted each as one. */
export function addWeights(
  sums: Sums,
  slotOf: Int32Array,
  weights: Float64Array,
  selected: Int32Array | null,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    sums.lines[slotOf[i]!]! += weights[selected === null ? i : selected[i]!]! - 1
  }
}

/** Adds the sum of a whole column, known in advance, to one slot, and counts its lines. */
export function addWhole(sums: Sums, slot: number, column: IntegerSegment | null, lines: number): void {
  sums.lines[slot]! += lines
  let rest = column?.sum ?? 0n
  // Limb by limb, the last one with the sign.
  for (let limb = 0; rest !== 0n; limb++) {
    const small = Number(rest)
    const whole = Number.isSafeInteger(small) && Math.abs(small) <= EXACT
    const part = whole ? small : Number(BigInt.asUintN(32, rest))
    laneOf(sums, column!.scale, limb, Math.abs(part)).low[slot]! += part
    rest = whole ? 0n : rest >> 32n
  }
}

function addAndCount(
  slotOf: Int32Array,
  values: Float64Array,
  sums: Float64Array,
  lines: Int32Array,
  count: number,
) {
  for (let i = 0; i < count; i++) {
    const slot = slotOf[i]!
    sums[slot] = sums[slot]! + values[i]!
    lines[slot] = lines[slot]! + 1
  }
}

function addOnly(slotOf: Int32Array, values: Float64Array, sums: Float64Array, count: number) {
  for (let i = 0; i < count; i++) {
    const slot = slotOf[i]!
    sums[slot] = sums[slot]! + values[i]!
  }
}

/** The lane, with room for values whose absolute values add up to `bound`. */
function laneOf(sums: Sums, scale: number, limb: number, bound: number): Lane {
  let lane = sums.lanes.find(other => other.scale === scale && other.limb === limb)
  if (!lane) {
    lane = { scale, limb, low: new Float64Array(sums.slots), high: null, bound: 0 }
    sums.lanes.push(lane)
  }
  if (lane.bound + bound > EXACT) {
    lane.high ??= new Float64Array(sums.slots)
    carry(lane.low, lane.high)
    lane.bound = TWO32
  }
  lane.bound += bound
  return lane
}

function carry(low: Float64Array, high: Float64Array): void {
  for (let slot = 0; slot < low.length; slot++) {
    const above = Math.trunc(low[slot]! / TWO32)
    if (above === 0) continue
    high[slot] = high[slot]! + above
    low[slot] = low[slot]! - above * TWO32
  }
}

/** Decimal places that hold every sum exactly. */
export function scaleOf(sums: Sums): number {
  return sums.lanes.reduce((scale, lane) => Math.max(scale, lane.scale), 0)
}

/** How groups and buckets lie in the slots: the slot is `group · perGroup + bucket · perBucket`. */
export interface Layout {
  readonly perGroup: number
  readonly perBucket: number
}

/** Sums of some groups over the buckets `[from, to)`. */
export type SumReader = (groups: readonly number[], from: number, to: number) => bigint

/** Reads exact sums as integers of 10^-scale; `scale` is at least `scaleOf`. */
export function sumReader(sums: Sums, layout: Layout, scale: number): SumReader {
  const weights = sums.lanes.map(lane => (10n ** BigInt(scale - lane.scale)) << BigInt(32 * lane.limb))
  return (groups, from, to) => {
    let total = 0n
    sums.lanes.forEach((lane, index) => {
      const exact = laneSum(lane, layout, groups, from, to)
      total += weights[index] === 1n ? exact : exact * weights[index]!
    })
    return total
  }
}

function laneSum(
  lane: Lane,
  { perGroup, perBucket }: Layout,
  groups: readonly number[],
  from: number,
  to: number,
) {
  const { low, high } = lane
  let total = 0n
  let [part, upper] = [0, 0]
  for (const group of groups) {
    for (let bucket = from; bucket < to; bucket++) {
      const slot = group * perGroup + bucket * perBucket
      part += low[slot]!
      if (high !== null) upper += high[slot]!
    }
    if (Math.abs(part) > EXACT) {
      total += BigInt(part)
      part = 0
    }
  }
  return total + BigInt(part) + (BigInt(upper) << 32n)
}

/**
 * The size of sums as doubles, for ranking: the exact value, rounded once, where there is one lane; null where
 * there are several.
 */
export function sizeReader(
  sums: Sums,
  { perGroup, perBucket }: Layout,
): ((group: number, from: number, to: number) => number) | null {
  const [lane, ...others] = sums.lanes
  if (others.length > 0 || (lane && lane.limb > 0)) return null
  return (group, from, to) => {
    let [part, upper] = [0, 0]
    for (let bucket = from; bucket < to; bucket++) {
      const slot = group * perGroup + bucket * perBucket
      part += lane?.low[slot] ?? 0
      upper += lane?.high?.[slot] ?? 0
    }
    return Math.abs(upper * TWO32 + part)
  }
}
