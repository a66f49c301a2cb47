import type { Aggregation } from '#shared/contract/billing/catalog.ts'
import { powerOfTen } from './exact.ts'
import type { UsageQuantity } from './model.ts'

/** A usage event as an aggregation sees it: each id once. */
export interface MeasuredEvent {
  readonly id: string
  /** In units of the metric's scale. */
  readonly quantity: bigint
  readonly at: bigint
}

/** What a roll-up keeps of its events: enough for count, sum, max and latest, and for putting roll-ups together. */
export interface RollUp {
  readonly events: bigint
  readonly sum: bigint
  readonly max: bigint
  /** The quantity of the last event, by time and then by id. */
  readonly latest: bigint
  readonly latestAt: bigint
  readonly latestId: string
}

/** The roll-up of one event. */
export function rollUpOf({ id, quantity, at }: MeasuredEvent): RollUp {
  return { events: 1n, sum: quantity, max: quantity, latest: quantity, latestAt: at, latestId: id }
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
export function rollUp(events: Iterable<MeasuredEvent>): RollUp | null {
  let all: RollUp | null = null
  for (const event of events) all = all === null ? rollUpOf(event) : mergeRollUps(all, rollUpOf(event))
  return all
}

/** Roll-ups as one; null where there are none. */
export function mergeAll(rollUps: Iterable<RollUp>): RollUp | null {
  let all: RollUp | null = null
  for (const one of rollUps) all = all === null ? one : mergeRollUps(all, one)
  return all
}

/**
 * What a metric makes of its events, in units of its scale. No events are a quantity of zero, also of `max` and
 * `latest`: nothing carries over from the period before.
 */
export function usageOf(
  metric: { readonly aggregation: Aggregation; readonly scale: number },
  all: RollUp | null,
): UsageQuantity {
  if (all === null) return { quantity: 0n, events: 0 }
  const events = Number(all.events)
  switch (metric.aggregation) {
    case 'count':
      return { quantity: all.events * powerOfTen(metric.scale), events }
    case 'sum':
      return { quantity: all.sum, events }
    case 'max':
      return { quantity: all.max, events }
    case 'latest':
      return { quantity: all.latest, events }
  }
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
