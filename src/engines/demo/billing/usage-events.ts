import { dayStart } from '#engines/billing/calendar.ts'
import type { DemoCompany } from '../company.ts'
import type { DemoCustomer } from '../customers.ts'
import { type Day, firstDay, isoDay, monthPlus, weekday } from '../days.ts'
import { type Random, randomOf } from '../random.ts'
import type { DemoBilling } from './billing.ts'
import type { DemoSubscription } from './lifecycles.ts'
import { DEMO_METRICS } from './price-list.ts'
import { type BillingSpan, instantAt } from './span.ts'
import { type Habit, habitsOf, type MetricKey, usedOn, WHILE_PAUSED } from './usage-levels.ts'

/** A customer's use of a metric. */
export interface DemoSeries {
  /** The customer's key. */
  readonly customer: string
  readonly metric: MetricKey
}

/** Usage events as columns of equal length, in order of time. */
export interface DemoEvents {
  readonly ids: readonly string[]
  /** Places in `series`. */
  readonly series: Int32Array
  /** In units of the metric's scale. */
  readonly quantities: BigInt64Array
  /** Milliseconds since the epoch. */
  readonly at: BigInt64Array
}

export interface DemoUsage {
  readonly series: readonly DemoSeries[]
  /** What came in when it happened. */
  readonly events: DemoEvents
  /** What came in after its month was closed. */
  readonly late: DemoEvents
}

/** Days of the last closed month whose usage was late for some, counted from 1; the second is exclusive. */
const LATE_DAYS = [24, 28] as const
/** Before the last closed month events sum up some days; each is of the last of them. */
const DAYS_OF_SUMS = new Set([7, 14, 21, 28])
/** So many days before the end what large customers use most is measured by the hour. */
const HOURLY_DAYS = 7
const HOURLY: ReadonlySet<MetricKey> = new Set(['api-calls', 'model-tokens'])
/** Events of a day come in its evening, after whatever changed on it. */
const EVENING = 18
const SCALE = new Map(DEMO_METRICS.map(({ key, scale }) => [key, 10 ** scale]))

interface Found {
  readonly series: number
  readonly quantity: bigint
  readonly at: bigint
  readonly late: boolean
}

/**
 * The usage of all customers, from the first billed month to the end of the data: by the week at first, by the
 * day in the last closed month and after it, and by the hour for large customers in the last days. Customers of
 * the free plan send none.
 */
export function demoUsage(company: DemoCompany, billing: DemoBilling): DemoUsage {
  const series: DemoSeries[] = []
  const found: Found[] = []
  const ofMonth = daysOfMonths(billing.span)
  for (const customer of company.customers) {
    const subscription = billing.subscriptions.get(customer.key)!
    if (subscription.phases.every(phase => phase.plan === 'free')) continue
    const part = billing.cast.get(customer.key)
    for (const habit of habitsOf(company.seed, customer, billing.span, part)) {
      const place = series.length
      const random = randomOf(`${company.seed}/billing/usage/${customer.key}/${habit.metric}`)
      const before = found.length
      measure(
        random,
        { customer, subscription, habit, span: billing.span, place, late: part === 'late', ofMonth },
        found,
      )
      if (found.length > before) series.push({ customer: customer.key, metric: habit.metric })
    }
  }
  found.sort((a, b) => (a.at === b.at ? a.series - b.series : a.at < b.at ? -1 : 1))
  return {
    series,
    events: columnsOf(found.filter(one => !one.late)),
    late: columnsOf(found.filter(one => one.late)),
  }
}

interface Measured {
  readonly customer: DemoCustomer
  readonly subscription: DemoSubscription
  readonly habit: Habit
  readonly span: BillingSpan
  readonly place: number
  readonly late: boolean
  /** From `daysOfMonths`. */
  readonly ofMonth: Uint8Array
}

/** The events of one series. */
function measure(random: Random, one: Measured, found: Found[]): void {
  const { customer, subscription, habit, span, place, ofMonth } = one
  const { timeZone: zone } = customer
  const lastClosed = firstDay(monthPlus(span.open, -1))
  const scale = SCALE.get(habit.metric)!
  const end = Math.min(customer.churnDay ?? span.until, span.until)
  const limit = BigInt(span.until) * 86_400_000n
  const late = one.late && habit.flows ? [lastClosed + LATE_DAYS[0] - 1, lastClosed + LATE_DAYS[1] - 1] : null
  let sum = 0
  const add = (day: Day, hours: number, quantity: number) => {
    const at = instantAt(day, zone, hours)
    const units = Math.round(quantity * scale)
    const isLate = late !== null && day >= late[0]! && day < late[1]!
    if (units > 0 && at < limit) found.push({ series: place, quantity: BigInt(units), at, late: isLate })
  }
  for (let day = Math.max(customer.signupDay, span.start, habit.from ?? 0); day < end; day++) {
    const noise = random.around(180)
    const evening = EVENING + random.below(3 * 3600) / 3600
    const phase = phaseOn(subscription, dayStart(day, zone) + 64_800_000n)
    if (phase === null || phase.plan === 'free') continue
    const paused = phase.kind === 'paused'
    if (paused && !WHILE_PAUSED.has(habit.metric)) continue
    const used = usedOn(habit, customer, phase.plan, day, weekday(day), paused, span.until, noise)
    sum = habit.flows ? sum + used : used
    const often = day >= lastClosed && habit.step === null
    if (often && day >= span.until - HOURLY_DAYS && hourly(phase.plan, habit) && day > customer.signupDay) {
      for (let hour = 0; hour < 24; hour++)
        add(day, hour + random.below(3600) / 3600, sum * SHARE_OF_HOUR[hour]!)
      sum = 0
    } else if (often || endsSum(day)) {
      add(day, evening, sum)
      sum = 0
    }
  }

  /** Whether the month or its quarter is over, or the plan of the next day is another, so that no event is of both. */
  function endsSum(day: Day): boolean {
    const place = day - span.start
    if (day + 1 >= end || ofMonth[place + 1] === 1 || DAYS_OF_SUMS.has(ofMonth[place]!)) return true
    const now = phaseOn(subscription, dayStart(day, zone) + 64_800_000n)
    const next = phaseOn(subscription, dayStart(day + 1, zone) + 64_800_000n)
    return now !== next
  }
}

function hourly(plan: string, { metric }: Habit): boolean {
  return plan === 'enterprise' && HOURLY.has(metric)
}

/** How a working day is spread over its hours; adds up to 1. */
const SHARE_OF_HOUR: readonly number[] = (() => {
  const weights = Array.from({ length: 24 }, (_, hour) => (hour < 6 ? 1 : hour < 9 ? 3 : hour < 18 ? 8 : 3))
  const all = weights.reduce((a, b) => a + b, 0)
  return weights.map(weight => weight / all)
})()

function phaseOn({ phases }: DemoSubscription, at: bigint) {
  return phases.find(phase => phase.from <= at && (phase.to === null || at < phase.to)) ?? null
}

/** The day of the month of each day of a span, by its distance from the first. */
function daysOfMonths({ start, until }: BillingSpan): Uint8Array {
  return Uint8Array.from({ length: until - start + 1 }, (_, index) => Number(isoDay(start + index).slice(8)))
}

/** Ids follow time, so that what comes later is added at the end. */
function columnsOf(found: readonly Found[]): DemoEvents {
  return {
    ids: found.map(({ at, series }) => `u${at.toString(36)}-${series.toString(36).padStart(3, '0')}`),
    series: Int32Array.from(found, one => one.series),
    quantities: BigInt64Array.from(found, one => one.quantity),
    at: BigInt64Array.from(found, one => one.at),
  }
}
