import type { CouponFacts } from '#shared/contract/billing/coupon-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'

/**
 * The coupons that count for the invoices of a month, in the order in which they are taken off.
 *
 * A coupon counts from the month in which the customer got it until the month before the one in which it was taken
 * away, whenever those months are closed; one for so many months in the first so many of which an invoice stands
 * that it took something off.
 *
 * Order: what is for metrics alone, then what is for plans alone, then the rest; of those, shares before amounts,
 * then by the instant at which the customer got them. Each takes its part of what the ones before it left.
 */
export function couponsOfMonth(coupons: readonly CouponFacts[], month: Span): CouponFacts[] {
  return coupons
    .filter(
      ({ from, endedAt, months, usedMonths, usedNow }) =>
        from < month.to &&
        (endedAt === null || endedAt >= month.to) &&
        (months === null || usedNow || usedMonths < months),
    )
    .sort(
      (a, b) =>
        width(a) - width(b) ||
        kindOf(a) - kindOf(b) ||
        (a.from === b.from ? (a.redemptionId < b.redemptionId ? -1 : 1) : a.from < b.from ? -1 : 1),
    )
}

function width({ metricIds, planIds }: CouponFacts): number {
  return metricIds !== null ? 0 : planIds !== null ? 1 : 2
}

function kindOf({ off }: CouponFacts): number {
  return off.kind === 'percent' ? 0 : 1
}
