import type { CouponFacts } from '#shared/contract/billing/coupon-facts.ts'
import type { RatingStep } from '#shared/contract/billing/prices.ts'
import { divide, exactOf, exactText, moneyText, multiply, roundHalfUp, scaled } from '../exact.ts'
import type { BilledItem, GeneratedLine } from '../model.ts'
import { placesOf, taxOn } from '../rate.ts'
import { spread } from '../spread.ts'
import { couponItem, ofCoupon } from './coupon-item.ts'

/** Lines of one currency that are about to be billed, and what coupons make of them. */
export interface DiscountInput {
  readonly currency: string
  /** Of one customer, without discounts. */
  readonly lines: readonly GeneratedLine[]
  /** Of `couponsOfMonth`, in their order. */
  readonly coupons: readonly CouponFacts[]
  /** By item, what invoices that stand say: items that are billed, and items of coupons. */
  readonly billed: ReadonlyMap<string, BilledItem>
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
 * - No line comes below zero. An amount of money is moreover no more than all lines together still come to; what of
 *   it finds nothing to be taken off is said on the line, and does not go on into the next month.
 */
export function discountLines({ currency, lines, coupons, billed, planOf }: DiscountInput): GeneratedLine[] {
  const places = placesOf(currency)
  const taken = takenByItem(billed)
  const made = lines.filter(line => line.amount < 0n).flatMap(line => backLines(line, taken, billed, places))
  const open = lines
    .filter(line => line.amount > 0n)
    .map((line): Open => ({ line, left: line.amount, leftTax: line.tax }))
  let net = [...lines, ...made].reduce((sum, line) => sum + line.amount, 0n)
  const ordinalOf = (item: string) => billed.get(item)?.lines ?? 0
  let order = 0
  for (const coupon of coupons) {
    const fitting = open.filter(one => one.left > 0n && fits(coupon, one.line, planOf))
    if (fitting.length === 0) continue
    const share = sharesOf(coupon, fitting, currency, net)
    if (share === null) continue
    order += 1
    for (const [at, one] of fitting.entries()) {
      const off = share.parts[at]!
      if (off === 0n) continue
      // What takes a line to nothing takes all the tax that is left of it.
      const tax = off === one.left ? one.leftTax : taxOn(off, one.line.taxRate)
      const step = couponStep(coupon, order, one.left, off, share, places)
      const item = couponItem(coupon.redemptionId, one.line.item)
      made.push(
        discountLine(one.line, { item, ordinal: ordinalOf(item), code: coupon.code, off, tax, step }, places),
      )
      one.left -= off
      one.leftTax -= tax
      net -= off
    }
  }
  return made
}

/** Whether a coupon is for a line. */
function fits(
  { subscriptionId, planIds, metricIds }: CouponFacts,
  line: GeneratedLine,
  planOf: DiscountInput['planOf'],
): boolean {
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

/** A line that takes something off another. */
function discountLine(
  line: GeneratedLine,
  by: {
    readonly item: string
    readonly ordinal: number
    readonly code: string
    /** More than zero where it takes off, less where it takes a discount back. */
    readonly off: bigint
    readonly tax: bigint
    readonly step: RatingStep
    readonly taxRate?: string
  },
  places: number,
): GeneratedLine {
  const { item, ordinal, code, off, tax, step, taxRate = line.taxRate } = by
  return {
    ...line,
    ...{ item, ordinal, kind: 'discount', priceKey: `coupon.${code}`, name: `${code}: ${line.name}` },
    ...{ metricId: null, unit: '', quantity: 0n, scale: 0, taxRate },
    ...{ amount: -off, tax: -tax, exact: exactText(scaled(-off, places)), steps: [step] },
  }
}

/** Of each item, what coupons took off it. */
function takenByItem(billed: ReadonlyMap<string, BilledItem>): Map<string, BilledItem[]> {
  const taken = new Map<string, BilledItem[]>()
  for (const one of billed.values()) {
    const coupon = ofCoupon(one.item)
    if (coupon === null) continue
    const all = taken.get(coupon.of)
    if (all) all.push(one)
    else taken.set(coupon.of, [one])
  }
  return taken
}

/** What a line that gives money back takes back of the discounts of its item. */
function backLines(
  line: GeneratedLine,
  taken: ReadonlyMap<string, readonly BilledItem[]>,
  billed: ReadonlyMap<string, BilledItem>,
  places: number,
): GeneratedLine[] {
  return (taken.get(line.item) ?? []).flatMap(one => {
    const whole = leftOf(billed.get(line.item)!)
    const left = leftOf(one)
    const all = -line.amount >= whole.amount
    const part = (of: bigint) =>
      all ? -of : roundHalfUp(divide(scaled(of * line.amount), scaled(whole.amount)), 0)
    const back = part(left.amount)
    if (back === 0n) return []
    const code = one.priceKey.slice('coupon.'.length)
    const [given, amount] = [moneyText(-left.amount, places), moneyText(back, places)]
    const step: RatingStep = { step: 'coupon-back', code, given, amount }
    const by = { item: one.item, ordinal: one.lines, code, off: -back, step, taxRate: one.taxRate }
    return [discountLine(line, { ...by, tax: -part(left.tax) }, places)]
  })
}

/** What is billed of an item and was not given back by a credit note. */
function leftOf({ amount, tax, credited }: BilledItem): { readonly amount: bigint; readonly tax: bigint } {
  return { amount: amount - (credited?.amount ?? 0n), tax: tax - (credited?.tax ?? 0n) }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
