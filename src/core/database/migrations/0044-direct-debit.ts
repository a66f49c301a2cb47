import { int, nullable, table, text } from '../table.ts'

/** Mandates of SEPA direct debits, and the files that collect by them. */
export const tables = {
  sepa_mandates: table({
    scope: 'finance',
    columns: {
      id: text(),
      customer_id: text(),
      /** The customer and the reference: what search finds it by. */
      title: text(),
      /** What the debtor's bank knows it by. */
      reference: text(),
      scheme: text<'CORE' | 'B2B'>(),
      kind: text<'recurrent' | 'one-off'>(),
      holder: text(),
      iban: text(),
      bic: text(),
      /** A local date. */
      signed_on: text(),
      /** The next collection is the last one. */
      ending: int(),
      revoked_at: nullable(int()),
      created_by: nullable(text()),
      created_at: int(),
    },
    unique: [['reference']],
    indexes: [['customer_id', 'created_at']],
    search: { entity: 'mandate', title: 'title', body: ['holder'] },
  }),
  debit_runs: table({
    scope: 'finance',
    columns: {
      id: text(),
      message_id: text(),
      account_id: text(),
      /** The local day on which the money is taken. */
      collect_on: text(),
      state: text<'open' | 'handed-in' | 'cancelled'>(),
      count: int(),
      /** Minor units of the euro. */
      amount: int(),
      file_name: text(),
      /** The file as it is handed in, and the SHA-256 of its bytes. */
      file: text(),
      digest: text(),
      created_by: nullable(text()),
      created_at: int(),
    },
    unique: [['message_id']],
    indexes: [['created_at']],
  }),
  /** One collection of an invoice. How it stands is for its payment to say. Never changed. */
  debit_items: table({
    scope: 'finance',
    columns: {
      id: text(),
      run_id: text(),
      invoice_id: text(),
      customer_id: text(),
      mandate_id: text(),
      payment_id: text(),
      end_to_end_id: text(),
      sequence: text<'FRST' | 'RCUR' | 'OOFF' | 'FNAL'>(),
      collect_on: text(),
      amount: int(),
    },
    indexes: [['run_id'], ['invoice_id'], ['mandate_id'], ['payment_id']],
  }),
}
