import type { Tx } from '#core/database/store.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { CloseProblem, CloseReport } from '#shared/contract/billing/close.ts'
import { markCustomers } from './mark.ts'
import { type CloseCount, counted, NOTHING } from './report.ts'
import { type StoredDrafts, storeDrafts } from './store-drafts.ts'

/** What the writer does for a close, each in one short transaction. */
export interface CloseChunks {
  begin: { data: { runId: string }; answer: { customers: number } }
  mark: {
    data: { period: string; after: string | null; limit: number; only?: readonly string[] }
    answer: Awaited<ReturnType<typeof markCustomers>>
  }
  store: { data: StoredDrafts; answer: undefined }
  finish: { data: Ending; answer: Pick<CloseReport, 'drafts' | 'extended' | 'lines'> }
}

interface Ending {
  readonly runId: string
  readonly customers: number
  readonly problems: readonly CloseProblem[]
  readonly problemCount: number
  /** Of a dry run; null where the run's row has it. */
  readonly count: CloseCount | null
}

async function countOf(tx: Tx, runId: string): Promise<CloseCount> {
  const { report } = await tx.db
    .selectFrom('close_runs')
    .select('report')
    .where('id', '=', runId)
    .executeTakeFirstOrThrow()
  return report === null ? NOTHING : fromCanonical<CloseCount>(report)
}

async function begin(tx: Tx, { runId }: { runId: string }): Promise<{ customers: number }> {
  await tx.db
    .updateTable('close_runs')
    .set({ state: 'running', finished_at: null })
    .where('id', '=', runId)
    .execute()
  const { customers } = await tx.db
    .selectFrom('customers')
    .select(eb => eb.fn.countAll<bigint>().as('customers'))
    .executeTakeFirstOrThrow()
  return { customers: Number(customers) }
}

/** Stores drafts and counts them: both or neither, so that an attempt that is cut off is counted once. */
async function store(tx: Tx, data: StoredDrafts, job: JobFacts): Promise<void> {
  const extended = await storeDrafts(tx, data, job.now)
  if (data.drafts.length === 0) return
  const before = await countOf(tx, data.runId)
  const report = canonicalJson(counted(before, data.drafts, draft => extended.has(draft)))
  await tx.db.updateTable('close_runs').set({ report }).where('id', '=', data.runId).execute()
}

async function finish(tx: Tx, data: Ending, job: JobFacts): Promise<CloseChunks['finish']['answer']> {
  const { runId, customers, problems, problemCount } = data
  const count = data.count ?? (await countOf(tx, runId))
  const { drafts, extended, lines } = count
  const report: CloseReport = { customers, ...count, problems: [...problems], problemCount }
  await tx.db
    .updateTable('close_runs')
    .set({ state: 'done', finished_at: job.now, report: canonicalJson(report) })
    .where('id', '=', runId)
    .execute()
  return { drafts, extended, lines }
}

/** A run that was cancelled or failed says so; one that is begun again after a crash is running again. */
export async function failClose(tx: Tx, { jobId, now }: JobFacts): Promise<void> {
  await tx.db
    .updateTable('close_runs')
    .set({ state: 'failed', finished_at: now })
    .where('job_id', '=', jobId)
    .where('state', '=', 'running')
    .execute()
}

export const closeChunks = {
  begin,
  mark: (tx: Tx, { period, after, limit, only }: CloseChunks['mark']['data']) =>
    markCustomers(tx, period, after, limit, only),
  store,
  finish,
}
