import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { scheduleKind, TryAgainAt } from '#core/workspace/schedules/schedule-kind.ts'
import { close } from '#shared/contract/billing/close.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import { shiftMonth } from './month.ts'

const Input = z.strictObject({ dryRun: z.boolean().default(false) })
/** Another close is under way: it takes seconds to minutes. */
const AFTER_ANOTHER = 60_000n

/** Closes the month before the planned time, which the workspace's zone decides. */
export const closeSchedule = scheduleKind<z.infer<typeof Input>>({
  name: 'billing.close',
  input: Input,
  roles: ['analyst'],
  async run({ input, plannedAt, zone, now, command }) {
    const planned = Temporal.Instant.fromEpochMilliseconds(Number(plannedAt)).toZonedDateTimeISO(zone)
    const period = shiftMonth(planned.toPlainDate().toPlainYearMonth().toString(), -1)
    try {
      const { runId } = await command(close.start, { period, dryRun: input.dryRun })
      return { over: false, reference: runId }
    } catch (error) {
      if (!isRefusal(error)) throw error
      const { code, data } = error
      // Somewhere west of the workspace a customer's month goes on.
      if (code === 'BILLING_PERIOD_OPEN')
        throw new TryAgainAt((data as { overAt: bigint }).overAt, { code, data })
      if (code === 'BILLING_CLOSE_RUNNING') throw new TryAgainAt(now() + AFTER_ANOTHER, { code, data })
      throw error
    }
  },
  async look(reference, { query }) {
    const runId = reference as string
    const { state, period, dryRun, report } = await query(close.get, { runId })
    if (state === 'running') return { over: false, reference }
    if (state === 'failed' || !report) throw refuse('BILLING_CLOSE_FAILED', { period })
    const { drafts, extended, lines, problemCount } = report
    return { over: true, summary: { period, dryRun, drafts, extended, lines, problems: problemCount, runId } }
  },
})
