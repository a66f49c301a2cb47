import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addMoves, logosOf, movesOf, movesOfPart, ratesOf } from './churn.ts'

test('how the recurring revenue of a customer moves', () => {
  const kind = (start: bigint, end: bigint, before = true) => {
    const { start: _, end: __, ...moves } = movesOf({ start, end, before })
    return Object.entries(moves).filter(([, amount]) => amount !== 0n)
  }
  expect(kind(0n, 10_000n, false)).toEqual([['new', 10_000n]])
  expect(kind(0n, 10_000n)).toEqual([['reactivation', 10_000n]])
  expect(kind(10_000n, 15_000n)).toEqual([['expansion', 5_000n]])
  expect(kind(15_000n, 10_000n)).toEqual([['contraction', 5_000n]])
  expect(kind(10_000n, 0n)).toEqual([['churn', 10_000n]])
  expect(kind(10_000n, 10_000n)).toEqual([])
  expect(kind(0n, 0n)).toEqual([])
})

test('the rates of a month by hand', () => {
  // 1,000.00 at the start; 80.00 churned, 20.00 contracted, 30.00 expanded, 10.00 came back, 50.00 are new.
  const moves = addMoves([
    movesOf({ start: 8_000n, end: 0n, before: true }),
    movesOf({ start: 10_000n, end: 8_000n, before: true }),
    movesOf({ start: 82_000n, end: 85_000n, before: true }),
    movesOf({ start: 0n, end: 1_000n, before: true }),
    movesOf({ start: 0n, end: 5_000n, before: false }),
  ])
  expect(moves).toMatchObject({ start: 100_000n, end: 99_000n, churn: 8_000n, contraction: 2_000n })
  // 10 % lost; 10 % - 4 % = 6 % net; (50 + 30) / (80 + 20) = 0.8.
  expect(ratesOf(moves)).toEqual({
    ...{ gross: '0.1000', net: '0.0600', quickRatio: '0.8000', nrr: '0.9400', grr: '0.9000' },
  })
  expect(ratesOf(movesOf({ start: 3n, end: 4n, before: true }))).toEqual({
    ...{ gross: '0.0000', net: '-0.3333', quickRatio: null, nrr: '1.3333', grr: '1.0000' },
  })
  expect(ratesOf(movesOf({ start: 0n, end: 1n, before: false }))).toEqual({
    ...{ gross: null, net: null, quickRatio: null, nrr: null, grr: null },
  })
})

test('moves lead from the start to the end, whoever they are of', () => {
  const amount = fc.bigInt(0n, 10n ** 12n)
  const span = fc.record({ start: amount, end: amount, before: fc.boolean() })
  fc.assert(
    fc.property(fc.array(span), spans => {
      const sum = addMoves(spans.map(movesOf))
      const { start, end } = sum
      expect(start + sum.new + sum.reactivation + sum.expansion - sum.contraction - sum.churn).toBe(end)
      expect(end).toBe(spans.reduce((total, one) => total + one.end, 0n))
      // Never more is lost than there was.
      expect(sum.churn + sum.contraction <= start).toBe(true)
    }),
  )
})

test('customers come and go: three at the start, of whom one leaves, and two come', () => {
  const moves = [
    movesOf({ start: 10n, end: 20n, before: true }),
    movesOf({ start: 10n, end: 10n, before: true }),
    movesOf({ start: 10n, end: 0n, before: true }),
    movesOf({ start: 0n, end: 5n, before: true }),
    movesOf({ start: 0n, end: 5n, before: false }),
    movesOf({ start: 0n, end: 0n, before: false }),
  ]
  expect(logosOf(moves)).toEqual({
    customers: { start: 3, new: 1, reactivation: 1, churn: 1, end: 4 },
    logoChurn: '0.3333',
  })
  expect(logosOf([])).toMatchObject({ logoChurn: null })
})

test('a part of a customer moves by itself, and is new, lost or back only with the whole customer', () => {
  const amount = fc.bigInt(0n, 5n)
  fc.assert(
    fc.property(amount, amount, amount, amount, fc.boolean(), (start, end, otherStart, otherEnd, before) => {
      const whole = { start: start + otherStart, end: end + otherEnd, before }
      const moves = movesOfPart({ start, end }, whole)
      const { new: fresh, reactivation, expansion, contraction, churn } = moves
      expect(start + fresh + reactivation + expansion - contraction - churn).toBe(end)
      if (whole.start > 0n) expect([fresh, reactivation]).toEqual([0n, 0n])
      if (whole.end > 0n) expect(churn).toBe(0n)
      // Without another part it is the customer.
      if (otherStart === 0n && otherEnd === 0n) expect(moves).toEqual(movesOf(whole))
    }),
  )
})
