import { nullable, table, text } from '../table.ts'
import * as journal from './0045-journal.ts'

/** What is told abroad, and to ledgers of several companies. */
export const tables = {
  /** What customers want their electronic invoices to name, such as a Leitweg-ID. */
  customer_e_references: table({
    scope: 'finance',
    key: ['customer_id'],
    columns: { customer_id: text(), reference: text() },
  }),
}

/** Entries and receipts say of which legal entity they are; entries in a foreign currency, by which rate it keeps them. */
export const changed = {
  journal_entries: table({
    scope: 'finance',
    key: ['source'],
    columns: {
      ...journal.tables.journal_entries.columns,
      /** Null: the workspace, as its settings describe it. */
      entity_id: nullable(text()),
      /** In which the books are kept; null where nobody said it. */
      books: nullable(text()),
      /** Units of the entry's currency for one of the books': a decimal or a fraction; null where there is none. */
      rate: nullable(text()),
    },
    indexes: [['period', 'number']],
  }),
  journal_exports: table({
    scope: 'finance',
    columns: {
      ...journal.tables.journal_exports.columns,
      entity_id: nullable(text()),
    },
    unique: [['period', 'profile', 'currency', 'number']],
  }),
}

export const statements = (kind: 'sqlite' | 'postgres') => {
  const type = kind === 'sqlite' ? 'TEXT' : 'text COLLATE "C"'
  return [
    `ALTER TABLE journal_entries ADD COLUMN entity_id ${type}`,
    `ALTER TABLE journal_entries ADD COLUMN books ${type}`,
    `ALTER TABLE journal_entries ADD COLUMN rate ${type}`,
    `ALTER TABLE journal_exports ADD COLUMN entity_id ${type}`,
  ]
}
