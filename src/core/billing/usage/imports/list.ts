import type { z } from 'zod'
import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { problemPage } from '#core/imports/problem-page.ts'
import { answer } from '#core/runtime/handlers.ts'
import { usage as contract, type UsageImport } from '#shared/contract/billing/usage.ts'
import type { Problem } from '#shared/contract/finops-imports.ts'
import { refuse } from '#shared/errors.ts'
import { reasonOf } from './problem-reasons.ts'
import { type MetricTotal, receiptOf, totalText } from './receipt.ts'

export const listUsageImports = answer(contract.imports.list, async ({ reader, input }) => {
  const rows = await reader.db
    .selectFrom('usage_imports')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(input.limit)
    .offset(input.offset)
    .execute()
  const scales = await scalesOf(reader)
  return { imports: rows.map(row => importOf(row, scales)) }
})

export const getUsageImport = answer(contract.imports.get, async ({ reader, input }) => {
  const row = await reader.db
    .selectFrom('usage_imports')
    .selectAll()
    .where('id', '=', input.importId)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'usage-import', id: input.importId })
  return importOf(row, await scalesOf(reader))
})

export const listUsageProblems = answer(contract.imports.problems, async ({ reader, input }) => {
  const { rows, count } = await problemPage(reader, 'usage_problems', input)
  const problems = rows.map(({ code, line, field, value }) =>
    problemOf({ code, line: Number(line), field, value }),
  )
  return { problems, count }
})

const NOTHING: MetricTotal = { events: 0, units: 0n, rest: 0n }

/** A refused row as the contract shows it. */
export function problemOf(row: {
  readonly code: string
  readonly line: number
  readonly field: string | null
  readonly value: string | null
}): z.infer<typeof Problem> {
  return {
    ...{ code: row.code, severity: 'refused', line: row.line, at: null },
    ...{ column: row.field, value: row.value, rows: 1, reason: reasonOf(row.code) },
  }
}

async function scalesOf(reader: Reader): Promise<ReadonlyMap<string, number>> {
  const rows = await reader.db.selectFrom('metrics').select(['key', 'scale']).execute()
  return new Map(rows.map(row => [row.key, Number(row.scale)]))
}

/** An import as the contract shows it. */
function importOf(row: Row<'usage_imports'>, scales: ReadonlyMap<string, number>): UsageImport {
  const { file, stored, problems } = receiptOf(row.receipt)
  const { first_at: from, last_at: to } = row
  const keys = [...new Set([...Object.keys(file), ...Object.keys(stored)])].sort()
  return {
    id: row.id,
    jobId: row.job_id,
    fileName: row.file_name,
    digest: row.digest,
    size: row.size,
    format: row.format,
    state: row.state,
    importedBy: row.imported_by,
    importedAt: row.imported_at,
    read: row.read,
    stored: row.stored,
    duplicates: row.duplicates,
    refused: row.refused,
    late: row.late,
    span: from === null || to === null ? null : { from, to },
    // Those of the same number stay in the order of their codes, in which the receipt has them.
    problemCounts: Object.entries(problems)
      .map(([code, count]) => ({ code, count }))
      .sort((a, b) => b.count - a.count),
    metrics: keys.map(metric => {
      const scale = scales.get(metric) ?? 0
      return {
        metric,
        events: file[metric]?.events ?? 0,
        quantity: totalText(file[metric] ?? NOTHING, scale),
        storedEvents: stored[metric]?.events ?? 0,
        stored: totalText(stored[metric] ?? NOTHING, scale),
      }
    }),
  }
}
