import { blob, int, nullable, table, text } from '../table.ts'

/** Cost lines: immutable batches of columnar segments, and their sums by day and month. */
export const tables = {
  /** One source, billing account and billing period of one import. The lines themselves stay out of the feed. */
  cost_batches: table({
    scope: 'everyone',
    columns: {
      id: text(),
      import_id: text(),
      file_name: text(),
      /** Who sent the bill: the provider, and its billing account. */
      source: text(),
      account: nullable(text()),
      /** The billing period, half-open. */
      period_from: int(),
      period_to: int(),
      /** Only published batches count. `superseded`: a later import replaced it. `undone`: taken back. */
      state: text<'staged' | 'published' | 'superseded' | 'undone'>(),
      lines: int(),
      /** The first and the last beginning of a charge. */
      first_charge: int(),
      last_charge: int(),
      /** JSON lists: currencies; columns with name, kind and whether FOCUS knows them; keys found in tags. */
      currencies: text(),
      columns: text(),
      tag_keys: text(),
      /** JSON list of the dimensions that have sums in cost_rollups; `total` is always one. */
      rolled: text(),
      /** SHA-256 over the checksums of its segments: the same lines in the same order give the same digest. */
      digest: text(),
      published_at: nullable(int()),
    },
    indexes: [['state'], ['import_id']],
  }),
  /** One column of one segment of at most 65,536 lines. Never changed. */
  cost_segments: table({
    key: ['batch', 'name', 'segment'],
    columns: {
      batch: text(),
      /** The column, as the bill calls it. */
      name: text(),
      segment: int(),
      kind: text<'text' | 'decimal' | 'instant'>(),
      rows: int(),
      nulls: int(),
      /** Of integers that fit; null for texts. */
      min: nullable(int()),
      max: nullable(int()),
      /** An encoded column (engines/finops/columns), compressed with zstd. */
      data: blob(),
    },
  }),
  /** Sums of a batch by UTC day and month over fixed dimensions. Amounts are integers of 10^-scale. */
  cost_rollups: table({
    key: ['batch', 'dimension', 'grain', 'at', 'currency', 'key'],
    columns: {
      batch: text(),
      /** `total`, or a dimension of the explorer. */
      dimension: text(),
      grain: text<'day' | 'month'>(),
      at: int(),
      /** Empty where the lines name none. */
      currency: text(),
      key: text(),
      scale: int(),
      billed: int(),
      effective: int(),
      list: int(),
      contracted: int(),
      lines: int(),
    },
  }),
}
