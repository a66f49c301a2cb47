import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, Instant, query, Uuid } from '../define.ts'

/** Billing that nobody has to do. */
export const Automation = z.object({
  enabled: z.boolean(),
  /** Of the month, in the customer's zone; in a shorter month its last day. */
  billingDay: z.number().int().min(1).max(31),
  /** Without it usage waits for the next close of a month. */
  includeUsage: z.boolean(),
  /** What is issued is collected from the payment method on file. */
  autoPayment: z.boolean(),
  /** Its invoices, and what becomes of a trial, go to the customer's billing contacts. */
  sendNotifications: z.boolean(),
})
export type Automation = z.infer<typeof Automation>

export const automation = {
  /** What holds for a customer, or for all of whom nothing else is said. */
  get: query('billing.automation.get', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid.optional() }))
    .output(
      z.object({
        /** What is in force. */
        automation: Automation,
        /** Whether it was said for this customer; else it is what holds for all. */
        own: z.boolean(),
        /** The next day on which it bills; null where it is off. */
        nextAt: Instant.nullable(),
      }),
    ),
  set: command('billing.automation.set', { roles: ['analyst'] })
    .input(
      z.object({
        customerId: Uuid.optional(),
        /** Null: what holds for all holds for this customer as well. */
        automation: Automation.nullable(),
      }),
    )
    .output(z.object({ customerId: Uuid.nullable() })),
  /** Bills the customers whose billing day came and who are not billed for the month before it yet. */
  run: command('billing.automation.run', { roles: ['analyst'], authorityOnly: true })
    .input(z.object({ at: Instant.optional() }))
    .output(z.object({ customers: z.number().int(), jobIds: z.array(Uuid) }))
    .errors({ BILLING_CLOSE_RUNNING: { data: z.object({ runId: Uuid, period: z.string() }) } }),
  /** Drafts of an automated run that nothing speaks against. */
  clean: query('billing.automation.clean', { roles: [], internal: true, heavy: true })
    .input(z.object({ runId: Uuid }))
    .output(z.object({ invoices: z.array(z.object({ id: Uuid, digest: Digest })) })),
  /** Approves and issues such a draft: nobody reviewed it, and the history says so. */
  issue: command('billing.automation.issue', { roles: [], internal: true, authorityOnly: true })
    .input(z.object({ invoiceId: Uuid, digest: Digest }))
    .output(z.object({ number: z.string().nullable() })),
}
