import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BilledItem, GeneratedLine } from '../model.ts'
import { givenOnce } from './given-once.ts'

const billed = (amount: bigint, tax: bigint, credited?: { amount: bigint; tax: bigint }): BilledItem => ({
  ...{ item: 's/p/1/0', lines: 1, amount, tax, taxRate: '0.19', quantity: 1n, scale: 0 },
  ...{ service: { from: 0n, to: 1n }, subscriptionId: 's', priceId: 'p', priceKey: 'base', name: 'Base' },
  ...{ metricId: null, unit: '', currency: 'EUR' },
  ...(credited ? { credited } : {}),
})
const line = (amount: bigint, tax: bigint): GeneratedLine => ({
  ...{ item: 's/p/1/0', ordinal: 1, kind: 'credit', subscriptionId: 's', priceId: 'p', priceKey: 'base' },
  ...{ name: 'Base', metricId: null, unit: '', service: { from: 0n, to: 1n }, quantity: 0n, scale: 0 },
  ...{ exact: '0', amount, taxRate: '0.19', tax, steps: [] },
})

describe('givenOnce', () => {
  it('leaves alone what no credit note is about, and what asks for money', () => {
    const given = line(-100n, -19n)
    expect(givenOnce(given, undefined)).toBe(given)
    expect(givenOnce(given, billed(100n, 19n))).toBe(given)
    const asked = line(50n, 10n)
    expect(givenOnce(asked, billed(100n, 19n, { amount: 100n, tax: 19n }))).toBe(asked)
    expect(givenOnce(line(-30n, -6n), billed(100n, 19n, { amount: 50n, tax: 10n }))).toMatchObject({
      amount: -30n,
    })
  })

  it('gives back what is left of an item with the rest of its tax, and nothing of what is gone', () => {
    expect(givenOnce(line(-100n, -19n), billed(100n, 19n, { amount: 100n, tax: 19n }))).toBeNull()
    // 70.00 of 100.00 were credited with 13.31 of tax: 30.00 and 5.69 are left.
    const rest = givenOnce(line(-6000n, -1140n), billed(10_000n, 1900n, { amount: 7000n, tax: 1331n }))
    expect(rest).toMatchObject({ amount: -3000n, tax: -569n, exact: '-30' })
    expect(rest!.steps).toEqual([{ step: 'maximum', limit: '30.00', applied: true, amount: '-30.00' }])
  })

  it('credit notes and lines together never give back more than was billed', () => {
    const minor = fc.bigInt({ min: 1n, max: 10n ** 9n })
    fc.assert(
      fc.property(minor, minor, minor, (amount, creditedBy, givenBack) => {
        const credited = { amount: creditedBy > amount ? amount : creditedBy, tax: 0n }
        const wanted = givenBack > amount ? amount : givenBack
        const made = givenOnce(line(-wanted, 0n), billed(amount, 0n, credited))
        const total = credited.amount - (made?.amount ?? 0n)
        expect(total <= amount).toBe(true)
        // Whatever was asked to be given back is given back, by the one or the other.
        expect(total >= wanted).toBe(true)
      }),
    )
  })
})
