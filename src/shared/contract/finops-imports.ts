import { z } from 'zod'
import { EVERYONE } from '../permissions.ts'
import { command, Digest, Instant, query, service, Uuid } from './define.ts'

/** A bill that a host staged for reading: uploaded, dropped, chosen in a dialog or named on the command line. */
export const StagedFile = z.object({ fileId: z.string(), name: z.string(), size: z.number().int() })

/** What is wrong with a row, or with a column as a whole. */
export const Problem = z.object({
  code: z.string(),
  /** A refused row, or something that a person should know although the rows are taken. */
  severity: z.enum(['refused', 'notice']),
  /** Physical line of the file and character of that line, both from 1. */
  line: z.number().int().nullable(),
  at: z.number().int().nullable(),
  column: z.string().nullable(),
  /** The beginning of the value. */
  value: z.string().nullable(),
  /** How many rows it is about. */
  rows: z.number().int(),
  reason: z.string(),
})

/** How a file is to be read; what is left out is detected. */
export const Reading = z.object({
  /** The id of a mapping: `focus`, `aws-cur`, `azure-ea` or `csv`. */
  mapping: z.string().optional(),
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).optional(),
  /** `1234.5`; or `$1,234.50` and `(12.00)`; or `1.234,50`. */
  numbers: z.enum(['plain', 'grouped', 'decimal-comma']).optional(),
  /** What `5/1/25` means. ISO dates are understood in every style. */
  dates: z.enum(['iso', 'month-first', 'day-first']).optional(),
  /** For a file that states none. */
  currency: z.string().length(3).optional(),
  /** Who sent the bill, for a file that does not say: bills of one source and period replace each other. */
  source: z.string().min(1).max(200).optional(),
  /** Columns of the file by the column of FOCUS (or dimension) that they are, over what the mapping says. */
  columns: z.record(z.string(), z.string()).optional(),
})

export const Amounts = z.object({
  currency: z.string(),
  /** Exact decimal strings in the currency's unit. */
  billed: z.string(),
  effective: z.string(),
  list: z.string(),
  contracted: z.string(),
})

/** The proof that nothing was lost: stored + residual = the file's exact total. */
export const Proof = z.object({
  currency: z.string(),
  measure: z.enum(['billed', 'effective', 'list', 'contracted']),
  stored: z.string(),
  residual: z.string(),
  file: z.string(),
})

export const BatchPlan = z.object({
  source: z.string(),
  account: z.string().nullable(),
  period: z.object({ from: Instant, to: Instant }),
  lines: z.number().int(),
  /** The published batch that this one would stand beside or replace. */
  replaces: z
    .object({ importId: Uuid, fileName: z.string(), lines: z.bigint(), publishedAt: Instant })
    .nullable(),
})

export const Inspection = z.object({
  file: StagedFile,
  format: z.string(),
  version: z.string().nullable(),
  /** As it was detected or chosen; `currency` and `source` only where the file states none. */
  reading: Reading.required().extend({ currency: z.string().nullable(), source: z.string().nullable() }),
  /** Guesses that a person should look at. */
  unsure: z.array(z.enum(['encoding', 'dates'])),
  mappings: z.array(z.object({ id: z.string(), name: z.string() })),
  columns: z.array(
    /** A column of the file (of the result, where it comes from none) and what it is stored as. */
    z.object({ source: z.string(), target: z.string().nullable(), kind: z.string(), known: z.boolean() }),
  ),
  /** Columns of FOCUS that the file lacks; those in `needed` are so important that nothing can come in. */
  missing: z.array(z.string()),
  needed: z.array(z.string()),
  /** What stands for columns that the file lacks. */
  assumed: z.array(z.object({ column: z.string(), value: z.string() })),
  /** The first rows, as they would be stored. */
  rows: z.array(z.record(z.string(), z.string().nullable())),
  /** Whether the whole file was read for the totals, or only its beginning. */
  complete: z.boolean(),
  lines: z.number().int(),
  totals: z.array(Amounts),
  batches: z.array(BatchPlan),
  problems: z.array(Problem),
  /** Those for which rows would be refused, and what there is to know of rows that are taken. */
  problemCount: z.number().int(),
  noticeCount: z.number().int(),
  /** This very file was imported before. */
  already: z.object({ importId: Uuid, at: Instant }).nullable(),
})
export type Inspection = z.infer<typeof Inspection>

export const ImportState = z.enum(['staging', 'published', 'undone', 'replaced', 'failed'])
export const Import = z.object({
  id: Uuid,
  jobId: Uuid.nullable(),
  fileName: z.string(),
  digest: Digest.nullable(),
  size: z.bigint(),
  format: z.string(),
  version: z.string().nullable(),
  state: ImportState,
  importedBy: z.string().nullable(),
  importedAt: Instant,
  read: z.bigint(),
  stored: z.bigint(),
  refused: z.bigint(),
  duplicates: z.bigint(),
  totals: z.array(Amounts),
  proof: z.array(Proof),
  batches: z.array(BatchPlan.omit({ replaces: true })),
  replaced: z.array(Uuid),
  problemCounts: z.array(z.object({ code: z.string(), count: z.number().int() })),
  /** Rows that all others were compared with to find duplicates: the first four million. */
  compared: z.bigint(),
  missing: z.array(z.string()),
  assumed: z.array(z.object({ column: z.string(), value: z.string() })),
})
export type Import = z.infer<typeof Import>

/** `already`: this very file is in force, as the import named; nothing was changed. */
export const ImportResult = z.object({ importId: Uuid, already: z.boolean() })

export const imports = {
  /** Looks at the beginning of a staged file, or at all of it when it is small: what would come in, and how. */
  inspect: service('finops.imports.inspect', { roles: ['analyst', 'ops'], files: true })
    .input(z.object({ fileId: z.string(), reading: Reading.default({}) }))
    .output(Inspection)
    .errors({
      FINOPS_FILE_GONE: { data: z.object({ fileId: z.string() }) },
      FINOPS_FILE_UNREADABLE: { data: z.object({ reason: z.string(), line: z.number().nullable() }) },
    }),

  /** Brings a staged file in, as a job. */
  start: command('finops.imports.start', {
    roles: ['analyst', 'ops'],
    authorityOnly: true,
    realData: true,
    files: true,
  })
    .input(
      z.object({
        fileId: z.string(),
        fileName: z.string().min(1).max(255),
        reading: Reading.default({}),
        /** `all-or-nothing`: one refused row and nothing comes in. `good-rows`: those come in, the rest is listed. */
        mode: z.enum(['all-or-nothing', 'good-rows']),
        /** What happens to published batches of the same source, account and period. */
        overlap: z.enum(['refuse', 'replace', 'add']).default('refuse'),
        /** The person knows that this is the demo workspace and wants the bill among its made-up ones. */
        intoDemo: z.boolean().default(false),
      }),
    )
    /** The job's result is an ImportResult; its failure is one of these errors. */
    .output(z.object({ jobId: Uuid }))
    .errors({
      /** This is the demo workspace, and nobody said that real data may be mixed with it. */
      FINOPS_INTO_DEMO: { data: z.object({ name: z.string() }) },
      FINOPS_FILE_GONE: { data: z.object({ fileId: z.string() }) },
      FINOPS_FILE_UNREADABLE: { data: z.object({ reason: z.string(), line: z.number().nullable() }) },
      /** The file changed while it was read. */
      FINOPS_FILE_CHANGED: { data: z.object({}) },
      FINOPS_COLUMNS_NEEDED: { data: z.object({ columns: z.array(z.string()) }) },
      /** Rows were refused and the person wanted all or nothing, or no row was good. The list is kept. */
      FINOPS_ROWS_REFUSED: { data: z.object({ importId: Uuid, refused: z.number().int() }) },
      /** A published import has batches of the same source, account and period. */
      FINOPS_IMPORT_OVERLAP: { data: z.object({ importId: Uuid }) },
      /** A sum is larger than can be stored: the amounts cannot be right. */
      FINOPS_TOTAL_TOO_LARGE: { data: z.object({ measure: z.string() }) },
      FINOPS_DISK_FULL: { data: z.object({}) },
    }),

  /** The last step of an import: one small write puts its batches in force. */
  publish: command('finops.imports.publish', { roles: [], internal: true, authorityOnly: true })
    .input(z.object({ importId: Uuid }))
    .output(z.object({ importId: Uuid, replaced: z.array(Uuid) }))
    .errors({ FINOPS_IMPORT_OVERLAP: { data: z.object({ importId: Uuid }) } }),

  /** Lets go of the staged file of an import that came in. */
  release: service('finops.imports.release', { roles: [], internal: true })
    .input(z.object({ fileId: z.string() }))
    .output(z.object({})),

  list: query('finops.imports.list', { roles: EVERYONE })
    .input(
      z.object({
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ imports: z.array(Import) })),

  /** The receipt. */
  get: query('finops.imports.get', { roles: EVERYONE })
    .input(z.object({ importId: Uuid }))
    .output(Import),

  /** Refused rows and warnings of an import; the first thousands, with exact counts on the receipt. */
  problems: query('finops.imports.problems', { roles: EVERYONE })
    .input(
      z.object({
        importId: Uuid,
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(5000).default(500),
      }),
    )
    .output(z.object({ problems: z.array(Problem), count: z.number().int() })),

  /** Takes an import back: its lines vanish, and what it replaced is in force again. */
  undo: command('finops.imports.undo', { roles: ['analyst', 'ops'] })
    .input(z.object({ importId: Uuid }))
    .output(Import)
    .errors({
      /** A later import stands on it: that one first. */
      FINOPS_IMPORT_REPLACED: { data: z.object({ by: Uuid }) },
      FINOPS_IMPORT_STATE: { data: z.object({ state: ImportState }) },
    }),

  /** Puts an undone import back in force. */
  redo: command('finops.imports.redo', { roles: ['analyst', 'ops'] })
    .input(z.object({ importId: Uuid }))
    .output(Import)
    .errors({
      FINOPS_IMPORT_OVERLAP: { data: z.object({ importId: Uuid }) },
      FINOPS_IMPORT_STATE: { data: z.object({ state: ImportState }) },
    }),
}
