import type { Reader, Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { leastFor } from '#engines/billing/minimum/least-invoice.ts'
import { placesOf } from '#engines/billing/rate.ts'
import { arrangements as leaf } from '#shared/contract/billing/arrangements.ts'
import type { EnvironmentSettings, Settings } from '#shared/settings.ts'
import { getCustomer } from '../customers/customer-rows.ts'

/** The workspace's least amount of a month's invoices, in minor units of its currency; null for none. */
export function workspaceLeast(
  settings: Pick<Settings, 'billing.minimumInvoice' | 'workspace.currency'>,
): { readonly amount: bigint; readonly currency: string } | null {
  const currency = settings['workspace.currency']
  const units = settings['billing.minimumInvoice']
  if (units === 0 || currency === null) return null
  return { amount: BigInt(units) * 10n ** BigInt(placesOf(currency)), currency }
}

/** The least amounts of customers of whom one was said, in minor units of their currency. */
export async function ownLeasts(
  session: Pick<Reader | Tx, 'db'>,
  customerIds: readonly string[],
): Promise<Map<string, bigint>> {
  const rows = await (session.db as Reader['db'])
    .selectFrom('billing_arrangements')
    .select(['customer_id', 'minimum'])
    .where('customer_id', 'in', customerIds)
    .execute()
  return new Map(rows.map(row => [row.customer_id, row.minimum]))
}

export const getArrangement = (environment: EnvironmentSettings) =>
  answer(leaf.get, async ({ reader, input: { customerId } }) => {
    const { currency } = await getCustomer(reader, customerId)
    const minimum = (await ownLeasts(reader, [customerId])).get(customerId) ?? null
    const workspace = workspaceLeast(await readSettings(reader, environment))
    const least = leastFor({ amount: minimum, currency }, workspace, currency)
    return { currency, minimum, least: least && { ...least, currency } }
  })

export const setArrangement = handle(leaf.set, async ({ tx, input, actor, now, undoWith }) => {
  const { customerId, minimum } = input
  await getCustomer(tx, customerId)
  const before = (await ownLeasts(tx, [customerId])).get(customerId) ?? null
  await tx.db.deleteFrom('billing_arrangements').where('customer_id', '=', customerId).execute()
  const values = minimum === null ? null : { customer_id: customerId, minimum }
  if (values)
    await tx.db
      .insertInto('billing_arrangements')
      .values({ ...values, changed_by: byWhom(actor), changed_at: now })
      .execute()
  undoWith(leaf.set, { customerId, minimum: before }, [
    leaves('billing_arrangements', { customer_id: customerId }, values),
  ])
  return { customerId, minimum }
})
