import type { Reader } from '#core/database/store.ts'
import { entitled } from '#engines/billing/entitled.ts'
import { type Exact, exactOf, scaled } from '#engines/billing/exact.ts'
import type { UsageQuantity } from '#engines/billing/model.ts'
import { projectUsage, reachedAt } from '#engines/billing/project-usage.ts'
import { percentOf, thresholdsReached } from '#engines/billing/quota.ts'
import { quantityText } from '#engines/billing/usage-event.ts'
import type { EntitlementAnswer } from '#shared/contract/billing/entitlements.ts'
import type { Projection } from '#shared/contract/billing/quotas.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import {
  type CustomerAllowances,
  loadAllowances,
  thresholdsOf,
  usualThresholds,
} from '../entitlements/load-terms.ts'
import { ownerKey } from '../usage/kept-values.ts'
import { type KnownMeasure, metricsById, quantitiesOf } from '../usage/quantities.ts'
import { dailyUsage } from './daily.ts'

const DAY = 86_400_000n
/** Days of history that a projection looks at: eight weeks for the days of the week, four more to try it on. */
const HISTORY_DAYS = 84n

/** A metric that a customer may use so much of, with what it used in its present period. */
export interface Reading {
  readonly customerId: string
  readonly metric: KnownMeasure & { readonly key: string }
  readonly period: Span
  readonly answer: EntitlementAnswer
  readonly usage: UsageQuantity
  readonly used: Exact
  readonly limit: Exact | null
  readonly percent: number | null
  readonly thresholds: readonly number[]
  /** Of these the ones that are reached, from the lowest. */
  readonly reached: readonly number[]
  readonly own: boolean
  readonly projection: Projection | null
}

/**
 * What customers used of what they may, in their present periods.
 * @param worth whether a projection is wanted where usage is so far from its limit that none is needed
 */
export async function readingsOf(
  reader: Reader,
  customerIds: readonly string[],
  now: bigint,
  worth: 'all' | 'near' = 'all',
): Promise<Reading[]> {
  const keys = await reader.db.selectFrom('metrics').select(['id', 'key']).orderBy('key').execute()
  const metrics = await metricsById(reader)
  const asked: {
    terms: CustomerAllowances
    customerId: string
    metricId: string
    key: string
    period: Span
  }[] = []
  const usual = await usualThresholds(reader)
  for (const customerId of customerIds) {
    const terms = await loadAllowances(reader, customerId, now, usual)
    for (const { id, key } of keys) {
      const period = terms.periods.get(key)
      if (period)
        asked.push({ terms, customerId, metricId: id, key, period: { from: period.from, to: period.to } })
    }
  }
  const found = await quantitiesOf(
    reader,
    asked.map(({ customerId, metricId, period }) => ({ customerId, metricId, ...period })),
  )
  const readings = asked.map(({ terms, customerId, metricId, key, period }, i): Reading => {
    const metric = { ...metrics.get(metricId)!, key }
    const usage = found[i]!
    const used = scaled(usage.quantity, metric.scale)
    const thresholds = thresholdsOf(terms, key)
    const answer = entitled(key, terms.allowances.get(key)!, used, undefined, thresholds)
    const limit = answer.limit === null ? null : exactOf(answer.limit)
    const allowance = terms.own.get(key)?.allowance.kind
    return {
      ...{ customerId, metric, period, answer, usage, used, limit, thresholds },
      percent: percentOf(used, limit),
      reached: thresholdsReached(used, limit, thresholds),
      own: allowance !== undefined && allowance !== 'plan',
      projection: null,
    }
  })
  return withProjections(reader, readings, now, worth)
}

async function withProjections(
  reader: Reader,
  readings: readonly Reading[],
  now: bigint,
  worth: 'all' | 'near',
): Promise<Reading[]> {
  const today = now - (now % DAY)
  const wanted = readings.filter(one => addsUp(one) && (worth === 'all' || isNear(one, now)))
  const days = await dailyUsage(
    reader,
    wanted.map(one => ({ customerId: one.customerId, metricId: one.metric.id })),
    today - HISTORY_DAYS * DAY,
    today,
  )
  const projected = new Set(wanted)
  return readings.map(reading => {
    if (!addsUp(reading)) return { ...reading, projection: asItStands(reading, now) }
    if (!projected.has(reading)) return reading
    const { customerId, metric } = reading
    const history = days.get(ownerKey({ customerId, metricId: metric.id }))
    const all = metric.aggregation === 'count' ? history?.events : history?.sums
    return { ...reading, projection: projectionOf(reading, all ?? [], now) }
  })
}

/** Quantities that add up day by day can be projected from days. */
function addsUp({ metric }: Reading): boolean {
  return (metric.aggregation === 'sum' || metric.aggregation === 'count') && !metric.carries
}

/** Whether going on evenly would come to half of the limit, at least. */
function isNear({ usage, metric, limit, period }: Reading, now: bigint): boolean {
  if (limit === null) return false
  const share = Number(now - period.from) / Number(period.to - period.from)
  return numberOf(usage.quantity, metric.scale) / Math.max(share, 0.03) >= 0.5 * toNumber(limit)
}

function projectionOf(reading: Reading, all: readonly number[], now: bigint): Projection {
  const { metric, usage, limit, period } = reading
  const unit = metric.aggregation === 'count' ? 1 : 10 ** metric.scale
  const first = all.findIndex(one => one !== 0)
  // Days before the customer used anything say nothing about it.
  const days = first < 0 ? [] : all.slice(first).map(one => one / unit)
  const used = numberOf(usage.quantity, metric.scale)
  const instants = { from: Number(period.from), now: Number(now), to: Number(period.to) }
  const found = projectUsage({ days, used, ...instants })
  const at = limit === null ? null : reachedAt(found, used, toNumber(limit), instants.now)
  const text = (value: number) => quantityText(BigInt(Math.round(value * 10 ** metric.scale)), metric.scale)
  return {
    quantity: text(found.quantity),
    low: found.low === null ? null : text(found.low),
    high: found.high === null ? null : text(found.high),
    method: found.method,
    error: found.error === null ? null : Math.round(found.error * 10) / 10,
    breachAt: at === null ? null : BigInt(at),
  }
}

/** A level, a largest or an average stays what it is until an event says something else. */
function asItStands({ metric, usage, used, limit }: Reading, now: bigint): Projection {
  const over = limit !== null && thresholdsReached(used, limit, [100]).length > 0
  return {
    quantity: quantityText(usage.quantity, metric.scale),
    ...{ low: null, high: null, method: 'as-it-stands', error: null },
    breachAt: over ? now : null,
  }
}

const numberOf = (units: bigint, scale: number) => Number(units) / 10 ** scale
const toNumber = ({ units, places, over }: Exact) => Number(units) / 10 ** places / Number(over)
