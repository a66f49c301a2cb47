import { checkPrice, type PriceProblem } from '#engines/billing/check-price.ts'
import { PricingRefusal } from '#engines/billing/pricing-refusal.ts'
import { rateInput } from '#engines/billing/rate-input.ts'
import { type Entitlement, PriceInput } from '#shared/contract/billing/catalog.ts'
import { type PriceFilter, RateInput, type RateOutput } from '#shared/contract/billing/prices.ts'
import type { Interval } from '#shared/contract/billing/values.ts'
import { keyFrom } from '../key-from.ts'
import type { MetricShown, PriceShown, VersionShown } from '../words.ts'
import { type ChargeDraft, chargeDraftOf, chargeOf, emptyCharge, nextId } from './charge-draft.ts'
import { complaintOf } from './complaint.ts'

/** A charge for some events, as it is typed. */
export interface FilterDraft {
  readonly id: number
  readonly name: string
  readonly values: readonly FilterValuesDraft[]
  readonly charge: ChargeDraft
}

/** Values of a property, apart by commas. */
export interface FilterValuesDraft {
  readonly id: number
  readonly property: string
  readonly values: string
}

/** A price as it is typed. */
export interface PriceDraft extends ChargeDraft {
  readonly id: number
  readonly name: string
  /** Null: as the name suggests. */
  readonly key: string | null
  readonly metricId: string | null
  readonly currency: string
  readonly minimum: string
  readonly maximum: string
  readonly trueUp: boolean
  /** Empty: as the plan is billed. */
  readonly interval: Interval | ''
  /** Of a minimum that is made up on its own. Empty: as the price. */
  readonly minimumInterval: Interval | ''
  readonly floorPercent: string
  readonly due: 'advance' | 'arrears'
  readonly proration: PriceShown['proration']
  readonly filters: readonly FilterDraft[]
}

/** An entitlement as it is typed. */
export interface EntitlementDraft {
  readonly id: number
  readonly kind: Entitlement['kind']
  readonly key: string
  readonly allowed: boolean
  readonly value: string
  readonly limit: string
  readonly enforcement: 'soft' | 'hard'
}

/** A price of which nothing was typed yet. */
export function emptyPrice(currency: string): PriceDraft {
  return {
    ...emptyCharge('flat'),
    ...{ id: nextId(), name: '', key: null, metricId: null, currency, minimum: '', maximum: '' },
    ...{ trueUp: false, interval: '', minimumInterval: '', floorPercent: '', filters: [] },
    ...{ due: 'advance', proration: 'second' },
  }
}

/** A filter of which nothing was typed yet, by the first property that the metric keeps apart. */
export function emptyFilter(property: string): FilterDraft {
  return {
    ...{ id: nextId(), name: '', charge: emptyCharge('standard') },
    values: [{ id: nextId(), property, values: '' }],
  }
}

/** What stands in a version, as a draft of the next one. */
export function draftOf(price: PriceShown): PriceDraft {
  return {
    ...emptyPrice(price.currency),
    ...chargeDraftOf(price.charge),
    ...{ name: price.name, key: price.key, metricId: price.metricId },
    ...{ minimum: price.minimum ?? '', maximum: price.maximum ?? '', trueUp: price.trueUp ?? false },
    ...{ interval: price.interval ?? '', minimumInterval: price.minimumInterval ?? '' },
    ...{ floorPercent: price.floorPercent ?? '', due: price.due, proration: price.proration },
    filters: (price.filters ?? []).map(filterDraftOf),
  }
}

function filterDraftOf({ name, values, charge }: PriceFilter): FilterDraft {
  return {
    ...{ id: nextId(), name, charge: chargeDraftOf(charge) },
    values: Object.entries(values).map(([property, own]) => ({
      ...{ id: nextId(), property, values: own.join(', ') },
    })),
  }
}

/** The entitlements of a version as drafts. */
export function entitlementDrafts(version: VersionShown | null): EntitlementDraft[] {
  const usual = { allowed: true, value: '', limit: '', enforcement: 'soft' as const }
  return (version?.entitlements ?? []).map(one => ({
    ...usual,
    id: nextId(),
    kind: one.kind,
    key: one.key,
    ...(one.kind === 'boolean' ? { allowed: one.allowed } : {}),
    ...(one.kind === 'static' ? { value: one.value } : {}),
    ...(one.kind === 'metered' ? { limit: one.limit ?? '', enforcement: one.enforcement } : {}),
  }))
}

/** An entitlement as the contract takes it. */
export function entitlementOf(draft: EntitlementDraft): Entitlement {
  const { key } = draft
  if (draft.kind === 'boolean') return { kind: 'boolean', key, allowed: draft.allowed }
  if (draft.kind === 'static') return { kind: 'static', key, value: draft.value.trim() }
  return { kind: 'metered', key, limit: draft.limit.trim() || null, enforcement: draft.enforcement }
}

function filterOf({ name, values, charge }: FilterDraft): unknown {
  const entries = values.flatMap(({ property, values: own }) => {
    const list = [...new Set(own.split(',').map(value => value.trim()))].filter(value => value !== '')
    return property.trim() === '' ? [] : [[property.trim(), list] as const]
  })
  return { name: name.trim(), values: Object.fromEntries(entries), charge: chargeOf(charge) }
}

/** What is typed and cannot be taken, in words; null where nothing is, or something is only missing. */
export function complaintOfPrice(draft: PriceDraft): string | null {
  return complaintOf(PriceInput, saidOf(draft))
}

/** The price that a draft means, or null while something is missing or is not a number. */
export function priceOf(draft: PriceDraft) {
  const parsed = PriceInput.safeParse(saidOf(draft))
  return parsed.success ? parsed.data : null
}

function saidOf(draft: PriceDraft): unknown {
  const fee = draft.model === 'flat'
  const { interval, minimumInterval, trueUp } = draft
  const floorPercent = draft.floorPercent.trim()
  return {
    key: draft.key ?? keyFrom(draft.name),
    name: draft.name.trim(),
    metricId: fee ? null : draft.metricId,
    currency: draft.currency,
    charge: chargeOf(draft),
    minimum: draft.minimum.trim() || null,
    maximum: draft.maximum.trim() || null,
    due: fee ? draft.due : 'arrears',
    proration: draft.proration,
    ...(trueUp ? { trueUp } : {}),
    ...(trueUp && minimumInterval !== '' ? { minimumInterval } : {}),
    ...(interval === '' ? {} : { interval }),
    ...(floorPercent === '' ? {} : { floorPercent }),
    ...(fee || draft.filters.length === 0 ? {} : { filters: draft.filters.map(filterOf) }),
  }
}

/** What makes no sense in a draft; empty where it is fine, null while it is not complete. */
export function problemsOf(
  draft: PriceDraft,
  metrics: ReadonlyMap<string, MetricShown>,
): PriceProblem[] | null {
  const price = priceOf(draft)
  return price ? checkPrice(price, metrics) : null
}

/**
 * What a draft costs at a quantity, by the engine itself; null where it cannot be rated.
 * @param own of a filter or dynamic price: the properties of the one event that the quantity is
 */
export function previewOf(
  draft: PriceDraft,
  quantity: string,
  own: Readonly<Record<string, string>> = {},
): RateOutput | null {
  // What it is called, and of what, decides nothing about the amount.
  const price = priceOf({ ...draft, name: 'price', key: 'price', metricId: null })
  if (!price) return null
  const used = quantity.trim() || '0'
  const event = { quantity: used, at: '2026-01-01T00:00:00Z', properties: own }
  const parsed = RateInput.safeParse(
    Object.keys(own).length === 0 ? { price, quantity: used } : { price, events: [event] },
  )
  if (!parsed.success) return null
  try {
    return rateInput(parsed.data)
  } catch (error) {
    if (error instanceof PricingRefusal) return null
    throw error
  }
}
