import { textOf } from '#engines/finops/columns/byte-dictionary.ts'
import { bytesOf, type ColumnSegment, type IntegerSegment } from '#engines/finops/columns/column.ts'
import type { ExploreSegment } from '#engines/finops/explore/segment.ts'
import {
  adoptText,
  type CodeColumn,
  spaceBytes,
  type TextSpace,
  textSpace,
} from '#engines/finops/explore/text-space.ts'

import { cellText } from './cells.ts'
import type { PublishedBatch } from './published.ts'

/** Where a column of a segment is. Batches never change, so that what is cached is never stale. */
export interface ColumnPlace {
  readonly batch: string
  readonly segment: number
  readonly column: string
}

/** One segment of a published batch. */
export interface SegmentFacts {
  readonly batch: string
  readonly segment: number
  readonly rows: number
  /** The first and the last beginning of a charge; null when some line has none. */
  readonly span: { readonly first: number; readonly last: number } | null
}

type Cached = CodeColumn | IntegerSegment

/**
 * The columns that questions used lately, decoded and in codes of one text space, bounded in bytes: what was not
 * used for the longest time goes first. One cache serves one reading connection.
 */
export interface ColumnCache {
  /**
   * Opens the cache for one question about these batches and forgets what belongs to any other: a publication
   * adds, an undo takes away, everything else stays.
   */
  open(batches: ReadonlySet<string>): OpenCache
  /** What is known of batches, by id. */
  readonly known: Map<string, PublishedBatch>
  bytes(): number
}

/** The cache as one question sees it: its texts keep their codes to the end of the question. */
export interface OpenCache {
  readonly space: TextSpace
  /** The cached column, which counts as used now. */
  find(place: ColumnPlace): Cached | undefined
  /** A cell of a cached column as text. */
  cell(column: string, cached: Cached, row: number): string | null
  /** A column as it was stored, which lists of lines read: its texts are not in the space. */
  findStored(place: ColumnPlace): ColumnSegment | undefined
  keepStored(place: ColumnPlace, column: ColumnSegment): void
  /** Takes a decoded column in. */
  keep(place: ColumnPlace, column: ColumnSegment): Cached
  /** Whether the texts of the column are in the space: they stay when the column itself has gone. */
  knowsTexts(place: ColumnPlace): boolean
  /** Sums of a batch in the form of a segment, in codes of the space. The name begins with the batch's id and `/`. */
  findSums(name: string): ExploreSegment | undefined
  keepSums(name: string, sums: ExploreSegment): void
  segmentsOf(batch: string): readonly SegmentFacts[] | undefined
  keepSegments(batch: string, segments: readonly SegmentFacts[]): void
  /** Lets go of what was not used for the longest time until the bound holds, of stored columns first. */
  trim(): void
}

/** Texts of batches that are gone stay in the space; once they may be this share of the bound, all starts anew. */
const TEXT_SHARE = 0.4

export function columnCache(limitBytes: number): ColumnCache {
  let shelf = openShelf(limitBytes)
  const known = new Map<string, PublishedBatch>()
  return {
    known,
    open(batches) {
      for (const batch of known.keys()) if (!batches.has(batch)) known.delete(batch)
      shelf.retain(batches)
      if (shelf.orphaned() && spaceBytes(shelf.cache.space) > limitBytes * TEXT_SHARE)
        shelf = openShelf(limitBytes)
      return shelf.cache
    },
    bytes: () => shelf.bytes(),
  }
}

interface Entry {
  readonly bytes: number
  readonly batch: string
}

/** The entry, which counts as used now. */
function use<T>(all: Map<string, T>, name: string): T | undefined {
  const entry = all.get(name)
  if (entry === undefined) return undefined
  all.delete(name)
  all.set(name, entry)
  return entry
}

/** One generation of the cache: all of it is in the codes of one space. */
function openShelf(limitBytes: number) {
  const space = textSpace()
  // A Map keeps the order of insertion: the first entries are those longest unused.
  const columns = new Map<string, Entry & { column: Cached }>()
  const sums = new Map<string, Entry & { sums: ExploreSegment }>()
  const stored = new Map<string, Entry & { column: ColumnSegment }>()
  const segments = new Map<string, readonly SegmentFacts[]>()
  const texts = new Set<string>()
  /** Batches of which something is here. */
  const owners = new Set<string>()
  let held = 0
  let orphaned = false

  const nameOf = ({ batch, segment, column }: ColumnPlace) => `${batch}/${segment}/${column}`
  const batchOf = (name: string) => name.slice(0, name.indexOf('/'))
  const drop = (all: Map<string, Entry>, name: string, bytes: number) => {
    all.delete(name)
    held -= bytes
  }

  const cache: OpenCache = {
    space,
    find: place => use(columns, nameOf(place))?.column,
    findStored: place => use(stored, nameOf(place))?.column,
    keepStored(place, column) {
      const bytes = 200 + bytesOf(column)
      stored.set(nameOf(place), { column, bytes, batch: place.batch })
      held += bytes
    },
    cell(column, cached, row) {
      if ('kind' in cached) return cellText(cached, row)
      const code = cached.codes === null ? cached.constant : cached.codes[row]!
      return code === 0 ? null : textOf(space.columns.get(column)!, code - 1)
    },
    keep(place, decoded) {
      const name = nameOf(place)
      const column = decoded.kind === 'text' ? adoptText(space, place.column, decoded) : decoded
      if (decoded.kind === 'text') texts.add(name)
      const bytes = 200 + ('kind' in column ? bytesOf(column) : (column.codes?.byteLength ?? 0))
      const before = columns.get(name)
      if (before) drop(columns, name, before.bytes)
      columns.set(name, { column, bytes, batch: place.batch })
      held += bytes
      return column
    },
    knowsTexts: place => texts.has(nameOf(place)),
    findSums: name => sums.get(name)?.sums,
    keepSums(name, made) {
      // Eight columns of at most eight bytes.
      const bytes = 1000 + made.rows * 64
      sums.set(name, { sums: made, bytes, batch: batchOf(name) })
      owners.add(batchOf(name))
      held += bytes
    },
    segmentsOf: batch => segments.get(batch),
    keepSegments(batch, facts) {
      segments.set(batch, facts)
      owners.add(batch)
    },
    trim() {
      const room = limitBytes - spaceBytes(space)
      for (const all of [stored, columns, sums]) {
        for (const [name, { bytes }] of all) {
          if (held <= room) return
          drop(all, name, bytes)
        }
      }
    },
  }

  return {
    cache,
    retain(batches: ReadonlySet<string>): void {
      const gone = [...owners].filter(batch => !batches.has(batch))
      if (gone.length === 0) return
      orphaned = true
      for (const batch of gone) {
        owners.delete(batch)
        segments.delete(batch)
      }
      for (const all of [stored, columns, sums]) {
        for (const [name, { bytes, batch }] of all) if (!batches.has(batch)) drop(all, name, bytes)
      }
      for (const name of texts) if (!batches.has(batchOf(name))) texts.delete(name)
    },
    orphaned: () => orphaned,
    bytes: () => held + spaceBytes(space),
  }
}
