import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ageOf, agingOf } from './aging.ts'

describe('the age of what is open', () => {
  it('begins a new step after 0, 30, 60 and 90 days', () => {
    expect([-1, 0, 1, 30, 31, 60, 61, 90, 91].map(ageOf)).toEqual([
      ...['notDue', 'notDue', 'days30', 'days30', 'days60', 'days60', 'days90', 'days90', 'older'],
    ])
  })

  it('adds up to the balance', () => {
    const open = fc.record({
      amount: fc.bigInt(1n, 10n ** 12n),
      overdueDays: fc.integer({ min: -90, max: 400 }),
    })
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 13n), 10n ** 13n), fc.array(open), (balance, invoices) => {
        const parts = Object.values(agingOf(balance, invoices))
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(balance)
      }),
    )
  })

  it('shows what was paid and not used as less', () => {
    expect(agingOf(700n, [{ amount: 1000n, overdueDays: 5 }])).toEqual({
      ...{ notDue: 0n, days30: 1000n, days60: 0n, days90: 0n, older: 0n, unused: -300n },
    })
  })
})
