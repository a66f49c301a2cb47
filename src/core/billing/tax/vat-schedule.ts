import { z } from 'zod'
import { scheduleKind } from '#core/workspace/schedules/schedule-kind.ts'
import { timesOf } from '#core/workspace/schedules/timing.ts'
import { tax as leaf } from '#shared/contract/billing/tax.ts'

/** When it is looked which numbers it is time to ask for. */
export const HOURLY_VAT = { every: 'cron', expression: '20 * * * *' } as const
/** At most so many in an hour: VIES serves everybody. */
const IN_AN_HOUR = 60

/** Asks for numbers that were never asked for, had no answer, or whose answer is old; nothing where nobody allowed it. */
export const vatSchedule = {
  ...scheduleKind<Record<string, never>>({
    name: 'billing.tax.askVat',
    input: z.strictObject({}),
    roles: ['analyst'],
    async run({ query, command }) {
      const { customers } = await query(leaf.vatDue, { limit: 1 })
      if (customers === 0) return { over: true, summary: { asked: 0 } }
      const { asked } = await command(leaf.askVatDue, { limit: IN_AN_HOUR })
      return { over: true, summary: { asked } }
    },
  }),
  due: (timing: Parameters<typeof timesOf>[0]) => timesOf(timing, 'UTC'),
}
