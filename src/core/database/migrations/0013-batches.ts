import { int, nullable, table, text } from '../table.ts'

/** Bulk content beside the feed, and what a person compares when a command is refused. */
export const tables = {
  /** Desk: the rows that a command of the outbox names. */
  outbox_context: table({
    columns: {
      id: text(),
      /** JSON of the rows as they were here when it was given. */
      based_on: text(),
      /** JSON of the rows as the server had them when it refused; null until then. */
      current: nullable(text()),
      /** The hash of the server's log entry once it was done there. */
      answered_head: nullable(text()),
    },
  }),
  /** Desk: answers of the last commands that are no longer in the outbox, for whoever asks again. */
  outbox_settled: table({
    columns: { id: text(), number: int(), command: text(), answer: text() },
    indexes: [['number']],
  }),
  /** The feed's part of bulk content, which itself travels beside it: immutable, and named by its digest. */
  batches: table({
    scope: 'everyone',
    columns: {
      id: text(),
      kind: text<'cost.sums' | 'cost.lines'>(),
      /** Who may have the content. */
      scope: text<'everyone' | 'finance' | 'operations'>(),
      /** What it is of: a batch of cost lines. */
      source: text(),
      period_from: int(),
      period_to: int(),
      /** Rows, and bytes on their way. */
      rows: int(),
      bytes: int(),
      parts: int(),
      /** JSON list of the SHA-256 of each part, and the SHA-256 of that list. */
      part_digests: text(),
      digest: text(),
      published_at: int(),
    },
    indexes: [['kind', 'period_from'], ['source']],
  }),
  /** Desk: batches that are wanted or here. */
  batches_here: table({
    columns: {
      id: text(),
      kind: text(),
      source: text(),
      period_from: int(),
      period_to: int(),
      /** `wanted`: its parts are being fetched; `here`: whole and checked, its rows are in their tables. */
      state: text<'wanted' | 'here'>(),
      /** The part that comes next. */
      next_part: int(),
    },
    indexes: [['kind', 'period_from']],
  }),
}
