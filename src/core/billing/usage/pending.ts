import type { Reader, Tx } from '#core/database/store.ts'
import { addToBuckets, type BucketRow } from '#core/database/usage-rows.ts'

/** Roll-ups as they are kept aside: integers side by side, and ids where a metric asks for its latest value. */
export interface Packed {
  readonly sums: Uint8Array
  readonly latestIds: string
}

const WIDTH = 7
/** Portions that one page has: so many take the writer less than 10 ms. */
export const PENDING_PAGE = 16

export function pack(buckets: readonly BucketRow[]): Packed {
  const values = new BigInt64Array(buckets.length * WIDTH)
  let hasIds = false
  buckets.forEach((one, i) => {
    const at = i * WIDTH
    values[at] = one.series
    values[at + 1] = one.at
    values[at + 2] = one.events
    values[at + 3] = one.sum
    values[at + 4] = one.max
    values[at + 5] = one.latest
    values[at + 6] = one.latestAt
    hasIds ||= one.latestId !== ''
  })
  return {
    sums: new Uint8Array(values.buffer),
    latestIds: hasIds ? JSON.stringify(buckets.map(one => one.latestId)) : '',
  }
}

export function unpack({ sums, latestIds }: Packed): BucketRow[] {
  // Copied, because what a driver gives need not begin on a multiple of eight.
  const values = new BigInt64Array(Uint8Array.from(sums).buffer)
  const ids = latestIds === '' ? null : (JSON.parse(latestIds) as string[])
  return Array.from({ length: values.length / WIDTH }, (_, i) => {
    const [series, at, events, sum, max, latest, latestAt] = values.subarray(i * WIDTH, (i + 1) * WIDTH)
    return { series, at, events, sum, max, latest, latestAt, latestId: ids?.[i] ?? '' } as BucketRow
  })
}

/** Keeps roll-ups aside, in the transaction that stores their events. */
export async function appendPending(tx: Tx, buckets: readonly BucketRow[]): Promise<void> {
  await insert(tx, [pack(buckets)])
}

async function insert(tx: Tx, portions: readonly Packed[]): Promise<void> {
  if (portions.length === 0) return
  const last = await tx.db
    .selectFrom('usage_pending')
    .select('seq')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const next = (last?.seq ?? 0n) + 1n
  for (const [i, { sums, latestIds }] of portions.entries()) {
    await tx.db
      .insertInto('usage_pending')
      .values({ seq: next + BigInt(i), sums, latest_ids: latestIds })
      .execute()
  }
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

/** Everything that is kept aside; there is nothing unless usage is being imported. */
export async function readPending(reader: Reader): Promise<BucketRow[]> {
  const all: BucketRow[] = []
  for (let after = -1n; ; ) {
    const page = await pendingPage(reader, after)
    for (const one of page) all.push(...unpack(one))
    const last = page.at(-1)
    if (!last || page.length < PENDING_PAGE) return all
    after = last.seq
  }
}

/**
 * Puts portions in the place of others that come to the same.
 * @returns the numbers of the new ones; null, and nothing changes, where another import took one of the old
 */
export async function regroupPending(
  tx: Tx,
  seqs: readonly bigint[],
  portions: readonly Packed[],
): Promise<bigint[] | null> {
  const there = await tx.db.selectFrom('usage_pending').select('seq').where('seq', 'in', seqs).execute()
  if (there.length !== seqs.length) return null
  await insert(tx, portions)
  await tx.db.deleteFrom('usage_pending').where('seq', 'in', seqs).execute()
  const rows = await tx.db
    .selectFrom('usage_pending')
    .select('seq')
    .orderBy('seq', 'desc')
    .limit(portions.length)
    .execute()
  return rows.map(row => row.seq).reverse()
}

/** Adds one portion to the buckets, once. */
export async function mergePending(tx: Tx, seq: bigint): Promise<void> {
  const portion = await tx.db
    .selectFrom('usage_pending')
    .select(['sums', 'latest_ids'])
    .where('seq', '=', seq)
    .executeTakeFirst()
  if (!portion) return
  await addToBuckets(tx, unpack({ sums: portion.sums, latestIds: portion.latest_ids }))
  await tx.db.deleteFrom('usage_pending').where('seq', '=', seq).execute()
  tx.touched.changed.add('usage_buckets')
}
