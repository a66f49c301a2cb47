import type { Reader } from '#core/database/store.ts'
import type { CouponFacts } from '#shared/contract/billing/coupon-facts.ts'
import { monthsOf, offOf, storedCoupon, usesOf } from './coupon-rows.ts'

/** Coupons of customers as the close of a month needs them, by customer. */
export async function couponFacts(
  reader: Reader,
  customerIds: readonly string[],
  period: string,
): Promise<Map<string, CouponFacts[]>> {
  const rows = await reader.db
    .selectFrom('coupon_redemptions as redemption')
    .innerJoin('coupons as coupon', 'coupon.id', 'redemption.coupon_id')
    .selectAll('coupon')
    .select([
      'redemption.id as redemption_id',
      'redemption.customer_id',
      'redemption.subscription_id',
      'redemption.from_at',
      'redemption.ended_at',
    ])
    .where('redemption.customer_id', 'in', customerIds)
    .orderBy('redemption.id')
    .execute()
  if (rows.length === 0) return new Map()
  const uses = await usesOf(
    reader,
    rows.map(row => row.redemption_id),
  )
  const facts = rows.map(row => {
    const own = uses.get(row.redemption_id)!
    const months = monthsOf(own)
    const usedNow = months.delete(period)
    const { code, planIds, metricIds, oneOffs, months: most } = storedCoupon(row)
    const one: CouponFacts = {
      ...{ redemptionId: row.redemption_id, code, off: offOf(row), subscriptionId: row.subscription_id },
      ...{ planIds, metricIds, oneOffs, from: row.from_at, endedAt: row.ended_at, months: most },
      ...{ usedMonths: months.size, usedNow },
      givenNow: Object.fromEntries(
        own.filter(use => use.period === period).map(({ currency, off }) => [currency, off]),
      ),
    }
    return { customerId: row.customer_id, one }
  })
  return new Map(
    [...Map.groupBy(facts, fact => fact.customerId)].map(([id, own]) => [id, own.map(({ one }) => one)]),
  )
}
