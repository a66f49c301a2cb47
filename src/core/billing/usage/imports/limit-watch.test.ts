import { expect, it } from 'vitest'
import type { KnownLimit } from '#shared/contract/billing/usage.ts'
import type { CheckedEvent, MetricFacts } from '../resolve.ts'
import { limitWatch } from './limit-watch.ts'

type Aggregation = MetricFacts['aggregation']

function watch(aggregation: Aggregation, limit: bigint, used: bigint, scale = 0) {
  const asked: string[][] = []
  const addsUp = ['sum', 'count', 'max'].includes(aggregation)
  const known: KnownLimit = {
    limit: {
      ...{ customerId: 'acme', metricId: 'm', metric: 'calls', aggregation, scale, addsUp, limit },
      ...{ from: 100n, to: 200n },
    },
    used,
  }
  const all = limitWatch(async customers => {
    asked.push([...customers])
    return customers.includes('acme') ? [known] : []
  })
  return { ...all, asked }
}
const event = (units: bigint, at = 150n, customerId = 'acme'): CheckedEvent =>
  ({ id: '', customerId, metric: { id: 'm' }, groups: '{}', units, rest: 0n, at, properties: '' }) as never
const NONE: ReadonlySet<number> = new Set()

it('asks for each customer once, and names the events of its present period', async () => {
  const limits = watch('sum', 1n, 0n)
  const [one] = await limits.of([event(1n, 99n), event(1n), event(1n, 200n), event(1n, 150n, 'globex')])
  expect([...one!.places]).toEqual([1])
  expect(await limits.of([event(1n, 150n, 'globex')])).toEqual([])
  expect(limits.asked).toEqual([['acme', 'globex']])
})

it('leaves limits alone that are far, and largest values within them', async () => {
  const limits = watch('sum', 10n, 2n)
  expect(await limits.of([event(3n), event(-2n)])).toEqual([])
  expect(await limits.of([event(1n)])).toHaveLength(1)
  expect(await watch('count', 10n, 0n).of([event(99n), event(1n)])).toEqual([])
  expect(await watch('max', 10n, 10n).of([event(10n)])).toEqual([])
  expect(await watch('max', 10n, 0n).of([event(11n)])).toHaveLength(1)
  expect(await watch('latest', 10n, 0n).of([event(3n)])).toEqual([])
  expect(await watch('average', 10n, 0n).of([event(1n)])).toHaveLength(1)
})

it('counts what was given before, and not what is known already', async () => {
  const limits = watch('sum', 10n, 4n)
  expect(await limits.over([event(3n), event(9n)], NONE)).toEqual([1])
  expect(await limits.over([event(3n), event(3n)], new Set([0]))).toEqual([])
  expect(await limits.over([event(1n)], NONE)).toEqual([0])
})

it('counts events in the scale of the metric, and takes the largest of what has one', async () => {
  expect(await watch('count', 20n, 0n, 1).over([event(5n), event(5n), event(5n)], NONE)).toEqual([2])
  expect(await watch('max', 10n, 3n).over([event(10n), event(11n)], NONE)).toEqual([1])
  expect(await watch('max', 10n, 3n).over([event(11n), event(10n)], NONE)).toEqual([0])
  expect(await watch('latest', 10n, 3n).over([event(4n), event(12n)], NONE)).toEqual([1])
})

it('leaves what only the store can judge to the store', async () => {
  expect(await watch('average', 10n, 3n).over([event(99n)], NONE)).toEqual([])
})
