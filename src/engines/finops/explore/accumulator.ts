import type { IntegerSegment } from '../columns/column.ts'
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
  sums: Float64Array
  bound: number
  moved: bigint[] | null
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
    const grown = new Float64Array(sums.slots)
    grown.set(lane.sums)
    lane.sums = grown
    while (lane.moved && lane.moved.length < sums.slots) lane.moved.push(0n)
  }
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
    addAndCount(slotOf, widen.integers(column, selected, count), lane.sums, sums.lines, count)
    return
  }
  const planes = limbs ?? [null, null]
  planes.forEach((limb, k) => {
    const last = k === planes.length - 1
    const values = limb
      ? widen.limb(limb, last, selected, count)
      : widen.half(column, k === 1, selected, count)
    const lane = laneOf(sums, scale, k, count * TWO32)
    if (k === 0) addAndCount(slotOf, values, lane.sums, sums.lines, count)
    else addOnly(slotOf, values, lane.sums, count)
  })
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
  if (column === null || column.sum === 0n) return
  const lane = laneOf(sums, column.scale, 0, 0)
  lane.moved ??= new Array<bigint>(sums.slots).fill(0n)
  lane.moved[slot]! += column.sum
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
    lane = { scale, limb, sums: new Float64Array(sums.slots), bound: 0, moved: null }
    sums.lanes.push(lane)
  }
  if (lane.bound + bound > EXACT) {
    lane.moved ??= new Array<bigint>(sums.slots).fill(0n)
    for (let slot = 0; slot < sums.slots; slot++) {
      if (lane.sums[slot] !== 0) lane.moved[slot]! += BigInt(lane.sums[slot]!)
    }
    lane.sums.fill(0)
    lane.bound = 0
  }
  lane.bound += bound
  return lane
}

/** Decimal places that hold every sum exactly. */
export function scaleOf(sums: Sums): number {
  return sums.lanes.reduce((scale, lane) => Math.max(scale, lane.scale), 0)
}

/** Reads the exact sum of a slot, or of several, as an integer of 10^-scale; `scale` is at least `scaleOf`. */
export function sumReader(sums: Sums, scale: number): (slots: ArrayLike<number>) => bigint {
  const weights = sums.lanes.map(lane => (10n ** BigInt(scale - lane.scale)) << BigInt(32 * lane.limb))
  return slots => {
    let total = 0n
    sums.lanes.forEach((lane, index) => {
      let part = 0
      for (let i = 0; i < slots.length; i++) part += lane.sums[slots[i]!]!
      let exact = BigInt(part)
      const { moved } = lane
      if (moved) for (let i = 0; i < slots.length; i++) exact += moved[slots[i]!]!
      total += weights[index] === 1n ? exact : exact * weights[index]!
    })
    return total
  }
}

/** Whether the sums lie in one lane of doubles, which then are the exact integers. */
export function plainSums(sums: Sums): Float64Array | null {
  const [lane, ...others] = sums.lanes
  if (!lane) return new Float64Array(sums.slots)
  return others.length === 0 && lane.moved === null && lane.limb === 0 ? lane.sums : null
}
