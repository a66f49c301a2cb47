import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { type EventColumns, findEvents } from '#core/database/usage-rows.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import type { InstantRules } from '#engines/billing/usage-event.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { refuse } from '#shared/errors.ts'
import { idFromCommand } from '#shared/ids.ts'
import type { Keepings } from '../keeping.ts'
import { beginMerging, type MergeStep, mergePending, pendingPage } from '../pending.ts'
import { instantRules, type MetricFacts, metricFacts, type SeriesOf, seriesNumbers } from '../resolve.ts'
import { addCount, addToTotals, emptyReceipt, type MetricTotals, receiptOf } from './receipt.ts'
import type { RowProblem } from './row-event.ts'
import { type PortionLimit, storeWithin } from './within-limits.ts'

/** Refused rows that are listed; the others are counted. */
export const MOST_PROBLEMS = 10_000
/** Customers that one chunk reads: so many take the writer less than 10 ms. */
export const CUSTOMERS_PER_CHUNK = 2000

export interface ProblemRow {
  readonly code: RowProblem
  readonly line: number
  readonly field: string | null
  readonly value: string | null
}

export interface Begun {
  readonly importId: string
  /** Rows of the file that an earlier attempt dealt with. */
  readonly read: number
  readonly metrics: readonly MetricFacts[]
  /** How far ahead and how old events may be. */
  readonly rules: InstantRules
}

/** What the writer does for an import, each in one short transaction. */
export interface UsageChunks {
  /** Begins an import, or goes on with the one that a crash of this job left. */
  begin: { fileName: string; size: number; changedAt: number; format: 'csv' | 'jsonl' }
  /** A page of customers in the order of their ids. */
  customers: { after: string }
  /** Numbers of series; new ones are made. */
  series: { wanted: readonly SeriesOf[] }
  /** Which events have an id that is stored: with other content, and with the same. */
  compare: { events: EventColumns }
  store: Portion
  /** Roll-ups that are kept aside, a page of them behind a number. */
  pending: { after: bigint }
  /** Begins to add them to the buckets, or goes on with it. */
  beginMerging: Record<string, never>
  /** Adds some of them. */
  merge: MergeStep
  finish: {
    importId: string
    digest: string
    state: 'stored' | 'failed'
    file: MetricTotals
  }
}

/** A portion of a file: events to be stored, and rows of it that are refused. */
export interface Portion {
  readonly importId: string
  readonly events: EventColumns
  /** Of each event: its line in the file, and the place of its metric in `metrics`. */
  readonly lines: Int32Array
  readonly metricOf: Int32Array
  readonly metrics: readonly string[]
  /** What the metrics of some series ask for. */
  readonly keepings: Keepings
  /** Hard limits in whose present period some of the events are, with the places of these. */
  readonly limits: readonly PortionLimit[]
  readonly problems: readonly ProblemRow[]
  /** Rows of the file up to here are dealt with. */
  readonly read: number
}

async function begin(tx: Tx, data: UsageChunks['begin'], job: JobFacts): Promise<Begun> {
  const metrics = [...(await metricFacts(tx)).values()]
  const rules = await instantRules(reading(tx))
  const before = await tx.db
    .selectFrom('usage_imports')
    .selectAll()
    .where('job_id', '=', job.jobId)
    .executeTakeFirst()
  if (before) {
    const same = before.size === BigInt(data.size) && receiptOf(before.receipt).changedAt === data.changedAt
    if (!same) throw refuse('BILLING_FILE_CHANGED', {})
    // One that was killed while it checked lists what it refuses anew.
    const anew = { refused: 0n, receipt: canonicalJson({ ...emptyReceipt, changedAt: data.changedAt }) }
    if (before.read === 0n) {
      await tx.db.deleteFrom('usage_problems').where('import_id', '=', before.id).execute()
    }
    await tx.db
      .updateTable('usage_imports')
      .set({ state: 'reading', ...(before.read === 0n ? anew : {}) })
      .where('id', '=', before.id)
      .execute()
    return { importId: before.id, read: Number(before.read), metrics, rules }
  }
  const { requested_by } = await tx.db
    .selectFrom('jobs')
    .select('requested_by')
    .where('id', '=', job.jobId)
    .executeTakeFirstOrThrow()
  const last = await tx.db
    .selectFrom('usage_imports')
    .select('number')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  const row: Row<'usage_imports'> = {
    id: idFromCommand(job.jobId, 0),
    number: (last?.number ?? 0n) + 1n,
    job_id: job.jobId,
    file_name: data.fileName,
    digest: null,
    size: BigInt(data.size),
    format: data.format,
    state: 'reading',
    imported_by: requested_by,
    imported_at: job.now,
    ...{ read: 0n, stored: 0n, duplicates: 0n, refused: 0n, late: 0n, first_at: null, last_at: null },
    receipt: canonicalJson({ ...emptyReceipt, changedAt: data.changedAt }),
  }
  await tx.db.insertInto('usage_imports').values(row).execute()
  return { importId: row.id, read: 0, metrics, rules }
}

async function customers(tx: Tx, { after }: UsageChunks['customers']) {
  return tx.db
    .selectFrom('customers')
    .select(['id', 'key'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(CUSTOMERS_PER_CHUNK)
    .execute()
}

/** What `compare` answers, by places. */
export interface Compared {
  readonly conflicts: readonly number[]
  readonly known: readonly number[]
}

async function compare(tx: Tx, { events }: UsageChunks['compare']): Promise<Compared> {
  const stored = await findEvents(tx, events.ids)
  const conflicts: number[] = []
  const known: number[] = []
  for (const [i, id] of events.ids.entries()) {
    const row = stored.get(id)
    if (row === undefined) continue
    const same =
      row.series === events.series[i] &&
      row.quantity === events.quantities[i] &&
      row.at === events.at[i] &&
      row.properties === events.properties[i]
    ;(same ? known : conflicts).push(i)
  }
  return { conflicts, known }
}

/** Stores a portion with all that the receipt says of it, at once: after a crash the next portion follows on it. */
async function store(tx: Tx, portion: Portion, { now }: JobFacts): Promise<void> {
  const { importId, events, lines, metrics, metricOf } = portion
  const row = await tx.db
    .selectFrom('usage_imports')
    .selectAll()
    .where('id', '=', importId)
    .executeTakeFirstOrThrow()
  const { stored, duplicates, conflicts, late, over } = await storeWithin(tx, portion, row.number)
  const receipt = receiptOf(row.receipt)
  const totals = { ...receipt.stored }
  const problems = { ...receipt.problems }
  let first = row.first_at
  let last = row.last_at
  if (stored > 0) {
    const left = new Set([...duplicates, ...conflicts, ...over])
    for (let i = 0; i < events.ids.length; i++) {
      if (left.has(i)) continue
      const at = events.at[i] as bigint
      if (first === null || at < first) first = at
      if (last === null || at > last) last = at
      addToTotals(totals, metrics[metricOf[i] as number] as string, events.quantities[i] as bigint)
    }
  }
  const refused: ProblemRow[] = [
    ...portion.problems,
    ...conflicts.map(i => ({
      ...{ code: 'conflict' as const, line: lines[i] as number, field: 'id' },
      value: (events.ids[i] as string).slice(0, 80),
    })),
    ...over.map(i => ({ code: 'over-limit' as const, line: lines[i] as number, ...fieldOf(portion, i) })),
  ]
  for (const { code } of refused) addCount(problems, code)
  const room = Math.max(0, MOST_PROBLEMS - Number(row.refused))
  await listProblems(tx, importId, Number(row.refused), refused.slice(0, room))
  await tx.db
    .updateTable('usage_imports')
    .set({
      read: BigInt(portion.read),
      stored: row.stored + BigInt(stored),
      duplicates: row.duplicates + BigInt(duplicates.length),
      refused: row.refused + BigInt(refused.length),
      late: row.late + BigInt(late.length),
      first_at: first,
      last_at: last,
      receipt: canonicalJson({ ...receipt, problems, stored: totals }),
      imported_at: now,
    })
    .where('id', '=', importId)
    .execute()
}

/** Where a row is over a limit: its quantity. */
function fieldOf({ events }: Portion, place: number) {
  return { field: 'quantity', value: String(events.quantities[place]) }
}

async function listProblems(
  tx: Tx,
  importId: string,
  from: number,
  problems: readonly ProblemRow[],
): Promise<void> {
  for (let start = 0; start < problems.length; start += 200) {
    await tx.db
      .insertInto('usage_problems')
      .values(
        problems.slice(start, start + 200).map(({ code, line, field, value }, i) => ({
          ...{
            import_id: importId,
            ordinal: BigInt(from + start + i),
            code,
            line: BigInt(line),
            field,
            value,
          },
        })),
      )
      .execute()
  }
}

async function finish(tx: Tx, { importId, digest, state, file }: UsageChunks['finish']): Promise<void> {
  const row = await tx.db
    .selectFrom('usage_imports')
    .select('receipt')
    .where('id', '=', importId)
    .executeTakeFirstOrThrow()
  await tx.db
    .updateTable('usage_imports')
    .set({ digest, state, receipt: canonicalJson({ ...receiptOf(row.receipt), file }) })
    .where('id', '=', importId)
    .execute()
}

/** An import that ended early keeps what it stored, and says so; the same job goes on with it after a crash. */
export async function leaveUnfinished(tx: Tx, jobId: string): Promise<void> {
  await tx.db
    .updateTable('usage_imports')
    .set({ state: 'failed' })
    .where('job_id', '=', jobId)
    .where('state', '=', 'reading')
    .execute()
}

type Chunks = {
  [K in keyof UsageChunks]: (tx: Tx, data: UsageChunks[K], job: JobFacts) => Promise<unknown>
}

export const usageChunks: Chunks = {
  begin,
  customers,
  series: (tx, { wanted }) => seriesNumbers(tx, wanted),
  compare,
  store,
  pending: (tx, { after }) => pendingPage(reading(tx), after),
  beginMerging: (tx, _, { jobId, now }) => beginMerging(tx, `${jobId}/${now}`),
  merge: (tx, step) => mergePending(tx, step),
  finish,
}
