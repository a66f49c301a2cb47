import { int, nullable, table, text } from '../table.ts'
import * as coupons from './0030-coupons.ts'

const { columns } = coupons.changed.invoice_lines

/** What is charged once. Whether it was billed is for the lines of invoices to say: their item names it. */
export const tables = {
  one_offs: table({
    scope: 'finance',
    columns: {
      id: text(),
      customer_id: text(),
      currency: text(),
      name: text(),
      unit: text(),
      /** In units of 10^-scale of the unit. */
      quantity: int(),
      scale: int(),
      /** A decimal in the currency's unit. */
      unit_price: text(),
      /** A decimal fraction; null: the customer's. */
      tax_rate: nullable(text()),
      /** When it was done; both null: in the month that bills it. */
      service_from: nullable(int()),
      service_to: nullable(int()),
      /** The first month that bills it, `2026-10`. */
      first_period: text(),
      /** Why, for those who look at it here: no document says it. */
      note: text(),
      created_by: text(),
      created_at: int(),
    },
    indexes: [['customer_id', 'created_at']],
  }),
}

/** Lines may be of one-off charges: a text like any other, so that nothing is altered in the database. */
export const changed = {
  invoice_lines: table({
    scope: 'finance',
    columns: { ...columns, kind: text<'fee' | 'usage' | 'adjustment' | 'credit' | 'discount' | 'one-off'>() },
    unique: [['item', 'ordinal']],
    indexes: [['subscription_id', 'service_to']],
  }),
}
