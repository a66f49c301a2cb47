import type { z } from 'zod'
import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { problemPage } from '#core/imports/problem-page.ts'
import { answer } from '#core/runtime/handlers.ts'
import { reasonOf } from '#engines/finops/bill/problem-reasons.ts'
import type { ProblemCode } from '#engines/finops/bill/problems.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { imports as contract, type Import, type Problem } from '#shared/contract/finops-imports.ts'
import { refuse } from '#shared/errors.ts'
import { batchesOf } from './publish.ts'
import type { Receipt } from './receipt.ts'

const noReceipt: Receipt = { totals: [], proof: [], problemCounts: [], compared: 0, missing: [], assumed: [] }

/** An import as the contract shows it. */
export async function importOf(tx: Pick<Tx, 'db'>, row: Row<'imports'>): Promise<Import> {
  const batches = await batchesOf(tx, row.id)
  const replaced = await tx.db
    .selectFrom('import_replacements')
    .innerJoin('cost_batches', 'cost_batches.id', 'import_replacements.batch_id')
    .select('cost_batches.import_id')
    .distinct()
    .where('import_replacements.import_id', '=', row.id)
    .orderBy('cost_batches.import_id')
    .execute()
  const receipt: Receipt = { ...noReceipt, ...fromCanonical<Partial<Receipt>>(row.receipt) }
  const outOfForce = batches.length > 0 && batches.every(batch => batch.state === 'superseded')
  return {
    id: row.id,
    jobId: row.job_id,
    fileName: row.file_name,
    digest: row.digest === '' ? null : row.digest,
    size: row.size,
    format: row.format,
    version: row.version,
    state: row.state === 'published' && outOfForce ? 'replaced' : row.state,
    importedBy: row.imported_by,
    importedAt: row.imported_at,
    read: row.read,
    stored: row.stored,
    refused: row.refused,
    duplicates: row.duplicates,
    totals: [...receipt.totals],
    proof: [...receipt.proof],
    batches: batches.map(({ source, account, period, lines }) => ({
      source,
      account,
      period,
      lines: Number(lines),
    })),
    replaced: replaced.map(one => one.import_id),
    problemCounts: [...receipt.problemCounts],
    compared: BigInt(receipt.compared),
    missing: [...receipt.missing],
    assumed: [...receipt.assumed],
  }
}

/** Queries only read, so that a reader serves where a transaction does. */
const reading = (reader: Reader) => reader as unknown as Pick<Tx, 'db'>

export const list = answer(contract.list, async ({ reader, input }) => {
  const rows = await reader.db
    .selectFrom('imports')
    .selectAll()
    .orderBy('imported_at', 'desc')
    .orderBy('id', 'desc')
    .limit(input.limit)
    .offset(input.offset)
    .execute()
  const imports: Import[] = []
  for (const row of rows) imports.push(await importOf(reading(reader), row))
  return { imports }
})

export const get = answer(contract.get, async ({ reader, input }) => {
  const row = await reader.db
    .selectFrom('imports')
    .selectAll()
    .where('id', '=', input.importId)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'import', id: input.importId })
  return importOf(reading(reader), row)
})

export const problems = answer(contract.problems, async ({ reader, input }) => {
  const { rows, count } = await problemPage(reader, 'import_problems', input)
  return { problems: rows.map(problemOf), count }
})

function problemOf(row: Row<'import_problems'>): z.infer<typeof Problem> {
  return {
    code: row.code,
    severity: row.severity,
    line: row.line === 0n ? null : Number(row.line),
    at: row.at === 0n ? null : Number(row.at),
    column: row.field,
    value: row.value,
    rows: Number(row.rows),
    reason: reasonOf(row.code as ProblemCode),
  }
}
