import { int, table, text } from '../table.ts'

/** Pages of a snapshot on their way into a desk's tables, and what tells the versions of chunks apart. */
export const tables = {
  /** Server: versions without an entry of the log, each with something that no other time of this server has. */
  feed_marks: table({ key: ['version'], columns: { version: int(), mark: text() } }),
  /** Desk: rows of a snapshot that is not yet whole, as they came. */
  sync_pages: table({
    key: ['number'],
    columns: {
      /** The order in which they came. */
      number: int(),
      table_name: text(),
      /** JSON of the columns, each with its kind. */
      columns: text(),
      row_count: int(),
      /** The cells of all rows, as `packed-rows.ts` writes them. */
      cells: text(),
    },
  }),
}
