import type { Tx } from '#core/database/store.ts'
import type { InputOf } from '#core/runtime/handlers.ts'
import type { plans } from '#shared/contract/billing/catalog.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'

type Input = Pick<InputOf<typeof plans.addVersion>, 'prices' | 'entitlements'>

/**
 * Refuses a version whose prices or entitlements make no sense, with the place.
 * @throws Refusal `BILLING_METRIC_UNKNOWN`, `BILLING_PRICE_INVALID`
 */
export async function checkVersion(tx: Tx, { prices, entitlements }: Input): Promise<void> {
  const metrics = await tx.db.selectFrom('metrics').select(['id', 'key', 'active']).execute()
  const active = new Set(metrics.filter(metric => metric.active !== 0n).map(metric => metric.id))
  const keys = new Set(metrics.map(metric => metric.key))
  for (const [index, price] of prices.entries()) {
    if (price.metricId !== null && !active.has(price.metricId))
      throw refuse('BILLING_METRIC_UNKNOWN', { metric: price.metricId })
    if (!findCurrency(price.currency)) refuseAt(`prices.${index}.currency`, 'unknown-currency')
    const same = (other: Input['prices'][number]) =>
      other.key === price.key && other.currency === price.currency
    if (prices.findIndex(same) !== index) refuseAt(`prices.${index}.key`, 'key-twice')
  }
  for (const [index, entitlement] of entitlements.entries()) {
    if (entitlement.kind === 'metered' && !keys.has(entitlement.key))
      throw refuse('BILLING_METRIC_UNKNOWN', { metric: entitlement.key })
    if (entitlements.findIndex(other => other.key === entitlement.key) !== index)
      refuseAt(`entitlements.${index}.key`, 'key-twice')
  }
}

function refuseAt(path: string, reason: string): never {
  throw refuse('BILLING_PRICE_INVALID', { path, reason })
}
