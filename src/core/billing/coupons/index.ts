import type { HostServices } from '#core/features.ts'
import { applyCoupon, listRedemptions, removeCoupon, restoreRedemption } from './redeem.ts'
import { createCoupon, editCoupon, listCoupons, restoreCoupon, setCouponArchived } from './write-coupon.ts'

/** Coupons, and who has which. */
export function couponHandlers({ environment }: Pick<HostServices, 'environment'>) {
  return {
    list: listCoupons,
    redemptions: listRedemptions,
    create: createCoupon,
    edit: editCoupon,
    setArchived: setCouponArchived,
    restore: restoreCoupon,
    apply: applyCoupon(environment),
    remove: removeCoupon(environment),
    restoreRedemption: restoreRedemption(environment),
  }
}
