import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'

export const JobState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])
export const Job = z.object({
  id: Uuid,
  kind: z.string(),
  state: JobState,
  phase: z.string(),
  done: z.bigint(),
  total: z.bigint().nullable(),
  result: z.unknown(),
  failure: z.object({ code: z.string(), message: z.string(), data: z.unknown() }).nullable(),
  attempts: z.bigint(),
  cancelRequested: z.boolean(),
  requestedBy: z.string().nullable(),
  requestedAt: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
})
export type Job = z.infer<typeof Job>

const over = { WORKSPACE_JOB_OVER: { data: z.object({ state: JobState }) } }

export const jobs = {
  list: query('workspace.jobs.list', { roles: EVERYONE })
    .input(
      z.object({
        state: JobState.optional(),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ jobs: z.array(Job) })),
  get: query('workspace.jobs.get', { roles: EVERYONE })
    .input(z.object({ jobId: Uuid }))
    .output(Job),
  /** Cancels a job of this machine. */
  cancel: command('workspace.jobs.cancel', { roles: ['analyst', 'ops'], local: true })
    .input(z.object({ jobId: Uuid }))
    .output(Job)
    .errors(over),
  /** Cancels a job of the authority: a desk asks its server to. */
  stop: command('workspace.jobs.stop', { roles: ['analyst', 'ops'], authorityOnly: true })
    .input(z.object({ jobId: Uuid }))
    .output(Job)
    .errors(over),
}
