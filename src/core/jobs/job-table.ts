import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { Job } from '#shared/contract/workspace/jobs.ts'
import type { Id } from '#shared/ids.ts'
import { publishJob } from './published-jobs.ts'

interface NewJob {
  readonly id: Id
  readonly kind: string
  readonly input: unknown
  readonly actor: Id | null
  readonly at: bigint
}

/** Queues a job in the caller's transaction; the job runner picks it up after the commit. */
export async function enqueueJob(tx: Tx, job: NewJob): Promise<void> {
  await tx.db
    .insertInto('jobs')
    .values({
      id: job.id,
      kind: job.kind,
      input: canonicalJson(job.input),
      state: 'queued',
      phase: '',
      done: 0n,
      total: null,
      result: null,
      failure: null,
      attempts: 0n,
      cancel_requested: 0n,
      requested_by: job.actor,
      requested_at: job.at,
      started_at: null,
      finished_at: null,
    })
    .execute()
  await publishJob(tx, job.id, 'command')
}

/** A job as the contract shows it. */
export function jobOf(row: Omit<Row<'jobs'>, 'input'>): Job {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    phase: row.phase,
    done: row.done,
    total: row.total,
    result: row.result === null ? null : fromCanonical(row.result),
    failure: row.failure === null ? null : fromCanonical(row.failure),
    attempts: row.attempts,
    cancelRequested: row.cancel_requested !== 0n,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  }
}
