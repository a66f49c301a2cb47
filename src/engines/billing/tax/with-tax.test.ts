import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TaxBasis, Taxed } from '#shared/contract/billing/tax-facts.ts'
import { decideCredit } from '../corrections/credit-note.ts'
import { scaled } from '../exact.ts'
import type { BilledItem } from '../model.ts'
import { plainRate } from './decide-tax.ts'
import { netOfGross, priceAmount, withTax } from './with-tax.ts'

const rate = fc.constantFrom('0.19', '0.07', '0.081', '0.255', '0.0725', '0.2', '0.1')
const gross = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n })

function taxed(of: string, inclusive: boolean): Taxed {
  const { basis } = plainRate(of, 'domestic', 'standard', 'DE')
  return { rate: of, basis: { ...basis, inclusive } }
}
function billed(amount: bigint, tax: bigint, of: Taxed): BilledItem {
  return {
    ...{ item: 'i', lines: 1, amount, tax, taxRate: of.rate, taxBasis: of.basis, quantity: 1n, scale: 0 },
    ...{ service: { from: 0n, to: 1n }, subscriptionId: 's', priceId: 'p', priceKey: 'p', name: 'P' },
    ...{ metricId: null, unit: '', currency: 'EUR' },
  }
}

describe('prices with their tax in them', () => {
  /** 119.00 with 19 %: 100.00 and 19.00. 10.00 with 19 %: 8.4033… is 8.40, and 1.60. 100 yen with 10 %: 90.909… is 91, and 9. */
  it('net is rounded once, tax is the rest', () => {
    expect(netOfGross(11_900n, '0.19')).toEqual({ net: 10_000n, tax: 1900n })
    expect(netOfGross(1000n, '0.19')).toEqual({ net: 840n, tax: 160n })
    expect(netOfGross(100n, '0.1')).toEqual({ net: 91n, tax: 9n })
  })

  it('both together are what was asked for, and what is given back is the same the other way', () =>
    fc.assert(
      fc.property(gross, rate, (asked, of) => {
        const { net, tax } = netOfGross(asked, of)
        expect(net + tax).toBe(asked)
        const back = netOfGross(-asked, of)
        expect([back.net, back.tax]).toEqual([-net, -tax])
        // The tax is the rate of the net, to within the half of a minor unit that rounding may move.
        const off = Number(tax) - Number(net) * Number(of)
        expect(Math.abs(off)).toBeLessThan(0.5 * (1 + Number(of)) + 1e-3)
      }),
    ))

  it('a line says its net before rounding, and that the tax was in it', () => {
    const line = withTax(1000n, scaled(1000n, 2), undefined, taxed('0.19', true), 2)
    expect(line).toMatchObject({ amount: 840n, tax: 160n, taxRate: '0.19', exact: '1000/119' })
    expect(line.taxBasis!.inclusive).toBe(true)
  })

  it('an item is as it was billed first, whatever the rule says by now', () => {
    const first = withTax(11_900n, scaled(11_900n, 2), undefined, taxed('0.19', true), 2)
    const item = billed(first.amount, first.tax, { rate: '0.19', basis: first.taxBasis! })
    expect(priceAmount(item)).toBe(11_900n)
    const more = withTax(1190n, scaled(1190n, 2), item, taxed('0.19', false), 2)
    expect(more).toMatchObject({ amount: 1000n, tax: 190n })
    const exclusive = billed(10_000n, 1900n, taxed('0.19', false))
    expect(priceAmount(exclusive)).toBe(10_000n)
    const added = withTax(1190n, scaled(1190n, 2), exclusive, taxed('0.19', true), 2)
    expect(added).toMatchObject({ amount: 1190n, tax: 226n })
    expect(added.taxBasis!.inclusive).toBe(false)
    // Of lines from before there were reasons nothing is known, so that they were without tax.
    const old = { ...exclusive, taxBasis: null }
    expect(withTax(-100n, scaled(-100n, 2), old, taxed('0.19', true), 2)).toMatchObject({
      ...{ amount: -100n, tax: -19n, taxBasis: null },
    })
  })

  it('what brings an item back to nothing takes back exactly what was taken', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 9n }), rate, fc.boolean(), (asked, of, inclusive) => {
        const by = taxed(of, inclusive)
        const first = withTax(asked, scaled(asked, 2), undefined, by, 2)
        const item = billed(first.amount, first.tax, { rate: of, basis: first.taxBasis as TaxBasis })
        const back = withTax(-priceAmount(item), scaled(-asked, 2), item, taxed('0.5', !inclusive), 2)
        expect([back.amount, back.tax, back.taxRate]).toEqual([-first.amount, -first.tax, of])
      }),
    ))

  it('a credit note of all of a line comes to exactly what it asked for, in any parts', () =>
    fc.assert(
      fc.property(
        fc.bigInt({ min: 2n, max: 10n ** 9n }),
        rate,
        fc.integer({ min: 1, max: 99 }),
        (asked, of, share) => {
          const line = withTax(asked, scaled(asked, 2), undefined, taxed(of, true), 2)
          const nothing = { amount: 0n, tax: 0n, quantity: 0n }
          const own = { id: 'l', amount: line.amount, tax: line.tax, quantity: 1n, credited: nothing }
          const part = (asked * BigInt(share)) / 100n
          if (part === 0n) return
          const one = decideCredit([own], { kind: 'amount', amount: part })
          if (!one.ok) throw new Error(one.failure.code)
          const credited = { amount: one.net, tax: one.tax, quantity: 0n }
          const rest = decideCredit([{ ...own, credited }], { kind: 'whole' })
          if (!rest.ok) throw new Error(rest.failure.code)
          expect(one.total + rest.total).toBe(asked)
          expect([one.net + rest.net, one.tax + rest.tax]).toEqual([line.amount, line.tax])
        },
      ),
    ))
})
