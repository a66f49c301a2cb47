import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type Measure, type MeasuredEvent, measure } from '#engines/billing/aggregate.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { usageChunks } from './imports/chunks.ts'
import { mergeAll } from './imports/merge-all.ts'
import { quantitiesOf } from './quantities.ts'
import { recordEvents } from './record.ts'
import { addCustomer, event, record, usageWorld } from './testing/usage-kit.ts'

const BEGIN = BigInt(Date.UTC(2026, 9, 31, 23, 45))
const SPAN = 4_000_000

interface Sketch extends Measure {
  readonly key: string
  readonly property: string | null
  readonly groupBy?: string[]
}
const plain = { scale: 2, property: null }
const METRICS: readonly Sketch[] = [
  { key: 'least', aggregation: 'min', ...plain },
  { key: 'mean', aggregation: 'average', ...plain, rounding: { mode: 'ceil', places: 1 } },
  { key: 'people', aggregation: 'unique-count', scale: 0, property: 'user' },
  { key: 'storage', aggregation: 'weighted-sum', scale: 3, property: null },
  { key: 'held', aggregation: 'latest', ...plain, carries: true },
  { key: 'held-most', aggregation: 'max', ...plain, carries: true },
  { key: 'held-least', aggregation: 'min', ...plain, carries: true, rounding: { mode: 'floor', places: 0 } },
  { key: 'total', aggregation: 'sum', ...plain, carries: true },
  { key: 'apart', aggregation: 'max', ...plain, carries: true, groupBy: ['user'] },
]

const usage = fc.array(
  fc.record({
    metric: fc.constantFrom(...METRICS.map(one => one.key)),
    quantity: fc.integer({ min: -50, max: 1000 }),
    at: fc.oneof(fc.integer({ min: 0, max: SPAN }), fc.constantFrom(0, 899_999, 900_000, 1_800_000)),
    user: fc.constantFrom('ann', 'ben', 'cle', 'dan'),
  }),
  { minLength: 1, maxLength: 50 },
)
const cuts = fc.tuple(
  fc.oneof(fc.integer({ min: 0, max: SPAN }), fc.constantFrom(0, 900_000, 1_800_000)),
  fc.oneof(fc.integer({ min: 0, max: SPAN }), fc.constantFrom(900_000, 2_700_000, SPAN)),
  fc.oneof(fc.integer({ min: 0, max: SPAN }), fc.constantFrom(2_700_000)),
)

describe.each(DATABASES)('aggregations on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function makeMetrics(): Promise<Map<string, string>> {
    const ids = new Map<string, string>()
    for (const { key, rounding = null, carries = false, groupBy = [], ...measured } of METRICS) {
      const input = {
        key,
        name: key,
        unit: '',
        excess: 'round' as const,
        ...measured,
        groupBy,
        rounding,
        carries,
      }
      ids.set(key, (await t.core.call(contract.billing.metric.create, input, t.admin)).id)
    }
    return ids
  }

  it('come to what their events come to, whatever span is asked, in whatever order they came, once or twice', async () => {
    t = await testCore(database)
    const ids = await makeMetrics()
    let run = 0
    const property = fc.asyncProperty(
      usage,
      cuts,
      fc.infiniteStream(fc.nat()),
      async (given, cut, chances) => {
        run++
        const chance = () => chances.next().value as number
        const [key, customerId] = [`c-${run}`, `00000000-0000-7000-8000-0${String(run).padStart(11, '0')}`]
        const now = t.clock.now()
        const events = given.map(({ user, at, ...one }, i) => ({
          ...{ id: `${key}/${i}`, customer: key, metric: one.metric, quantity: String(one.quantity) },
          ...{ at: BEGIN + BigInt(at), properties: { user } },
        }))
        await t.store.write(t.workspace, 'person', tx => addCustomer(tx, customerId, key))
        const left = [...events]
        while (left.length > 0) {
          const part = left.splice(chance() % left.length, 1 + (chance() % 9))
          const again = events.filter(one => !left.includes(one) && chance() % 9 === 0)
          await t.store.write(t.workspace, 'person', tx =>
            recordEvents(tx, [...part, ...again], now, { deferred: chance() % 2 === 0 }),
          )
        }
        const [first = 0, middle = 0, last = 0] = [...cut].sort((a, b) => a - b)
        const at = (ms: number) => BEGIN + BigInt(ms)
        const period = { from: at(first), to: at(last) }
        const spans = [period, { from: at(first), to: at(middle) }, { from: at(middle), to: at(last) }]
        const requests = METRICS.flatMap(metric =>
          spans.map(span => ({ metric, customerId, metricId: ids.get(metric.key)!, ...span, period })),
        )
        const expected = requests.map(({ metric, from, to }) => {
          const own: MeasuredEvent[] = events.flatMap(one =>
            one.metric === metric.key
              ? [
                  {
                    ...one,
                    quantity: BigInt(one.quantity) * 10n ** BigInt(metric.scale),
                    value: one.properties.user,
                  },
                ]
              : [],
          )
          return to <= from ? { quantity: 0n, events: 0 } : measure(metric, own, { from, to }, period)
        })
        const ask = () => t.store.read(t.workspace, reader => quantitiesOf(reader, requests))
        const wanted = (found: Awaited<ReturnType<typeof ask>>) =>
          found.map((one, i) => (requests[i]!.to <= requests[i]!.from ? expected[i] : one))
        expect(wanted(await ask())).toEqual(expected)
        await mergeAll(
          (name, data) =>
            t.store.write(t.workspace, 'job', tx => usageChunks[name](tx, data as never, { jobId: '', now })),
          new AbortController().signal,
        )
        expect(wanted(await ask())).toEqual(expected)
      },
    )
    await fc.assert(property, { numRuns: database === 'sqlite' ? 15 : 6 })
  }, 120_000)

  it('billing.usage.record: an event without the property whose values are counted is refused', async () => {
    t = await testCore(database)
    await usageWorld(t)
    await makeMetrics()
    await expect(record(t, event(t, 'a', { metric: 'people' }))).rejects.toMatchObject({
      data: { events: [{ id: 'a', problem: 'property-missing' }] },
    })
  })

  it('different levels of one metric go on together, the last of all counts, and of one instant the last by id', async () => {
    t = await testCore(database)
    const { customers, metrics } = await usageWorld(t)
    const ids = await makeMetrics()
    const at = (n: number, hour = 0) => BigInt(Date.UTC(2026, 10, n, hour))
    const of = (id: string, user: string, quantity: string, when: bigint, customer = 'acme') =>
      event(t, id, { metric: 'apart', quantity, at: when, properties: { user }, customer })
    await record(t, of('a', 'ann', '7', at(16)), of('b', 'ben', '3', at(16, 2)), of('c', 'ann', '5', at(17)))
    // Of the events of one instant, however they came.
    await record(t, of('y', 'ann', '9', at(17), 'globex'), of('x', 'ann', '2', at(17), 'globex'))
    await record(t, of('w', 'ben', '4', at(17), 'globex'))
    const held = async (customer: string, metricId = ids.get('apart')!, from = at(18)) => {
      const span = { from, to: from + 3_600_000n }
      const request = { customerId: customers[customer]!, metricId, ...span }
      const [found] = await t.store.read(t.workspace, reader => quantitiesOf(reader, [request]))
      return found
    }
    expect(await held('acme')).toEqual({ quantity: 500n, events: 0 })
    expect(await held('acme', undefined, at(16, 5))).toEqual({ quantity: 300n, events: 0 })
    expect(await held('globex')).toEqual({ quantity: 900n, events: 0 })
    // There is no such metric.
    expect(await held('acme', customers.acme)).toMatchObject({ quantity: 0n, events: 0 })
    expect(await held('acme', metrics.calls)).toMatchObject({ quantity: 0n, events: 0 })
  })

  it('billing.usage.series: levels go on through days without events, values are counted day by day', async () => {
    t = await testCore(database)
    const { customers } = await usageWorld(t)
    const ids = await makeMetrics()
    const day = (n: number, hour = 0) => BigInt(Date.UTC(2026, 10, n, hour))
    const of = (id: string, metric: string, quantity: string, at: bigint, user = 'ann') =>
      event(t, id, { metric, quantity, at, properties: { user } })
    await record(
      t,
      ...[
        of('h', 'held', '3', day(16)),
        of('h2', 'held', '5', day(18, 12)),
        of('s', 'storage', '8', day(17, 12)),
      ],
      ...[
        of('p', 'people', '1', day(16)),
        of('p2', 'people', '1', day(16, 2)),
        of('p3', 'people', '1', day(17), 'ben'),
      ],
      ...[
        of('p4', 'people', '1', day(17, 5), 'ann'),
        of('m', 'mean', '1', day(17)),
        of('m2', 'mean', '2', day(17, 1)),
      ],
    )
    const points = async (key: string) => {
      const input = { customerId: customers.acme!, metricId: ids.get(key)!, from: day(15), to: day(20) }
      const found = await t.core.call(contract.billing.usage.series, input, t.admin)
      return found.points.map(one => [Number((one.at - day(1)) / 86_400_000n) + 1, one.quantity, one.events])
    }
    expect(await points('held')).toEqual([
      ...[
        [16, '3', 1],
        [17, '3', 0],
        [18, '5', 1],
        [19, '5', 0],
      ],
    ])
    expect(await points('people')).toEqual([
      [16, '1', 2],
      [17, '2', 2],
    ])
    expect(await points('mean')).toEqual([[17, '1.5', 2]])
    // In quarters of an hour from between two of them; of very many only those that have events.
    const quarters = async (key: string, from: bigint, to: bigint) => {
      const input = { customerId: customers.acme!, metricId: ids.get(key)!, grain: 'quarter-hour' as const }
      const found = await t.core.call(contract.billing.usage.series, { ...input, from, to }, t.admin)
      return found.points.map(one => [one.at, one.quantity, one.events])
    }
    const minute = 60_000n
    expect(await quarters('held', day(18, 12) - 20n * minute, day(18, 12) + minute)).toEqual([
      ...[
        [day(18, 12) - 30n * minute, '3', 0],
        [day(18, 12) - 15n * minute, '3', 0],
        [day(18, 12), '5', 1],
      ],
    ])
    expect(await quarters('held', day(15), day(20))).toEqual([
      [day(16), '3', 1],
      [day(18, 12), '5', 1],
    ])
    expect(await points('storage')).toEqual([
      [17, '4', 1],
      [18, '8', 0],
      [19, '8', 0],
    ])
  })
})
