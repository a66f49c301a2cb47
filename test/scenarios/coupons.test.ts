import { expect, test } from 'vitest'
import { couponsOfMonth } from '#engines/billing/coupons/coupons-of-month.ts'
import { discountLines } from '#engines/billing/coupons/discount-lines.ts'
import { addBilled } from '#engines/billing/generate-lines.ts'
import { totalsOf } from '#engines/billing/invoice-totals.ts'
import type { BilledItem, GeneratedLine } from '#engines/billing/model.ts'
import { taxOn } from '#engines/billing/rate.ts'
import type { CouponFacts } from '#shared/contract/billing/coupon-facts.ts'

const MONTH = { from: 1n, to: 2n }

/** A line of 19 % tax in the currency of the story. */
function line(name: string, amount: bigint, more: Partial<GeneratedLine> = {}): GeneratedLine {
  return {
    ...{ item: name, ordinal: 0, kind: 'fee', subscriptionId: 's', priceId: name, priceKey: name, name },
    ...{ metricId: null, unit: '', service: MONTH, quantity: 1n, scale: 0, exact: '0', amount },
    ...{ taxRate: '0.19', tax: taxOn(amount, '0.19'), steps: [], ...more },
  }
}

function coupon(code: string, off: CouponFacts['off'], more: Partial<CouponFacts> = {}): CouponFacts {
  return {
    ...{ redemptionId: code, code, off, subscriptionId: null, planIds: null, metricIds: null, from: 0n },
    ...{ endedAt: null, months: null, usedMonths: 0, usedNow: false, givenNow: {}, ...more },
  }
}

function invoice(
  currency: string,
  lines: readonly GeneratedLine[],
  coupons: readonly CouponFacts[],
  billed: ReadonlyMap<string, BilledItem> = new Map(),
) {
  const counting = couponsOfMonth(coupons, MONTH)
  const off = discountLines({ currency, lines, coupons: counting, billed, planOf: () => 'pro' })
  return [...lines, ...off]
}

const amounts = (lines: readonly GeneratedLine[]) => lines.map(one => `${one.name} ${one.amount} ${one.tax}`)

/**
 * A fee of 200.00 and calls of 30.00, tax of 19 %. A partner pays a tenth less for calls: −3.00. The plan's launch
 * coupon takes a quarter off what the plan costs, which both do: −50.00 of the fee, −6.75 of the 27.00 left of the
 * calls. 20.00 for being a start-up are spread over 150.00 and 20.25: 17.6211… and 2.3788…, and the missing cent goes to
 * the larger remainder: 17.62 and 2.38. Net 200 + 30 − 3 − 50 − 6.75 − 20 = 150.25.
 * Tax, line by line: 38.00 + 5.70 − 0.57 − 9.50 − 1.28 (1.2825) − 3.35 (3.3478) − 0.45 (0.4522) = 28.55.
 */
test('three coupons on one invoice, each from what the ones before it left', () => {
  const lines = invoice(
    'EUR',
    [line('Fee', 20_000n), line('Calls', 3000n, { kind: 'usage', metricId: 'calls' })],
    [
      coupon('STARTUP', { kind: 'amount', amount: 2000n, currency: 'EUR' }),
      coupon('LAUNCH', { kind: 'percent', percent: '25' }, { planIds: ['pro'] }),
      coupon('PARTNER', { kind: 'percent', percent: '10' }, { metricIds: ['calls'] }),
    ],
  )
  expect(amounts(lines).slice(2)).toEqual([
    'PARTNER: Calls -300 -57',
    'LAUNCH: Fee -5000 -950',
    'LAUNCH: Calls -675 -128',
    'STARTUP: Fee -1762 -335',
    'STARTUP: Calls -238 -45',
  ])
  expect(totalsOf(lines)).toEqual({ net: 15_025n, tax: 2855n, total: 17_880n })
})

/**
 * 12,345 yen have no smaller part: 33.3 % are 4,110.885 and half-up 4,111. Of 100.005 Kuwaiti dinars, which have
 * three places, they are 33.301665, half-up 33.302.
 */
test('a share in currencies of no and of three places', () => {
  const third = coupon('THIRD', { kind: 'percent', percent: '33.3' })
  const untaxed = { taxRate: '0', tax: 0n }
  expect(invoice('JPY', [line('Fee', 12_345n, untaxed)], [third])[1]).toMatchObject({ amount: -4111n })
  expect(invoice('KWD', [line('Fee', 100_005n, untaxed)], [third])[1]).toMatchObject({ amount: -33_302n })
})

/**
 * A coupon of 50.00 on an invoice of 30.00: 30.00 are taken off, with all of the 5.70 of tax; 20.00 find nothing and
 * lapse.
 */
test('a coupon over the total takes the total and no more', () => {
  const lines = invoice(
    'EUR',
    [line('Fee', 3000n)],
    [coupon('BIG', { kind: 'amount', amount: 5000n, currency: 'EUR' })],
  )
  expect(totalsOf(lines)).toEqual({ net: 0n, tax: 0n, total: 0n })
  expect(lines[1]!.steps).toMatchObject([{ off: '50.00', unused: '20.00', amount: '-30.00' }])
})

/**
 * A year of 1,200.00 in advance with 20 % off: 960.00. Cancelled after a quarter, 900.00 of the fee come back, and of
 * the discount of 240.00 the part 240 × 900 / 1,200 = 180.00 is not given back: 720.00, three quarters of 960.00.
 * With tax of 19 %: −171.00 + 34.20 = −136.80.
 */
test('a year that ends early gives back what was really paid', () => {
  const year = invoice('EUR', [line('Year', 120_000n)], [coupon('FIFTH', { kind: 'percent', percent: '20' })])
  expect(totalsOf(year).net).toBe(96_000n)
  const billed = addBilled(new Map(), year, 'EUR')
  const back = invoice('EUR', [line('Year', -90_000n, { kind: 'credit', ordinal: 1 })], [], billed)
  expect(totalsOf(back)).toEqual({ net: -72_000n, tax: -13_680n, total: -85_680n })
})
