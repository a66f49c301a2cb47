import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { placesOf } from '#engines/billing/rate.ts'
import type { Settings } from '#shared/settings.ts'

/** The workspace's least amount of a month's invoices, in minor units of its currency; null for none. */
export function workspaceLeast(
  settings: Pick<Settings, 'billing.minimumInvoice' | 'workspace.currency'>,
): { readonly amount: bigint; readonly currency: string } | null {
  const currency = settings['workspace.currency']
  const units = settings['billing.minimumInvoice']
  if (units === 0 || currency === null) return null
  return { amount: BigInt(units) * 10n ** BigInt(placesOf(currency)), currency }
}

/** How the invoices of customers are made of whom something was said, by customer. */
export async function arrangementsOf(
  session: Pick<Reader | Tx, 'db'>,
  customerIds: readonly string[],
): Promise<Map<string, Row<'billing_arrangements'>>> {
  const rows = await (session.db as Reader['db'])
    .selectFrom('billing_arrangements')
    .selectAll()
    .where('customer_id', 'in', customerIds)
    .execute()
  return new Map(rows.map(row => [row.customer_id, row]))
}
