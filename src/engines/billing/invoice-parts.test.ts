import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minimumItem } from './contracts/contract-item.ts'
import { partsOfMonth } from './invoice-parts.ts'
import { totalsOf } from './invoice-totals.ts'

const line = (subscriptionId: string, amount: bigint, item = `${subscriptionId}/${amount}`) => ({
  ...{ item, subscriptionId, amount, tax: amount / 10n },
})

describe('the parts of a month', () => {
  test('come to the whole, hold each line once, and one subscription each', () => {
    const some = fc.record({
      subscriptionId: fc.constantFrom('a', 'b', 'once', 'contract', 'customer'),
      amount: fc.bigInt(-(10n ** 12n), 10n ** 12n),
    })
    const owners = new Map([
      ['a', 'a'],
      ['b', 'b'],
      ['once', 'a'],
    ])
    fc.assert(
      fc.property(fc.array(some, { maxLength: 30 }), drawn => {
        const lines = drawn.map(({ subscriptionId, amount }, at) => line(subscriptionId, amount, `${at}`))
        const parts = partsOfMonth(lines, owners)
        const whole = totalsOf(lines)
        const sums = parts.map(part => totalsOf(part.lines))
        for (const sum of ['net', 'tax', 'total'] as const)
          expect(sums.reduce((all, one) => all + one[sum], 0n)).toBe(whole[sum])
        const items = parts.flatMap(part => part.lines.map(one => one.item))
        expect(new Set(items).size).toBe(items.length)
        const of = parts.map(part => part.subscriptionId)
        expect(new Set(of).size).toBe(of.length)
        for (const { subscriptionId, lines: own } of parts)
          for (const one of own) expect(owners.get(one.subscriptionId) ?? null).toBe(subscriptionId)
        // What is for no single one is the last.
        expect(of.slice(0, -1)).not.toContain(null)
      }),
    )
  })

  test('are none where nothing of them is about money; the minimum of a contract is for no single one', () => {
    const owners = new Map([
      ['a', 'a'],
      ['b', 'b'],
      ['contract', 'a'],
    ])
    const free = line('b', 0n)
    const least = line('contract', 500n, minimumItem('contract', '2026-10'))
    const shortfall = line('contract', 70n, 'contract/contract/true-up/year/1')
    const parts = partsOfMonth([free, least, line('a', 100n), shortfall], owners)
    expect(parts).toEqual([
      { subscriptionId: 'a', lines: [line('a', 100n), shortfall] },
      { subscriptionId: null, lines: [least] },
    ])
  })
})
