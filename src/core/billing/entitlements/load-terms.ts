import { Temporal } from 'temporal-polyfill'
import type { Reader } from '#core/database/store.ts'
import { readSettings } from '#core/workspace/settings.ts'
import type { Allowance } from '#engines/billing/entitled.ts'
import { exactOf, exactText, multiply, scaled } from '#engines/billing/exact.ts'
import { lifeStateAt } from '#engines/billing/life-cycle.ts'
import { billingPeriodAt } from '#engines/billing/periods.ts'
import { phaseAt } from '#engines/billing/phases.ts'
import { cadenceAt } from '#engines/billing/strands.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Aggregation, Entitlement } from '#shared/contract/billing/catalog.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { refuse } from '#shared/errors.ts'
import { monthIn } from '../close/month.ts'
import { type OwnQuota, ownQuotas } from '../quotas/quota-rows.ts'
import { standingsOf } from '../subscriptions/standings.ts'
import { loadSubscriptions } from '../subscriptions/subscription-rows.ts'
import { quantitiesOf } from '../usage/quantities.ts'
import { addsUp } from '../usage/resolve.ts'

/** What was used of a metric in the period in which its allowance holds. */
export interface Counter {
  readonly metricId: string
  readonly aggregation: Aggregation
  readonly scale: number
  /** Whether it can be added to. */
  readonly addsUp: boolean
  readonly from: bigint
  readonly to: bigint
  /** In units of the metric's scale. */
  units: bigint
  events: number
}

/** What a customer may, for as long as nothing changes by itself, without what it used of it. */
export interface CustomerAllowances {
  /** A phase or a period begins or ends there. */
  readonly from: bigint
  readonly to: bigint
  /** By key, in the order in which the subscriptions began. */
  readonly allowances: ReadonlyMap<string, readonly Allowance[]>
  /** By key of the metric: the period in which its allowance holds. */
  readonly periods: ReadonlyMap<string, Span>
  /** By key of the metric: what holds for this customer alone. */
  readonly own: ReadonlyMap<string, OwnQuota>
  /** Percents of a limit, for metrics that have none of their own. */
  readonly thresholds: readonly number[]
}

export interface CustomerTerms extends CustomerAllowances {
  /** By key of the metric. */
  readonly counters: ReadonlyMap<string, Counter>
}

/** Percents of a metric's limit at which somebody is told. */
export function thresholdsOf(terms: CustomerAllowances, key: string): readonly number[] {
  return terms.own.get(key)?.thresholds ?? terms.thresholds
}

const EARLIEST = -8_640_000_000_000_000n
const LATEST = 8_640_000_000_000_000n

/** Tables of which the terms are made; usage is counted apart. */
export const TERMS_TABLES = [
  ...['customers', 'subscriptions', 'subscription_phases', 'plan_versions', 'metrics'],
  ...['subscription_terms', 'subscription_cadences', 'subscription_add_ons', 'billing_standings'],
  ...['quotas', 'settings'],
]

/**
 * Reads what a customer may from its running subscriptions and what it used of it.
 * @throws Refusal `WORKSPACE_NOT_FOUND`
 */
export async function loadTerms(reader: Reader, customerId: string, now: bigint): Promise<CustomerTerms> {
  const allowances = await loadAllowances(reader, customerId, now)
  return { ...allowances, counters: await countersOf(reader, customerId, allowances.periods) }
}

/**
 * Reads what a customer may from its running subscriptions, and from what was said of it alone.
 * @param usual thresholds of the workspace, where they are read for many customers at once
 * @throws Refusal `WORKSPACE_NOT_FOUND`
 */
export async function loadAllowances(
  reader: Reader,
  customerId: string,
  now: bigint,
  usual?: readonly number[],
): Promise<CustomerAllowances> {
  const customer = await reader.db
    .selectFrom('customers')
    .select('zone')
    .where('id', '=', customerId)
    .executeTakeFirst()
  if (!customer) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'customer', id: customerId })
  const subscriptions = (await loadSubscriptions(reader, { customerId })).reverse()
  let from = EARLIEST
  let to = LATEST
  const holdsUntil = (at: bigint | null) => {
    if (at === null) return
    if (at > now) to = at < to ? at : to
    else from = at > from ? at : from
  }
  const running: Running[] = []
  const standing = (await standingsOf(reader, [customerId])).get(customerId) ?? null
  holdsUntil(standing?.pastDueAt ?? null)
  holdsUntil(standing?.unpaidAt ?? null)
  for (const one of subscriptions) {
    for (const at of [one.startedAt, one.endedAt, ...one.phases.map(phase => phase.from)]) holdsUntil(at)
    for (const { from: at } of one.cadences) holdsUntil(at)
    const state = lifeStateAt(one, standing, now)
    const phase = phaseAt(one.phases, now)
    // Who does not pay is allowed nothing until they do.
    if (!phase || state === 'scheduled' || state === 'cancelled' || state === 'unpaid') continue
    const period = billingPeriodAt({ ...cadenceAt(one.cadences, now), zone: customer.zone }, now)
    holdsUntil(period.from)
    holdsUntil(period.to)
    running.push({ versionId: phase.planVersionId, period, times: 1n })
    for (const addOn of one.addOns) {
      for (const stretch of addOn.stretches) {
        holdsUntil(stretch.from)
        holdsUntil(stretch.to)
        // One price of a plan is no more than a price.
        if (addOn.priceId !== null || stretch.from > now || (stretch.to !== null && stretch.to <= now))
          continue
        running.push({ versionId: addOn.planVersionId, period, times: stretch.quantity })
      }
    }
  }
  const versions = await entitlementsOf(
    reader,
    running.map(one => one.versionId),
  )
  const allowances = new Map<string, Allowance[]>()
  const periods = new Map<string, Span>()
  for (const { versionId, period, times } of running) {
    for (const one of versions.get(versionId)!) {
      const entitlement = timesOf(one, times)
      const { key, kind } = entitlement
      const list = allowances.get(key) ?? []
      allowances.set(key, list)
      // A key means one thing: the subscription that began first says which.
      if (list[0] && list[0].entitlement.kind !== kind) continue
      list.push({ entitlement, resetsAt: kind === 'metered' ? period.to : null })
      const before = periods.get(key)
      if (kind === 'metered' && (!before || period.to < before.to)) periods.set(key, period)
    }
  }
  const own = await ownQuotas(reader, customerId)
  for (const [key, { allowance }] of own) {
    if (allowance.kind === 'plan') continue
    // Without a plan that allows anything of it, it holds for calendar months.
    const period = periods.get(key) ?? monthIn(monthOf(now, customer.zone), customer.zone)
    if (standing?.unpaidAt && standing.unpaidAt <= now) continue
    holdsUntil(period.from)
    holdsUntil(period.to)
    periods.set(key, period)
    const limit = allowance.kind === 'limit' ? allowance.limit : null
    const enforcement = allowance.kind === 'limit' ? allowance.enforcement : 'soft'
    const entitlement: Entitlement = { kind: 'metered', key, limit, enforcement }
    allowances.set(key, [{ entitlement, resetsAt: period.to }])
  }
  return { from, to, allowances, periods, own, thresholds: usual ?? (await usualThresholds(reader)) }
}

/** The percents of a limit at which the workspace is told; no variable of the environment says them. */
export async function usualThresholds(reader: Reader): Promise<readonly number[]> {
  const settings = await readSettings(reader, {})
  return [...new Set(settings['billing.quotaThresholds'].map(Math.round))]
}

/** The calendar month of an instant in a zone: `2026-11`. */
function monthOf(at: bigint, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(Number(at))
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .toPlainYearMonth()
    .toString()
}

/** What a running subscription or an add-on allows, and how many times. */
interface Running {
  readonly versionId: string
  readonly period: { readonly from: bigint; readonly to: bigint }
  readonly times: bigint
}

/** An allowance as many times as an add-on is there. */
function timesOf(entitlement: Entitlement, times: bigint): Entitlement {
  if (times === 1n || entitlement.kind !== 'metered' || entitlement.limit === null) return entitlement
  return { ...entitlement, limit: exactText(multiply(exactOf(entitlement.limit), scaled(times))) }
}

async function entitlementsOf(reader: Reader, versionIds: readonly string[]) {
  if (versionIds.length === 0) return new Map<string, readonly Entitlement[]>()
  const rows = await reader.db
    .selectFrom('plan_versions')
    .select(['id', 'entitlements'])
    .where('id', 'in', versionIds)
    .execute()
  return new Map(rows.map(row => [row.id, fromCanonical<readonly Entitlement[]>(row.entitlements)]))
}

async function countersOf(
  reader: Reader,
  customerId: string,
  periods: ReadonlyMap<string, Span>,
): Promise<Map<string, Counter>> {
  if (periods.size === 0) return new Map()
  const metrics = await reader.db
    .selectFrom('metrics')
    .select(['id', 'key', 'aggregation', 'scale'])
    .select(['rounding', 'carries'])
    .where('key', 'in', [...periods.keys()])
    .execute()
  const asked = metrics.map(({ id, key, aggregation, scale, ...row }) => {
    const { from, to } = periods.get(key)!
    const measured = { aggregation, scale: Number(scale), addsUp: addsUp({ aggregation, ...row }) }
    return { key, customerId, metricId: id, from, to, ...measured }
  })
  const used = await quantitiesOf(reader, asked)
  return new Map(
    asked.map(({ key, metricId, from, to, aggregation, scale, addsUp: adds }, i) => [
      key,
      {
        ...{ metricId, from, to, aggregation, scale, addsUp: adds },
        units: used[i]!.quantity,
        events: used[i]!.events,
      },
    ]),
  )
}
