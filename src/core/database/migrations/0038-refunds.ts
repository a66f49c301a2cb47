import { int, nullable, table, text } from '../table.ts'

/** How customers pay, what providers say of payments under way, and how money goes back to customers. */
export const tables = {
  /** A card, an account, a mandate. What is secret of it stays with its provider. */
  payment_methods: table({
    scope: 'finance',
    columns: {
      id: text(),
      customer_id: text(),
      kind: text<'card' | 'bank-account' | 'sepa-mandate' | 'bank-transfer'>(),
      /** Who carries its payments: `manual`, `sepa`, or the name of a provider. */
      provider: text(),
      /** What the provider calls it, or the id of the mandate. */
      provider_ref: nullable(text()),
      /** The network of a card or the name of a bank, and the holder. */
      brand: text(),
      holder: text(),
      /** The last characters of its number: all that anybody needs to know it by. */
      last4: text(),
      /** The last month of a card, `2027-09`. */
      expires: nullable(text()),
      is_default: int(),
      removed_at: nullable(int()),
      created_by: nullable(text()),
      created_at: int(),
    },
    indexes: [
      ['customer_id', 'created_at'],
      ['provider', 'provider_ref'],
    ],
  }),
  /** What a provider was asked for and answered: one row for each payment that a provider carries. */
  provider_payments: table({
    scope: 'finance',
    key: ['payment_id'],
    columns: {
      payment_id: text(),
      method_id: nullable(text()),
      /** What only the payer can do, and where; null where nobody is waited for. */
      action: nullable(text()),
      action_url: nullable(text()),
      told_at: nullable(int()),
    },
  }),
}

/** Refunds with where their money comes from, which way it goes, and how that ended. */
export const changed = {
  refunds: table({
    scope: 'finance',
    columns: {
      id: text(),
      /** The payment that it is of; empty where it is of the customer's balance. */
      payment_id: text(),
      customer_id: text(),
      currency: text(),
      amount: int(),
      reason: text(),
      /** `sent`: on its way, by a provider or in a file of transfers. */
      state: text<'waiting' | 'sent' | 'done' | 'failed' | 'cancelled'>(),
      /** What the provider, or who paid it out, calls it. */
      provider_ref: nullable(text()),
      created_by: nullable(text()),
      created_at: int(),
      done_at: nullable(int()),
      /** The customer and the reason: what search finds it by. */
      title: text(),
      source: text<'payment' | 'balance' | 'credit-note'>(),
      /** The credit note that gives it back. */
      credit_note_id: nullable(text()),
      way: text<'original' | 'bank-transfer'>(),
      /** Where a transfer goes; empty where it goes the way that it came. */
      holder: text(),
      iban: text(),
      bic: text(),
      provider: text(),
      /** The local day of the pay-out. */
      paid_on: nullable(text()),
      failure: nullable(text()),
      failure_text: nullable(text()),
      /** The request that allowed it; null where it was below the limit. */
      approval_id: nullable(text()),
    },
    indexes: [['payment_id'], ['customer_id'], ['state', 'created_at']],
    search: { entity: 'refund', title: 'title', body: ['provider_ref'] },
  }),
}

export const statements = (kind: 'sqlite' | 'postgres') => {
  const column = kind === 'sqlite' ? 'TEXT' : 'text COLLATE "C"'
  const required = (name: string, value: string) =>
    `ALTER TABLE refunds ADD COLUMN ${name} ${column} NOT NULL DEFAULT '${value}'`
  const optional = (name: string) => `ALTER TABLE refunds ADD COLUMN ${name} ${column}`
  return [
    required('title', ''),
    required('source', 'payment'),
    optional('credit_note_id'),
    required('way', 'original'),
    ...['holder', 'iban', 'bic'].map(name => required(name, '')),
    required('provider', 'manual'),
    ...['paid_on', 'failure', 'failure_text', 'approval_id'].map(optional),
    `UPDATE refunds SET title = COALESCE((SELECT name FROM customers
      WHERE customers.workspace = refunds.workspace AND customers.id = refunds.customer_id), '') || ' · ' || reason`,
    // What a credit note sends back was asked for in the same instant, and with its reason.
    `UPDATE refunds SET source = 'credit-note', credit_note_id = (SELECT MIN(note.id) FROM credit_notes note
      WHERE note.workspace = refunds.workspace AND note.customer_id = refunds.customer_id
      AND note.created_at = refunds.created_at AND note.reason = refunds.reason AND note.refunded > 0)
      WHERE EXISTS (SELECT 1 FROM credit_notes note WHERE note.workspace = refunds.workspace
      AND note.customer_id = refunds.customer_id AND note.created_at = refunds.created_at
      AND note.reason = refunds.reason AND note.refunded > 0)`,
    // The ledger knows of every refund from here on: of those that wait that they are owed, of others that they went.
    `INSERT INTO balance_transfers
      (workspace, id, customer_id, currency, amount, debit, credit, reason, source, source_id, at)
      SELECT workspace, id, customer_id, currency, amount, 'cash', 'refundable', reason, 'refund', id, created_at
      FROM refunds WHERE source = 'payment' AND state = 'waiting'`,
    `INSERT INTO balance_transfers
      (workspace, id, customer_id, currency, amount, debit, credit, reason, source, source_id, at)
      SELECT workspace, id, customer_id, currency, amount, 'refundable', 'cash', reason, 'refund', id, created_at
      FROM refunds WHERE source = 'credit-note' AND state <> 'waiting'`,
  ]
}
