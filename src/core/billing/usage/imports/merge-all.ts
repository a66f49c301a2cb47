import type { BucketRow } from '#core/database/usage-rows.ts'
import { mergeRollUps } from '#engines/billing/aggregate.ts'
import { type Packed, pack, unpack } from '../packed.ts'
import { isBehind, type Merging, PENDING_PAGE, type Place } from '../pending.ts'
import { byKey, keyOf } from '../roll-up.ts'
import type { Submit } from './file-world.ts'
import { nextSize } from './write-size.ts'

/** Roll-ups of one write: as many neighbours as take the writer less than 10 ms, which depends on how near they are. */
const STEP = { least: 700, most: 2000, short: 5, long: 10, shrink: 0.6 }
const FIRST = 1000

/**
 * Adds the roll-ups that are kept aside to the buckets. They are put in the order of the buckets first, so that
 * each write meets few pages. Where another import does the same, either of them goes on with what the other added.
 * @param now milliseconds, by which the size of a write follows from how long the one before took
 */
export async function mergeAll(submit: Submit, signal: AbortSignal, now?: () => bigint): Promise<void> {
  // What another import began may end before what came after it.
  for (let left = 3; left > 0; left--) {
    signal.throwIfAborted()
    const mark = (await submit('beginMerging', {})) as Merging | null
    if (mark === null) return
    const own = mark.place === null
    if ((await merge(submit, signal, mark, now)) && own) return
  }
}

/** @returns whether it came to its end; false where another import took over */
async function merge(
  submit: Submit,
  signal: AbortSignal,
  begun: Merging,
  now: (() => bigint) | undefined,
): Promise<boolean> {
  const buckets = sorted(await keptUpTo(submit, signal, begun))
  let mark = begun
  let size = FIRST
  for (let from = 0; ; ) {
    signal.throwIfAborted()
    const some = buckets.slice(from, from + size)
    from += some.length
    const last = some.at(-1)
    const to: Place | null =
      last === undefined || from >= buckets.length ? null : { series: `${last.series}`, at: `${last.at}` }
    const since = now?.()
    if (!(await submit('merge', { mark, to, buckets: pack(some) }))) return false
    if (to === null) return true
    mark = { token: mark.token, upTo: mark.upTo, place: to }
    if (now && since !== undefined) size = nextSize(STEP, size, Number(now() - since))
  }
}

async function keptUpTo(submit: Submit, signal: AbortSignal, mark: Merging): Promise<BucketRow[]> {
  const kept: BucketRow[] = []
  const upTo = BigInt(mark.upTo)
  for (let after = 0n; ; ) {
    signal.throwIfAborted()
    const page = (await submit('pending', { after })) as (Packed & { readonly seq: bigint })[]
    for (const one of page) {
      if (one.seq > upTo) return kept
      for (const row of unpack(one)) if (isBehind(row, mark.place)) kept.push(row)
    }
    const last = page.at(-1)
    if (!last || page.length < PENDING_PAGE) return kept
    after = last.seq
  }
}

/** One roll-up for each series and quarter of an hour, in the order of the buckets' key. */
function sorted(all: readonly BucketRow[]): BucketRow[] {
  const merged = new Map<number, BucketRow>()
  for (const one of all) {
    const key = keyOf(one.series, one.at)
    const before = merged.get(key)
    if (before === undefined) merged.set(key, one)
    else if (before.latestId === '' && one.latestId === '') {
      before.events += one.events
      before.sum += one.sum
      if (one.max > before.max) before.max = one.max
    } else merged.set(key, { ...mergeRollUps(before, one), series: one.series, at: one.at })
  }
  return byKey(merged)
}
