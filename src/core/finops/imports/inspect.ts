import type { Reader } from '#core/database/store.ts'
import type { FilesPort } from '#core/files-port.ts'
import { serve } from '#core/runtime/handlers.ts'
import { decimalText } from '#engines/finops/bill/decimal-cell.ts'
import { ownMappings } from '#engines/finops/bill/mappings/all.ts'
import { reasonOf } from '#engines/finops/bill/problem-reasons.ts'
import type { ProblemList } from '#engines/finops/bill/problems.ts'
import type { BatchSummary } from '#engines/finops/bill/read-bill.ts'
import type { PlainValue } from '#engines/finops/bill/row-block.ts'
import { imports as contract, type Inspection } from '#shared/contract/finops-imports.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { overlapping } from '../costs/batches.ts'
import { digestFile, headOfBill, statBill } from './bill-file.ts'
import { anyOfSize, importOfDigest } from './chunks.ts'
import { HEAD_BYTES, type Recognised, recognise, tagDimensionsOf } from './reading.ts'
import { amountsOf } from './receipt.ts'

const SHOWN_ROWS = 50
const NOT_STATED = '(not stated)'
const SHOWN_PROBLEMS = 200

/** Looks at the beginning of a staged file: what would come in, and how. */
export function inspectImport(files: FilesPort, environment: EnvironmentSettings) {
  return serve(contract.inspect, async ({ input, read }) => {
    const { name, path } = files.find(input.fileId, 'read')
    const { size } = await statBill(path)
    const { head, complete } = await headOfBill(path, HEAD_BYTES)
    const { currency, dimensions } = await read(async reader => ({
      ...(await reader.db.selectFrom('workspace_state').select('currency').executeTakeFirstOrThrow()),
      dimensions: await tagDimensionsOf(reader, environment),
    }))
    const found = recognise({ head, complete }, input.reading, currency, dimensions, SHOWN_ROWS)
    const { summary, reading, columns, certain } = found
    const digest = (await read(reader => anyOfSize(reader as never, size))) ? await digestFile(path) : null
    const { already, batches } = await read(async reader => ({
      already: digest === null ? null : await alreadyIn(reader, digest),
      batches: await plansOf(reader, summary?.batches ?? []),
    }))
    const inspection: Inspection = {
      file: { fileId: input.fileId, name, size },
      format: reading.mapping.id,
      version: found.version,
      reading: {
        mapping: reading.mapping.id,
        delimiter: reading.dialect.delimiter,
        encoding: reading.encoding,
        numbers: reading.mapping.numberStyle,
        dates: reading.mapping.dateStyle,
        currency: assumedOf(found, 'BillingCurrency'),
        source: input.reading.source ?? unstated(found, 'ProviderName'),
        columns: input.reading.columns ?? {},
      },
      unsure: [
        ...(certain.encoding ? [] : (['encoding'] as const)),
        ...(certain.dateStyle ? [] : (['dates'] as const)),
      ],
      mappings: ownMappings.map(mapping => ({ id: mapping.id, name: mapping.name })),
      columns:
        summary === null
          ? found.header.map(source => ({ source, target: null, kind: 'text', known: false }))
          : columns.flatMap(column => {
              const known = column.origin !== 'kept'
              const target = known ? column.name : null
              return column.from.map(source => ({ source, target, kind: column.kind, known }))
            }),
      missing: [...(summary?.missingColumns ?? [])],
      needed: [...found.needed],
      assumed: [...(summary?.assumed ?? [])],
      rows: found.rows.map(row =>
        Object.fromEntries(row.map((value, index) => [columns[index]!.name, textOf(value)])),
      ),
      complete,
      lines: summary?.rowsRead ?? 0,
      totals: amountsOf(summary?.totals ?? []),
      batches,
      problems: (summary?.problems.problems ?? []).slice(0, SHOWN_PROBLEMS).map(problem => ({
        code: problem.code,
        severity: problem.severity,
        line: problem.line === 0 ? null : problem.line,
        at: problem.column === 0 ? null : problem.column,
        column: problem.field,
        value: problem.excerpt,
        rows: problem.rows,
        reason: reasonOf(problem.code),
      })),
      problemCount: summary === null ? 0 : refusalsOf(summary.problems),
      noticeCount: summary?.problems.notices ?? 0,
      already,
    }
    return inspection
  })
}

/** Problems for which rows would be refused. */
function refusalsOf({ problems, left, notices }: ProblemList): number {
  return problems.length + left - notices
}

/** What stands for a column that the file lacks; null where it has it. */
function assumedOf({ summary }: Recognised, column: string): string | null {
  return summary?.assumed.find(one => one.column === column)?.value ?? null
}

/** The stand-in for what neither the file nor its mapping says. */
function unstated(found: Recognised, column: string): string | null {
  const value = assumedOf(found, column)
  return value === NOT_STATED ? value : null
}

/** A value as people read it: exact decimals, instants in ISO 8601. */
function textOf(value: PlainValue): string | null {
  if (value === null || typeof value === 'string') return value
  return 'ms' in value ? new Date(value.ms).toISOString() : decimalText(value.mantissa, value.scale)
}

async function alreadyIn(reader: Reader, digest: string) {
  const found = await importOfDigest(reader as never, digest)
  return found === null ? null : { importId: found.id, at: found.imported_at }
}

async function plansOf(reader: Reader, batches: readonly BatchSummary[]): Promise<Inspection['batches']> {
  const plans: Inspection['batches'] = []
  for (const batch of batches) {
    const account = batch.billingAccountId === NOT_STATED ? null : batch.billingAccountId
    const period = { from: BigInt(batch.periodStart), to: BigInt(batch.periodEnd) }
    const [other] = await overlapping(reader, { source: batch.provider, account, period })
    plans.push({
      source: batch.provider,
      account,
      period,
      lines: batch.rows,
      replaces: other
        ? {
            importId: other.import_id,
            fileName: other.file_name,
            lines: other.lines,
            publishedAt: other.published_at as bigint,
          }
        : null,
    })
  }
  return plans
}
