import { handle } from '#core/runtime/handlers.ts'
import { DEFAULT_METRICS, defaultPlans } from '#engines/billing/default-plans.ts'
import { plans as leaf } from '#shared/contract/billing/catalog.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { takeCatalogue } from './catalogue.ts'
import { undoAdding } from './restore-catalogue.ts'

/** What is there under the same key stays as it is: a workspace that edited its plans keeps them. */
export const initializeDefaults = handle(leaf.initializeDefaults, async ({ tx, input, ...call }) => {
  const { currency } = input
  if (!findCurrency(currency)) throw refuse('BILLING_CURRENCY_UNKNOWN', { currency })
  const keysOf = async (table: 'metrics' | 'plans') =>
    new Set((await tx.db.selectFrom(table).select('key').execute()).map(row => row.key))
  const [metrics, plans] = [await keysOf('metrics'), await keysOf('plans')]
  const taken = await takeCatalogue(
    { tx, ...call },
    {
      metrics: DEFAULT_METRICS.filter(one => !metrics.has(one.key)).map(one => ({ ...one, active: true })),
      plans: defaultPlans(currency)
        .filter(one => !plans.has(one.key))
        .map(({ key, name, description, trialDays, prices, entitlements }) => ({
          ...{ key, name, description, active: true },
          version: {
            ...{ interval: 'month' as const, alignment: 'calendar' as const, note: '', trialDays },
            prices: [...prices],
            entitlements: [...entitlements],
          },
        })),
    },
  )
  undoAdding(call, taken.added)
  return { metrics: taken.metrics, plans: taken.plans }
})
