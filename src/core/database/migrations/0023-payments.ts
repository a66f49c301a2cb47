import { int, nullable, table, text } from '../table.ts'

/** What customers paid, what it settled, and what the bank says of it. */
const payments = {
  /** Money that came, or that is asked for. What it settles are rows of their own, and never edited. */
  payments: table({
    scope: 'finance',
    columns: {
      id: text(),
      customer_id: text(),
      /** The customer's name and what the payer wrote: what search finds it by. */
      title: text(),
      currency: text(),
      /** Minor units, more than zero. */
      amount: int(),
      method: text<'bank-transfer' | 'direct-debit' | 'card' | 'cash' | 'cheque' | 'other'>(),
      /** Who carries it: `manual`, or the name of a provider. */
      provider: text(),
      /** What the provider calls it. */
      provider_ref: nullable(text()),
      reference: text(),
      state: text<'pending' | 'succeeded' | 'failed' | 'reversed'>(),
      /** When the money came; null while it is waited for. */
      received_at: nullable(int()),
      /** Of the amount, what settles invoices, and what went back to the payer. */
      allocated: int(),
      refunded: int(),
      /** One of the codes of `failure-codes.ts`, and what the provider said. */
      failure: nullable(text()),
      failure_text: nullable(text()),
      /** Why it was reversed. */
      note: nullable(text()),
      /** JSON list of the invoices that it is asked for. */
      asked_for: text(),
      bank_line_id: nullable(text()),
      created_by: nullable(text()),
      created_at: int(),
    },
    unique: [['provider', 'provider_ref']],
    indexes: [['customer_id', 'created_at'], ['state', 'created_at'], ['bank_line_id']],
    search: { entity: 'payment', title: 'title', body: ['reference', 'provider_ref'] },
  }),
  /**
   * What takes from what an invoice asks for: a part of a payment, or of it what was released again as a negative
   * amount. What an invoice still asks for is its total less the sum of these.
   */
  settlements: table({
    scope: 'finance',
    columns: {
      id: text(),
      invoice_id: text(),
      customer_id: text(),
      kind: text<'payment' | 'credit-note' | 'balance' | 'write-off'>(),
      /** The payment, the credit note, or the row of the ledger. */
      source_id: text(),
      amount: int(),
      at: int(),
      created_by: nullable(text()),
    },
    indexes: [['invoice_id'], ['source_id'], ['customer_id']],
  }),
  /** Money that goes back to the payer. */
  refunds: table({
    scope: 'finance',
    columns: {
      id: text(),
      payment_id: text(),
      customer_id: text(),
      currency: text(),
      amount: int(),
      reason: text(),
      state: text<'waiting' | 'done' | 'failed'>(),
      provider_ref: nullable(text()),
      created_by: nullable(text()),
      created_at: int(),
      done_at: nullable(int()),
    },
    indexes: [['payment_id'], ['customer_id'], ['state', 'created_at']],
  }),
}

/** The workspace's accounts and their statements. */
const bank = {
  bank_accounts: table({
    scope: 'finance',
    columns: {
      id: text(),
      name: text(),
      /** As the bank knows them. */
      holder: text(),
      /** An IBAN without spaces, or another number where the country has none. */
      number: text(),
      bic: text(),
      currency: text(),
      /** The creditor identifier of SEPA; empty where nothing is collected. */
      creditor_id: text(),
      active: int(),
      created_at: int(),
    },
    unique: [['number', 'currency']],
  }),
  bank_files: table({
    scope: 'finance',
    columns: {
      id: text(),
      account_id: text(),
      file_name: text(),
      digest: text(),
      format: text<'camt.053' | 'csv'>(),
      /** What the bank calls the statement. */
      statement: text(),
      first_on: nullable(text()),
      last_on: nullable(text()),
      /** Minor units; null where the file does not say. */
      opening: nullable(int()),
      closing: nullable(int()),
      lines: int(),
      /** Of them, those that were not there yet. */
      fresh: int(),
      imported_by: nullable(text()),
      imported_at: int(),
    },
    unique: [['account_id', 'digest']],
    indexes: [['imported_at']],
  }),
  bank_lines: table({
    scope: 'finance',
    columns: {
      id: text(),
      file_id: text(),
      account_id: text(),
      /** What makes it the same line in another file of the same days. */
      fingerprint: text(),
      /** Local dates. */
      booked_on: text(),
      value_on: text(),
      /** Minor units; negative where money left the account. */
      amount: int(),
      currency: text(),
      name: text(),
      iban: text(),
      text: text(),
      /** What the bank or the payer calls the transfer. */
      reference: text(),
      /** The reason of a return, as the bank says it; empty for none. */
      return_code: text(),
      state: text<'open' | 'matched' | 'ignored'>(),
      payment_id: nullable(text()),
      note: nullable(text()),
      decided_by: nullable(text()),
      decided_at: nullable(int()),
    },
    unique: [['account_id', 'fingerprint']],
    indexes: [['state', 'booked_on'], ['file_id'], ['payment_id']],
  }),
}

export const tables = { ...payments, ...bank }
