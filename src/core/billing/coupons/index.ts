import { applyCoupon, listRedemptions, removeCoupon, restoreRedemption } from './redeem.ts'
import { createCoupon, editCoupon, listCoupons, restoreCoupon, setCouponArchived } from './write-coupon.ts'

/** Coupons, and who has which. */
export const couponHandlers = {
  list: listCoupons,
  redemptions: listRedemptions,
  create: createCoupon,
  edit: editCoupon,
  setArchived: setCouponArchived,
  restore: restoreCoupon,
  apply: applyCoupon,
  remove: removeCoupon,
  restoreRedemption,
}
