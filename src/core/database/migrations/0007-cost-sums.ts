import { blob, int, table, text } from '../table.ts'

/** Sums of cost batches in the form in which the explorer reads them; cost_rollups has those by month for SQL. */
export const tables = {
  cost_sums: table({
    key: ['batch', 'dimension', 'grain'],
    columns: {
      batch: text(),
      /** `total`, or a dimension of the explorer. */
      dimension: text(),
      grain: text<'day' | 'month'>(),
      rows: int(),
      /** Encoded columns (engines/finops/columns), compressed with zstd. */
      data: blob(),
    },
  }),
}
