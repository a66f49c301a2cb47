import { int, nullable, table, text } from '../table.ts'
import { tables as billing } from './0008-billing.ts'

/** Further terms of prices and metrics, and prices of one customer alone. */
export const tables = {
  /** What one customer pays in the place of a plan's price, for a time. No two of one price overlap. */
  price_overrides: table({
    scope: 'everyone',
    columns: {
      id: text(),
      customer_id: text(),
      plan_id: text(),
      /** The price by its key, in every version of the plan. */
      price_key: text(),
      currency: text(),
      starts_at: int(),
      ends_at: nullable(int()),
      /** JSON: what it says in the place of the price. */
      terms: text(),
      reason: text(),
      created_by: nullable(text()),
      created_at: int(),
    },
    indexes: [['customer_id', 'plan_id', 'price_key', 'currency']],
  }),
}

/** Prices with all their terms. */
export const changed = {
  prices: table({
    scope: 'everyone',
    columns: {
      ...billing.prices.columns,
      /** JSON: filters, interval, how its minimum is made up, its floor; null for none of it. */
      more: nullable(text()),
    },
    unique: [['plan_version_id', 'currency', 'key']],
  }),
}

export const statements = (kind: 'sqlite' | 'postgres') => [
  `ALTER TABLE prices ADD COLUMN more ${kind === 'sqlite' ? 'TEXT' : 'text COLLATE "C"'}`,
]
