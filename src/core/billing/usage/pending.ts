import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { addToBuckets, type BucketRow } from '#core/database/usage-rows.ts'
import { type Packed, pack, unpack } from './packed.ts'

/*
 * Roll-ups that are kept aside until many of them are added to the buckets at once, in portions with numbers from 1.
 * While they are added, the row with the number 0 says how far that is: what stands before its mark is in the buckets
 * already. It moves in the write that adds, so that at every moment each roll-up counts once.
 */

/** Portions that one page has: so many take the writer less than 10 ms. */
export const PENDING_PAGE = 16
const MARK = 0n

/** The key of a bucket. */
export interface Place {
  readonly series: string
  readonly at: string
}

/** How far kept roll-ups are added up. */
export interface Merging {
  /** Tells it from those before and after. */
  readonly token: string
  /** Portions up to this number are added up. */
  readonly upTo: string
  /** The last bucket that was added to; null before the first. */
  readonly place: Place | null
}

/** Keeps roll-ups aside, in the transaction that stores their events. */
export async function appendPending(tx: Tx, buckets: readonly BucketRow[]): Promise<void> {
  const { sums, latestIds } = pack(buckets)
  const last = await lastSeq(reading(tx))
  await tx.db
    .insertInto('usage_pending')
    .values({ seq: (last ?? MARK) + 1n, sums, latest_ids: latestIds })
    .execute()
}

async function lastSeq(reader: Reader): Promise<bigint | null> {
  const last = await reader.db
    .selectFrom('usage_pending')
    .select('seq')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.seq ?? null
}

async function markOf(reader: Reader): Promise<Merging | null> {
  const row = await reader.db
    .selectFrom('usage_pending')
    .select('latest_ids')
    .where('seq', '=', MARK)
    .executeTakeFirst()
  return row ? (JSON.parse(row.latest_ids) as Merging) : null
}

/** Portions that are kept aside, in order, behind a number. */
export async function pendingPage(
  reader: Reader,
  after: bigint,
): Promise<(Packed & { readonly seq: bigint })[]> {
  const rows = await reader.db
    .selectFrom('usage_pending')
    .selectAll()
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(PENDING_PAGE)
    .execute()
  return rows.map(({ seq, sums, latest_ids: latestIds }) => ({ seq, sums, latestIds }))
}

/** Whether anything is kept aside: nothing is, unless usage is being imported. */
export async function anyPending(reader: Reader): Promise<boolean> {
  return (await lastSeq(reader)) !== null
}

/** What is kept aside and not in the buckets yet, of some series or of all. */
export async function readPending(reader: Reader, wanted?: ReadonlySet<bigint>): Promise<BucketRow[]> {
  const all: BucketRow[] = []
  const mark = await markOf(reader)
  for (let after = MARK; ; ) {
    const page = await pendingPage(reader, after)
    for (const one of page) {
      const rows = unpack(one, wanted)
      const added = mark !== null && one.seq <= BigInt(mark.upTo)
      all.push(...(added ? rows.filter(row => isBehind(row, mark.place)) : rows))
    }
    const last = page.at(-1)
    if (!last || page.length < PENDING_PAGE) return all
    after = last.seq
  }
}

/** Whether a roll-up comes after a place. */
export function isBehind({ series, at }: Pick<BucketRow, 'series' | 'at'>, place: Place | null): boolean {
  if (place === null) return true
  const from = BigInt(place.series)
  return series === from ? at > BigInt(place.at) : series > from
}

/** Begins to add up what is kept aside, or goes on with what another import began; null where nothing is. */
export async function beginMerging(tx: Tx, token: string): Promise<Merging | null> {
  const under = await markOf(reading(tx))
  if (under) return under
  const last = await lastSeq(reading(tx))
  if (last === null) return null
  const mark: Merging = { token, upTo: String(last), place: null }
  await tx.db
    .insertInto('usage_pending')
    .values({ seq: MARK, sums: new Uint8Array(0), latest_ids: JSON.stringify(mark) })
    .execute()
  return mark
}

/** The next roll-ups to be added, all of those up to a place. */
export interface MergeStep {
  /** As it was before. */
  readonly mark: Merging
  /** Null: nothing comes after them. */
  readonly to: Place | null
  readonly buckets: Packed
}

/**
 * Adds roll-ups to the buckets, and moves the mark.
 * @returns false, and nothing changes, where another import went on with it meanwhile
 */
export async function mergePending(tx: Tx, { mark, to, buckets }: MergeStep): Promise<boolean> {
  const now = await markOf(reading(tx))
  if (now === null || JSON.stringify(now) !== JSON.stringify(mark)) return false
  await addToBuckets(tx, unpack(buckets))
  if (to === null) await tx.db.deleteFrom('usage_pending').where('seq', '<=', BigInt(mark.upTo)).execute()
  else {
    const next: Merging = { token: mark.token, upTo: mark.upTo, place: to }
    await tx.db
      .updateTable('usage_pending')
      .set({ latest_ids: JSON.stringify(next) })
      .where('seq', '=', MARK)
      .execute()
  }
  tx.touched.changed.add('usage_buckets')
  return true
}
