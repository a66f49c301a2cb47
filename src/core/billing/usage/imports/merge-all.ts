import type { BucketRow } from '#core/database/usage-rows.ts'
import { mergeRollUps } from '#engines/billing/aggregate.ts'
import { type Packed, PENDING_PAGE, pack, unpack } from '../pending.ts'
import { byKey } from '../roll-up.ts'
import type { Submit } from './file-world.ts'

/** Roll-ups of one write: so many neighbours take the writer less than 10 ms. */
const BUCKETS_PER_MERGE = 700

/**
 * Adds the roll-ups that are kept aside to the buckets. They are put in the order of the buckets first, so that
 * each write meets few pages. At every moment each of them is either kept aside or added.
 */
export async function mergeAll(submit: Submit, signal: AbortSignal): Promise<void> {
  const kept: (Packed & { readonly seq: bigint })[] = []
  for (let after = -1n; ; ) {
    signal.throwIfAborted()
    const page = (await submit('pending', { after })) as typeof kept
    kept.push(...page)
    const last = page.at(-1)
    if (!last || page.length < PENDING_PAGE) break
    after = last.seq
  }
  if (kept.length === 0) return
  const buckets = sorted(kept.flatMap(unpack))
  const portions: Packed[] = []
  for (let from = 0; from < buckets.length; from += BUCKETS_PER_MERGE) {
    portions.push(pack(buckets.slice(from, from + BUCKETS_PER_MERGE)))
  }
  // Another import that adds them up at the same time ends what it took.
  const seqs = (await submit('regroup', { seqs: kept.map(one => one.seq), portions })) as bigint[] | null
  for (const seq of seqs ?? []) {
    signal.throwIfAborted()
    await submit('merge', { seq })
  }
}

/** One roll-up for each series and quarter of an hour, in the order of the buckets' key. */
function sorted(all: readonly BucketRow[]): BucketRow[] {
  const order = [...all].sort(byKey)
  const merged: BucketRow[] = []
  for (const one of order) {
    const before = merged.at(-1)
    if (before && before.series === one.series && before.at === one.at) {
      merged[merged.length - 1] = { ...mergeRollUps(before, one), series: one.series, at: one.at }
    } else merged.push(one)
  }
  return merged
}
