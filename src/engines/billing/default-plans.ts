import { type Entitlement, type Metric, USUAL_TRIAL_DAYS } from '#shared/contract/billing/catalog.ts'
import type { Charge } from '#shared/contract/billing/prices.ts'
import { findCurrency } from '#shared/currencies.ts'
import { withAmounts } from './charge-models/with-amounts.ts'
import type { PriceDraft } from './check-price.ts'
import { exactOf, exactText, multiply, scaled } from './exact.ts'

/** A metric as a workspace may begin with it. */
export type DefaultMetric = Omit<Metric, 'id' | 'active'>
/** A price that names its metric by key. */
export type DefaultPrice = Omit<PriceDraft, 'metricId'> & { readonly metric: string | null }

export interface DefaultPlan {
  readonly key: string
  readonly name: string
  readonly description: string
  readonly trialDays: number
  readonly prices: readonly DefaultPrice[]
  readonly entitlements: readonly Entitlement[]
}

const metric = (
  key: string,
  name: string,
  unit: string,
  aggregation: Metric['aggregation'],
  scale = 0,
): DefaultMetric => ({
  key,
  name,
  unit,
  scale,
  aggregation,
  excess: scale === 0 ? 'refuse' : 'round',
  groupBy: [],
  ...{ property: null, rounding: null, carries: false },
})

/** The eight usual categories of usage. What is held is measured at its highest or last, what is used up is added. */
export const DEFAULT_METRICS: readonly DefaultMetric[] = [
  metric('api-calls', 'API calls', 'calls', 'sum'),
  metric('storage', 'Storage', 'GB', 'max', 3),
  metric('users', 'Users', 'users', 'max'),
  metric('dashboards', 'Dashboards', 'dashboards', 'latest'),
  metric('real-time-connections', 'Real-time connections', 'connections', 'max'),
  metric('compute-hours', 'Compute hours', 'hours', 'sum', 4),
  metric('model-tokens', 'Model tokens', 'tokens', 'sum'),
  metric('data-transfer', 'Data transfer', 'GB', 'sum', 3),
]

const standard = (unit: string, free: string): Charge => ({ model: 'standard', unit, free })
const packages = (size: string, amount: string, free: string): Charge => ({
  ...{ model: 'package', size, amount, free },
})
type Step = readonly [upTo: string | null, unit: string, flat?: string]
const tiers = (steps: readonly Step[]) => steps.map(([upTo, unit, flat = '0']) => ({ upTo, unit, flat }))
const graduated = (...steps: Step[]): Charge => ({
  model: 'graduated',
  tiers: tiers(steps),
  flatAtZero: false,
})
const volume = (...steps: Step[]): Charge => ({ model: 'volume', tiers: tiers(steps), flatAtZero: false })

/** For each metric its charge, and what the plan allows of it; no limit is unlimited. */
type Usage = readonly [metric: string, charge: Charge, limit: string | null]

const FREE: readonly Usage[] = [
  ['api-calls', standard('0', '0'), '10000'],
  ['storage', standard('0', '0'), '1'],
  ['users', standard('0', '0'), '2'],
  ['dashboards', standard('0', '0'), '3'],
  ['real-time-connections', standard('0', '0'), '10'],
  ['compute-hours', standard('0', '0'), '2'],
  ['model-tokens', standard('0', '0'), '100000'],
  ['data-transfer', standard('0', '0'), '5'],
]
const STARTER: readonly Usage[] = [
  ['api-calls', graduated(['100000', '0'], ['1000000', '0.0004'], [null, '0.0003']), '1000000'],
  ['storage', standard('0.12', '50'), '200'],
  ['users', standard('12', '5'), '20'],
  ['dashboards', packages('5', '10', '10'), '50'],
  ['real-time-connections', volume(['100', '0.10'], ['500', '0.08'], [null, '0.06']), '500'],
  ['compute-hours', standard('0.14', '20'), '500'],
  ['model-tokens', packages('1000000', '2.50', '1000000'), '50000000'],
  ['data-transfer', graduated(['100', '0'], ['1000', '0.09'], [null, '0.07']), '2000'],
]
const PROFESSIONAL: readonly Usage[] = [
  ['api-calls', graduated(['1000000', '0'], ['10000000', '0.0003'], [null, '0.0002']), '10000000'],
  ['storage', standard('0.10', '500'), '2000'],
  ['users', standard('10', '25'), '100'],
  ['dashboards', packages('10', '15', '50'), '500'],
  ['real-time-connections', volume(['500', '0.08'], ['2500', '0.06'], [null, '0.04']), '5000'],
  ['compute-hours', graduated(['200', '0'], ['2000', '0.12'], [null, '0.10', '25']), '5000'],
  ['model-tokens', packages('1000000', '2.00', '10000000'), '500000000'],
  ['data-transfer', graduated(['1000', '0'], ['10000', '0.07'], [null, '0.05']), '20000'],
]
const ENTERPRISE: readonly Usage[] = [
  ['api-calls', graduated(['20000000', '0'], ['200000000', '0.00015'], [null, '0.0001']), null],
  ['storage', graduated(['5000', '0'], ['50000', '0.07'], [null, '0.05']), null],
  ['users', standard('7', '200'), null],
  ['dashboards', packages('50', '40', '500'), null],
  ['real-time-connections', volume(['5000', '0.04'], ['50000', '0.03'], [null, '0.02']), null],
  ['compute-hours', graduated(['2000', '0'], ['20000', '0.09'], [null, '0.07', '100']), null],
  ['model-tokens', packages('10000000', '15.00', '100000000'), null],
  ['data-transfer', graduated(['10000', '0'], ['100000', '0.04'], [null, '0.03']), null],
]

interface Sketch {
  readonly key: string
  readonly name: string
  readonly description: string
  readonly fee: string | null
  readonly trialDays: number
  readonly usage: readonly Usage[]
  readonly enforcement: 'soft' | 'hard'
  readonly features: Readonly<Record<string, boolean>>
  readonly values: Readonly<Record<string, string>>
}

const PLANS: readonly Sketch[] = [
  {
    ...{ key: 'free', name: 'Free', description: 'For trying things out.', fee: null, trialDays: 0 },
    ...{ usage: FREE, enforcement: 'hard' },
    features: { 'single-sign-on': false, 'audit-log': false },
    values: { 'support-response': 'community', 'data-retention': '7 days' },
  },
  {
    ...{
      key: 'starter',
      name: 'Starter',
      description: 'For small teams.',
      fee: '99',
      trialDays: USUAL_TRIAL_DAYS,
    },
    ...{ usage: STARTER, enforcement: 'soft' },
    features: { 'single-sign-on': false, 'audit-log': false },
    values: { 'support-response': '2 days', 'data-retention': '30 days' },
  },
  {
    ...{ key: 'professional', name: 'Professional', description: 'For growing companies.', fee: '499' },
    ...{ trialDays: USUAL_TRIAL_DAYS, usage: PROFESSIONAL, enforcement: 'soft' },
    features: { 'single-sign-on': true, 'audit-log': true },
    values: { 'support-response': '8 hours', 'data-retention': '1 year' },
  },
  {
    ...{ key: 'enterprise', name: 'Enterprise', description: 'Without limits.', fee: '2499', trialDays: 0 },
    ...{ usage: ENTERPRISE, enforcement: 'soft' },
    features: { 'single-sign-on': true, 'audit-log': true },
    values: { 'support-response': '1 hour', 'data-retention': '7 years' },
  },
]

/** A currency whose unit is worth less than a US cent needs figures a hundred times as large. */
const SMALL_UNIT = scaled(100n)

/**
 * The plans Free, Starter, Professional and Enterprise (0, 99, 499 and 2,499 a month), with a price for each of
 * the eight metrics, as data to begin with and to edit. The figures are those for US dollars; in a currency of
 * small units, such as JPY, they are a hundred times as large. Throws a RangeError for an unknown currency.
 */
export function defaultPlans(currency: string): DefaultPlan[] {
  const found = findCurrency(currency)
  if (found === undefined) throw new RangeError(`unknown currency: ${currency}`)
  const amount = (text: string) =>
    found.costScale === 6 ? exactText(multiply(exactOf(text), SMALL_UNIT)) : text
  const names = new Map(DEFAULT_METRICS.map(({ key, name }) => [key, name]))
  const common = { currency, minimum: null, maximum: null, proration: 'second' as const }
  return PLANS.map(({ key, name, description, fee, trialDays, usage, enforcement, features, values }) => ({
    ...{ key, name, description, trialDays },
    prices: [
      ...(fee === null
        ? []
        : [
            {
              ...{ key: 'platform', name: `${name} plan`, metric: null, due: 'advance' as const, ...common },
              charge: { model: 'flat' as const, amount: amount(fee) },
            },
          ]),
      ...usage.map(([metric, charge]) => ({
        ...{ key: metric, name: names.get(metric)!, metric, due: 'arrears' as const, ...common },
        charge: withAmounts(charge, amount),
      })),
    ],
    entitlements: [
      ...Object.entries(features).map(([key, allowed]) => ({ kind: 'boolean' as const, key, allowed })),
      ...Object.entries(values).map(([key, value]) => ({ kind: 'static' as const, key, value })),
      ...usage.map(([key, , limit]) => ({ kind: 'metered' as const, key, limit, enforcement })),
    ],
  }))
}
