import { int, nullable, table, text } from '../table.ts'
import { tables as billing } from './0008-billing.ts'
import { tables as coupons } from './0030-coupons.ts'

/** How the invoices of customers are made: the least that they come to. */
export const tables = {
  billing_arrangements: table({
    scope: 'everyone',
    key: ['customer_id'],
    columns: {
      customer_id: text(),
      /** Minor units of the customer's currency; zero where none is wanted. Without a row the workspace's holds. */
      minimum: int(),
      changed_by: nullable(text()),
      changed_at: int(),
    },
  }),
}

const { invoices, invoice_summaries: summaries } = billing

export const changed = {
  invoices: table({
    scope: 'finance',
    columns: {
      ...invoices.columns,
      /** What it is kept apart for: `subscription/<id>` or `top-up`; empty for all that is billed together. */
      apart: text(),
    },
    unique: [['number']],
    indexes: [['period', 'state'], ['customer_id', 'period'], ['state', 'period'], ['run_id']],
    search: { entity: 'invoice', title: 'title', body: ['note'] },
  }),
  invoice_summaries: table({
    scope: 'finance',
    key: ['customer_id', 'currency', 'period', 'invoice_id'],
    columns: {
      ...summaries.columns,
      /** As the invoice says it: what is kept apart is compared with its like. */
      apart: text(),
    },
  }),
  coupons: table({
    scope: 'everyone',
    columns: {
      ...coupons.coupons.columns,
      /** 1 where it takes something off what is charged once too. */
      one_offs: int(),
    },
    unique: [['code']],
    search: { entity: 'coupon', title: 'code', body: ['name'] },
  }),
}

export const statements = (kind: 'sqlite' | 'postgres') => {
  const words = kind === 'sqlite' ? 'TEXT' : 'text COLLATE "C"'
  const whole = kind === 'sqlite' ? 'INTEGER' : 'bigint'
  return [
    `ALTER TABLE invoices ADD COLUMN apart ${words} NOT NULL DEFAULT ''`,
    `ALTER TABLE invoice_summaries ADD COLUMN apart ${words} NOT NULL DEFAULT ''`,
    `ALTER TABLE coupons ADD COLUMN one_offs ${whole} NOT NULL DEFAULT 0`,
    // Invoices of nothing but top-ups are what they are from here on.
    `UPDATE invoices SET apart = 'top-up' WHERE state IN ('draft', 'held', 'approved')
      AND EXISTS (SELECT 1 FROM invoice_lines line JOIN wallet_grants topped
        ON topped.workspace = line.workspace AND line.item = 'one-off/' || topped.one_off_id
        WHERE line.workspace = invoices.workspace AND line.invoice_id = invoices.id)
      AND NOT EXISTS (SELECT 1 FROM invoice_lines line WHERE line.workspace = invoices.workspace
        AND line.invoice_id = invoices.id AND line.item NOT IN
        (SELECT 'one-off/' || topped.one_off_id FROM wallet_grants topped
          WHERE topped.workspace = invoices.workspace AND topped.one_off_id IS NOT NULL))`,
    // What came to less than nothing was issued and never credited: it is the customer's from now on.
    `INSERT INTO balance_transfers
      (workspace, id, customer_id, currency, amount, debit, credit, reason, source, source_id, at)
      SELECT workspace, id, customer_id, currency, -total, 'credited', 'balance', '', 'credit-note', id, issued_at
      FROM invoices WHERE total < 0 AND state = 'issued' AND NOT EXISTS (SELECT 1 FROM credit_notes note
        WHERE note.workspace = invoices.workspace AND note.id = invoices.id)`,
  ]
}
