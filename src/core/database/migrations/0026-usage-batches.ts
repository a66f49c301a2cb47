import { blob, int, table, text } from '../table.ts'

/** Usage as bulk content: what of it is published on the authority, and what of bulk content a desk wants. */
export const tables = {
  /** Authority: UTC days that have usage, and how much of it is published. Written by whatever stores usage. */
  usage_days: table({
    key: ['day'],
    columns: {
      /** When it begins. */
      day: int(),
      /** Counts the writes that stored usage of the day. */
      marks: int(),
      /** The marks that the published sums, and the published events, hold. */
      sums_published: int(),
      events_published: int(),
    },
  }),
  /** Authority: parts of batches whose content goes on changing where it came from, as they were published. */
  batch_parts: table({
    key: ['batch', 'part'],
    columns: { batch: text(), part: int(), content: blob() },
  }),
  /** Desk: spans of bulk content that somebody asked for here, beyond what every desk has. */
  bulk_wants: table({
    key: ['kind', 'period_from', 'period_to'],
    columns: { kind: text(), period_from: int(), period_to: int() },
  }),
}

/** Batches are of usage too. */
export const changed = {
  batches: table({
    scope: 'everyone',
    columns: {
      id: text(),
      kind: text<'cost.sums' | 'cost.lines' | 'usage.sums' | 'usage.events'>(),
      /** Who may have the content. */
      scope: text<'everyone' | 'finance' | 'operations'>(),
      /** What it is of: a batch of cost lines, or the beginning of a day of usage. */
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
}

/** Nothing of what is there is published yet. */
export const statements = () => [
  `INSERT INTO usage_days (workspace, day, marks, sums_published, events_published)
    SELECT workspace, at - at % 86400000, 1, 0, 0 FROM usage_buckets GROUP BY workspace, at - at % 86400000`,
]
