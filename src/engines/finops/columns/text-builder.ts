import { type ByteDictionary, byteDictionary, clearDictionary, internBytes } from './byte-dictionary.ts'
import type { Narrow, TextSegment } from './column.ts'
import { narrowCodes } from './narrow.ts'

/** One text column of a segment being built. Made by `textBuilder`, fed by `pushText` or `pushTextBytes`. */
export interface TextBuilder {
  readonly kind: 'text'
  rows: number
  nulls: number
  codes: Uint32Array
  dictionary: ByteDictionary
  /** The code of the row before: bills repeat themselves from row to row. */
  last: number
  /** In front of the dictionary for those who push strings. */
  strings: Map<string, number>
  scratch: Uint8Array
}

export function textBuilder(): TextBuilder {
  return {
    kind: 'text',
    rows: 0,
    nulls: 0,
    codes: new Uint32Array(1024),
    dictionary: byteDictionary(),
    last: 0,
    strings: new Map(),
    scratch: new Uint8Array(256),
  }
}

/** Adds one row. Empty text is stored as null: a bill does not tell them apart. */
export function pushText(builder: TextBuilder, value: string | null): void {
  pushCode(builder, value === null || value === '' ? 0 : codeOfString(builder, value))
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
  const row = builder.rows
  if (row === builder.codes.length) {
    const grown = new Uint32Array(row * 2)
    grown.set(builder.codes)
    builder.codes = grown
  }
  builder.codes[row] = code
  builder.rows = row + 1
  if (code === 0) builder.nulls++
  else builder.last = code
}

const encoder = new TextEncoder()

function codeOfString(builder: TextBuilder, value: string): number {
  const known = builder.strings.get(value)
  if (known !== undefined) return known
  if (builder.scratch.length < value.length * 3) builder.scratch = new Uint8Array(value.length * 6)
  const { written } = encoder.encodeInto(value, builder.scratch)
  const code = internBytes(builder.dictionary, builder.scratch, 0, written) + 1
  builder.strings.set(value, code)
  return code
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
  builder.strings.clear()
  clearDictionary(builder.dictionary)
}
