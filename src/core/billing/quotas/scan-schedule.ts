import { z } from 'zod'
import { scheduleKind, TryAgainAt } from '#core/workspace/schedules/schedule-kind.ts'
import { timesOf } from '#core/workspace/schedules/timing.ts'
import { quotaScans } from '#shared/contract/billing/quota-scans.ts'
import { isRefusal, refuse } from '#shared/errors.ts'

const Input = z.strictObject({ dryRun: z.boolean().default(false) })
/** Another scan is under way: it takes seconds to minutes. */
const AFTER_ANOTHER = 60_000n

/** When a new workspace looks at usage by itself: every night, UTC. */
export const NIGHTLY_SCAN = { every: 'day', at: '02:00' } as const

/** Looks at the usage of all customers. Its times are UTC, whatever the workspace's zone. */
export const scanSchedule = {
  ...scheduleKind<z.infer<typeof Input>>({
    name: 'billing.quota.scan',
    input: Input,
    roles: ['analyst', 'ops'],
    async run({ input, now, command }) {
      try {
        const { scanId } = await command(quotaScans.start, { dryRun: input.dryRun })
        return { over: false, reference: scanId }
      } catch (error) {
        if (!isRefusal(error) || error.code !== 'BILLING_SCAN_RUNNING') throw error
        throw new TryAgainAt(now() + AFTER_ANOTHER, { code: error.code, data: error.data })
      }
    },
    async look(reference, { query }) {
      const scanId = reference as string
      const { state, dryRun, report } = await query(quotaScans.get, { scanId })
      if (state === 'running') return { over: false, reference }
      if (state === 'failed' || !report) throw refuse('BILLING_SCAN_FAILED', { scanId })
      const { customers, quotas, warnings, breaches, fresh, tasks } = report
      return { over: true, summary: { dryRun, customers, quotas, warnings, breaches, fresh, tasks, scanId } }
    },
  }),
  due: (timing: Parameters<typeof timesOf>[0]) => timesOf(timing, 'UTC'),
}
