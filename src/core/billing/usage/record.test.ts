import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { event, QUARTER, record, storedUsage, usageWorld } from './testing/usage-kit.ts'

describe.each(DATABASES)('usage by the API on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('billing.usage.record: stores each id once, and rolls up by quarter of an hour', async () => {
    t = await testCore(database)
    const { customers } = await usageWorld(t)
    const begin = t.clock.now() - (t.clock.now() % QUARTER) - QUARTER
    const events = [
      event(t, 'a', { quantity: '3', at: begin }),
      event(t, 'b', { quantity: '4', at: begin + QUARTER - 1n }),
      event(t, 'c', { quantity: '-1', at: begin + QUARTER }),
      event(t, 'd', { customer: customers.globex as string, at: begin }),
      event(t, 'e', { metric: 'seats', quantity: '7', at: begin + 5n }),
      event(t, 'f', { metric: 'seats', quantity: '6', at: begin + 5n }),
      event(t, 'g', { metric: 'gb', quantity: '1.0005', at: begin, properties: { region: 'eu', host: 'x' } }),
    ]
    expect(await record(t, ...events)).toEqual({ stored: 7, duplicates: 0, late: 0 })
    const once = await storedUsage(t)
    expect(once.buckets.map(one => [one.series, one.events, one.sum, one.max, one.latest])).toEqual([
      ['acme calls {}', 2n, 7n, 4n, 0n],
      ['acme calls {}', 1n, -1n, -1n, 0n],
      ['acme gb {"region":"eu"}', 1n, 1001n, 1001n, 0n],
      ['acme seats {}', 2n, 13n, 7n, 6n],
      ['globex calls {}', 1n, 1n, 1n, 0n],
    ])
    expect(once.events.at(-1)).toMatchObject({ properties: '{"host":"x","region":"eu"}', batch: 0n })
    expect(await record(t, ...events, event(t, 'h', { at: begin }))).toEqual({
      stored: 1,
      duplicates: 7,
      late: 0,
      places: { duplicates: [0, 1, 2, 3, 4, 5, 6], late: [] },
    })
    expect(await record(t, event(t, 'i', { at: begin }), event(t, 'i', { at: begin }))).toEqual({
      stored: 1,
      duplicates: 1,
      late: 0,
      places: { duplicates: [1], late: [] },
    })
    const after = await storedUsage(t)
    expect(after.events.length).toBe(9)
    expect(after.buckets[0]).toMatchObject({ events: 4n, sum: 9n })
  })

  it('billing.usage.record: takes all or none, and says what is wrong with each', async () => {
    t = await testCore(database)
    await usageWorld(t)
    await record(t, event(t, 'known'))
    const now = t.clock.now()
    const bad = [
      event(t, 'good'),
      event(t, 'known', { quantity: '2' }),
      event(t, 'twice'),
      event(t, 'twice', { properties: { a: 'b' } }),
      event(t, 'who', { customer: 'nobody' }),
      event(t, 'what', { metric: 'nothing' }),
      event(t, 'places', { quantity: '0.5' }),
      event(t, 'big', { quantity: '1000000000000001' }),
      event(t, 'ahead', { at: now + 86_400_001n }),
      event(t, 'old', { at: 946_684_799_999n }),
    ]
    const before = await storedUsage(t)
    await expect(record(t, ...bad)).rejects.toMatchObject({
      code: 'BILLING_USAGE_REFUSED',
      data: {
        events: [
          { id: 'known', problem: 'conflict' },
          { id: 'twice', problem: 'conflict' },
          { id: 'who', problem: 'unknown-customer' },
          { id: 'what', problem: 'unknown-metric' },
          { id: 'places', problem: 'scale' },
          { id: 'big', problem: 'range' },
          { id: 'ahead', problem: 'future' },
          { id: 'old', problem: 'too-old' },
        ],
      },
    })
    expect(await storedUsage(t)).toEqual(before)
    const edge = [
      event(t, 'x', { at: now + 86_400_000n }),
      event(t, 'y', { at: 946_684_800_000n }),
      event(t, 'z', { quantity: '-1000000000000000' }),
    ]
    expect(await record(t, ...edge)).toMatchObject({ stored: 3 })
  })

  it('billing.usage.record: a metric out of use takes nothing', async () => {
    t = await testCore(database)
    const { metrics } = await usageWorld(t)
    const setActive = (active: boolean) =>
      t.core.call(contract.billing.metric.setActive, { metricId: metrics.calls as string, active }, t.admin)
    await setActive(false)
    await expect(record(t, event(t, 'a'))).rejects.toMatchObject({
      data: { events: [{ id: 'a', problem: 'unknown-metric' }] },
    })
    await setActive(true)
    expect(await record(t, event(t, 'a'))).toMatchObject({ stored: 1 })
  })

  it('marks customers whose closed months got more usage', async () => {
    t = await testCore(database)
    const { customers } = await usageWorld(t)
    const acme = customers.acme as string
    const october = BigInt(Date.UTC(2026, 9, 1))
    const november = BigInt(Date.UTC(2026, 10, 1))
    await t.store.write(t.workspace, 'person', tx =>
      tx.db
        .insertInto('billing_accounts')
        .values({ customer_id: acme, closed_until: november, rerate_from: null, marks: 5n })
        .execute(),
    )
    const accounts = () =>
      t.store.read(t.workspace, ({ db }) =>
        db
          .selectFrom('billing_accounts')
          .select(['customer_id', 'closed_until', 'rerate_from', 'marks'])
          .orderBy('customer_id')
          .execute(),
      )
    expect(await record(t, event(t, 'now', { at: november }))).toMatchObject({ late: 0 })
    expect(await accounts()).toMatchObject([{ rerate_from: null, marks: 5n }])
    const late = [
      event(t, 'l1', { at: november - 1n }),
      event(t, 'l2', { at: october + 9n }),
      event(t, 'g', { customer: 'globex', at: october }),
    ]
    expect(await record(t, ...late)).toEqual({
      ...{ stored: 3, duplicates: 0, late: 2 },
      places: { duplicates: [], late: [0, 1] },
    })
    expect(await accounts()).toMatchObject([{ rerate_from: october + 9n, marks: 6n }])
    // The same again changes nothing.
    expect(await record(t, ...late)).toMatchObject({ stored: 0, duplicates: 3, late: 0 })
    expect(await accounts()).toMatchObject([{ rerate_from: october + 9n, marks: 6n }])
    await record(t, event(t, 'l3', { at: november - 5n }))
    expect(await accounts()).toMatchObject([{ rerate_from: october + 9n, marks: 7n }])
  })
})
