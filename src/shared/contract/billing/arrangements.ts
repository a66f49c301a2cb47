import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, query, Uuid } from '../define.ts'
import { CurrencyCode, Minor } from './values.ts'

/** The least that the invoices of a month come to, before tax. */
const Least = z.object({ amount: Minor, currency: CurrencyCode, of: z.enum(['customer', 'workspace']) })

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
      }),
    ),
  /** Holds from the next draft on; what is billed stays as it is. */
  set: command('billing.arrangement.set', { roles: ['analyst'] })
    .input(
      z.object({
        customerId: Uuid,
        minimum: Minor.refine(amount => amount >= 0n, 'nothing or more').nullable(),
      }),
    )
    .output(z.object({ customerId: Uuid, minimum: Minor.nullable() })),
}
