import { blob, int, table, text } from '../table.ts'

/** Bytes that are stored once and never change: the PDF of an issued invoice. */
export const tables = {
  documents: table({
    columns: {
      id: text(),
      /** What it is of: `invoice` and its id. */
      entity: text(),
      row_id: text(),
      file_name: text(),
      media_type: text(),
      /** SHA-256 of the bytes. */
      digest: text(),
      bytes: blob(),
      created_at: int(),
    },
    unique: [['entity', 'row_id']],
  }),
}
