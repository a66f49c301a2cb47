/** What a coupon takes off: a share of each line, or an amount of money for each month. */
export type CouponOff =
  | { readonly kind: 'percent'; readonly percent: string }
  /** Minor units, more than zero. */
  | { readonly kind: 'amount'; readonly amount: bigint; readonly currency: string }

/** A coupon that a customer has, as a close needs it. */
export interface CouponFacts {
  readonly redemptionId: string
  readonly code: string
  readonly off: CouponOff
  /** For one subscription alone; null for all of the customer's. */
  readonly subscriptionId: string | null
  /** Only lines of these plans or metrics; null where it does not matter. */
  readonly planIds: readonly string[] | null
  readonly metricIds: readonly string[] | null
  /** It takes something off what is charged once too. */
  readonly oneOffs?: boolean | undefined
  /** In the order in which customers got them. */
  readonly from: bigint
  readonly endedAt: bigint | null
  /** How many months it counts for; null for as long as the customer has it. */
  readonly months: number | null
  /** Other months in which it took something off an invoice that stands, and whether it did in this one. */
  readonly usedMonths: number
  readonly usedNow: boolean
  /** What it took off in this month already, in minor units, by currency. */
  readonly givenNow: Readonly<Record<string, bigint>>
}
