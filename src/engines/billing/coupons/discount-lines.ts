import type { CouponFacts } from '#shared/contract/billing/coupon-facts.ts'
import type { RatingStep } from '#shared/contract/billing/prices.ts'
import { divide, exactOf, moneyText, multiply, roundHalfUp, scaled } from '../exact.ts'
import type { BilledItem, GeneratedLine } from '../model.ts'
import { placesOf, taxOn } from '../rate.ts'
import { spread } from '../spread.ts'
import { type DiscountKind, discountLine, takenBack } from '../take-back.ts'
import { couponItem, ofCoupon } from './coupon-item.ts'

/** Lines of one currency that are about to be billed, and what coupons make of them. */
export interface DiscountInput {
  readonly currency: string
  /** Of one customer, as what was agreed with it leaves them. */
  readonly lines: readonly GeneratedLine[]
  /** What is charged once: coupons that say so take something off it too. */
  readonly once?: readonly GeneratedLine[]
  /** Of `couponsOfMonth`, in their order. */
  readonly coupons: readonly CouponFacts[]
  /** By item, what invoices that stand say: items that are billed, and items of coupons. */
  readonly billed: ReadonlyMap<string, BilledItem>
  /** What other lines come to that nothing is taken off, and that stand against an amount of money. */
  readonly besides?: bigint
  /** The plan of a price. */
  planOf(priceId: string): string | null
}

/** A line that something can still be taken off. */
interface Open {
  readonly line: GeneratedLine
  left: bigint
  leftTax: bigint
}

/**
 * The lines that coupons add to an invoice. What takes money off stands on a line of its own for each line and each
 * coupon, with the tax rate of the line that it is taken off, so that tax, credit notes and corrections stay exact.
 *
 * - A line that gives money back gives less back by its part of what coupons took off the same item: the customer
 *   gets what was really charged. What brings an item back to nothing takes back the whole discount and its tax.
 * - Every other line of more than zero is taken off by each coupon that fits it, in their order, from what the
 *   ones before left: a share, rounded half-up on the line, or the line's part of the coupon's amount of the month,
 *   by largest remainder.
 * - What is charged once is taken off by coupons alone that say so.
 * - No line comes below zero. An amount of money is moreover no more than all lines together still come to; what of
 *   it finds nothing to be taken off is said on the line, and does not go on into the next month.
 */
export function discountLines({
  currency,
  lines,
  once = [],
  coupons,
  billed,
  planOf,
  besides = 0n,
}: DiscountInput): GeneratedLine[] {
  const places = placesOf(currency)
  const made = takenBack(lines, billed, places, COUPONS)
  const open = [...lines, ...once]
    .filter(line => line.amount > 0n)
    .map((line): Open => ({ line, left: line.amount, leftTax: line.tax }))
  let net = [...lines, ...made].reduce((sum, line) => sum + line.amount, besides)
  const leftOnce = () => open.reduce((sum, one) => (isOnce(one.line) ? sum + one.left : sum), 0n)
  const ordinalOf = (item: string) => billed.get(item)?.lines ?? 0
  let order = 0
  for (const coupon of coupons) {
    const fitting = open.filter(one => one.left > 0n && fits(coupon, one.line, planOf))
    if (fitting.length === 0) continue
    const share = sharesOf(coupon, fitting, currency, coupon.oneOffs ? net + leftOnce() : net)
    if (share === null) continue
    order += 1
    for (const [at, one] of fitting.entries()) {
      const off = share.parts[at]!
      if (off === 0n) continue
      // What takes a line to nothing takes all the tax that is left of it.
      const tax = off === one.left ? one.leftTax : taxOn(off, one.line.taxRate)
      const step = couponStep(coupon, order, one.left, off, share, places)
      const item = couponItem(coupon.redemptionId, one.line.item)
      const words = { priceKey: `${PRICE}${coupon.code}`, title: coupon.code }
      made.push(discountLine(one.line, { item, ordinal: ordinalOf(item), ...words, off, tax, step }, places))
      one.left -= off
      one.leftTax -= tax
      if (!isOnce(one.line)) net -= off
    }
  }
  return made
}

/** What stands before the code in the key of a coupon's line. */
const PRICE = 'coupon.'
const codeOf = ({ priceKey }: BilledItem) => priceKey.slice(PRICE.length)

const COUPONS: DiscountKind = {
  of: item => ofCoupon(item)?.of ?? null,
  title: codeOf,
  step: (billed, given, amount) => ({ step: 'coupon-back', code: codeOf(billed), given, amount }),
}

function isOnce({ kind }: GeneratedLine): boolean {
  return kind === 'one-off'
}

/** Whether a coupon is for a line. */
function fits(
  { subscriptionId, planIds, metricIds, oneOffs = false }: CouponFacts,
  line: GeneratedLine,
  planOf: DiscountInput['planOf'],
): boolean {
  if (isOnce(line) && !oneOffs) return false
  if (subscriptionId !== null && subscriptionId !== line.subscriptionId) return false
  if (metricIds !== null && (line.metricId === null || !metricIds.includes(line.metricId))) return false
  return planIds === null || planIds.includes(planOf(line.priceId) ?? '')
}

interface Share {
  readonly parts: readonly bigint[]
  /** Of an amount of money: what was there to be taken off, and what of it found nothing. */
  readonly amount: bigint | null
  readonly unused: bigint
}

/** What a coupon takes off each of the lines; null where it has nothing to take off in this currency. */
function sharesOf(
  { off, givenNow }: CouponFacts,
  fitting: readonly Open[],
  currency: string,
  net: bigint,
): Share | null {
  if (off.kind === 'percent') {
    const part = divide(exactOf(off.percent), scaled(100n))
    const parts = fitting.map(({ left }) => roundHalfUp(multiply(scaled(left), part), 0))
    return { parts, amount: null, unused: 0n }
  }
  if (off.currency !== currency) return null
  const amount = off.amount - (givenNow[currency] ?? 0n)
  const most = least(
    net,
    fitting.reduce((sum, { left }) => sum + left, 0n),
  )
  const used = least(amount, most)
  if (used <= 0n) return null
  const parts = spread(
    used,
    fitting.map(({ left }) => left),
  )
  return { parts, amount, unused: amount - used }
}

function couponStep(
  { code, off }: CouponFacts,
  order: number,
  from: bigint,
  taken: bigint,
  share: Share,
  places: number,
): RatingStep {
  return {
    ...{ step: 'coupon', code, order, from: moneyText(from, places) },
    percent: off.kind === 'percent' ? off.percent : null,
    off: share.amount === null ? null : moneyText(share.amount, places),
    unused: share.unused === 0n ? null : moneyText(share.unused, places),
    amount: moneyText(-taken, places),
  }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
