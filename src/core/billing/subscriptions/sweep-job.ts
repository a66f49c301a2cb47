import { z } from 'zod'
import { jobKind } from '#core/jobs/job.ts'
import { handle } from '#core/runtime/handlers.ts'
import { scheduleKind } from '#core/workspace/schedules/schedule-kind.ts'
import { contracts } from '#shared/contract/billing/contracts.ts'
import { subscriptions as leaf } from '#shared/contract/billing/subscriptions.ts'
import { jobs } from '#shared/contract/workspace/jobs.ts'
import { refuse } from '#shared/errors.ts'

export interface SweepInput {
  /** What came about at or before it is noted. */
  readonly until: bigint
}

export interface SweepResult {
  readonly looked: number
  readonly noted: number
  readonly reminded: number
  readonly ended: number
}

/** Subscriptions that are looked at in one question, and noted in one command. */
const PAGE = 1000
const AT_ONCE = 20

/**
 * Looks at all subscriptions and notes what came about, and tells of contracts that end or renew themselves soon. It writes only where there is something to note, so that a
 * second look writes nothing, and one that is cut off goes on where it was.
 */
export const lifeSweepJob = jobKind<SweepInput, SweepResult>({
  name: 'billing.subscription.sweep',
  afterCrash: 'restart',
  chunks: {},
  async compute({ input: { until }, query, command, progress, signal }) {
    let result: SweepResult = { looked: 0, noted: 0, reminded: 0, ended: 0 }
    for (let after: string | null = null; ; ) {
      signal.throwIfAborted()
      const page: { subscriptionIds: string[]; last: string | null; looked: number } = await query(leaf.due, {
        ...{ after, limit: PAGE, until },
      })
      for (let at = 0; at < page.subscriptionIds.length; at += AT_ONCE) {
        const subscriptionIds = page.subscriptionIds.slice(at, at + AT_ONCE)
        const { noted, reminded, ended } = await command(leaf.note, { subscriptionIds, until })
        result = {
          looked: result.looked,
          noted: result.noted + noted,
          reminded: result.reminded + reminded,
          ended: result.ended + ended,
        }
      }
      result = { ...result, looked: result.looked + page.looked }
      progress(result.looked, null, 'subscriptions')
      if (page.looked < PAGE) {
        const { contractIds } = await query(contracts.remindable, { until })
        for (const contractId of contractIds) await command(contracts.remind, { contractId, until })
        return result
      }
      after = page.last
    }
  },
})

export const sweepSubscriptions = handle(leaf.sweep, async ({ input, receivedAt, enqueue }) => {
  const { until = receivedAt } = input
  return { jobId: await enqueue(lifeSweepJob, { until: until < receivedAt ? until : receivedAt }) }
})

/** The daily look, at the time that it is planned for: after a pause the latest time alone sees all that came about. */
export const sweepSchedule = scheduleKind<Record<string, never>>({
  name: 'billing.subscription.sweep',
  input: z.strictObject({}),
  roles: ['analyst'],
  async run({ plannedAt, command }) {
    const { jobId } = await command(leaf.sweep, { until: plannedAt })
    return { over: false, reference: jobId }
  },
  async look(reference, { query }) {
    const { state, result } = await query(jobs.get, { jobId: reference as string })
    if (state === 'queued' || state === 'running') return { over: false, reference }
    if (state !== 'done') throw refuse('BILLING_SWEEP_FAILED', {})
    const { looked, noted, reminded, ended } = result as SweepResult
    return { over: true, summary: { looked, noted, reminded, ended } }
  },
})
