import {
  type ByteDictionary,
  byteDictionary,
  dictionaryBytes,
  findBytes,
  internAll,
  internBytes,
  textOf,
} from '../columns/byte-dictionary.ts'
import type { Narrow, TextSegment } from '../columns/column.ts'
import { DIMENSION_COLUMNS, type Dimension, type NamedDimension, TAGS_COLUMN } from './query.ts'

/**
 * The texts of each column over all segments: one dictionary by column, in which a code means the same
 * everywhere. It only grows; whoever holds it drops it whole when the segments behind it are gone.
 */
export interface TextSpace {
  readonly columns: Map<string, ByteDictionary>
  /** Texts found within another column's, by dimension. */
  readonly derived: Map<Dimension, DerivedTexts>
}

interface DerivedTexts {
  readonly dictionary: ByteDictionary
  /** By the code of the column it is found in; valid below `known`. */
  codes: Int32Array
  known: number
}

/** A column of one segment in codes of the space. Code 0 is null. */
export interface CodeColumn {
  /** Null when every row has the code `constant`. */
  readonly codes: Narrow | null
  readonly constant: number
}

/** How the rows of a column are turned into keys of a dimension. */
export interface DimensionTexts {
  readonly column: string
  /** Key by code of the column; null where they are the same. */
  readonly map: Int32Array | null
  /** Keys are below this; 0 is null. */
  readonly size: number
  readonly dictionary: ByteDictionary
}

export function textSpace(): TextSpace {
  return { columns: new Map(), derived: new Map() }
}

/** The dictionary of a column, made when it is first asked for. */
function dictionaryOf(space: TextSpace, column: string): ByteDictionary {
  let dictionary = space.columns.get(column)
  if (!dictionary) {
    dictionary = byteDictionary()
    space.columns.set(column, dictionary)
  }
  return dictionary
}

/** Brings a stored column into the space: its texts are added, its rows get the space's codes. */
export function adoptText(space: TextSpace, id: string, segment: TextSegment): CodeColumn {
  const dictionary = dictionaryOf(space, id)
  const { distinct, codes } = segment
  const map = new Uint32Array(distinct + 1)
  internAll(dictionary, segment, distinct, map.subarray(1))
  let top = 0
  for (let i = 1; i <= distinct; i++) if (++map[i]! > top) top = map[i]!
  if (codes === null) return { codes: null, constant: map[segment.constant]! }
  const own = top <= 0xff ? new Uint8Array(codes.length) : wide(top, codes.length)
  for (let row = 0; row < codes.length; row++) own[row] = map[codes[row]!]!
  return { codes: own, constant: 0 }
}

function wide(top: number, rows: number): Narrow {
  return top <= 0xffff ? new Uint16Array(rows) : new Uint32Array(rows)
}

/** The column that a dimension is read from. */
export function columnOf(dimension: Dimension): string {
  if (dimension.startsWith('column:')) return dimension.slice('column:'.length)
  if (dimension.startsWith('tag:')) return TAGS_COLUMN
  return DIMENSION_COLUMNS[dimension as NamedDimension]
}

/** The keys of a dimension over all segments adopted so far. */
export function dimensionTexts(space: TextSpace, dimension: Dimension): DimensionTexts {
  const column = columnOf(dimension)
  const dictionary = dictionaryOf(space, column)
  if (!dimension.startsWith('tag:')) return { column, map: null, size: dictionary.size + 1, dictionary }
  const derived = tagTexts(space, dimension, dictionary)
  return { column, map: derived.codes, size: derived.dictionary.size + 1, dictionary: derived.dictionary }
}

/** The values of one tag by the codes of the column of tags; each text is looked into once. */
function tagTexts(space: TextSpace, dimension: Dimension, tags: ByteDictionary): DerivedTexts {
  const key = dimension.slice('tag:'.length)
  let derived = space.derived.get(dimension)
  if (!derived) {
    derived = { dictionary: byteDictionary(), codes: new Int32Array(1), known: 1 }
    space.derived.set(dimension, derived)
  }
  if (derived.known <= tags.size) {
    const codes = new Int32Array(tags.size + 1)
    codes.set(derived.codes)
    for (let code = derived.known; code <= tags.size; code++) {
      const value = tagValue(textOf(tags, code - 1), key)
      codes[code] = value === null ? 0 : intern(derived.dictionary, value) + 1
    }
    derived.codes = codes
    derived.known = tags.size + 1
  }
  return derived
}

/** The value of a tag in the JSON object of a line's tags; null where it has none, or where it is no object. */
export function tagValue(tags: string, key: string): string | null {
  const parsed = parseTags(tags)
  const value = Object.hasOwn(parsed, key) ? parsed[key] : null
  if (value === null || value === '') return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The keys of the tags of a line; none where they are no JSON object. */
export function tagKeys(tags: string): string[] {
  return Object.keys(parseTags(tags))
}

function parseTags(tags: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(tags)
    return parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed) ? { ...parsed } : {}
  } catch {
    return {}
  }
}

const encoder = new TextEncoder()

function intern(dictionary: ByteDictionary, text: string): number {
  const bytes = encoder.encode(text)
  return internBytes(dictionary, bytes, 0, bytes.length)
}

/** The text of a key; null for key 0. */
export function keyText(texts: DimensionTexts, key: number): string | null {
  return key === 0 ? null : textOf(texts.dictionary, key - 1)
}

/** The key of a text; -1 when no line has it. */
export function keyOf(texts: DimensionTexts, text: string): number {
  const entry = findBytes(texts.dictionary, encoder.encode(text))
  return entry < 0 ? -1 : entry + 1
}

/** Bytes that the space holds in memory. */
export function spaceBytes(space: TextSpace): number {
  let bytes = 0
  for (const dictionary of space.columns.values()) bytes += dictionaryBytes(dictionary)
  for (const derived of space.derived.values()) {
    bytes += dictionaryBytes(derived.dictionary) + derived.codes.byteLength
  }
  return bytes
}
