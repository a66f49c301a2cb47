import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore, testFiles } from '#test/kit/core-kit.ts'
import { event, record, usageWorld } from '../usage/testing/usage-kit.ts'

const NOV = BigInt(Date.UTC(2026, 10, 1))
const DEC = BigInt(Date.UTC(2026, 11, 1))
const { quota, usage, entitlement } = contract.billing

describe.each(DATABASES)('quotas on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function world(files = testFiles()) {
    t = await testCore(database, { files })
    const { customers, metrics } = await usageWorld(t)
    const input = { key: 'pro', name: 'Pro', description: '' }
    const plan = await t.core.call(contract.billing.plan.create, input, t.admin)
    await t.core.call(
      contract.billing.plan.addVersion,
      {
        planId: plan.id,
        prices: [],
        entitlements: [
          { kind: 'metered', key: 'calls', limit: '10', enforcement: 'hard' },
          { kind: 'metered', key: 'peak', limit: '5', enforcement: 'hard' },
          { kind: 'metered', key: 'gb', limit: '1', enforcement: 'soft' },
        ],
      },
      t.admin,
    )
    const acme = customers.acme as string
    const start = { customerId: acme, planId: plan.id, at: NOV }
    await t.core.call(contract.billing.subscription.start, start, t.admin)
    return { acme, globex: customers.globex as string, metrics, files }
  }
  const used = async (customerId: string, metric: string) => {
    const { totals } = await t.core.call(usage.totals, { customerId, from: NOV, to: DEC }, t.admin)
    const { metrics } = await t.core.call(contract.billing.metric.list, {}, t.admin)
    return totals.find(one => one.metricId === metrics.find(two => two.key === metric)!.id)?.quantity ?? '0'
  }

  it('billing.usage.record: a hard limit refuses what leads over it, and says which limit and when it begins anew', async () => {
    const { acme } = await world()
    await record(t, event(t, 'a', { quantity: '8' }))
    const refused = record(
      t,
      event(t, 'b', { quantity: '1' }),
      event(t, 'c', { quantity: '2' }),
      event(t, 'd'),
    )
    await expect(refused).rejects.toMatchObject({
      code: 'BILLING_USAGE_REFUSED',
      data: {
        events: [
          {
            ...{ id: 'c', problem: 'over-limit' },
            quota: { customerId: acme, metric: 'calls', limit: '10', used: '8', resetsAt: DEC },
          },
        ],
      },
    })
    // Nothing of the call is stored, and what is sent again is known and not refused.
    expect(await used(acme, 'calls')).toBe('8')
    await record(t, event(t, 'b', { quantity: '2' }))
    expect(await record(t, event(t, 'a', { quantity: '8' }))).toMatchObject({ stored: 0, duplicates: 1 })
    await expect(record(t, event(t, 'e'))).rejects.toMatchObject({ code: 'BILLING_USAGE_REFUSED' })
    // A correction makes room; usage of the month before is no matter of this one; a soft limit lets through.
    await record(t, event(t, 'back', { quantity: '-3' }), event(t, 'f', { quantity: '3' }))
    await record(t, event(t, 'old', { quantity: '500', at: NOV - 1n }))
    await record(t, event(t, 'g', { metric: 'gb', quantity: '7' }))
    await expect(record(t, event(t, 'p', { metric: 'peak', quantity: '6' }))).rejects.toMatchObject({
      data: { events: [{ id: 'p', quota: { limit: '5' } }] },
    })
    await record(
      t,
      event(t, 'q', { metric: 'peak', quantity: '5' }),
      event(t, 'x', { customer: 'globex', quantity: '99' }),
    )
    expect(await used(acme, 'calls')).toBe('10')
  })

  it('billing.quota.set, .remove, .restore: one customer has limits of its own, and undoing puts them back', async () => {
    const { acme, globex } = await world()
    const check = (customerId: string, key = 'calls') =>
      t.core.call(entitlement.check, { customerId, key }, t.admin)
    const run = async (id: string, input: unknown) => (await t.core.run(id, input, t.admin)).commandId
    expect(await check(acme)).toMatchObject({ limit: '10', enforcement: 'hard' })
    const more = { kind: 'limit' as const, limit: '20', enforcement: 'hard' as const }
    const set = await run('billing.quota.set', {
      ...{ customerId: acme, metric: 'calls', allowance: more, thresholds: [95, 50], note: 'until May' },
    })
    await record(t, event(t, 'a', { quantity: '12' }))
    expect(await check(acme)).toMatchObject({ limit: '20', percent: 60, reached: 50 })
    const [quoted] = (await t.core.call(quota.list, { customerId: acme }, t.admin)).quotas
    expect(quoted).toMatchObject({
      metric: 'calls',
      allowance: more,
      thresholds: [50, 95],
      note: 'until May',
    })
    const second = await run('billing.quota.set', {
      ...{ customerId: acme, metric: 'calls', allowance: { kind: 'unlimited' } },
    })
    expect(await check(acme)).toMatchObject({ limit: null, allowed: true, reached: 0 })
    await t.core.call(contract.workspace.log.undo, { commandId: second }, t.admin)
    expect((await t.core.call(quota.list, {}, t.admin)).quotas).toEqual([quoted])
    const removal = await run('billing.quota.remove', { quotaId: quoted!.id })
    expect(await check(acme)).toMatchObject({ limit: '10', reached: 100 })
    await t.core.call(contract.workspace.log.undo, { commandId: removal }, t.admin)
    await t.core.call(contract.workspace.log.undo, { commandId: set }, t.admin)
    expect((await t.core.call(quota.list, {}, t.admin)).quotas).toEqual([])
    await t.core.call(
      quota.set,
      { customerId: acme, metric: 'calls', allowance: { kind: 'plan' }, thresholds: [10] },
      t.admin,
    )
    expect(await check(acme)).toMatchObject({ limit: '10', reached: 10 })

    // Without a plan it holds for calendar months.
    const host: Caller = { person: null, device: 'test', assurance: 'system', system: true }
    const given = await t.core.call(quota.set, { customerId: globex, metric: 'calls', allowance: more }, host)
    expect([quoted!.createdBy, given.createdBy]).toEqual([t.admin.person, null])
    expect(await check(globex)).toMatchObject({ limit: '20', resetsAt: DEC, reached: 0 })
    await expect(record(t, event(t, 'g', { customer: 'globex', quantity: '21' }))).rejects.toMatchObject({
      data: { events: [{ quota: { limit: '20', used: '0' } }] },
    })
    const bad = { customerId: acme, allowance: more }
    await expect(t.core.call(quota.set, { ...bad, metric: 'none' }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_METRIC_UNKNOWN',
    })
    await expect(
      t.core.call(quota.set, { ...bad, customerId: quoted!.id, metric: 'calls' }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    await expect(t.core.call(quota.remove, { quotaId: acme }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })

  it.each(['good-rows', 'all-or-nothing'] as const)(
    'billing.usage.import: rows over a hard limit of the present period are refused, %s',
    async mode => {
      const { acme, files } = await world()
      await record(t, event(t, 'known', { quantity: '4', at: BigInt(Date.UTC(2026, 10, 10)) }))
      const path = join(mkdtempSync(join(tmpdir(), 'quarterdeck-limits-')), 'u.csv')
      const rows = [
        'known,acme,calls,4,2026-11-10',
        'a,acme,calls,5,2026-11-11',
        'b,acme,calls,2,2026-11-12',
        'c,acme,calls,1,2026-11-13',
        'old,acme,calls,900,2026-10-13',
        'p,acme,peak,9,2026-11-13',
        'g,globex,calls,90,2026-11-13',
      ]
      writeFileSync(path, `id,customer,metric,quantity,at\n${rows.join('\n')}\n`)
      files.put('u', path)
      const input = { fileId: 'u', fileName: 'u.csv', mode }
      await t.core.call(usage.import, input, t.admin)
      await t.core.jobs.idle()
      const { imports } = await t.core.call(usage.imports.list, {}, t.admin)
      expect(imports[0]).toMatchObject({
        state: mode === 'good-rows' ? 'stored' : 'failed',
        refused: 2n,
        stored: mode === 'good-rows' ? 4n : 0n,
        problemCounts: [{ code: 'over-limit', count: 2 }],
      })
      const importId = imports[0]!.id
      const { problems } = await t.core.call(usage.imports.problems, { importId }, t.admin)
      expect(problems.map(one => [one.line, one.code, one.column])).toEqual([
        [4, 'over-limit', 'quantity'],
        [7, 'over-limit', 'quantity'],
      ])
      expect(await used(acme, 'calls')).toBe(mode === 'good-rows' ? '10' : '4')
      // What is known already is within the limit, however often it comes.
      writeFileSync(path, `id,customer,metric,quantity,at\n${rows[0]}\n`)
      files.put('u', path)
      await t.core.call(usage.import, { ...input, fileName: 'again.csv' }, t.admin)
      await t.core.jobs.idle()
      expect((await t.core.call(usage.imports.list, {}, t.admin)).imports[0]).toMatchObject({
        ...{ fileName: 'again.csv', state: 'stored', stored: 0n, duplicates: 1n, refused: 0n },
      })
    },
  )

  it('billing.usage.record: how far ahead and how old events may be is for the workspace to say', async () => {
    await world()
    const problemOf = (at: bigint) =>
      record(t, event(t, `at${at}`, { at, quantity: '0' })).then(
        () => null,
        error => error.data.events[0].problem,
      )
    const [now, hour] = [t.clock.now(), 3_600_000n]
    expect(await problemOf(now + 24n * hour)).toBeNull()
    expect(await problemOf(now + 24n * hour + 1n)).toBe('future')
    expect(await problemOf(now - 90n * 24n * hour)).toBeNull()
    const set = (name: string, value: number) =>
      t.core.call(contract.workspace.settings.set, { name, value } as never, t.admin)
    await set('billing.usageAheadHours', 1)
    await set('billing.usageOldestDays', 30)
    expect(await problemOf(now + 2n * hour)).toBe('future')
    expect(await problemOf(now - 31n * 24n * hour)).toBe('too-old')
    expect(await problemOf(now - 29n * 24n * hour)).toBeNull()
  })
})
