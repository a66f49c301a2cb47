import type { Reader, Tx } from '#core/database/store.ts'
import { jobOf } from '#core/jobs/job-table.ts'
import { publishJob } from '#core/jobs/published-jobs.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'

/** The jobs of this machine, and on a desk those of its server too. */
export const listJobs = answer(contract.workspace.jobs.list, async ({ reader, input }) => {
  const latest = (table: 'jobs' | 'server_jobs') => {
    let query = reader.db
      .selectFrom(table as 'server_jobs')
      .selectAll()
      .orderBy('requested_at', 'desc')
      .orderBy('id', 'desc')
    if (input.state) query = query.where('state', '=', input.state)
    return query.limit(input.offset + input.limit).execute()
  }
  const own = await latest('jobs')
  const known = new Set(own.map(job => job.id))
  // On a server the published ones are its own.
  const others = (await latest('server_jobs')).filter(job => !known.has(job.id))
  const rows = [...own, ...others].sort((a, b) => (a.requested_at > b.requested_at ? -1 : 1))
  return { jobs: rows.slice(input.offset, input.offset + input.limit).map(jobOf) }
})

export const getJob = answer(contract.workspace.jobs.get, async ({ reader, input }) => {
  const row = await jobRow(reader, input.jobId)
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'job', id: input.jobId })
  return jobOf(row)
})

async function jobRow(reader: Reader, id: string) {
  const own = await reader.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
  return own ?? reader.db.selectFrom('server_jobs').selectAll().where('id', '=', id).executeTakeFirst()
}

/** A queued job is cancelled at once; a running one is asked to stop and cleans up after itself. */
async function cancelled(tx: Tx, jobId: string, now: bigint) {
  const row = await tx.db.selectFrom('jobs').selectAll().where('id', '=', jobId).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'job', id: jobId })
  if (row.state !== 'queued' && row.state !== 'running')
    throw refuse('WORKSPACE_JOB_OVER', { state: row.state })
  const change = row.state === 'queued' ? { state: 'cancelled' as const, finished_at: now } : {}
  const after = { ...row, ...change, cancel_requested: 1n }
  await tx.db
    .updateTable('jobs')
    .set({ cancel_requested: 1n, ...change })
    .where('id', '=', row.id)
    .execute()
  await publishJob(tx, row.id, 'command')
  return jobOf(after)
}

export const cancelJob = handle(contract.workspace.jobs.cancel, ({ tx, input, now }) =>
  cancelled(tx, input.jobId, now),
)

/** The same where the authority runs it, as a desk asks for it. */
export const stopJob = handle(contract.workspace.jobs.stop, ({ tx, input, now }) =>
  cancelled(tx, input.jobId, now),
)
