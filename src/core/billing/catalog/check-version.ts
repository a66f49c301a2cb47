import type { Tx } from '#core/database/store.ts'
import type { InputOf } from '#core/runtime/handlers.ts'
import { checkPlan, type KnownMetrics, missingCurrency } from '#engines/billing/check-price.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { plans } from '#shared/contract/billing/catalog.ts'
import { refuse } from '#shared/errors.ts'

type Prices = InputOf<typeof plans.addVersion>['prices']
type Input = Pick<InputOf<typeof plans.addVersion>, 'prices' | 'entitlements' | 'interval'>

/**
 * Refuses a version whose prices or entitlements make no sense, with the place of the first problem.
 * @throws Refusal `BILLING_METRIC_UNKNOWN`, `BILLING_PRICE_INVALID`, `BILLING_PRICE_CURRENCY_MISSING`
 */
export async function checkVersion(tx: Tx, version: Input): Promise<void> {
  const rows = await tx.db.selectFrom('metrics').select(['id', 'key', 'active', 'group_by']).execute()
  const metrics: KnownMetrics = new Map(
    rows.map(({ id, key, active, group_by }) => [
      id,
      { key, active: active !== 0n, groupBy: fromCanonical<string[]>(group_by) },
    ]),
  )
  const [problem] = checkPlan(version, metrics)
  const missing = missingCurrency(version.prices)
  if (!problem && missing) throw refuse('BILLING_PRICE_CURRENCY_MISSING', missing)
  if (!problem) return
  if (problem.reason === 'metric-unknown' || problem.reason === 'metric-inactive')
    throw refuse('BILLING_METRIC_UNKNOWN', { metric: metricAt(version, problem.path, metrics) })
  throw refuse('BILLING_PRICE_INVALID', { path: problem.path, reason: problem.reason })
}

/** Usage is always billed when its period is over, whatever is said for fees. */
export function billedAfterwards<P extends Pick<Prices[number], 'charge' | 'due'>>(price: P): P {
  return price.charge.model === 'flat' ? price : { ...price, due: 'arrears' }
}

function metricAt({ prices, entitlements }: Input, path: string, metrics: KnownMetrics): string {
  const [list, position] = path.split('.')
  const index = Number(position)
  if (list === 'entitlements') return entitlements[index]!.key
  // A problem with a metric is one of a price that names one.
  const id = prices[index]!.metricId!
  return metrics.get(id)?.key ?? id
}
