import { jobOf } from '#core/jobs/job-table.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'

export const listJobs = answer(contract.workspace.jobs.list, async ({ reader, input }) => {
  let query = reader.db.selectFrom('jobs').selectAll().orderBy('requested_at', 'desc').orderBy('id', 'desc')
  if (input.state) query = query.where('state', '=', input.state)
  const rows = await query.limit(input.limit).execute()
  return { jobs: rows.map(jobOf) }
})

export const getJob = answer(contract.workspace.jobs.get, async ({ reader, input }) => {
  const row = await reader.db.selectFrom('jobs').selectAll().where('id', '=', input.jobId).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'job', id: input.jobId })
  return jobOf(row)
})

/** A queued job is cancelled at once; a running one is asked to stop and cleans up after itself. */
export const cancelJob = handle(contract.workspace.jobs.cancel, async ({ tx, input, now }) => {
  const row = await tx.db.selectFrom('jobs').selectAll().where('id', '=', input.jobId).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'job', id: input.jobId })
  if (row.state !== 'queued' && row.state !== 'running')
    throw refuse('WORKSPACE_JOB_OVER', { state: row.state })
  const change = row.state === 'queued' ? { state: 'cancelled' as const, finished_at: now } : {}
  const after = { ...row, ...change, cancel_requested: 1n }
  await tx.db
    .updateTable('jobs')
    .set({ cancel_requested: 1n, ...change })
    .where('id', '=', row.id)
    .execute()
  return jobOf(after)
})
