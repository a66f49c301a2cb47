import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import { closeWorld, plan, subscribed, usualPrices } from '../testing/close-kit.ts'
import { goTo } from '../testing/dunning-kit.ts'

const { churn, subscription } = contract.billing

describe.each(DATABASES)('who recurring revenue is of (%s)', database => {
  let t: TestCore
  afterEach(() => t.close())

  /**
   * 100.00 a month each. August: acme and globex are new. September: hooli is new, and acme has a second subscription.
   * October: globex leaves, and acme's first ends. November: globex is back.
   */
  async function world() {
    t = await testCore(database)
    const { pro, metrics } = await closeWorld(t)
    const plus = await plan(t, 'plus', usualPrices(metrics))
    const { customer: acme, subscription: first } = await subscribed(t, 'acme', pro.planId, {
      from: '2026-08-10',
    })
    const { customer: globex, subscription: leaves } = await subscribed(t, 'globex', pro.planId, {
      from: '2026-08-20',
    })
    await subscribed(t, 'hooli', plus.planId, { from: '2026-09-15' })
    const start = (customerId: string, planId: string, at: string) =>
      t.core.call(subscription.start, { customerId, planId, at: day(at), trialDays: 0 }, t.admin)
    await start(acme.id, plus.planId, '2026-09-05')
    const end = (subscriptionId: string, at: string) =>
      t.core.call(subscription.cancel, { subscriptionId, at: day(at), settlement: 'none' } as never, t.admin)
    goTo(t, '2026-11-20T12:00:00Z')
    await end(first.id, '2026-10-15')
    await end(leaves.id, '2026-10-20')
    await start(globex.id, pro.planId, '2026-11-05')
    return { acme, globex, pro, start, end }
  }
  const changes = async (month: string, more: object = {}) =>
    (await t.core.call(churn.changes, { month, currency: 'USD', ...more }, t.admin)).changes.map(one => [
      ...[one.customer, one.kind, one.before, one.after, one.change],
      `${one.plansBefore.join(', ')} → ${one.plansAfter.join(', ')}`,
    ])

  it('billing.churn.changes: the customers behind each number of a month', async () => {
    await world()
    expect(await changes('2026-08')).toEqual([
      ['Customer acme', 'new', 0n, 10_000n, 10_000n, ' → Plan pro'],
      ['Customer globex', 'new', 0n, 10_000n, 10_000n, ' → Plan pro'],
    ])
    expect(await changes('2026-09', { kinds: ['expansion'] })).toEqual([
      ['Customer acme', 'expansion', 10_000n, 20_000n, 10_000n, 'Plan pro → Plan plus, Plan pro'],
    ])
    expect(await changes('2026-10')).toEqual([
      ['Customer acme', 'contraction', 20_000n, 10_000n, -10_000n, 'Plan plus, Plan pro → Plan plus'],
      ['Customer globex', 'churn', 10_000n, 0n, -10_000n, 'Plan pro → '],
    ])
    expect((await changes('2026-11')).map(one => one.slice(0, 2))).toEqual([
      ['Customer globex', 'reactivation'],
    ])
    expect(await changes('2026-12')).toEqual([])
    expect(await t.core.call(churn.changes, { month: '2026-10', currency: 'EUR' }, t.admin)).toMatchObject({
      changes: [],
    })
    // The sums of a month are those of its changes.
    const { currencies } = await t.core.call(churn.analyse, { months: 4 }, t.admin)
    for (const month of currencies[0]!.months) {
      const own = await t.core.call(churn.changes, { month: month.month, currency: 'USD' }, t.admin)
      const sum = own.changes.reduce((all, one) => all + one.change, 0n)
      expect(month.end - month.start).toBe(sum)
      expect(own.changes.filter(one => one.kind === 'new')).toHaveLength(month.customers.new)
    }
    // October: 300.00 less 100.00 and 100.00; one of three customers left.
    expect(currencies[0]!.months[2]).toMatchObject({
      ...{ start: 40_000n, end: 20_000n, nrr: '0.5000', grr: '0.5000', logoChurn: '0.3333' },
      customers: { start: 3, new: 0, reactivation: 0, churn: 1, end: 2 },
    })
  })

  /**
   * 100.00 each. September: hooli is new on plus, and acme has it besides pro. October: acme's pro ends, which is a
   * contraction of pro while plus goes on, and globex leaves.
   */
  it('billing.churn.analyse of one plan: who has another one besides neither comes nor leaves', async () => {
    const { pro } = await world()
    const { plans } = await t.core.call(contract.billing.plan.list, {}, t.admin)
    const plus = plans.find(one => one.key === 'plus')!
    const months = async (planId?: string) =>
      (await t.core.call(churn.analyse, { months: 4, ...(planId ? { planId } : {}) }, t.admin)).currencies[0]!
        .months
    const shown = (all: Awaited<ReturnType<typeof months>>) =>
      all.map(one => [
        one.start,
        one.new,
        one.reactivation,
        one.expansion,
        one.contraction,
        one.churn,
        one.end,
      ])
    const ofPro = await months(pro.planId)
    const ofPlus = await months(plus.id)
    expect(shown(ofPro)).toEqual([
      [0n, 20_000n, 0n, 0n, 0n, 0n, 20_000n],
      [20_000n, 0n, 0n, 0n, 0n, 0n, 20_000n],
      [20_000n, 0n, 0n, 0n, 10_000n, 10_000n, 0n],
      [0n, 0n, 10_000n, 0n, 0n, 0n, 10_000n],
    ])
    expect(shown(ofPlus)[1]).toEqual([0n, 10_000n, 0n, 10_000n, 0n, 0n, 20_000n])
    for (const [index, month] of (await months()).entries())
      expect(ofPro[index]!.end + ofPlus[index]!.end).toBe(month.end)
    expect(await changes('2026-10', { planId: pro.planId })).toEqual([
      ['Customer acme', 'contraction', 10_000n, 0n, -10_000n, 'Plan plus, Plan pro → Plan plus'],
      ['Customer globex', 'churn', 10_000n, 0n, -10_000n, 'Plan pro → '],
    ])
    const nowhere = '00000000-0000-7000-8000-0000000000ff'
    await expect(months(nowhere)).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('billing.churn.cohorts: what is left of who came when', async () => {
    await world()
    const { cohorts } = await t.core.call(churn.cohorts, { currency: 'USD', months: 4 }, t.admin)
    expect(cohorts.map(one => [one.month, one.customers, one.start])).toEqual([
      ['2026-08', 2, 20_000n],
      ['2026-09', 1, 10_000n],
    ])
    // acme has 100.00, 200.00, 100.00, 100.00; globex 100.00, 100.00, nothing, 100.00.
    expect(cohorts[0]!.months.map(one => [one.revenue, one.nrr, one.grr, one.logos])).toEqual([
      [20_000n, '1.0000', '1.0000', '1.0000'],
      [30_000n, '1.5000', '1.0000', '1.0000'],
      [10_000n, '0.5000', '0.5000', '0.5000'],
      [20_000n, '1.0000', '1.0000', '1.0000'],
    ])
    expect(cohorts[1]!.months).toHaveLength(3)
    expect(await t.core.call(churn.cohorts, { currency: 'EUR', months: 4 }, t.admin)).toMatchObject({
      cohorts: [],
    })
  })

  it('what is kept is never older than a commit, and ends when a change that is known comes', async () => {
    const { acme, pro, start, end } = await world()
    const total = async () => {
      const { currencies } = await t.core.call(churn.analyse, { months: 1 }, t.admin)
      return currencies[0]!.months[0]!.end
    }
    expect(await total()).toBe(30_000n)
    expect(await total()).toBe(30_000n)
    const { id } = await start(acme.id, pro.planId, '2026-11-19')
    expect(await total()).toBe(40_000n)
    // It is known to end tomorrow: nothing is committed then.
    await end(id, '2026-11-22')
    const { validUntil } = await t.core.call(churn.analyse, { months: 1 }, t.admin)
    expect(validUntil).toBe(day('2026-11-22'))
    expect(await total()).toBe(40_000n)
    goTo(t, '2026-11-23T12:00:00Z')
    expect(await total()).toBe(30_000n)
  })
})
