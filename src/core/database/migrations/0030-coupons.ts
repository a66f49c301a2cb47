import { int, nullable, table, text } from '../table.ts'
import { tables as billing } from './0008-billing.ts'

/** Coupons, and who has which. What they took off stands on the lines of invoices. */
export const tables = {
  coupons: table({
    scope: 'everyone',
    columns: {
      id: text(),
      /** What people type, in capitals. */
      code: text(),
      name: text(),
      kind: text<'percent' | 'amount'>(),
      /** Of each line; null where it is an amount. */
      percent: nullable(text()),
      /** Minor units for each month, and their currency; null where it is a share. */
      amount: nullable(int()),
      currency: nullable(text()),
      /** How many months it counts for; null for as long as a customer has it. */
      months: nullable(int()),
      /** JSON lists of ids; null where it does not matter. */
      plan_ids: nullable(text()),
      metric_ids: nullable(text()),
      /** When customers can get it. */
      valid_from: nullable(int()),
      valid_until: nullable(int()),
      /** How many times customers can get it, all together and each of them; null without end. */
      most: nullable(int()),
      most_each: nullable(int()),
      archived_at: nullable(int()),
      created_by: nullable(text()),
      created_at: int(),
    },
    unique: [['code']],
    search: { entity: 'coupon', title: 'code', body: ['name'] },
  }),
  coupon_redemptions: table({
    scope: 'everyone',
    columns: {
      id: text(),
      coupon_id: text(),
      customer_id: text(),
      /** The one subscription that it is for; null for all of the customer's. */
      subscription_id: nullable(text()),
      from_at: int(),
      /** When it was taken away. */
      ended_at: nullable(int()),
      applied_by: nullable(text()),
      applied_at: int(),
    },
    indexes: [['coupon_id'], ['customer_id']],
  }),
}

/** A line may be what a coupon takes off another. */
export const changed = {
  invoice_lines: table({
    scope: 'finance',
    columns: {
      ...billing.invoice_lines.columns,
      kind: text<'fee' | 'usage' | 'adjustment' | 'credit' | 'discount'>(),
    },
    unique: [['item', 'ordinal']],
    indexes: [['subscription_id', 'service_to']],
  }),
}
