import type { Aggregation, Rounding } from '#shared/contract/billing/catalog.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { ceiling, divide, type Exact, multiply, negate, powerOfTen, roundHalfUp, scaled } from './exact.ts'
import type { UsageQuantity } from './model.ts'

/** A usage event as an aggregation sees it: each id once. */
export interface MeasuredEvent {
  readonly id: string
  /** In units of the metric's scale. */
  readonly quantity: bigint
  readonly at: bigint
  /** Of the property whose different values are counted. */
  readonly value?: string | undefined
}

/** What a metric asks of its events. */
export interface Measure {
  readonly aggregation: Aggregation
  readonly scale: number
  /** Of the quantity of a period; where nothing is said half-up to the scale. */
  readonly rounding?: Rounding | null
  /** What was there when a period began counts in it; a weighted sum always does so. */
  readonly carries?: boolean
}

/** What a roll-up keeps of its events: enough for count, sum, average, max, min and latest, and for putting roll-ups together. */
export interface RollUp {
  readonly events: bigint
  readonly sum: bigint
  /** The largest quantity; of a metric that asks for its smallest the largest of the negated ones. */
  readonly max: bigint
  /** The quantity of the last event, by time and then by id. */
  readonly latest: bigint
  readonly latestAt: bigint
  readonly latestId: string
}

/** What the quantity of a period takes besides the roll-up of its events. */
export interface Beside {
  /** Of a metric that carries over: the last quantity before the period, or of a sum the total; null for none. */
  readonly before?: bigint | null
  /** Different values of the property. */
  readonly unique?: bigint
  /** Of a weighted sum: levels by the milliseconds that they were in force, and the milliseconds of the whole period. */
  readonly area?: bigint
  readonly length?: bigint
}

/** The roll-up of one event. */
export function rollUpOf({ id, quantity, at }: MeasuredEvent, aggregation: Aggregation = 'sum'): RollUp {
  const max = aggregation === 'min' ? -quantity : quantity
  return { events: 1n, sum: quantity, max, latest: quantity, latestAt: at, latestId: id }
}

/** Two roll-ups of different events as one; the order does not matter. */
export function mergeRollUps(a: RollUp, b: RollUp): RollUp {
  const last = isLater(a, b) ? a : b
  return {
    events: a.events + b.events,
    sum: a.sum + b.sum,
    max: a.max > b.max ? a.max : b.max,
    latest: last.latest,
    latestAt: last.latestAt,
    latestId: last.latestId,
  }
}

/** Events as one roll-up; null where there are none. */
export function rollUp(events: Iterable<MeasuredEvent>, aggregation: Aggregation = 'sum'): RollUp | null {
  return mergeAll(Array.from(events, event => rollUpOf(event, aggregation)))
}

/** Roll-ups as one; null where there are none. */
export function mergeAll(rollUps: Iterable<RollUp>): RollUp | null {
  let all: RollUp | null = null
  for (const one of rollUps) all = all === null ? one : mergeRollUps(all, one)
  return all
}

/**
 * What a metric makes of its events, in units of its scale. Without events it is zero, unless the metric carries over:
 * then what was there when the period began still is.
 */
export function usageOf(metric: Measure, all: RollUp | null, beside: Beside = {}): UsageQuantity {
  const { scale, rounding = null } = metric
  return {
    quantity: rounded(exactUsage(metric, all, beside), scale, rounding),
    events: Number(all?.events ?? 0n),
  }
}

function exactUsage(metric: Measure, all: RollUp | null, beside: Beside): Exact {
  const { aggregation, scale } = metric
  const before = metric.carries ? (beside.before ?? null) : null
  switch (aggregation) {
    case 'count':
      return scaled(all?.events ?? 0n)
    case 'sum':
      return scaled((all?.sum ?? 0n) + (before ?? 0n), scale)
    case 'average':
      return all === null ? scaled(0n) : divide(scaled(all.sum, scale), scaled(all.events))
    case 'max':
      return scaled(largest(all?.max ?? null, before), scale)
    case 'min':
      return scaled(-largest(all?.max ?? null, before === null ? null : -before), scale)
    case 'latest':
      return scaled(all?.latest ?? before ?? 0n, scale)
    case 'unique-count':
      return scaled(beside.unique ?? 0n)
    case 'weighted-sum':
      return divide(scaled(beside.area ?? 0n, scale), scaled(beside.length || 1n))
  }
}

function largest(a: bigint | null, b: bigint | null): bigint {
  if (a === null || b === null) return a ?? b ?? 0n
  return a > b ? a : b
}

/** A quantity in units of 10^-scale, rounded as its metric says: half-up to the scale where it says nothing. */
function rounded(quantity: Exact, scale: number, rounding: Rounding | null): bigint {
  if (rounding === null) return roundHalfUp(quantity, scale)
  const { mode, places } = rounding
  const shifted = multiply(quantity, scaled(powerOfTen(places)))
  const whole =
    mode === 'round'
      ? roundHalfUp(quantity, places)
      : mode === 'ceil'
        ? ceiling(shifted)
        : -ceiling(negate(shifted))
  return whole * powerOfTen(scale - places)
}

/** From an instant on the quantity is this. */
export interface Level {
  readonly at: bigint
  readonly level: bigint
}

/**
 * What levels come to in a span: each by the milliseconds that it was in force. Splitting the span and adding the parts
 * gives the same.
 * @param before in force when the span begins; 0 where nothing was said yet
 * @param levels within the span, in the order of time
 */
export function areaOf(before: bigint, levels: readonly Level[], { from, to }: Span): bigint {
  let area = 0n
  let level = before
  let since = from
  for (const next of levels) {
    area += level * (next.at - since)
    level = next.level
    since = next.at
  }
  return area + level * (to - since)
}

/** Whether a metric asks for the level that was in force before a period. */
export function keepsLevels({ aggregation, carries }: Pick<Measure, 'aggregation' | 'carries'>): boolean {
  return aggregation === 'weighted-sum' || (carries === true && aggregation !== 'sum')
}

/**
 * What a metric makes of all its events in a span, from the events alone: what roll-ups, levels and values come to.
 * @param events each id once, those before the span too where the metric carries over
 * @param span null: all of the events
 * @param period the whole period, by which a weighted sum is divided; the span where nothing is said
 */
export function measure(
  metric: Measure,
  events: readonly MeasuredEvent[],
  span: Span | null,
  period: Span | null = span,
): UsageQuantity {
  const own = span === null ? events : events.filter(({ at }) => at >= span.from && at < span.to)
  const earlier = span === null ? [] : events.filter(({ at }) => at < span.from)
  const all = rollUp(own, metric.aggregation)
  const last = rollUp(earlier)
  const before = metric.aggregation === 'sum' ? last?.sum : last?.latest
  const beside: Beside = {
    before: before ?? null,
    unique: BigInt(new Set(own.flatMap(({ value }) => (value === undefined ? [] : [value]))).size),
    ...(span === null || period === null
      ? {}
      : { area: areaOf(before ?? 0n, inOrder(own), span), length: period.to - period.from }),
  }
  return usageOf(metric, all, beside)
}

function inOrder(events: readonly MeasuredEvent[]): Level[] {
  return [...events]
    .sort((a, b) => (a.at === b.at ? compareIds(a.id, b.id) : a.at < b.at ? -1 : 1))
    .map(({ at, quantity }) => ({ at, level: quantity }))
}

/** Whether the last event of `a` comes after that of `b`: by time, and at the same time by id. */
function isLater(a: RollUp, b: RollUp): boolean {
  if (a.latestAt !== b.latestAt) return a.latestAt > b.latestAt
  return compareIds(a.latestId, b.latestId) > 0
}

/** The order of ids in both databases: by code point, which is the order of their bytes in UTF-8. */
export function compareIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left === right) continue
    // Halves of characters beyond the first plane have lower codes than the end of that plane, and come after it.
    return isSurrogate(left) === isSurrogate(right) ? left - right : isSurrogate(left) ? 1 : -1
  }
  return a.length - b.length
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff
}
