import { type IntegerSegment, type Narrow, SEGMENT_ROWS } from '../columns/column.ts'

const TWO32 = 4294967296

/**
 * Brings narrow columns to one width, so that the loops that follow meet one kind of array each and run at the
 * speed of the machine. The arrays returned are the widener's own and hold until it is asked again.
 */
export interface Widener {
  /** Codes of the selected rows, or of all. */
  codes(codes: Narrow | Int32Array, selected: Int32Array | null, count: number): Int32Array
  /** The values of a narrow column. */
  integers(column: IntegerSegment, selected: Int32Array | null, count: number): Float64Array
  /** The lower 32 bits of the values of a narrow column, or what is above them, of which they are the sum. */
  half(column: IntegerSegment, upper: boolean, selected: Int32Array | null, count: number): Float64Array
  /** One limb of a wide column; the last one is signed. */
  limb(limb: Uint32Array, signed: boolean, selected: Int32Array | null, count: number): Float64Array
}

export function widener(): Widener {
  const ints = new Int32Array(SEGMENT_ROWS)
  const doubles = new Float64Array(SEGMENT_ROWS)

  const integers = (column: IntegerSegment, selected: Int32Array | null, count: number) => {
    const { low, high, base, factor } = column
    if (low === null) return doubles.fill(base, 0, count)
    if (high !== null) {
      join(low, high, selected, count, doubles, factor, base)
      return doubles
    }
    takeDoubles(low, selected, count, doubles)
    if (base !== 0 || factor !== 1) scaleAll(doubles, factor, base, count)
    return doubles
  }

  return {
    codes(codes, selected, count) {
      if (selected === null) ints.set(codes)
      else for (let i = 0; i < count; i++) ints[i] = codes[selected[i]!]!
      return ints
    },
    integers,
    half(column, upper, selected, count) {
      integers(column, selected, count)
      for (let i = 0; i < count; i++) {
        const above = Math.floor(doubles[i]! / TWO32)
        doubles[i] = upper ? above : doubles[i]! - above * TWO32
      }
      return doubles
    },
    limb(limb, signed, selected, count) {
      takeDoubles(
        signed ? new Int32Array(limb.buffer, limb.byteOffset, limb.length) : limb,
        selected,
        count,
        doubles,
      )
      return doubles
    },
  }
}

function takeDoubles(
  from: Narrow | Int32Array,
  selected: Int32Array | null,
  count: number,
  out: Float64Array,
) {
  if (selected === null) out.set(from)
  else for (let i = 0; i < count; i++) out[i] = from[selected[i]!]!
}

function join(
  low: Narrow,
  high: Narrow,
  selected: Int32Array | null,
  count: number,
  out: Float64Array,
  factor: number,
  base: number,
) {
  if (selected !== null) {
    for (let i = 0; i < count; i++) {
      const row = selected[i]!
      out[i] = (low[row]! + high[row]! * TWO32) * factor + base
    }
  } else if (high instanceof Uint8Array) join8(low, high, count, out, factor, base)
  else join16(low, high, count, out, factor, base)
}

// The same loop twice: a loop that meets one kind of array each runs twice as fast as one that meets two.

function join8(
  low: Narrow,
  high: Uint8Array,
  count: number,
  out: Float64Array,
  factor: number,
  base: number,
) {
  for (let i = 0; i < count; i++) out[i] = (low[i]! + high[i]! * TWO32) * factor + base
}

function join16(low: Narrow, high: Narrow, count: number, out: Float64Array, factor: number, base: number) {
  for (let i = 0; i < count; i++) out[i] = (low[i]! + high[i]! * TWO32) * factor + base
}

function scaleAll(values: Float64Array, factor: number, base: number, count: number) {
  for (let i = 0; i < count; i++) values[i] = values[i]! * factor + base
}
