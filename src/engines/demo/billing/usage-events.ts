import { dayStart } from '#engines/billing/calendar.ts'
import type { DemoCompany } from '../company.ts'
import type { DemoCustomer } from '../customers.ts'
import { type Day, firstDay, isoDay, monthPlus, weekday } from '../days.ts'
import { type Random, randomOf } from '../random.ts'
import type { DemoBilling } from './billing.ts'
import { eventFacts } from './event-facts.ts'
import type { DemoPhase, DemoSubscription } from './lifecycles.ts'
import { DEMO_METRICS } from './price-list.ts'
import type { BillingSpan } from './span.ts'
import { type Habit, habitsOf, type MetricKey, usedOn, WHILE_PAUSED } from './usage-levels.ts'

/** A customer's use of a metric. */
export interface DemoSeries {
  /** The customer's key. */
  readonly customer: string
  readonly metric: MetricKey
}

/**
 * Usage events as columns of equal length: some months after others, and within them series by series, so that
 * what is stored together lies together. Ids have the same order.
 */
export interface DemoEvents {
  readonly ids: readonly string[]
  /** Places in `series`. */
  readonly series: Int32Array
  /** In units of the metric's scale. */
  readonly quantities: BigInt64Array
  /** Milliseconds since the epoch. */
  readonly at: BigInt64Array
  /** What is said of each besides, as it is stored. */
  readonly facts: readonly string[]
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
/** Before the open month events sum up some days; each is of the last of them. */
const DAYS_OF_SUMS = new Set([7, 14, 21, 28])
/** What is held is measured less often then. */
const DAYS_OF_LEVELS = new Set([14])
/** So many days before the end what large customers use most is measured by the hour. */
const HOURLY_DAYS = 7
const HOURLY: ReadonlySet<MetricKey> = new Set(['api-calls', 'model-tokens'])
/** So many days of sums are ordered by series; the last months each on their own. */
const DAYS_OF_BLOCK = 120
/** Events of a day come in its evening, after whatever changed on it. */
const EVENING = 18
/** In milliseconds. */
const HOUR = 3_600_000
const DAY = 24 * HOUR
const FOREVER = Number.MAX_SAFE_INTEGER
const SCALE = new Map(DEMO_METRICS.map(({ key, scale }) => [key, 10 ** scale]))

interface Found {
  readonly block: number
  readonly series: number
  readonly quantity: number
  readonly at: number
  readonly late: boolean
  readonly facts: string
}

/**
 * The usage of all customers, from the first billed month to the end of the data: by the week at first, by the
 * day from the open month on, and by the hour for large customers in the last days.
 */
export function demoUsage(company: DemoCompany, billing: DemoBilling): DemoUsage {
  const series: DemoSeries[] = []
  const found: Found[] = []
  const ofMonth = daysOfMonths(billing.span)
  const startsIn = startsOfDays(billing.span)
  for (const customer of company.customers) {
    const subscription = billing.subscriptions.get(customer.key)!
    const part = billing.cast.get(customer.key)
    const starts = startsIn(customer.timeZone)
    for (const habit of habitsOf(company.seed, customer, billing.span, part)) {
      const place = series.length
      const random = randomOf(`${company.seed}/billing/usage/${customer.key}/${habit.metric}`)
      const before = found.length
      measure(
        random,
        {
          seed: company.seed,
          customer,
          subscription,
          habit,
          span: billing.span,
          place,
          late: part === 'late',
          ofMonth,
          starts,
        },
        found,
      )
      if (found.length > before) series.push({ customer: customer.key, metric: habit.metric })
    }
  }
  found.sort((a, b) => a.block - b.block || a.series - b.series || a.at - b.at)
  return {
    series,
    events: columnsOf(found.filter(one => !one.late)),
    late: columnsOf(found.filter(one => one.late)),
  }
}

/** When the days of a span begin in a zone, as numbers, by the distance from its first day. */
function startsOfDays({ start, until }: BillingSpan) {
  const known = new Map<string, Float64Array>()
  return (zone: string): Float64Array => {
    let starts = known.get(zone)
    if (starts === undefined) {
      starts = Float64Array.from({ length: until - start + 2 }, (_, index) =>
        Number(dayStart(start + index, zone)),
      )
      known.set(zone, starts)
    }
    return starts
  }
}

interface Measured {
  readonly seed: string
  readonly customer: DemoCustomer
  readonly subscription: DemoSubscription
  readonly habit: Habit
  readonly span: BillingSpan
  readonly place: number
  readonly late: boolean
  /** From `daysOfMonths`. */
  readonly ofMonth: Uint8Array
  /** From `startsOfDays`, of the customer's zone. */
  readonly starts: Float64Array
}

/** The events of one series. */
function measure(random: Random, one: Measured, found: Found[]): void {
  const { customer, subscription, habit, span, place, ofMonth, starts } = one
  const lastClosed = firstDay(monthPlus(span.open, -1))
  const scale = SCALE.get(habit.metric)!
  const endDay = Math.min(customer.churnDay ?? span.until, span.until)
  const limit = span.until * DAY
  const late = one.late && habit.flows ? [lastClosed + LATE_DAYS[0] - 1, lastClosed + LATE_DAYS[1] - 1] : null
  const daily = late === null ? span.openDay : lastClosed
  const { phases } = subscription
  const edges = phases.map(phase => Number(phase.from))
  const end = Number(subscription.endedAt ?? FOREVER)
  let current = 0
  let sum = 0
  const facts = randomOf(`${one.seed}/billing/facts/${customer.key}/${habit.metric}`)
  const add = (day: Day, hours: number, quantity: number, hourly = false) => {
    const at = starts[day - span.start]! + Math.round(hours * HOUR)
    const units = Math.round(quantity * scale)
    const isLate = late !== null && day >= late[0]! && day < late[1]!
    if (units > 0 && at < limit) {
      const block =
        day < lastClosed ? Math.floor((day - span.start) / DAYS_OF_BLOCK) : day < span.openDay ? 8 : 9
      const said = day < span.openDay ? '' : eventFacts(facts, habit.metric, hourly)
      found.push({ block, series: place, quantity: units, at, late: isLate, facts: said })
    }
  }
  for (let day = Math.max(customer.signupDay, span.start, habit.from ?? 0); day < endDay; day++) {
    // What is held hardly moves from day to day: the highest of a month must not follow how often it is measured.
    const noise = random.around(habit.flows ? 180 : 25)
    const evening = EVENING + random.below(3 * 3600) / 3600
    const phase = phaseOn(day)
    if (phase === null) continue
    const paused = phase.kind === 'paused'
    if (paused && !WHILE_PAUSED.has(habit.metric)) continue
    const used = usedOn(habit, customer, phase.plan, day, weekday(day), paused, span.until, noise)
    sum = habit.flows ? sum + used : used
    const often = day >= daily && habit.step === null && phase.plan !== 'free'
    if (often && day >= span.until - HOURLY_DAYS && hourly(phase.plan, habit) && day > customer.signupDay) {
      for (let hour = 0; hour < 24; hour++)
        add(day, hour + random.below(3600) / 3600, sum * SHARE_OF_HOUR[hour]!, true)
      sum = 0
    } else if (often || endsSum(day)) {
      add(day, evening, sum)
      sum = 0
    }
  }

  /** What is in force in the evening of a day. */
  function phaseOn(day: Day): DemoPhase | null {
    const at = starts[day - span.start]! + EVENING * HOUR
    while (current < edges.length - 1 && edges[current + 1]! <= at) current++
    while (current > 0 && edges[current]! > at) current--
    return edges[current]! <= at && at < end ? phases[current]! : null
  }

  /** Whether the month or its quarter is over, or the plan of the next day is another, so that no event is of both. */
  function endsSum(day: Day): boolean {
    const place = day - span.start
    const days = habit.flows ? DAYS_OF_SUMS : DAYS_OF_LEVELS
    if (day + 1 >= endDay || ofMonth[place + 1] === 1 || days.has(ofMonth[place]!)) return true
    return phaseOn(day) !== phaseOn(day + 1)
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

/** The day of the month of each day of a span, by its distance from the first. */
function daysOfMonths({ start, until }: BillingSpan): Uint8Array {
  return Uint8Array.from({ length: until - start + 1 }, (_, index) => Number(isoDay(start + index).slice(8)))
}

function columnsOf(found: readonly Found[]): DemoEvents {
  return {
    ids: found.map(
      ({ block, series, at }) => `u${block}-${series.toString(36).padStart(3, '0')}-${at.toString(36)}`,
    ),
    series: Int32Array.from(found, one => one.series),
    quantities: BigInt64Array.from(found, one => BigInt(one.quantity)),
    at: BigInt64Array.from(found, one => BigInt(one.at)),
    facts: found.map(one => one.facts),
  }
}
