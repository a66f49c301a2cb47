import { afterEach, describe, expect, it } from 'vitest'
import type { Caller, OutputOf } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { event, record, usageWorld } from '../usage/testing/usage-kit.ts'

const NOV = BigInt(Date.UTC(2026, 10, 1))
const DAY = 86_400_000
const { quota } = contract.billing
type Scan = OutputOf<typeof quota.scan.get>

describe.each(DATABASES)('scans of quotas on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function world() {
    t = await testCore(database)
    const { customers, metrics } = await usageWorld(t)
    const set = (customer: string, metric: string, limit: string, thresholds?: number[]) =>
      t.core.call(
        quota.set,
        {
          ...{ customerId: customers[customer]!, metric, thresholds: thresholds ?? null },
          allowance: { kind: 'limit', limit, enforcement: 'soft' },
        },
        t.admin,
      )
    return { customers: customers as { acme: string; globex: string }, metrics, set }
  }
  async function scan(dryRun = false): Promise<Scan> {
    const { scanId } = await t.core.call(quota.scan.start, { dryRun }, t.admin)
    await t.core.jobs.idle()
    return t.core.call(quota.scan.get, { scanId }, t.admin)
  }
  const told = ({ alerts }: Scan) => alerts.map(one => [one.customer, one.metric, one.threshold, one.kind])
  const tasks = async () => (await t.core.call(quota.task.list, {}, t.admin)).tasks
  const inbox = () =>
    t.store.read(t.workspace, reader =>
      reader.db.selectFrom('inbox').select(['title', 'urgency']).orderBy('title').execute(),
    )

  it('billing.quota.scan.start, .get, .list: tells of each threshold once in a period, and again in the next', async () => {
    const { set, customers } = await world()
    await set('acme', 'calls', '100')
    await set('globex', 'calls', '100', [50, 120])
    await set('globex', 'gb', '1000')
    await record(
      t,
      event(t, 'a', { quantity: '85' }),
      event(t, 'b', { customer: 'globex', quantity: '121' }),
      event(t, 'g', { customer: 'globex', metric: 'gb', quantity: '3' }),
    )
    // A dry run tells nobody and keeps nothing but its report.
    const dry = await scan(true)
    expect(dry).toMatchObject({
      ...{ dryRun: true, state: 'done' },
      report: { customers: 2, quotas: 3, warnings: 1, breaches: 1, fresh: 3, tasks: 0 },
    })
    expect(told(dry).sort()).toEqual([
      ['acme', 'calls', 80, 'warning'],
      ['globex', 'calls', 120, 'breach'],
      ['globex', 'calls', 50, 'warning'],
    ])
    expect([await tasks(), await inbox()]).toEqual([[], []])
    expect(await t.core.call(quota.overview, {}, t.admin)).toEqual({
      readings: [],
      count: 0,
      scannedAt: null,
    })

    const first = await scan()
    expect(first.report).toMatchObject({ fresh: 3, tasks: 1 })
    expect(told(first)).toEqual([
      ['globex', 'calls', 120, 'breach'],
      ['acme', 'calls', 80, 'warning'],
      ['globex', 'calls', 50, 'warning'],
    ])
    // Of each customer's metric one message, at the highest threshold.
    expect(await inbox()).toEqual([
      { title: 'acme is at 80 % of calls', urgency: 'normal' },
      { title: 'globex is at 120 % of calls', urgency: 'urgent' },
    ])
    const { entries } = await t.core.call(contract.workspace.log.list, { limit: 5 } as never, t.admin)
    expect(JSON.stringify(entries.map(one => one.command))).toContain('billing.quota.scan.raise')

    expect((await scan()).report).toMatchObject({ warnings: 1, breaches: 1, fresh: 0, tasks: 0 })
    await record(t, event(t, 'c', { quantity: '30' }))
    const grown = await scan()
    expect(told(grown)).toEqual([
      ['acme', 'calls', 100, 'breach'],
      ['acme', 'calls', 90, 'warning'],
    ])
    expect(await tasks()).toHaveLength(2)
    expect((await inbox()).length).toBe(3)
    const { readings, count, scannedAt } = await t.core.call(quota.overview, {}, t.admin)
    expect(readings.map(one => [one.customer, one.metric, one.percent, one.reached])).toEqual([
      ['globex', 'calls', 121, 120],
      ['acme', 'calls', 115, 100],
      ['globex', 'gb', 0, 0],
    ])
    expect([count, scannedAt]).toEqual([3, grown.finishedAt])
    const narrowed = async (input: object) =>
      (await t.core.call(quota.overview, input, t.admin)).readings.length
    expect(await narrowed({ reached: 101 })).toBe(1)
    expect(await narrowed({ customerId: customers.acme })).toBe(1)
    expect(await narrowed({ willBreach: true })).toBe(0)
    expect(await narrowed({ metricId: readings[2]!.metricId })).toBe(1)

    // The next month it begins anew, and what nobody has any more is gone.
    t.clock.advance(15 * DAY)
    const [own] = (await t.core.call(quota.list, { customerId: customers.acme }, t.admin)).quotas
    await t.core.call(quota.remove, { quotaId: own!.id }, t.admin)
    await record(t, event(t, 'd', { customer: 'globex', quantity: '130' }))
    expect(told(await scan())).toEqual([
      ['globex', 'calls', 120, 'breach'],
      ['globex', 'calls', 50, 'warning'],
    ])
    expect((await t.core.call(quota.overview, {}, t.admin)).readings.map(one => one.customer)).toEqual([
      'globex',
      'globex',
    ])
    const { scans } = await t.core.call(quota.scan.list, {}, t.admin)
    expect(scans.map(one => one.dryRun).filter(Boolean)).toHaveLength(1)
    expect(scans).toHaveLength(5)
    await expect(t.core.call(quota.scan.get, { scanId: own!.id }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })

  it('billing.quota.task.list, .setState, .assign: somebody looks after a breach, and takes it back', async () => {
    const { set, customers } = await world()
    await set('acme', 'calls', '10')
    await record(t, event(t, 'a', { quantity: '11' }))
    await scan()
    const [task] = await tasks()
    expect(task).toMatchObject({
      customer: 'acme',
      metric: 'calls',
      limit: '10',
      used: '11',
      state: 'open',
      assignee: null,
    })
    const taskId = task!.id
    const run = async (id: string, input: object) =>
      (await t.core.run(id, { taskId, ...input }, t.admin)).commandId
    const seen = await run('billing.quota.task.setState', { state: 'acknowledged', note: 'asked them' })
    const given = await run('billing.quota.task.assign', { personId: t.admin.person })
    expect((await tasks())[0]).toMatchObject({
      ...{ state: 'acknowledged', note: 'asked them', assignee: { id: t.admin.person } },
    })
    for (const commandId of [given, seen])
      await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    expect(await tasks()).toEqual([{ ...task, changedAt: expect.anything() }])
    // The host itself may do it as well: of no person.
    const host: Caller = { person: null, device: 'test', assurance: 'system', system: true }
    await t.core.call(quota.task.setState, { taskId, state: 'acknowledged' }, host)
    await t.core.call(quota.task.assign, { taskId, personId: t.admin.person }, host)
    expect((await tasks())[0]).toMatchObject({ state: 'acknowledged', assignee: { id: t.admin.person } })
    await run('billing.quota.task.setState', { state: 'resolved' })
    const list = async (input: object) => (await t.core.call(quota.task.list, input, t.admin)).tasks.length
    expect(await list({ states: ['open'] })).toBe(0)
    expect(await list({ states: ['resolved'], customerId: customers.acme })).toBe(1)
    expect(await list({ customerId: customers.globex })).toBe(0)
    // Found again in the same period it is no new task.
    await record(t, event(t, 'b', { quantity: '50' }))
    expect((await scan()).report).toMatchObject({ tasks: 0 })
    const gone = { code: 'WORKSPACE_NOT_FOUND' }
    const unknown = { taskId: customers.acme!, state: 'open' as const }
    await expect(t.core.call(quota.task.setState, unknown, t.admin)).rejects.toMatchObject(gone)
    const nobody = { taskId, personId: customers.acme! }
    await expect(t.core.call(quota.task.assign, nobody, t.admin)).rejects.toMatchObject(gone)
  })

  it('billing.quota.scan.summarise: of very many only their number is told; at its limit is not over it', async () => {
    t = await testCore(database)
    const keys = Array.from({ length: 22 }, (_, i) => `c${i}`)
    const { customers } = await usageWorld(t, keys)
    for (const customerId of Object.values(customers))
      await t.core.call(
        quota.set,
        { customerId, metric: 'peak', allowance: { kind: 'limit', limit: '2', enforcement: 'hard' } },
        t.admin,
      )
    await record(t, ...keys.map(customer => event(t, customer, { customer, metric: 'peak', quantity: '2' })))
    const found = await scan()
    expect(found.report).toMatchObject({ breaches: 0, warnings: 22, fresh: 66, tasks: 0 })
    expect(await inbox()).toEqual([{ title: '0 limits are exceeded, 22 are near', urgency: 'normal' }])
    // One that goes on over its limit is told by itself: that it was at it is known.
    await t.core.call(
      quota.set,
      {
        customerId: customers.c0!,
        metric: 'peak',
        allowance: { kind: 'limit', limit: '2', enforcement: 'soft' },
      },
      t.admin,
    )
    await record(t, event(t, 'more', { customer: 'c0', metric: 'peak', quantity: '3' }))
    expect(told(await scan())).toEqual([['c0', 'peak', 100, 'breach']])
    expect((await inbox()).map(one => one.title)).toContain('c0 is at 100 % of peak')
    expect(await tasks()).toHaveLength(1)
    // Where very many are over, it is urgent; made-up customers are no news.
    for (const demo of [0n, 1n]) {
      await t.store.write(t.workspace, 'job', tx =>
        tx.db.updateTable('workspace_state').set({ demo }).execute(),
      )
      const metric = demo === 0n ? 'calls' : 'gb'
      for (const [customer, customerId] of Object.entries(customers)) {
        const allowance = { kind: 'limit' as const, limit: '1', enforcement: 'soft' as const }
        await t.core.call(quota.set, { customerId, metric, thresholds: [100], allowance }, t.admin)
        await record(t, event(t, `${metric}/${customer}`, { customer, metric, quantity: '2' }))
      }
      expect((await scan()).report).toMatchObject({ fresh: 22, tasks: 22 })
    }
    expect((await inbox()).filter(one => one.title.includes('limits'))).toEqual([
      { title: '0 limits are exceeded, 22 are near', urgency: 'normal' },
      { title: '22 limits are exceeded, 0 are near', urgency: 'urgent' },
    ])
  })

  it('billing.quota.scan.start: one at a time, and one that was cancelled says so', async () => {
    await world()
    const { scanId, jobId } = await t.core.call(quota.scan.start, {}, t.admin)
    await expect(t.core.call(quota.scan.start, {}, t.admin)).rejects.toMatchObject({
      ...{ code: 'BILLING_SCAN_RUNNING', data: { scanId } },
    })
    await t.core.call(contract.workspace.jobs.cancel, { jobId }, t.admin)
    await t.core.jobs.idle()
    expect(['failed', 'done']).toContain((await t.core.call(quota.scan.get, { scanId }, t.admin)).state)
    // One whose job was cancelled before it began has written nothing: it says so too, and has found nothing.
    const queued = await t.core.call(quota.scan.start, { dryRun: true }, t.admin)
    await t.core.jobs.idle()
    await t.store.write(t.workspace, 'job', async tx => {
      const begun = { state: 'running' as const, finished_at: null, report: null }
      await tx.db.updateTable('quota_scans').set(begun).where('id', '=', queued.scanId).execute()
      await tx.db.updateTable('jobs').set({ state: 'cancelled' }).where('id', '=', queued.jobId).execute()
    })
    const never = await t.core.call(quota.scan.get, { scanId: queued.scanId }, t.admin)
    expect(never).toMatchObject({ state: 'failed', report: null, alerts: [] })
  })

  it('billing.quota.meters: what was used, may be and will be, and what it costs', async () => {
    const { set, customers, metrics } = await world()
    const charge = { model: 'standard' as const, unit: '0.50', free: '10' }
    const input = { key: 'pro', name: 'Pro', description: '' }
    const plan = await t.core.call(contract.billing.plan.create, input, t.admin)
    await t.core.call(
      contract.billing.plan.addVersion,
      {
        planId: plan.id,
        prices: [
          { key: 'calls', name: 'Calls', metricId: metrics.calls!, currency: 'EUR', charge, due: 'arrears' },
        ],
        entitlements: [
          { kind: 'metered', key: 'calls', limit: '100', enforcement: 'soft' },
          { kind: 'metered', key: 'seats', limit: null, enforcement: 'soft' },
        ],
      },
      t.admin,
    )
    const acme = customers.acme
    await t.core.call(
      contract.billing.subscription.start,
      { customerId: acme, planId: plan.id, at: NOV - 90n * BigInt(DAY) },
      t.admin,
    )
    await set('acme', 'gb', '5')
    // Ten a day since the summer.
    const days = Array.from({ length: 80 }, (_, i) => t.clock.now() - BigInt((i + 1) * DAY))
    await record(t, ...days.map((at, i) => event(t, `d${i}`, { at, quantity: '10' })))
    const { meters } = await t.core.call(quota.meters, { customerId: acme }, t.admin)
    expect(meters.map(one => [one.metric, one.limit, one.source])).toEqual([
      ...[
        ['calls', '100', 'plan'],
        ['gb', '5', 'customer'],
        ['seats', null, 'none'],
      ],
    ])
    const calls = meters[0]!
    const used = days.filter(at => at >= NOV).length * 10
    expect(calls).toMatchObject({
      used: String(used),
      overage: String(used - 100),
      reached: 100,
      percent: used,
    })
    expect(calls.projection).toMatchObject({ method: 'weekdays', breachAt: t.clock.now() })
    expect(Number(calls.projection!.quantity)).toBeGreaterThan(280)
    expect(Number(calls.projection!.quantity)).toBeLessThan(320)
    expect(calls.projection!.error).toBeLessThan(5)
    expect(calls.cost).toMatchObject({
      ...{ currency: 'EUR', amount: BigInt((used - 10) * 50), overage: BigInt((used - 100) * 50) },
    })
    expect(meters[2]).toMatchObject({ projection: { method: 'as-it-stands', breachAt: null }, cost: null })

    // 2 months of 300 each at (n − 10) × 0.50, against 120 a month with all included.
    const flat = await t.core.call(
      contract.billing.plan.create,
      { ...input, key: 'flat', name: 'Flat' },
      t.admin,
    )
    await t.core.call(
      contract.billing.plan.addVersion,
      {
        planId: flat.id,
        prices: [
          {
            key: 'fee',
            name: 'Fee',
            metricId: null,
            currency: 'EUR',
            charge: { model: 'flat', amount: '120' },
          },
          {
            key: 'calls',
            name: 'Calls',
            metricId: metrics.calls!,
            currency: 'EUR',
            charge: { ...charge, unit: '0' },
            due: 'arrears',
          },
        ],
        entitlements: [],
      },
      t.admin,
    )
    const { advice } = await t.core.call(quota.advise, { customerId: acme, periods: 2 }, t.admin)
    const within = (from: number, to: number) =>
      BigInt(
        days.filter(at => at >= BigInt(Date.UTC(2026, from, 1)) && at < BigInt(Date.UTC(2026, to, 1))).length,
      )
    const pro = (within(9, 10) * 10n - 10n) * 50n + (within(8, 9) * 10n - 10n) * 50n
    expect(advice).toMatchObject({ currency: 'EUR', recommended: flat.id, saving: pro - 24_000n })
    expect(advice!.plans.map(one => [one.plan, one.total, one.current])).toEqual([
      ...[
        ['Flat', 24_000n, false],
        ['Pro', pro, true],
      ],
    ])
    expect((await t.core.call(quota.advise, { customerId: customers.globex }, t.admin)).advice).toBeNull()
    await expect(t.core.call(quota.advise, { customerId: plan.id }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })
})
