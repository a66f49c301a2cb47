import { checkPrice, type PriceProblem } from '#engines/billing/check-price.ts'
import { PricingRefusal } from '#engines/billing/pricing-refusal.ts'
import { rateInput } from '#engines/billing/rate-input.ts'
import { type Entitlement, PriceInput } from '#shared/contract/billing/catalog.ts'
import { type Charge, RateInput, type RateOutput } from '#shared/contract/billing/prices.ts'
import { keyFrom } from '../key-from.ts'
import type { MetricShown, PriceShown, VersionShown } from '../words.ts'

export const MODELS = ['flat', 'standard', 'graduated', 'volume', 'package'] as const
export type Model = (typeof MODELS)[number]

export interface TierDraft {
  readonly id: number
  readonly upTo: string
  readonly unit: string
  readonly flat: string
}

/** A price as it is typed: every figure is text, and every model keeps what was typed for it. */
export interface PriceDraft {
  readonly id: number
  readonly name: string
  /** Null: as the name suggests. */
  readonly key: string | null
  readonly metricId: string | null
  readonly currency: string
  readonly model: Model
  readonly amount: string
  readonly unit: string
  readonly free: string
  readonly size: string
  readonly tiers: readonly TierDraft[]
  readonly flatAtZero: boolean
  readonly minimum: string
  readonly maximum: string
  readonly due: 'advance' | 'arrears'
  readonly proration: PriceShown['proration']
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

let lastId = 0
/** Names a row of a form for as long as it is shown. */
export function nextId(): number {
  return ++lastId
}

/** A price of which nothing was typed yet. */
export function emptyPrice(currency: string): PriceDraft {
  return {
    ...{ id: nextId(), name: '', key: null, metricId: null, currency, model: 'flat', amount: '' },
    ...{ unit: '', free: '', size: '', flatAtZero: false, minimum: '', maximum: '' },
    ...{ due: 'advance', proration: 'second' },
    tiers: [tier('100', '', ''), tier('', '', '')],
  }
}

function tier(upTo: string, unit: string, flat: string): TierDraft {
  return { id: nextId(), upTo, unit, flat }
}

/** What stands in a version, as a draft of the next one. */
export function draftOf(price: PriceShown): PriceDraft {
  const { charge } = price
  const zero = (text: string) => (/[1-9]/.test(text) ? text : '')
  return {
    ...emptyPrice(price.currency),
    ...{ name: price.name, key: price.key, metricId: price.metricId, model: charge.model },
    ...{ minimum: price.minimum ?? '', maximum: price.maximum ?? '' },
    ...{ due: price.due, proration: price.proration },
    ...(charge.model === 'flat' || charge.model === 'package' ? { amount: charge.amount } : {}),
    ...(charge.model === 'standard' ? { unit: charge.unit } : {}),
    ...(charge.model === 'standard' || charge.model === 'package' ? { free: zero(charge.free) } : {}),
    ...(charge.model === 'package' ? { size: charge.size } : {}),
    ...(charge.model === 'graduated' || charge.model === 'volume'
      ? {
          flatAtZero: charge.flatAtZero,
          tiers: charge.tiers.map(one => tier(one.upTo ?? '', one.unit, zero(one.flat))),
        }
      : {}),
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

function chargeOf(draft: PriceDraft): unknown {
  const { model, flatAtZero } = draft
  const [amount, unit, size] = [draft.amount.trim(), draft.unit.trim(), draft.size.trim()]
  const free = draft.free.trim() || '0'
  if (model === 'flat') return { model, amount }
  if (model === 'standard') return { model, unit, free }
  if (model === 'package') return { model, size, amount, free }
  const last = draft.tiers.length - 1
  const tiers = draft.tiers.map((one, index) => ({
    upTo: index === last ? null : one.upTo.trim(),
    unit: one.unit.trim() || '0',
    flat: one.flat.trim() || '0',
  }))
  return { model, tiers, flatAtZero } satisfies {
    model: Charge['model']
    tiers: unknown
    flatAtZero: boolean
  }
}

/** The price that a draft means, or null while something is missing or is not a number. */
export function priceOf(draft: PriceDraft) {
  const fee = draft.model === 'flat'
  const parsed = PriceInput.safeParse({
    key: draft.key ?? keyFrom(draft.name),
    name: draft.name.trim(),
    metricId: fee ? null : draft.metricId,
    currency: draft.currency,
    charge: chargeOf(draft),
    minimum: draft.minimum.trim() || null,
    maximum: draft.maximum.trim() || null,
    due: fee ? draft.due : 'arrears',
    proration: draft.proration,
  })
  return parsed.success ? parsed.data : null
}

/** What makes no sense in a draft; empty where it is fine, null while it is not complete. */
export function problemsOf(
  draft: PriceDraft,
  metrics: ReadonlyMap<string, MetricShown>,
): PriceProblem[] | null {
  const price = priceOf(draft)
  return price ? checkPrice(price, metrics) : null
}

/** What a draft costs at a quantity, by the engine itself; null where it cannot be rated. */
export function previewOf(draft: PriceDraft, quantity: string): RateOutput | null {
  // What it is called, and of what, decides nothing about the amount.
  const price = priceOf({ ...draft, name: 'price', key: 'price', metricId: null })
  if (!price) return null
  const parsed = RateInput.safeParse({ price, quantity: quantity.trim() || '0' })
  if (!parsed.success) return null
  try {
    return rateInput(parsed.data)
  } catch (error) {
    if (error instanceof PricingRefusal) return null
    throw error
  }
}
