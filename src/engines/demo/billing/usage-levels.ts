import type { DemoCustomer } from '../customers.ts'
import type { Day } from '../days.ts'
import { randomOf } from '../random.ts'
import type { Part } from './cast.ts'
import type { PlanKey } from './price-list.ts'
import type { BillingSpan } from './span.ts'

export type MetricKey =
  | 'api-calls'
  | 'storage'
  | 'users'
  | 'dashboards'
  | 'real-time-connections'
  | 'compute-hours'
  | 'model-tokens'
  | 'data-transfer'

/** What a plan includes of a metric a month, or where its first tier ends; of users, how many it is made for. */
const INCLUDED: Readonly<Record<PlanKey, Readonly<Record<MetricKey, number>>>> = {
  free: {
    ...{ 'api-calls': 10_000, storage: 1, users: 2, dashboards: 3, 'real-time-connections': 10 },
    ...{ 'compute-hours': 2, 'model-tokens': 100_000, 'data-transfer': 5 },
  },
  starter: {
    ...{ 'api-calls': 100_000, storage: 50, users: 40, dashboards: 10, 'real-time-connections': 100 },
    ...{ 'compute-hours': 20, 'model-tokens': 1_000_000, 'data-transfer': 100 },
  },
  professional: {
    ...{ 'api-calls': 1_000_000, storage: 500, users: 350, dashboards: 50, 'real-time-connections': 500 },
    ...{ 'compute-hours': 200, 'model-tokens': 10_000_000, 'data-transfer': 1000 },
  },
  enterprise: {
    ...{
      'api-calls': 20_000_000,
      storage: 5000,
      users: 6000,
      dashboards: 500,
      'real-time-connections': 5000,
    },
    ...{ 'compute-hours': 2000, 'model-tokens': 100_000_000, 'data-transfer': 10_000 },
  },
}

/** How a customer uses one metric. */
export interface Habit {
  readonly metric: MetricKey
  /** Added up over a month, or held at a level. */
  readonly flows: boolean
  /** Use at the end against what the plan includes: well below 1, or well above it. */
  readonly ratio: number
  /** Growth a month, as a share of what it is at the end. */
  readonly growth: number
  /** Levels that stay the same but for one step, on a day, from a share of what they are afterwards. */
  readonly step: { readonly day: Day; readonly before: number } | null
  /** The first day; null for as long as there is a subscription. */
  readonly from: Day | null
  /** A factor from a day on. */
  readonly surge: { readonly from: Day; readonly factor: number } | null
}

const FLOWS: ReadonlySet<MetricKey> = new Set(['api-calls', 'compute-hours', 'model-tokens', 'data-transfer'])
/** What everybody uses, and what only some do. */
const COMMON: readonly MetricKey[] = ['api-calls', 'storage', 'users', 'dashboards']
const OTHERS: readonly MetricKey[] = [
  'real-time-connections',
  'compute-hours',
  'model-tokens',
  'data-transfer',
]
/** In thousandths: how many of a tier use each of the others. */
const USED = { free: 300, starter: 480, professional: 760, enterprise: 930 } as const

/** How a customer uses what its plan has, metric by metric. */
export function habitsOf(
  seed: string,
  customer: DemoCustomer,
  span: BillingSpan,
  part: Part | undefined,
): Habit[] {
  const random = randomOf(`${seed}/billing/habits/${customer.key}`)
  const others = OTHERS.filter(metric => {
    const used = random.below(1000) < USED[customer.tier]
    return used || part === 'late' || (part === 'new-metric' && metric === 'model-tokens')
  })
  return [...COMMON, ...others].map(metric => {
    const steps = metric === 'users' || metric === 'dashboards'
    const much = random.below(1000) < 600
    const habit: Habit = {
      metric,
      flows: FLOWS.has(metric),
      ratio: much ? 2.2 + random.below(200) / 100 : 0.3 + random.below(40) / 100,
      growth: steps ? 0 : random.below(13) / 1000,
      step: steps
        ? { day: span.openDay - random.between(290, 500), before: 0.6 + random.below(30) / 100 }
        : null,
      from: null,
      surge: null,
    }
    if (part === 'jump' && metric === 'api-calls')
      return { ...habit, ratio: 2.4, surge: { from: span.openDay + 8, factor: 5 } }
    if (part === 'new-metric' && metric === 'model-tokens')
      return { ...habit, ratio: 3.5, from: span.openDay + 5 }
    if (part === 'late' && habit.flows) return { ...habit, ratio: 2 + random.below(100) / 100 }
    return habit
  })
}

/** Milliseconds do not matter here: days of a month, on average. */
const DAYS_PER_MONTH = 30.4
/** A new customer's use rises over so many days. */
const RAMP = 60
/** Of what the free plan includes: its limits are hard. */
const FREE_MOST = 0.8
/** Of what is included, where a subscription is paused. */
const PAUSED = 0.1
const WEEKEND = 0.35
/** Of a week of working days and a quiet weekend. */
const MEAN_OF_WEEK = (5 + 2 * WEEKEND) / 7

/**
 * A customer's use of a metric on one day, in the metric's unit: a part of the month's, or the day's level.
 * @param noise a factor around 1
 * @param weekday Monday = 0
 */
export function usedOn(
  habit: Habit,
  { seats, signupDay }: Pick<DemoCustomer, 'seats' | 'signupDay'>,
  plan: PlanKey,
  day: Day,
  weekday: number,
  paused: boolean,
  until: Day,
  noise: number,
): number {
  const { metric, flows, growth, step, surge } = habit
  const ratio = plan === 'free' ? Math.min(habit.ratio, FREE_MOST) : habit.ratio
  const included = INCLUDED[plan][metric]
  if (step !== null) {
    const most = metric === 'users' ? Math.min(seats, included) : included * ratio
    return Math.max(1, Math.round(day < step.day ? most * step.before : most))
  }
  const grown = Math.max(0.5, 1 - (growth * (until - day)) / DAYS_PER_MONTH)
  const ramp = Math.min(1, (day - signupDay + 20) / RAMP)
  const level = included * (paused ? PAUSED : ratio * grown * ramp) * noise
  const surged = surge !== null && day >= surge.from ? level * surge.factor : level
  if (!flows) return surged
  const share = weekday >= 5 ? WEEKEND : 1
  return (surged * share) / MEAN_OF_WEEK / DAYS_PER_MONTH
}

/** What is measured while a subscription is paused. */
export const WHILE_PAUSED: ReadonlySet<MetricKey> = new Set(['api-calls', 'storage', 'data-transfer'])
