import { z } from 'zod'
import { scheduleKind } from '#core/workspace/schedules/schedule-kind.ts'
import { timesOf } from '#core/workspace/schedules/timing.ts'
import { exchange as leaf } from '#shared/contract/billing/exchange.ts'

/** Every hour from half past four in Frankfurt, because the bank may be late; what is there is not asked for again. */
export const AFTER_PUBLICATION = { every: 'cron', expression: '35 16-23 * * *' } as const

/** Fetches the reference rates of days that are missing; nothing where nobody allowed it. Its times are Frankfurt's. */
export const ratesSchedule = {
  ...scheduleKind<Record<string, never>>({
    name: 'billing.exchange.fetch',
    input: z.strictObject({}),
    roles: ['analyst'],
    async run({ query, command }) {
      const { missing } = await query(leaf.fetchDue, {})
      if (missing > 0) await command(leaf.fetchMissing, {})
      return { over: true, summary: { missing } }
    },
  }),
  due: (timing: Parameters<typeof timesOf>[0]) => timesOf(timing, 'Europe/Berlin'),
}
