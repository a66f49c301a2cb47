import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore } from '#test/kit/core-kit.ts'
import { usageChunks } from './imports/chunks.ts'
import { mergeAll } from './imports/merge-all.ts'
import { pack } from './packed.ts'
import { anyPending, appendPending, beginMerging, mergePending, readPending } from './pending.ts'
import { event, QUARTER, record, usageWorld } from './testing/usage-kit.ts'

const { series, events } = contract.billing.usage
const NOON = BigInt(Date.UTC(2026, 10, 20, 12))

describe('usage as it is looked at', () => {
  let t: TestCore
  afterEach(() => t.close())

  it('billing.usage.series, billing.usage.events: of one metric or of all, by quarter of an hour', async () => {
    t = await testCore('sqlite')
    const { customers, metrics } = await usageWorld(t)
    const [acme, calls, peak] = [customers.acme!, metrics.calls!, metrics.peak!]
    const range = { from: NOON, to: NOON + 4n * QUARTER }
    const none = { customerId: acme, metricId: calls, ...range, after: null, limit: 10 }
    expect(await t.core.call(events, none, t.admin)).toEqual({ events: [], more: false })
    await record(
      t,
      event(t, 'a', { at: NOON, quantity: '2' }),
      event(t, 'b', { at: NOON + 1n, quantity: '3', properties: { host: 'h' } }),
      event(t, 'c', { at: NOON + QUARTER, quantity: '4' }),
      event(t, 'p', { metric: 'peak', at: NOON + 2n, quantity: '9' }),
      event(t, 'late', { at: NOON + 4n * QUARTER, quantity: '5' }),
      event(t, 'other', { customer: 'globex', at: NOON, quantity: '70' }),
    )
    const at = async (more: { metricId?: string; grain?: 'day' }) => {
      const { points } = await t.core.call(
        series,
        { customerId: acme, ...range, grain: 'quarter-hour', ...more },
        t.admin,
      )
      return points.map(one => [one.metricId, one.at - NOON, one.quantity, one.events])
    }
    const ofCalls = [
      [calls, 0n, '5', 2],
      [calls, QUARTER, '4', 1],
    ]
    const ofPeak = [[peak, 0n, '9', 1]]
    expect(await at({ metricId: calls })).toEqual(ofCalls)
    const both = calls < peak ? [...ofCalls, ...ofPeak] : [...ofPeak, ...ofCalls]
    expect(await at({})).toEqual(both)

    // What an import keeps aside counts as well, within the range, of this customer and this metric.
    await t.store.write(t.workspace, 'job', async tx => {
      const all = await tx.db.selectFrom('usage_series').selectAll().execute()
      const of = (customer: string, metric: string) =>
        all.find(one => one.customer_id === customer && one.metric_id === metric)!.number
      const none = { events: 1n, max: 1n, latest: 0n, latestAt: 0n, latestId: '' }
      const aside = (number: bigint, when: bigint, sum: bigint) => ({
        series: number,
        at: when,
        sum,
        ...none,
      })
      await appendPending(tx, [
        aside(of(acme, calls), NOON, 100n),
        aside(of(acme, calls), NOON + 2n * QUARTER, 6n),
        aside(of(acme, calls), NOON - QUARTER, 1000n),
        aside(of(acme, calls), NOON + 4n * QUARTER, 1000n),
        aside(of(acme, peak), NOON, 1n),
        aside(of(customers.globex!, calls), NOON, 1000n),
      ])
    })
    const moreCalls = [[calls, 0n, '105', 3], ofCalls[1], [calls, 2n * QUARTER, '6', 1]]
    const morePeak = [[peak, 0n, '9', 2]]
    expect(await at({ metricId: calls })).toEqual(moreCalls)
    expect(await at({ metricId: peak })).toEqual(morePeak)
    expect(await at({})).toEqual(calls < peak ? [...moreCalls, ...morePeak] : [...morePeak, ...moreCalls])

    const page = await t.core.call(events, none, t.admin)
    expect(page.events.map(one => [one.id, one.quantity, one.properties])).toEqual([
      ['a', '2', {}],
      ['b', '3', { host: 'h' }],
      ['c', '4', {}],
    ])
    // A metric that nobody ever used, and one that there is none of.
    for (const metricId of [metrics.seats!, acme])
      expect(await t.core.call(events, { ...none, metricId }, t.admin)).toEqual({ events: [], more: false })
  })

  it('roll-ups that are kept aside count once at every moment of their adding up, whoever does it', async () => {
    t = await testCore('sqlite')
    const { customers, metrics } = await usageWorld(t)
    await record(
      t,
      event(t, 'a', { at: NOON, quantity: '2' }),
      event(t, 'g', { at: NOON, customer: 'globex' }),
    )
    const write = <T>(work: Parameters<typeof t.store.write<T>>[2]) => t.store.write(t.workspace, 'job', work)
    const all = () => t.store.read(t.workspace, reader => readPending(reader))
    const number = await t.store.read(t.workspace, async ({ db }) => {
      const row = await db
        .selectFrom('usage_series')
        .select('number')
        .orderBy('number')
        .executeTakeFirstOrThrow()
      return row.number
    })
    const kept = (sum: bigint, latestId = '', at = NOON) => ({
      ...{ series: number, at, events: 1n, sum, max: sum, latestId },
      ...(latestId === '' ? { latest: 0n, latestAt: 0n } : { latest: sum, latestAt: at }),
    })
    // More than one page has.
    for (let i = 1n; i <= 17n; i++) await write(tx => appendPending(tx, [kept(i, i === 17n ? 'z' : '')]))
    const later = [kept(5n, '', NOON + QUARTER), kept(7n, '', NOON + 2n * QUARTER)]
    await write(tx => appendPending(tx, [...later, { ...kept(11n), series: number + 1n }]))
    expect((await all()).map(one => one.sum)).toEqual([
      ...Array.from({ length: 17 }, (_, i) => BigInt(i + 1)),
      5n,
      7n,
      11n,
    ])
    expect((await all())[16]).toEqual(kept(17n, 'z'))
    expect(await t.store.read(t.workspace, reader => readPending(reader, new Set([number + 2n])))).toEqual([])

    const quantity = async () =>
      (
        await t.core.call(
          series,
          {
            customerId: customers.acme!,
            metricId: metrics.calls!,
            from: NOON,
            to: NOON + 3n * QUARTER,
            grain: 'quarter-hour',
          },
          t.admin,
        )
      ).points.map(one => one.quantity)
    expect(await quantity()).toEqual(['155', '5', '7'])
    const mark = (await write(tx => beginMerging(tx, 'one')))!
    expect(await quantity()).toEqual(['155', '5', '7'])
    // Of an import that comes meanwhile; it is none of what is added up now.
    await write(tx => appendPending(tx, [kept(1000n)]))
    expect(await quantity()).toEqual(['1155', '5', '7'])
    const to = { series: `${number}`, at: `${NOON}` }
    const step = { mark, to, buckets: pack([kept(153n)]) }
    expect(await write(tx => mergePending(tx, step))).toBe(true)
    expect(await quantity()).toEqual(['1155', '5', '7'])
    expect((await all()).map(one => one.sum)).toEqual([5n, 7n, 11n, 1000n])
    // The same again, as somebody who began with the same would: it is refused, and nothing changes.
    expect(await write(tx => mergePending(tx, step))).toBe(false)
    expect(await quantity()).toEqual(['1155', '5', '7'])
    // Another one goes on where the first came to, and ends it; then comes what was kept meanwhile.
    expect(await write(tx => beginMerging(tx, 'two'))).toEqual({ ...mark, place: to })
    await mergeAll(
      (name, data) => write(tx => usageChunks[name](tx, data as never, { jobId: 'three', now: 0n })),
      new AbortController().signal,
    )
    expect(await all()).toEqual([])
    expect(await t.store.read(t.workspace, anyPending)).toBe(false)
    expect(await quantity()).toEqual(['1155', '5', '7'])
    expect(await write(tx => beginMerging(tx, 'four'))).toBeNull()
    expect(await write(tx => mergePending(tx, step))).toBe(false)
  })

  it('billing.usage.events: over more quarters than one look reads, in order, whether added up or kept aside', async () => {
    t = await testCore('sqlite')
    const { customers, metrics } = await usageWorld(t)
    const first = NOON - 240n * QUARTER
    const all = Array.from({ length: 230 }, (_, i) => `e${String(i).padStart(3, '0')}`)
    await record(t, ...all.map((id, i) => event(t, id, { at: first + BigInt(i) * QUARTER })))
    // The roll-ups of an early and of a late quarter are not added up yet.
    await t.store.write(t.workspace, 'job', async tx => {
      const at = [first + 3n * QUARTER, first + 225n * QUARTER]
      const own = await tx.db.selectFrom('usage_buckets').selectAll().where('at', 'in', at).execute()
      await tx.db.deleteFrom('usage_buckets').where('at', 'in', at).execute()
      await appendPending(
        tx,
        own.map(({ latest_at: latestAt, latest_id: latestId, ...row }) => ({ ...row, latestAt, latestId })),
      )
    })
    const asked = { customerId: customers.acme!, metricId: metrics.calls!, from: first, to: NOON }
    const page = await t.core.call(events, { ...asked, after: null, limit: 1000 }, t.admin)
    expect(page.events.map(one => one.id)).toEqual(all)
    expect(page.more).toBe(false)
    const last = page.events[219]!
    const rest = await t.core.call(
      events,
      { ...asked, after: { at: last.at, id: last.id }, limit: 5 },
      t.admin,
    )
    expect(rest).toMatchObject({ more: true, events: all.slice(220, 225).map(id => ({ id })) })
  })

  it('billing.usage.record: refuses halves of characters, of which another id would be kept', async () => {
    t = await testCore('sqlite')
    await usageWorld(t)
    const half = '\ud83d'
    for (const values of [{ id: half }, { properties: { team: half } }, { properties: { [half]: 'x' } }])
      await expect(record(t, { ...event(t, 'a'), ...values })).rejects.toMatchObject({
        code: 'WORKSPACE_BAD_INPUT',
      })
    expect(await record(t, event(t, '\ud83d\ude00'))).toMatchObject({ stored: 1 })
  })
})
