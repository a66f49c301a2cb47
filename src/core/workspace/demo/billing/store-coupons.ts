import { couponRow, redemptionRow } from '#core/billing/coupons/coupon-rows.ts'
import type { Row } from '#core/database/schema.ts'
import { schema } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import type { DemoCoupon } from '#engines/demo/billing/coupons.ts'
import { idsOf } from './ids.ts'
import type { KnownCatalogue } from './store-catalogue.ts'

export interface CouponRows {
  readonly coupons: readonly Row<'coupons'>[]
  readonly redemptions: readonly Row<'coupon_redemptions'>[]
}

/**
 * The rows of the demo's coupons.
 * @param ids customers by their keys
 * @param at when they were made
 */
export function couponRows(
  jobId: string,
  coupons: readonly DemoCoupon[],
  ids: ReadonlyMap<string, string>,
  catalogue: KnownCatalogue,
  at: bigint,
): CouponRows {
  const next = idsOf(jobId, 19)
  const redemptions: Row<'coupon_redemptions'>[] = []
  const rows = coupons.map(({ metric, archived, given, ...coupon }) => {
    const id = next.next()
    for (const { customer, from } of given) {
      const own = { couponId: id, customerId: ids.get(customer)!, subscriptionId: null, from }
      redemptions.push(
        redemptionRow(next.next(), { ...own, endedAt: null, appliedBy: null, appliedAt: from }),
      )
    }
    return couponRow(id, {
      ...coupon,
      ...{ planIds: null, metricIds: metric === null ? null : [catalogue.metrics.get(metric)!.id] },
      oneOffs: false,
      ...{ validFrom: null, validUntil: null, most: null, mostEach: 1 },
      ...{ archivedAt: archived ? at : null, createdBy: null, createdAt: at },
    })
  })
  return { coupons: rows, redemptions }
}

/** Stores them, unless an attempt before this one did. */
export async function storeCoupons(tx: Tx, { coupons, redemptions }: CouponRows): Promise<void> {
  const stored = await tx.db
    .selectFrom('coupons')
    .select('id')
    .where('id', '=', coupons[0]!.id)
    .executeTakeFirst()
  if (stored) return
  await insertRows(tx, 'coupons', schema.coupons, coupons)
  await insertRows(tx, 'coupon_redemptions', schema.coupon_redemptions, redemptions)
}
