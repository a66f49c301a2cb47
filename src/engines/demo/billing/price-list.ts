import { withAmounts } from '#engines/billing/charge-models/with-amounts.ts'
import {
  DEFAULT_METRICS,
  type DefaultMetric,
  type DefaultPrice,
  defaultPlans,
} from '#engines/billing/default-plans.ts'
import { exactOf, exactText, multiply } from '#engines/billing/exact.ts'
import type { Entitlement } from '#shared/contract/billing/catalog.ts'

export type PlanKey = 'free' | 'starter' | 'professional' | 'enterprise'

/** A version of a plan, with its prices in all currencies of the demo. */
export interface DemoPlanVersion {
  readonly plan: PlanKey
  readonly name: string
  readonly description: string
  readonly number: number
  readonly note: string
  readonly trialDays: number
  readonly prices: readonly DefaultPrice[]
  readonly entitlements: readonly Entitlement[]
}

/** The currencies that the demo's customers pay in. */
export const CURRENCIES = ['USD', 'EUR', 'GBP', 'JPY', 'KWD'] as const
type Currency = (typeof CURRENCIES)[number]
type Paid = Exclude<PlanKey, 'free'>

/** What the plans cost a month, before and after the price change. A list price is set, not converted. */
const FEES: Readonly<Record<Currency, Readonly<Record<Paid, readonly [string, string]>>>> = {
  USD: { starter: ['89', '99'], professional: ['449', '499'], enterprise: ['2299', '2499'] },
  EUR: { starter: ['85', '95'], professional: ['429', '479'], enterprise: ['2199', '2399'] },
  GBP: { starter: ['69', '79'], professional: ['359', '399'], enterprise: ['1799', '1999'] },
  JPY: { starter: ['13400', '14900'], professional: ['67400', '74900'], enterprise: ['341000', '379000'] },
  KWD: { starter: ['26.5', '29.5'], professional: ['134.5', '149.5'], enterprise: ['674.5', '749.5'] },
}

/** Usage against the default figures, which are those of US dollars, in JPY a hundred times as much. */
const USAGE: Readonly<Record<Currency, string>> = {
  USD: '1',
  EUR: '0.95',
  GBP: '0.8',
  JPY: '1.5',
  KWD: '0.3',
}

/** How many users its plans are made for: companies of this kind have more than the usual limits are for. */
const SEATS: Readonly<Record<string, string>> = { starter: '60', professional: '500' }

/** Model tokens cost a fifth more before the price change. */
const TOKENS_BEFORE = '1.2'

export const DEMO_METRICS: readonly DefaultMetric[] = DEFAULT_METRICS

/**
 * The demo's price list: the four default plans in five currencies. The first version of the paid plans has
 * lower fees and dearer model tokens; the second is the one that holds now. Ordered by plan and number.
 */
export function demoPriceList(): DemoPlanVersion[] {
  const plans = CURRENCIES.map(currency => defaultPlans(currency))
  return plans[0]!.flatMap(({ key, name, description, trialDays, entitlements }, index) => {
    const version = (number: number, note: string): DemoPlanVersion => ({
      ...{ plan: key as PlanKey, name, description, number, note, trialDays },
      entitlements: entitlements.map(one =>
        one.kind === 'metered' && one.key === 'users' ? { ...one, limit: SEATS[key] ?? one.limit } : one,
      ),
      prices: CURRENCIES.flatMap((currency, at) =>
        plans[at]![index]!.prices.map(price => listed(price, currency, key as PlanKey, number)),
      ),
    })
    if (key === 'free') return [version(1, '')]
    return [version(1, ''), version(2, 'New price list: fees rise, model tokens become cheaper.')]
  })
}

function listed(price: DefaultPrice, currency: Currency, plan: PlanKey, number: number): DefaultPrice {
  if (plan === 'free') return price
  if (price.charge.model === 'flat') {
    const amount = FEES[currency][plan][number - 1]!
    return { ...price, charge: { model: 'flat', amount } }
  }
  const dearer = number === 1 && price.metric === 'model-tokens' ? TOKENS_BEFORE : '1'
  const factor = multiply(exactOf(USAGE[currency]), exactOf(dearer))
  return { ...price, charge: withAmounts(price.charge, text => exactText(multiply(exactOf(text), factor))) }
}
