import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CouponFacts } from '#shared/contract/billing/coupon-facts.ts'
import { decideCredit } from '../corrections/credit-note.ts'
import { addBilled } from '../generate-lines.ts'
import { totalsOf } from '../invoice-totals.ts'
import type { BilledItem, GeneratedLine } from '../model.ts'
import { taxOn } from '../rate.ts'
import { couponItem, couponItems, ofCoupon } from './coupon-item.ts'
import { couponsOfMonth } from './coupons-of-month.ts'
import { discountLines } from './discount-lines.ts'

const MONTH = { from: 1000n, to: 2000n }

function line(item: string, amount: bigint, more: Partial<GeneratedLine> = {}): GeneratedLine {
  const taxRate = more.taxRate ?? '0.19'
  return {
    ...{ item, ordinal: 0, kind: 'fee', subscriptionId: 's', priceId: `price-${item}`, priceKey: item },
    ...{ name: item, metricId: null, unit: '', service: MONTH, quantity: 1n, scale: 0, exact: '0', amount },
    ...{ taxRate, tax: taxOn(amount, taxRate), steps: [] },
    ...more,
  }
}

function coupon(code: string, off: CouponFacts['off'], more: Partial<CouponFacts> = {}): CouponFacts {
  return {
    ...{ redemptionId: code.toLowerCase(), code, off, subscriptionId: null, planIds: null, metricIds: null },
    ...{ from: 0n, endedAt: null, months: null, usedMonths: 0, usedNow: false, givenNow: {} },
    ...more,
  }
}

const percent = (code: string, share: string, more: Partial<CouponFacts> = {}) =>
  coupon(code, { kind: 'percent', percent: share }, more)
const amount = (code: string, minor: bigint, more: Partial<CouponFacts> = {}) =>
  coupon(code, { kind: 'amount', amount: minor, currency: 'EUR' }, more)

const none: ReadonlyMap<string, BilledItem> = new Map()
function off(lines: readonly GeneratedLine[], coupons: readonly CouponFacts[], billed = none) {
  return discountLines({
    ...{ currency: 'EUR', lines, billed, planOf: id => (id === 'price-fee' ? 'plan' : null) },
    coupons: couponsOfMonth(coupons, MONTH),
  })
}
const shown = (lines: readonly GeneratedLine[]) => lines.map(one => `${one.name} ${one.amount} ${one.tax}`)

describe('what coupons take off', () => {
  it('a share of each line, rounded half-up on it, with the tax rate of the line', () => {
    // 12.5 % of 9.99 is 1.24875, half-up 1.25; 19 % of it 0.2375, half-up 0.24. Of 0.50 it is 0.0625: 0.06.
    const made = off([line('fee', 999n), line('calls', 50n, { taxRate: '0' })], [percent('TENTH', '12.5')])
    expect(shown(made)).toEqual(['TENTH: fee -125 -24', 'TENTH: calls -6 0'])
    expect(made[0]).toMatchObject({
      ...{ kind: 'discount', item: 'coupon/tenth/fee', ordinal: 0, priceKey: 'coupon.TENTH', metricId: null },
      steps: [{ step: 'coupon', order: 1, from: '9.99', percent: '12.5', off: null, amount: '-1.25' }],
    })
  })

  it('an amount over lines by largest remainder, and says what of it found nothing', () => {
    // 10.00 over 20.00 and 10.01: 6.664… and 3.335…: the missing cent goes to the larger remainder, the first (0.664).
    const two = [line('fee', 2000n), line('calls', 1001n)]
    expect(shown(off(two, [amount('TEN', 1000n)]))).toEqual(['TEN: fee -666 -127', 'TEN: calls -334 -63'])
    const [over] = off([line('fee', 700n)], [amount('TEN', 1000n)])
    expect(over).toMatchObject({ amount: -700n, tax: -133n, steps: [{ off: '10.00', unused: '3.00' }] })
    // 4.00 of it were taken off the month before: 6.00 are left.
    const [rest] = off([line('fee', 700n)], [amount('TEN', 1000n, { givenNow: { EUR: 400n } })])
    expect(rest).toMatchObject({ amount: -600n, steps: [{ off: '6.00', unused: null }] })
    expect(off([line('fee', 700n)], [amount('TEN', 1000n, { givenNow: { EUR: 1000n } })])).toEqual([])
    const dollars = coupon('USD', { kind: 'amount', amount: 5n, currency: 'USD' })
    expect(off([line('fee', 700n)], [dollars])).toEqual([])
  })

  it('in their order, each from what the ones before it left', () => {
    const lines = [line('fee', 10_000n), line('calls', 5000n, { kind: 'usage', metricId: 'm' })]
    const made = off(lines, [
      amount('CASH', 1000n),
      percent('ALL', '10', { from: 5n }),
      percent('EARLIER', '50', { from: 1n }),
      percent('PLAN', '20', { planIds: ['plan'] }),
      percent('CALLS', '10', { metricIds: ['m'] }),
      percent('OTHER', '10', { subscriptionId: 'another' }),
    ])
    // Calls 50.00 − 10 % = 45.00. Fee 100.00 − 20 % = 80.00. Then half of both: 40.00 and 22.50; then a tenth: 36.00
    // and 20.25; then 10.00 by their weights: 6.40 and 3.60.
    expect(made.map(one => `${one.name} ${one.amount}`)).toEqual([
      'CALLS: calls -500',
      'PLAN: fee -2000',
      'EARLIER: fee -4000',
      'EARLIER: calls -2250',
      'ALL: fee -400',
      'ALL: calls -225',
      'CASH: fee -640',
      'CASH: calls -360',
    ])
    expect(made.at(-1)!.steps[0]).toMatchObject({ order: 5, from: '20.25' })
  })

  it('never below zero, and an amount never more than all lines together come to', () => {
    const twice = off([line('fee', 999n)], [percent('HALF', '50'), percent('WHOLE', '100', { from: 1n })])
    expect(totalsOf([line('fee', 999n), ...twice])).toEqual({ net: 0n, tax: 0n, total: 0n })
    // Half a cent of a cent is a cent, and nothing is left for the other.
    expect(shown(off([line('fee', 1n)], [percent('HALF', '50'), percent('MORE', '50')]))).toEqual([
      'HALF: fee -1 0',
    ])
    expect(off([line('fee', 1n)], [percent('FEW', '10')])).toEqual([])
    const back = line('old', -600n, { kind: 'credit' })
    const [capped] = off([line('fee', 1000n), back], [amount('TEN', 900n)])
    expect(capped).toMatchObject({ amount: -400n, steps: [{ unused: '5.00' }] })
    expect(off([line('fee', 500n), back], [amount('TEN', 900n)])).toEqual([])
  })

  it('what is given back of a discounted item is what was really charged', () => {
    const first = [line('fee', 10_000n)]
    const before = addBilled(none, [...first, ...off(first, [percent('HALF', '50')])], 'EUR')
    // 30.00 of 100.00 go back: of the 50.00 that were taken off, 15.00 with 2.85 of tax.
    const part = line('fee', -3000n, { kind: 'credit', ordinal: 1 })
    const back = off([part], [], before)
    expect(back).toMatchObject([
      { item: 'coupon/half/fee', ordinal: 1, amount: 1500n, tax: 285n, kind: 'discount' },
    ])
    expect(back[0]!.steps).toEqual([{ step: 'coupon-back', code: 'HALF', given: '50.00', amount: '15.00' }])
    const after = addBilled(before, [part, ...back], 'EUR')
    const rest = line('fee', -7000n, { kind: 'credit', ordinal: 2 })
    const all = off([rest], [percent('OTHER', '10')], after)
    expect(shown(all)).toEqual(['HALF: fee 3500 665'])
    const nothing = addBilled(after, [rest, ...all], 'EUR')
    expect(nothing.get('coupon/half/fee')).toMatchObject({ amount: 0n, tax: 0n, lines: 3 })
    expect(off([line('fee', -1n)], [], nothing)).toEqual([])
  })

  it('what a credit note gave back already is not taken back twice', () => {
    const first = [line('fee', 10_000n)]
    const before = new Map(addBilled(none, [...first, ...off(first, [percent('HALF', '50')])], 'EUR'))
    const credited = (item: string, minor: bigint, tax: bigint) =>
      before.set(item, { ...before.get(item)!, credited: { amount: minor, tax } })
    credited('fee', 4000n, 760n)
    credited('coupon/half/fee', -2000n, -380n)
    expect(shown(off([line('fee', -6000n)], [], before))).toEqual(['HALF: fee 3000 570'])
  })
})

describe('the coupons of a month', () => {
  const counts = (more: Partial<CouponFacts>) => couponsOfMonth([percent('A', '1', more)], MONTH).length === 1
  it('from the month in which it was given until the one before it was taken away', () => {
    expect(counts({ from: 1999n })).toBe(true)
    expect(counts({ from: 2000n })).toBe(false)
    expect(counts({ endedAt: 2000n })).toBe(true)
    expect(counts({ endedAt: 1999n })).toBe(false)
  })
  it('for as many months as it says, and in the same month again', () => {
    expect(counts({ months: 2, usedMonths: 1 })).toBe(true)
    expect(counts({ months: 2, usedMonths: 2 })).toBe(false)
    expect(counts({ months: 1, usedMonths: 1, usedNow: true })).toBe(true)
  })
  it('alike ones by their ids', () => {
    const two = [percent('B', '1'), percent('A', '1')]
    expect(couponsOfMonth(two, MONTH).map(one => one.code)).toEqual(['A', 'B'])
    expect(couponsOfMonth(two.reverse(), MONTH).map(one => one.code)).toEqual(['A', 'B'])
  })
})

it('items of coupons, and where they lie among all', () => {
  const item = couponItem('r', 's/p/0/0')
  expect(ofCoupon(item)).toEqual({ redemptionId: 'r', of: 's/p/0/0' })
  expect(ofCoupon('s/p/0/0')).toBeNull()
  const { from, before } = couponItems('r')
  expect(item >= from && item < before).toBe(true)
})

describe('for any lines and coupons', () => {
  const someLines = fc
    .array(fc.record({ amount: fc.bigInt(0n, 100_000n), rate: fc.constantFrom('0', '0.07', '0.19') }), {
      minLength: 1,
      maxLength: 6,
    })
    .map(all => all.map((one, i) => line(`i${i}`, one.amount, { taxRate: one.rate })))
  const someCoupons = fc
    .array(
      fc.oneof(
        fc.integer({ min: 1, max: 100 }).map(share => percent('P', String(share))),
        fc.bigInt(1n, 200_000n).map(minor => amount('A', minor)),
      ),
      { maxLength: 4 },
    )
    .map(all => all.map((one, i) => ({ ...one, code: `C${i}`, redemptionId: `c${i}`, from: BigInt(i) })))

  it('no line comes below zero, tax included; a whole credit note cancels to zero; billed again, nothing is due', () => {
    fc.assert(
      fc.property(someLines, someCoupons, (lines, coupons) => {
        const made = off(lines, coupons)
        for (const one of lines) {
          const own = made.filter(other => ofCoupon(other.item)?.of === one.item)
          const left = totalsOf([one, ...own])
          expect(left.net >= 0n && left.net <= one.amount).toBe(true)
          if (left.net === 0n) expect(left.tax).toBe(0n)
        }
        expect(new Set(made.map(one => `${one.item}/${one.ordinal}`)).size).toBe(made.length)
        const all = [...lines, ...made]
        const { total } = totalsOf(all)
        const credit = decideCredit(
          all.map((one, i) => ({
            ...{ id: String(i), amount: one.amount, tax: one.tax, quantity: one.quantity },
            credited: { amount: 0n, tax: 0n, quantity: 0n },
          })),
          { kind: 'whole' },
        )
        if (total > 0n) expect(credit).toMatchObject({ ok: true, total })
        // Everything that was billed goes back: with it goes every discount, to the minor unit.
        const billed = addBilled(none, all, 'EUR')
        const back = lines
          .filter(one => one.amount > 0n)
          .map(one => ({ ...one, amount: -one.amount, tax: -one.tax }))
        const returned = off(back, coupons, billed)
        expect(totalsOf([...all, ...back, ...returned])).toEqual({ net: 0n, tax: 0n, total: 0n })
      }),
    )
  })
})
