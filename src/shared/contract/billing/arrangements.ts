import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { CurrencyCode, Minor } from './values.ts'

/** The least that the invoices of a month come to, before tax. */
const Least = z.object({ amount: Minor, currency: CurrencyCode, of: z.enum(['customer', 'workspace']) })

/** One invoice a month of all subscriptions in a currency, or one of each subscription. */
export const InvoiceGrouping = z.enum(['together', 'by-subscription'])
export type InvoiceGrouping = z.infer<typeof InvoiceGrouping>

const Arrangement = z.object({
  customerId: Uuid,
  minimum: Minor.nullable(),
  invoices: InvoiceGrouping,
})

/** How the invoices of a customer are made. */
export const arrangements = {
  get: query('billing.arrangement.get', { roles: EVERYONE })
    .input(z.object({ customerId: Uuid }))
    .output(
      z.object({
        currency: CurrencyCode,
        /** The customer's own: null where the workspace's holds, zero where there is none. */
        minimum: Minor.nullable(),
        /** What holds in the customer's currency, where no contract says another; null for none. */
        least: Least.nullable(),
        invoices: InvoiceGrouping,
        /** Who said last what holds for this customer, and when; null where nobody did. */
        changed: z
          .object({ by: z.object({ id: Uuid, name: z.string() }).nullable(), at: Instant })
          .nullable(),
      }),
    ),
  /**
   * What is not named stays as it is. A minimum holds from the next draft on; drafts that are there are made anew as
   * `invoices` says. What is approved or issued stays as it is.
   */
  set: command('billing.arrangement.set', { roles: ['analyst'] })
    .input(
      z.object({
        customerId: Uuid,
        minimum: Minor.refine(amount => amount >= 0n, 'nothing or more')
          .nullable()
          .optional(),
        invoices: InvoiceGrouping.optional(),
      }),
    )
    .output(Arrangement),
}
