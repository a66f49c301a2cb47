import { describe, expect, it } from 'vitest'
import type { BucketRow } from '#core/database/usage-rows.ts'
import { QUARTER_HOUR } from '#engines/billing/usage-event.ts'
import { pack, unpack } from '../packed.ts'
import type { MergeStep, Merging } from '../pending.ts'
import type { Submit } from './file-world.ts'
import { mergeAll } from './merge-all.ts'

const AT = QUARTER_HOUR * 1000n

const kept = (series: number, quantity: bigint, more: Partial<BucketRow> = {}): BucketRow => ({
  ...{ series: BigInt(series), at: AT, events: 1n, sum: quantity, max: quantity },
  ...{ latest: 0n, latestAt: 0n, latestId: '' },
  ...more,
})
const many = (count: number) => Array.from({ length: count }, (_, i) => kept(i + 1, 1n))

/** A writer whose writes take a given number of milliseconds; `answers` refuses those that another import took over. */
function writer(portions: readonly BucketRow[][], took = 0n, answers: readonly boolean[] = []) {
  const marks: Merging[] = []
  const steps: MergeStep[] = []
  let time = 0n
  let left = true
  const submit: Submit = async (name, data) => {
    if (name === 'beginMerging') {
      if (!left) return null
      const mark: Merging = { token: `t${marks.length}`, upTo: `${portions.length}`, place: null }
      marks.push(mark)
      return mark
    }
    if (name === 'pending') {
      const { after } = data as { after: bigint }
      return portions.map((rows, i) => ({ seq: BigInt(i + 1), ...pack(rows) })).filter(one => one.seq > after)
    }
    const step = data as MergeStep
    time += took
    const taken = answers[steps.length] ?? true
    steps.push(step)
    if (taken && step.to === null) left = false
    return taken
  }
  const run = (now?: () => bigint) => mergeAll(submit, new AbortController().signal, now)
  return {
    ...{ marks, steps, run },
    timed: () => run(() => time),
    rows: () => steps.map(one => unpack(one.buckets)),
    sizes: () => steps.map(one => unpack(one.buckets).length),
  }
}

describe('roll-ups that are kept aside are added up', () => {
  it('in steps of neighbours, each going on at the place of the one before', async () => {
    const w = writer([many(2500)])
    await w.run()
    expect(w.sizes()).toEqual([1000, 1000, 500])
    const place = (series: number) => ({ series: `${series}`, at: `${AT}` })
    expect(w.steps.map(one => one.mark.place)).toEqual([null, place(1000), place(2000)])
    expect(w.steps.map(one => one.to)).toEqual([place(1000), place(2000), null])
    expect(w.rows().flat()).toEqual(many(2500))
  })

  it('in greater steps where a write is short, in smaller ones where it is long, within bounds', async () => {
    const sizes = async (took: bigint) => {
      const w = writer([many(8000)], took)
      await w.timed()
      return w.sizes()
    }
    expect(await sizes(0n)).toEqual([1000, 1200, 1440, 1728, 2000, 632])
    expect((await sizes(7n)).slice(0, 3)).toEqual([1000, 1000, 1000])
    expect((await sizes(50n)).slice(0, 3)).toEqual([1000, 700, 700])
  })

  it('once for each series and quarter of an hour, with the greatest and the latest of them', async () => {
    const latest = (quantity: bigint, at: bigint, id: string) =>
      kept(2, quantity, { latest: quantity, latestAt: AT + at, latestId: id })
    const w = writer([
      [kept(1, 3n), kept(3, 1n)],
      [kept(1, 9n), latest(8n, 5n, 'b')],
      [kept(1, 4n), latest(2n, 7n, 'c')],
    ])
    await w.run()
    expect(w.rows()).toEqual([
      [
        kept(1, 16n, { events: 3n, max: 9n }),
        { ...latest(2n, 7n, 'c'), events: 2n, sum: 10n, max: 8n },
        kept(3, 1n),
      ],
    ])
  })

  it('from the beginning again where another import took over, and not for ever', async () => {
    const w = writer([many(1500)], 0n, [true, false])
    await w.run()
    expect(w.sizes()).toEqual([1000, 500, 1000, 500])
    expect(w.steps.map(one => one.mark.token)).toEqual(['t0', 't0', 't1', 't1'])
    const never = writer([many(3)], 0n, [false, false, false, false, false])
    await never.run()
    expect(never.marks).toHaveLength(3)
  })
})
