/** Rows of a segment. The last segment of a batch has what is left. */
export const SEGMENT_ROWS = 65_536

/** text: a dictionary and a code for each row. decimal: an integer and one scale. instant: UTC milliseconds. */
export type ColumnKind = 'text' | 'decimal' | 'instant'

/** Narrow storage of codes and integers. */
export type Narrow = Uint8Array | Uint16Array | Uint32Array

/**
 * One column of one segment, as it lies in memory. Code 0 is null; entry `code - 1` of the dictionary is
 * `bytes[offsets[code - 1], offsets[code])` in UTF-8, and `hashes[code - 1]` its `hashBytes`.
 */
export interface TextSegment {
  readonly kind: 'text'
  readonly rows: number
  readonly nulls: number
  /** Entries of the dictionary, null not counted. */
  readonly distinct: number
  /** Null when every row has the code `constant`. */
  readonly codes: Narrow | null
  readonly constant: number
  readonly bytes: Uint8Array
  readonly offsets: Uint32Array
  readonly hashes: Uint32Array
}

/**
 * One column of integers of one segment. A null counts as 0 in every sum and is marked in `nullBits`.
 *
 * Narrow (`limbs` null): the value of row i is `(low[i] + high[i] · 2³²) · factor + base`, each part exact in a
 * double; without `low` every row is `base`. Wide: `limbs` are 32-bit limbs, the lowest first, two's complement,
 * for the rare segment that holds a value beyond ±2⁵³.
 */
export interface IntegerSegment {
  readonly kind: 'decimal' | 'instant'
  readonly rows: number
  readonly nulls: number
  /** Decimal places of the integers: the value is integer · 10^-scale. 0 for instants. */
  readonly scale: number
  /** Smallest and largest value that is not null; null when every row is null. */
  readonly min: bigint | null
  readonly max: bigint | null
  readonly sum: bigint
  /** The sum of absolute values: what bounds every partial sum. */
  readonly sumAbs: bigint
  readonly base: number
  readonly factor: number
  readonly low: Narrow | null
  readonly high: Narrow | null
  readonly limbs: readonly Uint32Array[] | null
  readonly nullBits: Uint8Array | null
}

export type ColumnSegment = TextSegment | IntegerSegment

/** The stored bytes of a column are not what was written. A bug or a damaged disk, never an expected failure. */
export class CorruptColumnError extends Error {
  constructor(reason: string) {
    super(`A stored column is damaged: ${reason}.`)
    this.name = 'CorruptColumnError'
  }
}

export function corruptUnless(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new CorruptColumnError(reason)
}

/** Whether row `row` of the segment is null. */
export function isNullAt(column: ColumnSegment, row: number): boolean {
  if (column.kind === 'text') return codeAt(column, row) === 0
  return column.nullBits !== null && ((column.nullBits[row >> 3]! >> (row & 7)) & 1) === 1
}

/** The dictionary code of a row; 0 is null. */
export function codeAt(column: TextSegment, row: number): number {
  return column.codes === null ? column.constant : column.codes[row]!
}

/** The integer of a row, exact; 0 for null. */
export function integerAt(column: IntegerSegment, row: number): bigint {
  const { limbs } = column
  if (limbs === null) return BigInt(doubleAt(column, row))
  let value = 0n
  for (let k = limbs.length - 1; k >= 0; k--) value = (value << 32n) | BigInt(limbs[k]![row]!)
  return BigInt.asIntN(32 * limbs.length, value)
}

/** The value of a row of a narrow segment, exact. */
export function doubleAt(column: IntegerSegment, row: number): number {
  const low = column.low === null ? 0 : column.low[row]!
  const high = column.high === null ? 0 : column.high[row]!
  return (low + high * 4294967296) * column.factor + column.base
}

/** Bytes that the column holds in memory. */
export function bytesOf(column: ColumnSegment): number {
  if (column.kind === 'text') {
    const dictionary = column.bytes.byteLength + column.offsets.byteLength + column.hashes.byteLength
    return dictionary + (column.codes?.byteLength ?? 0)
  }
  const parts = [column.low, column.high, column.nullBits, ...(column.limbs ?? [])]
  return parts.reduce((sum, part) => sum + (part?.byteLength ?? 0), 0)
}
