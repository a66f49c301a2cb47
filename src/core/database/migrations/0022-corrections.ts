import { int, nullable, table, text } from '../table.ts'

/** Corrections of issued invoices; periods that are locked; and the entries that say where the money went. */
export const tables = {
  /**
   * What a credit note is besides its document, which is an invoice of the kind `credit-note` with the same id.
   * Never changed.
   */
  credit_notes: table({
    scope: 'finance',
    columns: {
      id: text(),
      /** What it corrects. */
      invoice_id: text(),
      customer_id: text(),
      currency: text(),
      /** Minor units with tax, more than zero: what it gives back. */
      total: int(),
      reason: text(),
      /** Of the total: what it took from what the invoice still asked for, and what went to the customer. */
      applied: int(),
      refunded: int(),
      credited: int(),
      requested_by: text(),
      /** The request that allowed it; null where it was below the limit. */
      approval_id: nullable(text()),
      created_at: int(),
    },
    indexes: [['invoice_id'], ['customer_id', 'created_at']],
  }),
  /** Which line of the invoice a line of a credit note gives back, and how much of it. Never changed. */
  credit_note_lines: table({
    scope: 'finance',
    columns: {
      /** The line of the credit note. */
      id: text(),
      credit_note_id: text(),
      invoice_id: text(),
      /** The line of the invoice. */
      line_id: text(),
      /** Counted positive where it gives back what was billed. */
      amount: int(),
      tax: int(),
      /** In units of the line's scale. */
      quantity: int(),
    },
    indexes: [['invoice_id'], ['credit_note_id']],
  }),
  /** What is not expected to be paid any more. A reversal is a row of its own. Never changed. */
  write_offs: table({
    scope: 'finance',
    columns: {
      id: text(),
      invoice_id: text(),
      customer_id: text(),
      currency: text(),
      /** Negative for a reversal. */
      amount: int(),
      /** The write-off that it takes back. */
      reverses: nullable(text()),
      reason: text(),
      requested_by: text(),
      approval_id: nullable(text()),
      created_at: int(),
    },
    indexes: [['invoice_id'], ['customer_id', 'created_at']],
  }),
  /** Invoices that count for nothing. Never changed. */
  invoice_voids: table({
    scope: 'finance',
    key: ['invoice_id'],
    columns: {
      invoice_id: text(),
      reason: text(),
      /** The draft that bills the same anew; null: what it billed is not billed again. */
      reissued_as: nullable(text()),
      requested_by: text(),
      approval_id: nullable(text()),
      voided_at: int(),
    },
  }),
  disputes: table({
    scope: 'finance',
    columns: {
      id: text(),
      invoice_id: text(),
      customer_id: text(),
      /** Number and customer: what search finds it by. */
      title: text(),
      currency: text(),
      amount: int(),
      reason: text(),
      state: text<'open' | 'won' | 'lost' | 'withdrawn'>(),
      /** By when an answer is owed; null where nobody set one. */
      deadline_at: nullable(int()),
      opened_by: text(),
      opened_at: int(),
      decided_by: nullable(text()),
      decided_at: nullable(int()),
      outcome: nullable(text()),
    },
    indexes: [['invoice_id'], ['customer_id', 'opened_at'], ['state', 'deadline_at']],
    search: { entity: 'dispute', title: 'title', body: ['reason'] },
  }),
  /** What speaks for one side or the other. Never changed. */
  dispute_evidence: table({
    scope: 'finance',
    columns: {
      id: text(),
      dispute_id: text(),
      text: text(),
      /** Null where it is text alone. */
      file_name: nullable(text()),
      media_type: nullable(text()),
      digest: nullable(text()),
      size: nullable(int()),
      added_by: text(),
      added_at: int(),
    },
    indexes: [['dispute_id', 'added_at']],
  }),
  /** When months were locked, and opened again. */
  period_locks: table({
    scope: 'finance',
    columns: {
      id: text(),
      /** `2026-10`. */
      period: text(),
      locked_by: text(),
      locked_at: int(),
      reopened_by: nullable(text()),
      reopened_at: nullable(int()),
      reason: nullable(text()),
      approval_id: nullable(text()),
    },
    indexes: [['period', 'locked_at']],
  }),
  /**
   * Double entry: each row takes an amount from one account and gives it to another, so that all rows sum to
   * zero whatever they are. Never changed; what was wrong is taken back by a row the other way round.
   */
  balance_transfers: table({
    scope: 'finance',
    columns: {
      id: text(),
      customer_id: text(),
      currency: text(),
      /** Minor units, more than zero. */
      amount: int(),
      debit: text(),
      credit: text(),
      reason: text(),
      /** What it came of: an entity and its row. */
      source: text(),
      source_id: text(),
      at: int(),
    },
    indexes: [['customer_id', 'currency', 'at'], ['source_id']],
  }),
}
