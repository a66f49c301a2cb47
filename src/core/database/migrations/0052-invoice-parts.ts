import { int, nullable, table, text } from '../table.ts'
import { tables as oneOffs } from './0035-one-offs.ts'
import { tables as invoicing } from './0046-invoicing.ts'

const { minimum: _, ...arranged } = invoicing.billing_arrangements.columns

/** Whether the subscriptions of a customer are billed together, and on whose invoice something is charged once. */
export const changed = {
  billing_arrangements: table({
    scope: 'everyone',
    key: ['customer_id'],
    columns: {
      ...arranged,
      /** Minor units of the customer's currency, zero where none is wanted; null: the workspace's holds. */
      minimum: nullable(int()),
      /** One invoice a month of all of its subscriptions, or one of each. */
      invoices: text<'together' | 'by-subscription'>(),
    },
  }),
  one_offs: table({
    scope: 'finance',
    columns: {
      ...oneOffs.one_offs.columns,
      /** The subscription on whose invoice it goes, where each has its own; null for none. */
      subscription_id: nullable(text()),
    },
    indexes: [['customer_id', 'created_at']],
  }),
}

export const tables = {}

export const statements = (kind: 'sqlite' | 'postgres') => {
  const words = kind === 'sqlite' ? 'TEXT' : 'text COLLATE "C"'
  const number = kind === 'sqlite' ? 'INTEGER' : 'bigint'
  return [
    // SQLite cannot allow nothing in a column that is there: it is made anew.
    `ALTER TABLE billing_arrangements ADD COLUMN least ${number}`,
    'UPDATE billing_arrangements SET least = minimum',
    'ALTER TABLE billing_arrangements DROP COLUMN minimum',
    'ALTER TABLE billing_arrangements RENAME COLUMN least TO minimum',
    `ALTER TABLE billing_arrangements ADD COLUMN invoices ${words} NOT NULL DEFAULT 'together'`,
    `ALTER TABLE one_offs ADD COLUMN subscription_id ${words}`,
  ]
}
