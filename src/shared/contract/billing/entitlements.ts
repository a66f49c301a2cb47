import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { Instant, query, Uuid } from '../define.ts'
import { DecimalText, Key } from './values.ts'

export const EntitlementAnswer = z.object({
  key: Key,
  kind: z.enum(['boolean', 'static', 'metered', 'none']),
  /** Whether so much more may be used now. */
  allowed: z.boolean(),
  /** Of a static entitlement. */
  value: z.string().nullable(),
  /** Of a metered one, in the metric's unit; a null limit is none. */
  limit: DecimalText.nullable(),
  used: DecimalText.nullable(),
  enforcement: z.enum(['soft', 'hard']).nullable(),
  /** When the allowance begins anew. */
  resetsAt: Instant.nullable(),
  /** What is used, in whole percent of the limit, and the highest threshold that is reached; of a metered one. */
  percent: z.number().int().nullable(),
  reached: z.number().int().nullable(),
})
export type EntitlementAnswer = z.infer<typeof EntitlementAnswer>

export const entitlements = {
  /** Whether a customer may, by its subscriptions; never older than the last commit of this process. */
  check: query('billing.entitlement.check', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid, key: Key, quantity: DecimalText.default('0') }))
    .output(EntitlementAnswer),
  list: query('billing.entitlement.list', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid }))
    .output(z.object({ entitlements: z.array(EntitlementAnswer) })),
}
