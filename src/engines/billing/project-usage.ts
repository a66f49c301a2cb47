/*
 * What a customer will have used when its period is over, from its own days. Statistics, so doubles: nothing that is
 * billed follows from it.
 */

const DAY = 86_400_000
const WEEK = 7
/** Days of history that say what a weekday is like; fewer than two weeks say nothing. */
const PROFILE_DAYS = 56
const LEAST_DAYS = 14
/** Days that say how much is used now. */
const LEVEL_DAYS = 28
/** Ends of stretches in the past at which the methods are tried. */
const TRIES = 12
/** Of errors, which are symmetric enough: four of five are within. */
const WITHIN = 0.8

export type ProjectionMethod = 'weekdays' | 'even'

export interface UsageProjection {
  readonly quantity: number
  /** Between these it was in four of five tries; null without enough history. */
  readonly low: number | null
  readonly high: number | null
  readonly method: ProjectionMethod
  /** Mean of |forecast − actual| / actual over the tries, in percent; null where nothing could be tried. */
  readonly error: number | null
  /** What is added on each day from now to the end, the first one only for what is left of it. */
  readonly days: readonly { readonly at: number; readonly quantity: number }[]
}

export interface UsageHistory {
  /** Quantities of whole UTC days, one after the other without gaps, the last one that before `now`'s. */
  readonly days: readonly number[]
  /** Used in the period until now. */
  readonly used: number
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly now: number
  readonly to: number
}

/**
 * Projects a quantity that adds up. Two methods are tried on the customer's own past, and the one that erred less is
 * taken: each remaining day as its weekday was (mean of the last 28 days, times how that weekday was to the mean over
 * the last eight weeks, drawn to 1 by one week's worth), and evenly (the mean of the period so far, or of the last 28
 * days where it has just begun). A try forecasts a stretch as long as what is left, from what was known before it.
 */
export function projectUsage(history: UsageHistory): UsageProjection {
  const { days, used, from, now, to } = history
  const left = remaining(now, to)
  const length = Math.max(1, Math.ceil((to - now) / DAY))
  const elapsed = (now - from) / DAY
  const rates = { weekdays: weekdayRates(days, now), even: evenRates(days, used, elapsed) }
  const tries = {
    weekdays: triesOf(days, now, length, weekdayRates),
    even: triesOf(days, now, length, meanRates),
  }
  const method: ProjectionMethod =
    days.length >= LEAST_DAYS && meanError(tries.weekdays) <= meanError(tries.even) ? 'weekdays' : 'even'
  const parts = left.map(({ at, share }) => ({ at, quantity: share * rates[method](at) }))
  const rest = parts.reduce((sum, one) => sum + one.quantity, 0)
  const outcomes = tries[method]
  const spread = quantile(
    outcomes.flatMap(one => (one.forecast > 0 ? [Math.abs(one.forecast - one.actual) / one.forecast] : [])),
    WITHIN,
  )
  const error = meanError(outcomes)
  return {
    quantity: used + rest,
    low: outcomes.length === 0 ? null : used + rest * Math.max(0, 1 - spread),
    high: outcomes.length === 0 ? null : used + rest * (1 + spread),
    method,
    error: outcomes.length === 0 || !Number.isFinite(error) ? null : error * 100,
    days: parts,
  }
}

/** When usage reaches a limit, as it is projected; null where it does not within the period, `now` where it has. */
export function reachedAt(
  { days }: Pick<UsageProjection, 'days'>,
  used: number,
  limit: number,
  now: number,
): number | null {
  if (used >= limit) return now
  let sum = used
  for (const [i, { at, quantity }] of days.entries()) {
    const begin = i === 0 ? now : at
    const end = at + DAY
    if (sum + quantity >= limit && quantity > 0)
      return Math.round(begin + ((limit - sum) / quantity) * (end - begin))
    sum += quantity
  }
  return null
}

type Rates = (at: number) => number

/** UTC days from now to the end, each with the share of it that lies ahead. */
function remaining(now: number, to: number): { at: number; share: number }[] {
  const days: { at: number; share: number }[] = []
  for (let at = now - (now % DAY); at < to; at += DAY)
    days.push({ at, share: (Math.min(at + DAY, to) - Math.max(at, now)) / DAY })
  return days
}

const weekdayOf = (at: number) => Math.floor(at / DAY) % WEEK

function weekdayRates(days: readonly number[], end: number): Rates {
  const first = Math.floor(end / DAY) - days.length
  const level = mean(days.slice(-LEVEL_DAYS))
  const profile = days.slice(-PROFILE_DAYS)
  const overall = mean(profile)
  const begin = first + days.length - profile.length
  const index = Array.from({ length: WEEK }, (_, weekday) => {
    const own = profile.filter((_, i) => (begin + i) % WEEK === weekday)
    if (overall === 0 || own.length === 0) return 1
    // Drawn to 1 as if there was one more of this weekday that was like all days.
    return (own.reduce((sum, one) => sum + one, 0) + overall) / ((own.length + 1) * overall)
  })
  return at => level * index[weekdayOf(at)]!
}

function meanRates(days: readonly number[]): Rates {
  const rate = mean(days.slice(-LEVEL_DAYS))
  return () => rate
}

function evenRates(days: readonly number[], used: number, elapsed: number): Rates {
  const rate =
    elapsed >= WEEK || days.length === 0 ? used / Math.max(elapsed, 1 / 24) : mean(days.slice(-LEVEL_DAYS))
  return () => rate
}

/** Forecasts of stretches in the past, each from the days before it. */
function triesOf(
  days: readonly number[],
  now: number,
  length: number,
  ratesOf: (days: readonly number[], end: number) => Rates,
): { forecast: number; actual: number }[] {
  const end = now - (now % DAY)
  const tries: { forecast: number; actual: number }[] = []
  for (let back = length; tries.length < TRIES; back += Math.max(1, Math.ceil(length / 2))) {
    const cut = days.length - back
    if (cut < LEAST_DAYS) break
    const begin = end - back * DAY
    const rates = ratesOf(days.slice(0, cut), begin)
    let forecast = 0
    for (let i = 0; i < length; i++) forecast += rates(begin + i * DAY)
    tries.push({ forecast, actual: days.slice(cut, cut + length).reduce((sum, one) => sum + one, 0) })
  }
  return tries
}

function meanError(tries: readonly { forecast: number; actual: number }[]): number {
  const judged = tries.filter(one => one.actual > 0)
  return mean(judged.map(one => Math.abs(one.forecast - one.actual) / one.actual))
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, one) => sum + one, 0) / values.length
}

function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return 0
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!
}
