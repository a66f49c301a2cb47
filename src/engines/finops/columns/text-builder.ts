import { type ByteDictionary, byteDictionary, clearDictionary, internBytes } from './byte-dictionary.ts'
import type { Narrow, TextSegment } from './column.ts'
import { narrowCodes } from './narrow.ts'

/** Rows that a builder has room for at first: an import may have thousands of small batches under way. */
const FIRST_ROOM = 16

/** One text column of a segment being built. Made by `textBuilder`, fed by the functions below. */
export interface TextBuilder {
  readonly kind: 'text'
  rows: number
  nulls: number
  codes: Uint32Array
  dictionary: ByteDictionary
  /** The code of the row before: bills repeat themselves from row to row. */
  last: number
  /** The list of texts that rows last came with, and by its codes ours + 1; 0 where not known yet. */
  source: readonly (string | null)[] | null
  sourceCodes: Int32Array
  scratch: Uint8Array
}

export function textBuilder(): TextBuilder {
  return {
    kind: 'text',
    rows: 0,
    nulls: 0,
    codes: new Uint32Array(FIRST_ROOM),
    dictionary: byteDictionary(),
    last: 0,
    source: null,
    sourceCodes: new Int32Array(0),
    scratch: new Uint8Array(256),
  }
}

/** Adds one row. Empty text is stored as null: a bill does not tell them apart. */
export function pushText(builder: TextBuilder, value: string | null): void {
  pushCode(builder, codeOfString(builder, value))
}

/**
 * Adds the rows `[from, to)` of a block whose codes point into `values` (code 0, and a null value, are null).
 * Each text is looked at once as long as the blocks come with the same list, which may grow.
 */
export function appendText(
  builder: TextBuilder,
  codes: Int32Array,
  values: readonly (string | null)[],
  from: number,
  to: number,
): void {
  if (builder.source !== values) {
    builder.source = values
    builder.sourceCodes.fill(0)
  }
  if (builder.sourceCodes.length < values.length) {
    const grown = new Int32Array(Math.max(16, values.length * 2))
    grown.set(builder.sourceCodes)
    builder.sourceCodes = grown
  }
  reserve(builder, to - from)
  const own = builder.codes
  const known = builder.sourceCodes
  let row = builder.rows
  let nulls = 0
  for (let i = from; i < to; i++) {
    const code = codes[i]!
    let mapped = known[code]!
    if (mapped === 0) {
      mapped = codeOfString(builder, values[code] ?? null) + 1
      known[code] = mapped
    }
    if (mapped === 1) nulls++
    own[row++] = mapped - 1
  }
  builder.rows = row
  builder.nulls += nulls
}

/** Adds one row from the UTF-8 bytes `[start, end)`, without making a string. An empty range is null. */
export function pushTextBytes(builder: TextBuilder, bytes: Uint8Array, start: number, end: number): void {
  if (start === end) pushCode(builder, 0)
  else if (isLast(builder, bytes, start, end)) pushCode(builder, builder.last)
  else pushCode(builder, internBytes(builder.dictionary, bytes, start, end) + 1)
}

function isLast(builder: TextBuilder, bytes: Uint8Array, start: number, end: number): boolean {
  const { last, dictionary } = builder
  if (last === 0) return false
  const length = end - start
  const from = dictionary.offsets[last - 1]!
  if (dictionary.offsets[last]! - from !== length) return false
  const own = dictionary.bytes
  for (let i = 0; i < length; i++) if (own[from + i] !== bytes[start + i]) return false
  return true
}

function pushCode(builder: TextBuilder, code: number): void {
  reserve(builder, 1)
  builder.codes[builder.rows++] = code
  if (code === 0) builder.nulls++
  else builder.last = code
}

function reserve(builder: TextBuilder, rows: number): void {
  const needed = builder.rows + rows
  if (needed <= builder.codes.length) return
  const grown = new Uint32Array(Math.max(needed, builder.codes.length * 2))
  grown.set(builder.codes)
  builder.codes = grown
}

const encoder = new TextEncoder()

function codeOfString(builder: TextBuilder, value: string | null): number {
  if (value === null || value === '') return 0
  if (builder.scratch.length < value.length * 3) builder.scratch = new Uint8Array(value.length * 6)
  const { written } = encoder.encodeInto(value, builder.scratch)
  return internBytes(builder.dictionary, builder.scratch, 0, written) + 1
}

/** The column so far, on arrays of its own. */
export function textSegment(builder: TextBuilder): TextSegment {
  const { rows, nulls, dictionary } = builder
  const codes = builder.codes.subarray(0, rows)
  return makeTextSegment(nulls, dictionary, narrowCodes(codes, dictionary.size))
}

/** A segment of these codes over a copy of the dictionary. */
export function makeTextSegment(nulls: number, dictionary: ByteDictionary, codes: Narrow): TextSegment {
  const distinct = dictionary.size
  const constant = nulls === codes.length ? 0 : distinct === 1 && nulls === 0 ? 1 : null
  return {
    kind: 'text',
    rows: codes.length,
    nulls,
    distinct,
    codes: constant === null ? codes : null,
    constant: constant ?? 0,
    bytes: dictionary.bytes.slice(0, dictionary.offsets[distinct]),
    offsets: dictionary.offsets.slice(0, distinct + 1),
    hashes: dictionary.hashes.slice(0, distinct),
  }
}

/** Empties the builder for the next segment and keeps its room. */
export function clearText(builder: TextBuilder): void {
  builder.rows = 0
  builder.nulls = 0
  builder.last = 0
  builder.source = null
  clearDictionary(builder.dictionary)
}
