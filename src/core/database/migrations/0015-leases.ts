import { int, table, text } from '../table.ts'

/** Which of the servers of one database does what only one may do for a workspace. */
export const tables = {
  leases: table({
    key: ['name'],
    columns: {
      name: text(),
      /** The run of a server: one that is started again is another. */
      holder: text(),
      /** Grows with each change of the holder. */
      epoch: int(),
      /** By the clock of the database. */
      until: int(),
    },
  }),
}
