import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cohortMonths } from './cohorts.ts'

test('a cohort by hand: one stays, one grows, one leaves and comes back', () => {
  // 100.00, 50.00 and 50.00 are 200.00. A month later 100.00, 80.00 and nothing: 180.00, of which 150.00 of before.
  // Then 60.00, 80.00 and 50.00: 190.00, of which 60.00 + 50.00 + 50.00 = 160.00.
  const months = cohortMonths([
    { ends: [10_000n, 10_000n, 6000n] },
    { ends: [5000n, 8000n, 8000n] },
    { ends: [5000n, 0n, 5000n] },
  ])
  expect(months).toEqual([
    { customers: 3, revenue: 20_000n, nrr: '1.0000', grr: '1.0000', logos: '1.0000' },
    { customers: 2, revenue: 18_000n, nrr: '0.9000', grr: '0.7500', logos: '0.6667' },
    { customers: 3, revenue: 19_000n, nrr: '0.9500', grr: '0.8000', logos: '1.0000' },
  ])
  expect(cohortMonths([])).toEqual([])
})

test('nothing kept is more than what there is, and gross is never above one', () => {
  const ends = fc.array(fc.bigInt(0n, 10n ** 9n), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(ends, { maxLength: 8 }), lists => {
      for (const month of cohortMonths(lists.map(one => ({ ends: one })))) {
        expect(month.customers <= lists.length).toBe(true)
        if (month.grr === null) continue
        expect(Number(month.grr) <= 1 && Number(month.grr) <= Number(month.nrr)).toBe(true)
      }
    }),
  )
})
