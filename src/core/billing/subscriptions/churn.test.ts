import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer, day } from '../testing/catalogue-kit.ts'
import { closeWorld, plan, subscribed, usualPrices } from '../testing/close-kit.ts'
import { goTo } from '../testing/dunning-kit.ts'

const { churn, subscription } = contract.billing

describe.each(DATABASES)('churn on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('billing.churn.analyse: month by month, of a customer and of all together', async () => {
    t = await testCore(database)
    expect(await t.core.call(churn.analyse, {}, t.admin)).toMatchObject({ customerId: null, currencies: [] })
    const { pro, metrics } = await closeWorld(t)
    const plus = await plan(t, 'plus', usualPrices(metrics))
    // 100.00 a month each; globex has two of them, and ends one and then the other.
    const { customer: acme } = await subscribed(t, 'acme', pro.planId, { from: '2026-08-10' })
    const { customer: globex, subscription: first } = await subscribed(t, 'globex', pro.planId, {
      from: '2026-09-01',
    })
    const second = await t.core.call(
      subscription.start,
      { customerId: globex.id, planId: plus.planId, at: day('2026-09-05'), trialDays: 0 },
      t.admin,
    )
    const end = (subscriptionId: string, at: string) =>
      t.core.call(subscription.cancel, { subscriptionId, at: day(at), settlement: 'none' } as never, t.admin)
    goTo(t, '2026-11-20T12:00:00Z')
    await end(first.id, '2026-10-15')
    await end(second.id, '2026-11-10')
    const of = async (customerId?: string) => {
      const asked = { months: 4, ...(customerId ? { customerId } : {}) }
      const { currencies } = await t.core.call(churn.analyse, asked, t.admin)
      expect(currencies.map(one => one.currency)).toEqual(['USD'])
      return currencies[0]!.months.map(one => [
        ...[one.month, one.start, one.new, one.expansion, one.contraction, one.churn, one.end],
        ...[one.gross, one.net, one.quickRatio],
      ])
    }
    expect(await of(acme.id)).toEqual([
      ['2026-08', 0n, 10_000n, 0n, 0n, 0n, 10_000n, null, null, null],
      ['2026-09', 10_000n, 0n, 0n, 0n, 0n, 10_000n, '0.0000', '0.0000', null],
      ['2026-10', 10_000n, 0n, 0n, 0n, 0n, 10_000n, '0.0000', '0.0000', null],
      ['2026-11', 10_000n, 0n, 0n, 0n, 0n, 10_000n, '0.0000', '0.0000', null],
    ])
    // What begins on the first of a month is new in it. One that ends while the other lives is a contraction.
    expect(await of(globex.id)).toEqual([
      ['2026-08', 0n, 0n, 0n, 0n, 0n, 0n, null, null, null],
      ['2026-09', 0n, 20_000n, 0n, 0n, 0n, 20_000n, null, null, null],
      ['2026-10', 20_000n, 0n, 0n, 10_000n, 0n, 10_000n, '0.5000', '0.5000', '0.0000'],
      ['2026-11', 10_000n, 0n, 0n, 0n, 10_000n, 0n, '1.0000', '1.0000', '0.0000'],
    ])
    const all = await of()
    expect(all.at(-1)).toEqual([
      '2026-11',
      20_000n,
      0n,
      0n,
      0n,
      10_000n,
      10_000n,
      '0.5000',
      '0.5000',
      '0.0000',
    ])
    // Back after ten days: neither new nor an expansion.
    goTo(t, '2026-11-25T12:00:00Z')
    await t.core.call(
      subscription.start,
      { customerId: globex.id, planId: pro.planId, at: day('2026-11-20'), trialDays: 0 },
      t.admin,
    )
    goTo(t, '2026-12-20T12:00:00Z')
    const { currencies } = await t.core.call(churn.analyse, { customerId: globex.id, months: 2 }, t.admin)
    expect(currencies[0]!.months[0]).toMatchObject({ start: 10_000n, end: 10_000n, churn: 0n })
    const other = await addCustomer(t, 'other')
    expect((await t.core.call(churn.analyse, { customerId: other.id }, t.admin)).currencies).toEqual([])
  })
})
