/** What stands before the item of a line that takes a coupon off another line. */
const COUPON = 'coupon/'

/** The item of what a coupon takes off an item: `coupon/redemption/item`. */
export function couponItem(redemptionId: string, item: string): string {
  return `${COUPON}${redemptionId}/${item}`
}

/** The redemption of such an item, and the item that it was taken off; null for any other item. */
export function ofCoupon(item: string): { readonly redemptionId: string; readonly of: string } | null {
  if (!item.startsWith(COUPON)) return null
  const end = item.indexOf('/', COUPON.length)
  return { redemptionId: item.slice(COUPON.length, end), of: item.slice(end + 1) }
}

/** Between which texts, the second not among them, the items of a redemption lie in their order. */
export function couponItems(redemptionId: string): { readonly from: string; readonly before: string } {
  // The character after the slash, in the order of both databases.
  return { from: `${COUPON}${redemptionId}/`, before: `${COUPON}${redemptionId}0` }
}
