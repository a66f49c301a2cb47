import { SEGMENT_ROWS } from '../columns/column.ts'
import { bounded } from './best.ts'
import { compileFilter } from './filters.ts'
import type { Filter, Period } from './query.ts'
import { ABSENT, type ExploreSegment } from './segment.ts'
import { type Selection, selector } from './selection.ts'
import { dimensionTexts, keyText, type TextSpace } from './text-space.ts'
import { type Widener, widener } from './widen.ts'

export interface LinesQuery {
  readonly period: Period
  readonly filters: readonly Filter[]
  /** A column; texts are ordered by their characters, empty cells come last either way. */
  readonly sort: {
    readonly column: string
    readonly descending: boolean
    /** A column of texts, on every line, that keeps lines apart, in its own order: amounts are compared within a currency only. */
    readonly apart?: string | undefined
  }
  readonly offset: number
  readonly limit: number
}

/** Where a line is: the number that its segment was added under, and its row there. */
export interface LinePlace {
  readonly segment: number
  readonly row: number
}

/**
 * A list of lines on its way. Give every segment to `add` under a number of its own, in any order; as long as
 * `again` then returns true, give every segment once more, in the order of the numbers. Promising segments first
 * makes it faster.
 */
export interface LinesRun {
  add(segment: ExploreSegment, number: number): void
  again(): boolean
  /** The page, and how many lines there are altogether. Lines that sort alike come in the order of the numbers. */
  result(): { places: LinePlace[]; count: number }
}

/** Up to this offset one pass keeps all lines before the page; beyond, the page's first key is searched for. */
const KEPT_OFFSET = 5_000

/**
 * Starts a list of lines over segments whose texts are all in `space`. Nothing is sorted but the page: the key of
 * its first line is found by counting, 16 bits of the key in each pass (radix selection).
 */
export function startLines(query: LinesQuery, space: TextSpace): LinesRun {
  const filters = query.filters.map(filter => compileFilter(space, filter))
  const select = selector({ spans: [query.period], numbers: [0] }, filters)
  const keysOf = keysApart(sortKeys(query.sort, space), query.sort.apart, space)
  const search = query.offset > KEPT_OFFSET ? keySearch(query.offset) : null
  let page = search ? null : pageFrom(0n, 0, query.offset + query.limit)
  let skipped = query.offset
  let count = 0
  let counted = false

  return {
    add(segment, number) {
      const selection = select(segment)
      if (selection === null) return
      if (!counted) count += selection.count
      const keys = keysOf(segment, selection)
      if (page) page.add(number, selection, keys)
      else search!.add(keys, selection.count)
    },
    again() {
      counted = true
      if (page) return false
      if (query.offset >= count) {
        page = pageFrom(0n, 0, 0)
        return false
      }
      const found = search!.narrow()
      if (found) {
        page = pageFrom(found.key, found.before, query.limit)
        skipped = 0
      }
      return true
    },
    result: () => ({ places: page!.places().slice(skipped), count }),
  }
}

/** Sortable keys: 64-bit patterns of doubles, as pairs of words (low, high), in unsigned order. */
type Keys = Uint32Array

type KeyReader = (segment: ExploreSegment, selection: Selection) => Keys

/** Reads the key of every selected row. The array returned holds until the next call. */
function sortKeys({ column, descending }: LinesQuery['sort'], space: TextSpace): KeyReader {
  const values = new Float64Array(SEGMENT_ROWS)
  const words = new Uint32Array(values.buffer)
  const widen = widener()
  const sign = descending ? -1 : 1
  let ranks: Float64Array | null = null
  return (segment, selection) => {
    const { count, rows } = selection
    const integers = segment.integers(column)
    if (integers) {
      readValues(integers, selection, sign, widen, values)
    } else {
      ranks ??= ranksOf(space, column, sign)
      const { codes, constant } = segment.text(column) ?? ABSENT
      if (codes === null) values.fill(ranks[constant]!, 0, count)
      else {
        const wide = widen.codes(codes, rows, count)
        for (let i = 0; i < count; i++) values[i] = ranks[wide[i]!]!
      }
    }
    toSortable(words, count)
    return words
  }
}

/** Groups that a byte tells apart: of more than these, the last ones stand together. */
const MOST_APART = 254
/** Of a key without a value, which comes after all groups. */
const LAST = 255
/** The upper word of the key of an empty cell. */
const EMPTY = 0xfff00000

/**
 * Keys that sort by the text of a column first: its place takes the upper byte, and the key gives up its last
 * one. Amounts that differ by less than 10^-13 of themselves then sort alike. One text alone needs no place.
 */
function keysApart(keysOf: KeyReader, apart: string | undefined, space: TextSpace): KeyReader {
  if (apart === undefined) return keysOf
  const widen = widener()
  let ranks: Float64Array | null = null
  return (segment, selection) => {
    const keys = keysOf(segment, selection)
    ranks ??= ranksOf(space, apart, 1)
    if (ranks.length <= 2) return keys
    const { count, rows } = selection
    const { codes, constant } = segment.text(apart) ?? ABSENT
    const wide = codes === null ? null : widen.codes(codes, rows, count)
    for (let i = 0; i < count; i++) {
      const [low, high] = [keys[i * 2]!, keys[i * 2 + 1]!]
      const rank = high === EMPTY && low === 0 ? LAST : Math.min(MOST_APART, ranks[wide?.[i] ?? constant]!)
      keys[i * 2] = (low >>> 8) | (high << 24)
      keys[i * 2 + 1] = ((high >>> 8) | (rank << 24)) >>> 0
    }
    return keys
  }
}

/** The place of every text among all, by code; null is last. */
function ranksOf(space: TextSpace, column: string, sign: number): Float64Array {
  const texts = dimensionTexts(space, `column:${column}`)
  const named = Array.from({ length: texts.size - 1 }, (_, i) => ({
    key: i + 1,
    text: keyText(texts, i + 1)!,
  }))
  named.sort((a, b) => (a.text < b.text ? -1 : 1))
  const ranks = new Float64Array(texts.size).fill(Number.POSITIVE_INFINITY)
  named.forEach(({ key }, rank) => {
    ranks[key] = sign * rank
  })
  return ranks
}

function readValues(
  column: NonNullable<ReturnType<ExploreSegment['integers']>>,
  { count, rows }: Selection,
  sign: number,
  widen: Widener,
  out: Float64Array,
): void {
  const unit = sign / 10 ** column.scale
  if (column.limbs === null) {
    const doubles = widen.integers(column, rows, count)
    // Nothing, turned round, would be a nothing below nothing, which sorts before the other.
    for (let i = 0; i < count; i++) out[i] = doubles[i]! * unit + 0
  } else {
    out.fill(0, 0, count)
    column.limbs.forEach((limb, k) => {
      const doubles = widen.limb(limb, k === column.limbs!.length - 1, rows, count)
      for (let i = 0; i < count; i++) out[i] = out[i]! + doubles[i]! * unit * 2 ** (32 * k)
    })
  }
  const { nullBits } = column
  if (nullBits === null) return
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!
    if ((nullBits[row >> 3]! >> (row & 7)) & 1) out[i] = Number.POSITIVE_INFINITY
  }
}

/** Turns the bits of doubles into bits that sort like them when read as unsigned integers. */
function toSortable(words: Uint32Array, count: number): void {
  for (let i = 0; i < count * 2; i += 2) {
    const high = words[i + 1]!
    if (high >>> 31) {
      words[i] = ~words[i]!
      words[i + 1] = ~high
    } else words[i + 1] = high | 0x80000000
  }
}

/** Finds the key of the line that has `rank` lines before it. */
function keySearch(rank: number) {
  let counts = new Uint32Array(65_536)
  let depth = 0
  /** What is known of the key so far, and how many lines come before keys that begin so. */
  let [high, low, before] = [0, 0, 0]
  return {
    add(keys: Keys, count: number): void {
      for (let i = 0; i < count * 2; i += 2) {
        const [own, upper] = [keys[i]!, keys[i + 1]!]
        if (depth === 0) counts[upper >>> 16]!++
        else if (depth === 1) {
          if (upper >>> 16 === high >>> 16) counts[upper & 0xffff]!++
        } else if (upper !== high) continue
        else if (depth === 2) counts[own >>> 16]!++
        else if (own >>> 16 === low >>> 16) counts[own & 0xffff]!++
      }
    },
    /** Ends a pass; gives the key when it is known whole. */
    narrow(): { key: bigint; before: number } | null {
      let digit = 0
      while (before + counts[digit]! <= rank) before += counts[digit++]!
      if (depth === 0) high = (digit << 16) >>> 0
      else if (depth === 1) high = (high | digit) >>> 0
      else if (depth === 2) low = (digit << 16) >>> 0
      else low = (low | digit) >>> 0
      depth++
      counts = new Uint32Array(65_536)
      if (depth < 4) return null
      return { key: (BigInt(high) << 32n) | BigInt(low), before: rank - before }
    },
  }
}

/** Keeps the first `size` lines from the key `first` on, leaving out `skip` lines that have this very key. */
function pageFrom(first: bigint, skip: number, size: number) {
  const [high, low] = [Number(first >> 32n), Number(first & 0xffffffffn)]
  let left = skip
  // Candidates by number: keys and places. A candidate that is not kept leaves its number to the next.
  const highs = new Uint32Array(size + 1)
  const lows = new Uint32Array(size + 1)
  const places = new Float64Array(size + 1)
  const kept = bounded(size, (a, b) => {
    if (highs[a] !== highs[b]) return highs[a]! < highs[b]!
    return lows[a] !== lows[b] ? lows[a]! < lows[b]! : places[a]! < places[b]!
  })
  let free = 0
  let used = 0
  return {
    add(segment: number, { count, rows }: Selection, keys: Keys): void {
      let [lastHigh, lastLow, full] = [0, 0, false]
      const look = () => {
        const last = kept.last()
        full = last !== null
        if (last !== null) [lastHigh, lastLow] = [highs[last]!, lows[last]!]
      }
      look()
      for (let i = 0; i < count; i++) {
        const lower = keys[i * 2]!
        const upper = keys[i * 2 + 1]!
        if (full && (upper > lastHigh || (upper === lastHigh && lower > lastLow))) continue
        if (upper < high || (upper === high && lower < low)) continue
        if (left > 0 && upper === high && lower === low) {
          left--
          continue
        }
        highs[free] = upper
        lows[free] = lower
        places[free] = segment * SEGMENT_ROWS + (rows === null ? i : rows[i]!)
        const dropped = kept.offer(free)
        free = dropped < 0 ? ++used : dropped
        look()
      }
    },
    places: (): LinePlace[] =>
      kept.inOrder().map(candidate => ({
        segment: Math.floor(places[candidate]! / SEGMENT_ROWS),
        row: places[candidate]! % SEGMENT_ROWS,
      })),
  }
}
