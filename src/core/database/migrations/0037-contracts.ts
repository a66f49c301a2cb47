import { int, nullable, table, text } from '../table.ts'

/** What was agreed with customers, and how it was agreed before. What came of it stands on the lines of invoices. */
export const tables = {
  contracts: table({
    scope: 'everyone',
    columns: {
      id: text(),
      customer_id: text(),
      /** The one subscription that it is about; null for all of the customer's. */
      subscription_id: nullable(text()),
      /** What both sides call it. */
      number: text(),
      name: text(),
      currency: text(),
      /** A draft counts for nothing. */
      state: text<'draft' | 'active'>(),
      from_at: int(),
      /** Null: until further notice. */
      until_at: nullable(int()),
      /** By how many months it goes on at its end; null where it ends. */
      renew_months: nullable(int()),
      /** How many days before its end it can still be said that it shall not go on. */
      notice_days: int(),
      /** When it was ended before its time. */
      terminated_at: nullable(int()),
      /** Days to pay its invoices; null: the customer's. */
      payment_days: nullable(int()),
      /** Phases, volume discounts, commitments and the minimum: canonical JSON. */
      terms: text(),
      notes: text(),
      /** Of what it says now, from 1, and why it says that. */
      version: int(),
      reason: text(),
      changed_by: nullable(text()),
      changed_at: int(),
      created_by: nullable(text()),
      created_at: int(),
    },
    unique: [['number']],
    indexes: [['customer_id']],
    search: { entity: 'contract', title: 'number', body: ['name', 'notes'] },
  }),
  contract_versions: table({
    scope: 'everyone',
    key: ['contract_id', 'number'],
    columns: {
      contract_id: text(),
      number: int(),
      /** All that the contract said, canonical JSON. */
      content: text(),
      reason: text(),
      changed_by: nullable(text()),
      changed_at: int(),
    },
  }),
}
