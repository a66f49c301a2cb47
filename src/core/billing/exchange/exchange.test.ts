import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'

const { exchange: leaf } = contract.billing
const { log, settings } = contract.workspace

describe.each(DATABASES)('exchange rates (%s)', database => {
  let t: TestCore
  let today: string
  beforeEach(async () => {
    t = await testCore(database)
    today = dayBefore(0)
  })
  afterEach(() => t.close())

  const dayBefore = (days: number) =>
    new Date(Number(t.clock.now()) - days * 86_400_000).toISOString().slice(0, 10)
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string; data: { reason?: string } }) => `${error.code} ${error.data.reason}`,
    )
  const rate = (base: string, quote: string, day: string, value: string) => ({
    ...{ base, quote, day, rate: value, source: 'Bank' },
  })
  const add = (...rates: ReturnType<typeof rate>[]) => t.core.call(leaf.add, { rates }, t.admin)
  const set = (one: ReturnType<typeof rate>) => t.core.call(leaf.set, one, t.admin)
  const list = async (more: object = {}) =>
    (await t.core.call(leaf.list, more, t.admin)).rates.map(
      one => `${one.day} ${one.base}${one.quote} ${one.rate}`,
    )
  const undo = async () => {
    const { entries } = await t.core.call(log.list, { limit: 1 }, t.admin)
    return t.core.call(log.undo, { commandId: entries[0]!.commandId }, t.admin)
  }

  it('billing.exchange.add: what is there stays and is counted', async () => {
    const first = rate('EUR', 'USD', today, '1.1')
    expect(await add(first, rate('EUR', 'JPY', today, '165'))).toEqual({ added: 2, there: 0, differing: 0 })
    expect(
      await add(first, rate('EUR', 'JPY', today, '166'), rate('EUR', 'USD', dayBefore(1), '1.08')),
    ).toEqual({
      ...{ added: 1, there: 2, differing: 1 },
    })
    expect(await list()).toEqual([
      ...[`${today} EURJPY 165`, `${today} EURUSD 1.1`, `${dayBefore(1)} EURUSD 1.08`],
    ])
    expect(await list({ currency: 'JPY' })).toEqual([`${today} EURJPY 165`])
    expect(await list({ until: dayBefore(1) })).toEqual([`${dayBefore(1)} EURUSD 1.08`])
    const bad = 'BILLING_RATE_INVALID'
    expect(await code(add(rate('EUR', 'EUR', today, '1')))).toBe(`${bad} same`)
    expect(await code(add(rate('EUR', 'XXQ', today, '1')))).toBe(`${bad} currency`)
    expect(await code(add(rate('EUR', 'USD', today, '0')))).toBe(`${bad} rate`)
    expect(await code(add(rate('EUR', 'USD', dayBefore(-3), '1')))).toBe(`${bad} to-come`)
  })

  it('billing.exchange.set: in the place of what was said, and taken back', async () => {
    await set(rate('EUR', 'USD', today, '1.1'))
    await set(rate('EUR', 'USD', today, '1.2'))
    expect(await list()).toEqual([`${today} EURUSD 1.2`])
    await undo()
    expect(await list()).toEqual([`${today} EURUSD 1.1`])
    await set(rate('EUR', 'CHF', today, '0.93'))
    await undo()
    expect(await list()).toEqual([`${today} EURUSD 1.1`])
    await undo()
    expect(await list()).toHaveLength(2)
  })

  /** 110.00 dollars at 1.1 are 100.00 euro, 16,500 yen at 165 are 100.00; of pounds there is no rate. */
  it('billing.exchange.convert: in the currency of the workspace, with the rate and its day', async () => {
    await add(rate('EUR', 'USD', dayBefore(2), '1.1'), rate('EUR', 'JPY', today, '165'))
    const amounts = [
      { currency: 'USD', amount: 11_000n },
      { currency: 'JPY', amount: 16_500n },
      { currency: 'EUR', amount: 1n },
      { currency: 'GBP', amount: 500n },
      { currency: 'XXQ', amount: 500n },
    ]
    const convert = (more: object = {}) => t.core.call(leaf.convert, { amounts, ...more }, t.admin)
    await t.core.call(settings.set, { name: 'workspace.currency', value: 'EUR' } as never, t.admin)
    const all = await convert()
    expect(all).toMatchObject({ currency: 'EUR', total: 20_001n, missing: ['GBP', 'XXQ'] })
    expect(all.converted[0]).toMatchObject({
      ...{ currency: 'USD', worth: 10_000n, rate: '10/11', day: dayBefore(2) },
      parts: [{ base: 'EUR', quote: 'USD', rate: '1.1', source: 'Bank' }],
    })
    expect(await convert({ to: 'USD' })).toMatchObject({ currency: 'USD', total: 22_001n })
    // A rate that is older than the workspace allows is none.
    await t.core.call(settings.set, { name: 'billing.rateDays', value: 1 } as never, t.admin)
    expect((await convert()).missing).toEqual(['USD', 'GBP', 'XXQ'])
    expect((await convert({ day: dayBefore(1) })).missing).toEqual(['JPY', 'GBP', 'XXQ'])
    expect(await convert({ to: 'XXQ' })).toMatchObject({ currency: null, total: 0n })
  })
})
