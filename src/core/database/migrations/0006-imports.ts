import { int, nullable, table, text } from '../table.ts'

/** Bills that came in: what was read, what was refused, what they replaced. */
export const tables = {
  imports: table({
    scope: 'everyone',
    columns: {
      id: text(),
      job_id: nullable(text()),
      file_name: text(),
      /** SHA-256 of the file's bytes, and their number. */
      digest: text(),
      size: int(),
      /** The mapping by which it was read, and the version of FOCUS where the file is of it. */
      format: text(),
      version: nullable(text()),
      /** `failed`: rows were refused and the person wanted all or nothing; nothing of it is stored. */
      state: text<'staging' | 'published' | 'undone' | 'failed'>(),
      overlap: text<'refuse' | 'replace' | 'add'>(),
      imported_by: nullable(text()),
      imported_at: int(),
      read: int(),
      stored: int(),
      refused: int(),
      duplicates: int(),
      /** JSON: totals, proof, counts of problems, how the file was read, columns missing and assumed. */
      receipt: text(),
    },
    indexes: [['digest'], ['job_id'], ['imported_at']],
    search: { entity: 'import', title: 'file_name', body: ['format'] },
  }),
  /** Which published batches an import put out of force. */
  import_replacements: table({
    scope: 'everyone',
    key: ['import_id', 'batch_id'],
    columns: { import_id: text(), batch_id: text() },
    indexes: [['batch_id']],
  }),
  /** Refused rows and notices, the first thousands; the exact counts are on the receipt. */
  import_problems: table({
    key: ['import_id', 'ordinal'],
    columns: {
      import_id: text(),
      ordinal: int(),
      code: text(),
      severity: text<'refused' | 'notice'>(),
      /** Physical line and character from 1; 0 where unknown. */
      line: int(),
      at: int(),
      /** The column of the file. */
      field: nullable(text()),
      value: nullable(text()),
      rows: int(),
    },
  }),
}
