import type { Tx } from '#core/database/store.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import type { Problem } from '#engines/finops/bill/problems.ts'
import type { RollUpRow } from '#engines/finops/explore/roll-up.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { refuse } from '#shared/errors.ts'
import {
  type BatchHead,
  discardStaged,
  openBatch,
  overlapping,
  settleBatch,
  storeColumns,
  storeRollUps,
} from '../costs/batches.ts'
import type { BatchFacts } from '../costs/staging.ts'
import type { StoredColumn } from '../costs/stored-columns.ts'
import { type Receipt, SUM_SCALE } from './receipt.ts'

/** Stored columns that are removed in one write: so many take the writer less than 10 ms. */
const COLUMNS_PER_DISCARD = 30

/** What the writer does for an import, each in one short transaction. */
export interface ImportChunks {
  /** Whether an import in force has a file of this size. */
  anyOfSize: { size: number }
  /** The import in force that came from this very file, or null. */
  find: { digest: string }
  begin: Beginning
  open: { heads: readonly BatchHead[]; overlap: 'refuse' | 'replace' | 'add' }
  columns: { batch: string; columns: readonly StoredColumn[] }
  rollUps: { batch: string; rows: readonly RollUpRow[] }
  settle: { batch: string; facts: Omit<BatchFacts, 'batch' | 'rollUps'> }
  problems: { importId: string; from: number; problems: readonly Problem[] }
  /** The sums of what is stored of an import. */
  sums: { importId: string }
  finish: Ending
  /** Removes a part of what was staged; true while there is more. */
  discard: { importId: string }
  sweep: Record<string, never>
}

export interface Beginning {
  readonly importId: string
  readonly fileName: string
  readonly size: number
  readonly format: string
  readonly version: string | null
  readonly overlap: 'refuse' | 'replace' | 'add'
}

export interface Ending {
  readonly importId: string
  readonly digest: string
  readonly state: 'staging' | 'failed'
  readonly read: number
  readonly stored: number
  readonly refused: number
  readonly duplicates: number
  readonly receipt: Receipt
}

export type StoredSum = {
  currency: string
  billed: bigint
  effective: bigint
  list: bigint
  contracted: bigint
}

type Chunks = {
  [K in keyof ImportChunks]: (tx: Tx, data: ImportChunks[K], job: JobFacts) => Promise<unknown>
}

/** The import in force that came from a file of this digest, all of whose batches are still published. */
export async function importOfDigest(
  tx: Pick<Tx, 'db'>,
  digest: string,
): Promise<{ id: string; job_id: string | null; imported_at: bigint } | null> {
  const found = await tx.db
    .selectFrom('imports')
    .select(['id', 'job_id', 'imported_at'])
    .where('digest', '=', digest)
    .where('state', '=', 'published')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('cost_batches')
            .select('cost_batches.id')
            .whereRef('cost_batches.import_id', '=', 'imports.id')
            .where('cost_batches.state', '!=', 'published'),
        ),
      ),
    )
    .orderBy('imported_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return found ?? null
}

export async function anyOfSize(tx: Pick<Tx, 'db'>, size: number): Promise<boolean> {
  const row = await tx.db
    .selectFrom('imports')
    .select('id')
    .where('size', '=', BigInt(size))
    .where('state', '=', 'published')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function begin(tx: Tx, data: Beginning, job: JobFacts): Promise<void> {
  // An attempt that was killed while it told what it had refused tells it again.
  await forgetImports(tx, job.jobId, 'failed')
  const { requested_by } = await tx.db
    .selectFrom('jobs')
    .select('requested_by')
    .where('id', '=', job.jobId)
    .executeTakeFirstOrThrow()
  await tx.db
    .insertInto('imports')
    .values({
      id: data.importId,
      job_id: job.jobId,
      file_name: data.fileName,
      size: BigInt(data.size),
      format: data.format,
      version: data.version,
      overlap: data.overlap,
      imported_by: requested_by,
      imported_at: job.now,
      ...{ digest: '', state: 'staging', read: 0n, stored: 0n, refused: 0n, duplicates: 0n, receipt: '{}' },
    })
    .execute()
}

async function open(tx: Tx, { heads, overlap }: ImportChunks['open']): Promise<void> {
  for (const head of heads) {
    if (overlap === 'refuse') {
      const [other] = await overlapping(tx, head)
      if (other) throw refuse('FINOPS_IMPORT_OVERLAP', { importId: other.import_id })
    }
    await openBatch(tx, head)
  }
}

async function storeProblems(tx: Tx, { importId, from, problems }: ImportChunks['problems']): Promise<void> {
  const rows = problems.map((problem, index) => ({
    import_id: importId,
    ordinal: BigInt(from + index),
    code: problem.code,
    severity: problem.severity,
    line: BigInt(problem.line),
    at: BigInt(problem.column),
    field: problem.field,
    value: problem.excerpt,
    rows: BigInt(problem.rows),
  }))
  await tx.db.insertInto('import_problems').values(rows).execute()
}

async function sums(tx: Tx, { importId }: ImportChunks['sums']): Promise<StoredSum[]> {
  const rows = await tx.db
    .selectFrom('cost_rollups')
    .innerJoin('cost_batches', 'cost_batches.id', 'cost_rollups.batch')
    .select(['currency', 'scale', 'billed', 'effective', 'list', 'contracted'])
    .where('cost_batches.import_id', '=', importId)
    .where('cost_rollups.dimension', '=', 'total')
    .where('cost_rollups.grain', '=', 'month')
    .execute()
  const all = new Map<string, StoredSum>()
  for (const { currency, scale, ...amounts } of rows) {
    const sum = all.get(currency) ?? { currency, billed: 0n, effective: 0n, list: 0n, contracted: 0n }
    const unit = 10n ** (BigInt(SUM_SCALE) - scale)
    for (const name of ['billed', 'effective', 'list', 'contracted'] as const)
      sum[name] += amounts[name] * unit
    all.set(currency, sum)
  }
  return [...all.values()]
}

async function finish(tx: Tx, data: Ending): Promise<void> {
  await tx.db
    .updateTable('imports')
    .set({
      state: data.state,
      digest: data.digest,
      read: BigInt(data.read),
      stored: BigInt(data.stored),
      refused: BigInt(data.refused),
      duplicates: BigInt(data.duplicates),
      receipt: canonicalJson(data.receipt),
    })
    .where('id', '=', data.importId)
    .execute()
}

/** Removes a part of what imports that are not under way left behind; true while there is more. */
async function sweep(tx: Tx): Promise<boolean> {
  const orphan = await tx.db
    .selectFrom('cost_batches')
    .select('import_id')
    .where('state', '=', 'staged')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('imports')
            .select('imports.id')
            .whereRef('imports.id', '=', 'cost_batches.import_id')
            .where('imports.state', '=', 'staging'),
        ),
      ),
    )
    .limit(1)
    .executeTakeFirst()
  if (!orphan) return false
  await discardStaged(tx, orphan.import_id, COLUMNS_PER_DISCARD)
  return true
}

/** Forgets imports of a job that did not come in, with their lists of problems. */
export async function forgetImports(tx: Tx, jobId: string, state: 'staging' | 'failed'): Promise<boolean> {
  const left = await tx.db
    .selectFrom('imports')
    .select('id')
    .where('job_id', '=', jobId)
    .where('state', '=', state)
    .execute()
  const ids = left.map(row => row.id)
  if (ids.length === 0) return false
  await tx.db.deleteFrom('import_problems').where('import_id', 'in', ids).execute()
  await tx.db.deleteFrom('imports').where('id', 'in', ids).execute()
  return true
}

export const importChunks: Chunks = {
  anyOfSize: (tx, { size }) => anyOfSize(tx, size),
  find: (tx, { digest }) => importOfDigest(tx, digest),
  begin,
  open,
  columns: (tx, { batch, columns }) => storeColumns(tx, batch, columns),
  rollUps: (tx, { batch, rows }) => storeRollUps(tx, batch, rows),
  settle: (tx, { batch, facts }) => settleBatch(tx, batch, facts),
  problems: storeProblems,
  sums,
  finish,
  discard: (tx, { importId }) => discardStaged(tx, importId, COLUMNS_PER_DISCARD),
  sweep: tx => sweep(tx),
}
