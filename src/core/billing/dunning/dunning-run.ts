import { z } from 'zod'
import { jobKind } from '#core/jobs/job.ts'
import { handle } from '#core/runtime/handlers.ts'
import { scheduleKind } from '#core/workspace/schedules/schedule-kind.ts'
import { timesOf } from '#core/workspace/schedules/timing.ts'
import { dunning as leaf } from '#shared/contract/billing/dunning.ts'
import { jobs } from '#shared/contract/workspace/jobs.ts'
import { refuse } from '#shared/errors.ts'

export interface DunningResult {
  readonly looked: number
  readonly invoices: number
  readonly steps: number
}

/** When a new workspace looks at what is due by itself: customers have their own hours, in their own zones. */
export const HOURLY_DUNNING = { every: 'cron', expression: '0 * * * *' } as const

/**
 * Does what is due of all invoices, one command each. It needs no memory of its own: what was done is not due any
 * more, so that a run that was cut off is begun again.
 */
export const dunningJob = jobKind<Record<string, never>, DunningResult>({
  name: 'billing.dunning.run',
  afterCrash: 'restart',
  chunks: {},
  async compute({ query, command, progress, signal }) {
    const { looked, due } = await query(leaf.due, {})
    let steps = 0
    for (const [done, { invoiceId }] of due.entries()) {
      signal.throwIfAborted()
      steps += (await command(leaf.step, { invoiceId })).steps
      progress(done + 1, due.length, 'invoices')
    }
    return { looked, invoices: due.length, steps }
  },
})

export const runDunning = handle(leaf.run, async ({ enqueue }) => ({
  jobId: await enqueue(dunningJob, {}),
}))

/** Looks every hour; only where something is due does it begin a job, which is in the log. Its times are UTC. */
export const dunningSchedule = {
  ...scheduleKind<Record<string, never>>({
    name: 'billing.dunning.run',
    input: z.strictObject({}),
    roles: ['analyst'],
    async run({ query, command }) {
      const { looked, due } = await query(leaf.due, {})
      if (due.length === 0) return { over: true, summary: { looked, invoices: 0, steps: 0 } }
      const { jobId } = await command(leaf.run, {})
      return { over: false, reference: jobId }
    },
    async look(reference, { query }) {
      const { state, result } = await query(jobs.get, { jobId: reference as string })
      if (state === 'queued' || state === 'running') return { over: false, reference }
      if (state !== 'done') throw refuse('BILLING_DUNNING_FAILED', {})
      return { over: true, summary: { ...(result as DunningResult) } }
    },
  }),
  due: (timing: Parameters<typeof timesOf>[0]) => timesOf(timing, 'UTC'),
}
