import { int, nullable, table, text } from '../table.ts'

/** The journal: what was handed to a ledger, by month. */
export const tables = {
  /** Months whose entries are fixed: what is booked for one of them later stands in a later month. */
  journal_months: table({
    scope: 'finance',
    key: ['period'],
    columns: { period: text(), fixed_by: nullable(text()), fixed_at: int() },
  }),
  /** Entries of fixed months. Never changed. */
  journal_entries: table({
    scope: 'finance',
    key: ['source'],
    columns: {
      /** What it is of: `invoice/<id>`, `payment/<id>/reversed`. */
      source: text(),
      period: text(),
      /** Within its month, from 1. */
      number: int(),
      /** `2026-10-31` */
      day: text(),
      kind: text(),
      document: text(),
      customer_id: text(),
      customer_key: text(),
      customer_name: text(),
      currency: text(),
      text: text(),
      /** JSON list: role, detail, side, amount. */
      postings: text(),
    },
    indexes: [['period', 'number']],
  }),
  /** Receipts of files that were made. A file is written again from them, byte by byte. Never changed. */
  journal_exports: table({
    scope: 'finance',
    columns: {
      id: text(),
      period: text(),
      profile: text(),
      currency: text(),
      /** Of its month, profile and currency, from 1. */
      number: int(),
      /** JSON: the chart of accounts as it was. */
      chart: text(),
      entries: int(),
      /** Sum of the debits, and of the credits, in minor units. */
      total: int(),
      digest: text(),
      file_name: text(),
      exported_by: nullable(text()),
      exported_at: int(),
    },
    unique: [['period', 'profile', 'currency', 'number']],
  }),
  /** The chart of accounts: for a profile, by role, by role and detail, or an option of the profile. */
  journal_accounts: table({
    scope: 'finance',
    key: ['profile', 'item'],
    columns: { profile: text(), item: text(), account: text(), tax_key: text() },
  }),
}
