import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { OutputOf } from '#core/runtime/handlers.ts'
import { rollUp, usageOf } from '#engines/billing/aggregate.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { usageChunks } from './imports/chunks.ts'
import { mergeAll } from './imports/merge-all.ts'
import { readPending } from './pending.ts'
import { quantitiesOf } from './quantities.ts'
import { recordEvents } from './record.ts'
import { addCustomer, usageWorld } from './testing/usage-kit.ts'

const BEGIN = BigInt(Date.UTC(2026, 9, 31, 23, 45))
const SPAN = 4_000_000
const METRICS = ['calls', 'peak', 'seats', 'logins', 'gb'] as const

const usage = fc.array(
  fc.record({
    metric: fc.constantFrom(...METRICS),
    quantity: fc.integer({ min: -50, max: 1000 }),
    // Times that coincide, so that ids decide which is the latest; and bounds of quarters of an hour.
    at: fc.oneof(fc.integer({ min: 0, max: SPAN }), fc.constantFrom(0, 899_999, 900_000, 1_800_000)),
    region: fc.constantFrom('eu', 'us', ''),
  }),
  { minLength: 1, maxLength: 60 },
)
const spans = fc.array(
  fc.tuple(
    fc.oneof(fc.integer({ min: 0, max: SPAN }), fc.constantFrom(0, 900_000, 1_800_000)),
    fc.oneof(fc.integer({ min: 0, max: SPAN }), fc.constantFrom(900_000, 2_700_000, SPAN)),
  ),
  { minLength: 1, maxLength: 4 },
)

type EventPage = OutputOf<typeof contract.billing.usage.events>

describe.each(DATABASES)('usage on %s, whatever comes in', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('comes to what its events come to, however it was split and in whatever order it came', async () => {
    t = await testCore(database)
    const { metrics } = await usageWorld(t, [])
    let run = 0
    const property = fc.asyncProperty(
      usage,
      spans,
      fc.infiniteStream(fc.nat()),
      async (given, asked, chances) => {
        run++
        const chance = () => chances.next().value as number
        const now = t.clock.now()
        const [whole, split] = ['whole', 'split'].map((name, i) => ({
          key: `${name}-${run}`,
          id: `00000000-0000-7000-8000-0${i}${String(run).padStart(10, '0')}`,
        })) as [{ key: string; id: string }, { key: string; id: string }]
        const eventsOf = (customer: string) =>
          given.map(({ region, ...one }, i) => ({
            ...{ id: `${customer}/${[...'z😀é￿'][i % 4] ?? ''}${i}`, customer, metric: one.metric },
            ...{ quantity: String(one.quantity), at: BEGIN + BigInt(one.at) },
            properties: (region === '' ? {} : { region }) as Record<string, string>,
          }))
        await t.store.write(t.workspace, 'person', async tx => {
          await addCustomer(tx, whole.id, whole.key)
          await addCustomer(tx, split.id, split.key)
          await recordEvents(tx, eventsOf(whole.key), now)
        })
        const left = eventsOf(split.key)
        const all = [...left]
        while (left.length > 0) {
          const part = Array.from(
            { length: 1 + (chance() % 7) },
            () => left.splice(chance() % Math.max(left.length, 1), 1)[0],
          ).flatMap(one => (one ? [one] : []))
          // Some come again.
          const again = all.filter(one => !left.includes(one) && chance() % 9 === 0)
          await t.store.write(t.workspace, 'person', tx =>
            recordEvents(tx, [...part, ...again], now, { deferred: chance() % 2 === 0 }),
          )
        }
        const requests = asked.flatMap(([from, to]) =>
          METRICS.flatMap(metric =>
            [whole, split].map(customer => ({
              ...{ customerId: customer.id, customer: customer.key, metric },
              ...{ metricId: metrics[metric] as string, from: BEGIN + BigInt(from), to: BEGIN + BigInt(to) },
            })),
          ),
        )
        const found = await t.store.read(t.workspace, reader => quantitiesOf(reader, requests))
        expect(found).toEqual(
          requests.map(({ customer, metric, from, to }) => {
            const scale = metric === 'gb' ? 3 : 0
            const own = eventsOf(customer)
              .filter(one => one.metric === metric && one.at >= from && one.at < to)
              .map(one => ({ ...one, quantity: BigInt(one.quantity) * 10n ** BigInt(scale) }))
            const aggregations = {
              calls: 'sum',
              gb: 'sum',
              peak: 'max',
              seats: 'latest',
              logins: 'count',
            } as const
            return usageOf({ aggregation: aggregations[metric], scale }, rollUp(own))
          }),
        )
        // What is kept aside counts before it is added up and after.
        await mergeAll(
          (name, data) =>
            t.store.write(t.workspace, 'job', tx => usageChunks[name](tx, data as never, { jobId: '', now })),
          new AbortController().signal,
        )
        expect(await t.store.read(t.workspace, reader => readPending(reader))).toEqual([])
        const rows = await bucketsOf(whole)
        expect(await bucketsOf(split)).toEqual(rows)
        expect(rows.reduce((sum, row) => sum + row.events, 0n)).toBe(BigInt(given.length))

        expect(await t.store.read(t.workspace, reader => quantitiesOf(reader, requests))).toEqual(found)
      },
    )
    await fc.assert(property, { numRuns: 25 })
  }, 60_000)

  async function bucketsOf({ id, key }: { id: string; key: string }) {
    return t.store.read(t.workspace, async reader => {
      const rows = await reader.db
        .selectFrom('usage_series')
        .innerJoin('usage_buckets as bucket', 'bucket.series', 'usage_series.number')
        .select(['metric_id', 'groups', 'at', 'events', 'sum', 'max', 'latest', 'latest_at', 'latest_id'])
        .where('customer_id', '=', id)
        .orderBy('metric_id')
        .orderBy('groups')
        .orderBy('at')
        .execute()
      return rows.map(row => ({ ...row, latest_id: row.latest_id.replace(key, '') }))
    })
  }

  it('billing.usage.series, billing.usage.events: show what is behind a quantity, a page at a time', async () => {
    t = await testCore(database)
    const { customers, metrics } = await usageWorld(t)
    const at = (i: number) => BEGIN + BigInt(i) * 700_000n
    const given = Array.from({ length: 30 }, (_, i) => ({
      ...{ id: `e${String(29 - i).padStart(2, '0')}`, customer: 'acme', metric: 'gb', quantity: '0.5' },
      ...{ at: at(i >> 1), properties: { region: i % 3 === 0 ? 'eu' : 'us' } },
    }))
    const foreign = given.map(one => ({ ...one, id: `f${one.id}`, customer: 'globex' }))
    const half = [...given.slice(0, 15), ...foreign]
    await t.core.call(contract.billing.usage.record, { events: half }, t.admin)
    // The other half is in the middle of an import: its roll-ups are still kept aside.
    await t.store.write(t.workspace, 'job', tx =>
      recordEvents(tx, given.slice(15), t.clock.now(), { deferred: true }),
    )
    expect((await t.store.read(t.workspace, reader => readPending(reader))).length).toBeGreaterThan(3)
    const asked = {
      ...{ customerId: customers.acme as string, metricId: metrics.gb as string },
      ...{ from: at(1), to: at(14) },
    }
    const expected = given
      .filter(one => one.at >= asked.from && one.at < asked.to)
      .sort((a, b) => Number(a.at - b.at) || (a.id < b.id ? -1 : 1))
      .map(one => one.id)
    const seen: string[] = []
    for (let after: { at: bigint; id: string } | null = null; ; ) {
      const page: EventPage = await t.core.call(
        contract.billing.usage.events,
        { ...asked, after, limit: 7 },
        t.admin,
      )
      seen.push(...page.events.map(one => one.id))
      expect(page.events[0]).toMatchObject({ quantity: '0.5', importId: null })
      const last = page.events.at(-1)
      if (!page.more || !last) break
      after = { at: last.at, id: last.id }
    }
    expect(seen).toEqual(expected)
    const { points } = await t.core.call(
      contract.billing.usage.series,
      { customerId: asked.customerId, from: BEGIN, to: at(99) },
      t.admin,
    )
    expect(points).toEqual([
      { metricId: asked.metricId, at: BigInt(Date.UTC(2026, 9, 31)), quantity: '2', events: 4 },
      { metricId: asked.metricId, at: BigInt(Date.UTC(2026, 10, 1)), quantity: '13', events: 26 },
    ])
  })
})
