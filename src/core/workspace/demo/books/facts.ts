import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import type { Actor } from '#core/runtime/handlers.ts'

/** What the demo's books are kept from. */
export interface BookFacts {
  /** Who keeps them. */
  readonly actor: Actor
  /** The end of the data, in milliseconds. */
  readonly now: bigint
  /** The last month that is closed, and the one before it: `2026-09`. */
  readonly closed: string
  readonly before: string
  /** Keys of the customers who pay by direct debit. */
  readonly debtors: readonly string[]
}

export const MINUTE = 60_000n
export const HOUR = 60n * MINUTE
export const DAY = 24n * HOUR

type Issued = Pick<
  Row<'invoices'>,
  'id' | 'customer_id' | 'currency' | 'number' | 'total' | 'issued_at' | 'due_at'
> & { readonly name: string; readonly country: string; readonly legal: string }

/** Invoices of a month in a state, in the order of their numbers: the same in every demo. */
export async function invoicesOf(
  tx: Tx,
  period: string,
  state: 'issued' | 'paid',
  currency: string,
): Promise<Issued[]> {
  const rows = await tx.db
    .selectFrom('invoices as invoice')
    .innerJoin('customers as customer', 'customer.id', 'invoice.customer_id')
    .leftJoin('billing_profiles as profile', 'profile.customer_id', 'customer.id')
    .select(['invoice.id', 'invoice.customer_id', 'invoice.currency', 'invoice.number', 'invoice.total'])
    .select([
      'invoice.issued_at',
      'invoice.due_at',
      'customer.name',
      'customer.country',
      'profile.legal_name',
    ])
    .where('invoice.period', '=', period)
    .where('invoice.state', '=', state)
    .where('invoice.kind', '=', 'invoice')
    .where('invoice.currency', '=', currency)
    .where('invoice.total', '>', 0n)
    .orderBy('invoice.number')
    .execute()
  return rows.map(({ legal_name, ...row }) => ({ ...row, legal: legal_name || row.name }))
}

/** The day of an instant in UTC, as `2026-11-21`. */
export function dayOf(at: bigint): string {
  return new Date(Number(at)).toISOString().slice(0, 10)
}
