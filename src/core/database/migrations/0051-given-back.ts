import { int, nullable, table } from '../table.ts'
import { tables as billing } from './0008-billing.ts'
import { tables as corrections } from './0022-corrections.ts'

/** What credit notes give back to wallets, and which customers use their balance whatever the workspace says. */
export const changed = {
  credit_notes: table({
    scope: 'finance',
    columns: {
      ...corrections.credit_notes.columns,
      /** Of the total: what went back to grants of wallets, and of that what expired at once. */
      returned: int(),
      lapsed: int(),
    },
    indexes: [['invoice_id'], ['customer_id', 'created_at']],
  }),
  billing_profiles: table({
    scope: 'everyone',
    key: ['customer_id'],
    columns: {
      ...billing.billing_profiles.columns,
      /** 1: what is in the customer's favour is used for its invoices, 0: not; null: as the workspace says. */
      use_balance: nullable(int()),
    },
  }),
}

export const tables = {}

export const statements = (kind: 'sqlite' | 'postgres') => {
  const number = kind === 'sqlite' ? 'INTEGER' : 'bigint'
  return [
    `ALTER TABLE credit_notes ADD COLUMN returned ${number} NOT NULL DEFAULT 0`,
    `ALTER TABLE credit_notes ADD COLUMN lapsed ${number} NOT NULL DEFAULT 0`,
    `ALTER TABLE billing_profiles ADD COLUMN use_balance ${number}`,
  ]
}
