import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { recordEvents } from './record.ts'
import { event, record, usageWorld } from './testing/usage-kit.ts'

const { analytics } = contract.billing.usage
const day = (n: number, hour = 0) => BigInt(Date.UTC(2026, 10, n, hour))

describe.each(DATABASES)('analytics of usage on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('billing.usage.analytics: by any property, with errors and latencies, within the span', async () => {
    t = await testCore(database)
    const { customers, metrics } = await usageWorld(t)
    const of = (
      id: string,
      at: bigint,
      quantity: string,
      properties: Record<string, string>,
      customer = 'acme',
    ) => event(t, id, { at, quantity, properties, customer })
    await record(
      t,
      of('a', day(10), '5', { user: 'ann', team: 'red', status: '200', latency: '12' }),
      of('b', day(11), '2', { user: 'ben', team: 'red', status: '500', latency: '80' }),
      of('c', day(12, 5), '4', { user: 'ann', department: 'it', project: 'x' }),
      of('d', day(12, 5), '1', { user: 'ann' }, 'globex'),
      of('before', day(9, 23), '70', { user: 'ann' }),
    )
    // What an import keeps aside counts as well.
    await t.store.write(t.workspace, 'job', tx =>
      recordEvents(tx, [of('e', day(13), '3', { user: 'cle' })], t.clock.now(), { deferred: true }),
    )
    const ask = (by: string, more: object = {}) =>
      t.core.call(analytics, { metricId: metrics.calls!, from: day(10), to: day(14), by, ...more }, t.admin)
    const mine = await ask('user', { customerId: customers.acme })
    expect(mine.groups.map(one => [one.value, one.quantity, one.events])).toEqual([
      ...[
        ['ann', '9', 2],
        ['cle', '3', 1],
        ['ben', '2', 1],
      ],
    ])
    expect(mine).toMatchObject({
      ...{
        groupCount: 3,
        complete: true,
        properties: ['department', 'latency', 'project', 'status', 'team', 'user'],
      },
      total: { events: 4, quantity: '14', judged: 2, failed: 1, latency: { p50: 12, p95: 80, p99: 80 } },
    })
    const byTeam = await ask('team')
    expect(byTeam.groups).toMatchObject([
      { value: 'red', quantity: '7', judged: 2, failed: 1 },
      { value: null, quantity: '8', judged: 0, latency: null },
    ])
    const chosen = await t.core.call(
      analytics,
      { metricId: metrics.calls!, from: day(10), to: day(14) },
      t.admin,
    )
    expect(chosen).toMatchObject({ by: 'user', groups: (await ask('user')).groups })
    const none = await t.core.call(analytics, { metricId: metrics.calls!, from: day(1), to: day(2) }, t.admin)
    expect(none).toMatchObject({ by: null, groups: [], properties: [] })
    expect((await ask('user', { to: day(12) })).total.events).toBe(2)
    expect((await ask('user', { from: day(20), to: day(21) })).groups).toEqual([])
    const part = await ask('team', { from: day(10, 1), to: day(12, 6) })
    expect(part.groups.map(one => [one.value, one.quantity])).toEqual([
      ['red', '2'],
      [null, '5'],
    ])
    // Different values are counted in each group; of what was there for a time no sum says anything.
    const words = { scale: 0, excess: 'refuse' as const, groupBy: [], unit: '' }
    for (const [key, more] of [
      ['people', { aggregation: 'unique-count', property: 'user' }],
      ['stored', { aggregation: 'weighted-sum' }],
    ] as const) {
      const { id: metricId } = await t.core.call(
        contract.billing.metric.create,
        { ...words, key, name: key, ...more },
        t.admin,
      )
      const one = (id: string, user: string) => ({
        ...of(`${key}/${id}`, day(11), '1', { user, team: 'red' }),
        metric: key,
      })
      await record(t, one('a', 'ann'), one('b', 'ann'), one('c', 'ben'))
      expect((await ask('team', { metricId })).groups).toMatchObject([
        { value: 'red', events: 3, quantity: key === 'people' ? '2' : null },
      ])
    }
    await expect(ask('user', { metricId: customers.acme })).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })
})
