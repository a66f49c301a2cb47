import { int, nullable, table, text } from '../table.ts'

/** Reminding and charging again, of what is not paid. */
export const tables = {
  /** A campaign as it is now; what it said before are its versions. */
  dunning_campaigns: table({
    scope: 'finance',
    columns: {
      id: text(),
      name: text(),
      /** Low ranks come first: the first that fits an invoice holds. */
      rank: int(),
      active: int(),
      version: int(),
      /** JSON: `DunningTerms`. */
      terms: text(),
      changed_by: nullable(text()),
      changed_at: int(),
    },
    indexes: [['rank']],
  }),
  /** Never changed. */
  dunning_versions: table({
    scope: 'finance',
    key: ['campaign_id', 'version'],
    columns: {
      campaign_id: text(),
      version: int(),
      terms: text(),
      created_by: nullable(text()),
      created_at: int(),
    },
  }),
  /** What was done for an invoice, each day of a track once. Never changed. */
  dunning_steps: table({
    scope: 'finance',
    columns: {
      id: text(),
      invoice_id: text(),
      customer_id: text(),
      campaign_id: text(),
      /** The campaign's name and version when it was done. */
      campaign: text(),
      version: int(),
      track: text<'due' | 'failure'>(),
      days: int(),
      message: nullable(text<'reminder' | 'urgent' | 'final-notice' | 'payment-failed'>()),
      /** Addresses that the message went to. */
      recipients: int(),
      /** The payment that was asked for again. */
      payment_id: nullable(text()),
      task: text(),
      action: text<'leave' | 'mark-unpaid' | 'cancel'>(),
      /** Minor units that were asked for. */
      amount: int(),
      at: int(),
    },
    unique: [['invoice_id', 'track', 'days']],
    indexes: [['customer_id', 'at']],
  }),
  dunning_pauses: table({
    scope: 'finance',
    columns: {
      id: text(),
      customer_id: text(),
      /** Empty: all invoices of the customer. */
      invoice_id: text(),
      until: nullable(int()),
      reason: text(),
      created_by: nullable(text()),
      created_at: int(),
    },
    unique: [['customer_id', 'invoice_id']],
  }),
  dunning_tasks: table({
    scope: 'finance',
    columns: {
      id: text(),
      invoice_id: text(),
      customer_id: text(),
      text: text(),
      created_at: int(),
      done_at: nullable(int()),
      done_by: nullable(text()),
    },
    indexes: [['done_at', 'created_at']],
  }),
  /** That a payment for an invoice failed or came back: the days of retries count from the first of an invoice. */
  payment_failures: table({
    scope: 'finance',
    key: ['payment_id', 'invoice_id'],
    columns: {
      payment_id: text(),
      invoice_id: text(),
      /** One of the codes of `failure-codes.ts`. */
      code: text(),
      at: int(),
    },
    indexes: [['invoice_id']],
  }),
}
