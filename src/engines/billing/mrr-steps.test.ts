import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Phase } from '#shared/contract/billing/subscriptions.ts'
import type { PlanPrice } from './model.ts'
import { recurringAt } from './mrr.ts'
import { addSteps, type MrrStep, mrrSteps, recurredBefore, stepAt } from './mrr-steps.ts'

const price = (planVersionId: string, key: string, amount: string): PlanPrice =>
  ({
    ...{ planVersionId, metric: null },
    price: { id: `${planVersionId}/${key}`, key, charge: { model: 'flat', amount } },
  }) as never
const PRICES = [price('v1', 'base', '10'), price('v2', 'base', '25'), price('v3', 'add-on', '3')]

const phase = fc.record({
  kind: fc.constantFrom('trial', 'active', 'paused'),
  planVersionId: fc.constantFrom('v1', 'v2'),
  quantity: fc.bigInt(1n, 4n),
  length: fc.bigInt(1n, 20n),
})
const life = fc
  .record({
    begin: fc.bigInt(0n, 20n),
    phases: fc.array(phase, { minLength: 1, maxLength: 5 }),
    ends: fc.boolean(),
    rhythm: fc.option(fc.bigInt(1n, 60n), { nil: null }),
    addOn: fc.option(fc.tuple(fc.bigInt(0n, 40n), fc.option(fc.bigInt(1n, 30n), { nil: null })), {
      nil: null,
    }),
  })
  .map(({ begin, phases, ends, rhythm, addOn }) => {
    let at = begin
    const own = phases.map(({ length, ...one }, index) => {
      const from = at
      at += length
      const to = index === phases.length - 1 && !ends ? null : at
      return { id: `${index}`, ...one, from, to } as Phase
    })
    const cadence = (interval: string, from: bigint) => ({
      interval,
      from,
      ordinal: 0,
      alignment: 'calendar',
    })
    return {
      phases: own,
      cadences: [cadence('month', begin), ...(rhythm === null ? [] : [cadence('year', begin + rhythm)])],
      addOns:
        addOn === null
          ? []
          : [
              {
                ...{ id: 'a', planVersionId: 'v3', priceId: 'v3/add-on', interval: 'month' },
                stretches: [
                  { from: addOn[0], to: addOn[1] === null ? null : addOn[0] + addOn[1], quantity: 2n },
                ],
              },
            ],
    } as never as Parameters<typeof mrrSteps>[0]
  })

test('steps say what recurs at every instant, and step only where it changes', () => {
  fc.assert(
    fc.property(life, own => {
      const all = mrrSteps(own, PRICES, 'EUR')
      for (let at = 0n; at < 130n; at += 1n)
        expect(stepAt(all, at)).toBe(recurringAt(own, PRICES, 'EUR', at).monthly)
      for (const [index, step] of all.entries())
        expect(step.monthly).not.toBe(index === 0 ? 0n : all[index - 1]!.monthly)
    }),
  )
})

test('several together come to the sum of each', () => {
  const some = fc.uniqueArray(fc.record({ from: fc.bigInt(0n, 20n), monthly: fc.bigInt(0n, 9n) }), {
    selector: one => one.from,
    maxLength: 6,
  })
  fc.assert(
    fc.property(fc.array(some, { maxLength: 4 }), lists => {
      const all = lists.map(list => list.sort((a, b) => Number(a.from - b.from)))
      const sum = addSteps(all)
      for (let at = 0n; at < 22n; at += 1n)
        expect(stepAt(sum, at)).toBe(all.reduce((total, one) => total + stepAt(one, at), 0n))
    }),
  )
})

test('what recurred before', () => {
  const all: MrrStep[] = [
    { from: 5n, monthly: 10n },
    { from: 9n, monthly: 0n },
  ]
  expect([4n, 5n, 6n, 20n].map(at => recurredBefore(all, at))).toEqual([false, false, true, true])
  expect(recurredBefore([], 9n)).toBe(false)
})
