import { Charge } from '#shared/contract/billing/prices.ts'
import { AmountText } from '#shared/contract/billing/values.ts'

export const MODELS = [
  'flat',
  'standard',
  'graduated',
  'volume',
  'package',
  'percentage',
  'graduated-percentage',
  'dynamic',
] as const satisfies readonly Charge['model'][]
export type Model = (typeof MODELS)[number]

/** Models whose price stands in tiers. */
export const TIERED: ReadonlySet<Model> = new Set(['graduated', 'volume', 'graduated-percentage'])

export interface TierDraft {
  readonly id: number
  readonly upTo: string
  /** The price of a unit, or the percentage. */
  readonly unit: string
  readonly flat: string
}

/** A charge as it is typed: every figure is text, and every model keeps what was typed for it. */
export interface ChargeDraft {
  readonly model: Model
  readonly amount: string
  readonly unit: string
  readonly free: string
  readonly size: string
  readonly tiers: readonly TierDraft[]
  readonly flatAtZero: boolean
  readonly percent: string
  readonly fixed: string
  readonly freeEvents: string
  readonly freeAmount: string
  readonly minimumPerEvent: string
  readonly maximumPerEvent: string
  readonly property: string
  readonly per: 'event' | 'unit'
}

/** The members of a charge that are amounts. */
export type AmountMember =
  | 'amount'
  | 'unit'
  | 'free'
  | 'size'
  | 'percent'
  | 'fixed'
  | 'freeAmount'
  | 'minimumPerEvent'
  | 'maximumPerEvent'

let lastId = 0
/** Names a row of a form for as long as it is shown. */
export function nextId(): number {
  return ++lastId
}

export function tier(upTo: string, unit: string, flat: string): TierDraft {
  return { id: nextId(), upTo, unit, flat }
}

/** A charge of which nothing was typed yet. */
export function emptyCharge(model: Model): ChargeDraft {
  return {
    ...{ model, amount: '', unit: '', free: '', size: '', flatAtZero: false, percent: '', fixed: '' },
    ...{
      freeEvents: '',
      freeAmount: '',
      minimumPerEvent: '',
      maximumPerEvent: '',
      property: '',
      per: 'event',
    },
    tiers: [tier('100', '', ''), tier('', '', '')],
  }
}

const zero = (text: string | undefined) => (text !== undefined && /[1-9]/.test(text) ? text : '')

/** What stands in a charge, as a draft. */
export function chargeDraftOf(charge: Charge): ChargeDraft {
  const draft = emptyCharge(charge.model)
  switch (charge.model) {
    case 'flat':
      return { ...draft, amount: charge.amount }
    case 'standard':
      return { ...draft, unit: charge.unit, free: zero(charge.free) }
    case 'package':
      return { ...draft, size: charge.size, amount: charge.amount, free: zero(charge.free) }
    case 'percentage':
      return {
        ...draft,
        ...{ percent: charge.percent, fixed: zero(charge.fixed), freeAmount: charge.freeAmount ?? '' },
        freeEvents: charge.freeEvents?.toString() ?? '',
        minimumPerEvent: charge.minimumPerEvent ?? '',
        maximumPerEvent: charge.maximumPerEvent ?? '',
      }
    case 'dynamic':
      return { ...draft, property: charge.property, per: charge.per, free: zero(charge.free) }
    case 'graduated':
    case 'volume':
    case 'graduated-percentage':
      return {
        ...draft,
        ...{ flatAtZero: charge.flatAtZero, free: zero(charge.free) },
        tiers: charge.tiers.map(one =>
          tier(one.upTo ?? '', 'unit' in one ? one.unit : one.percent, zero(one.flat)),
        ),
      }
  }
}

/** A charge as the contract takes it; what is missing or no number is for the contract to say. */
export function chargeOf(draft: ChargeDraft): unknown {
  const { model, flatAtZero, per } = draft
  const text = (member: AmountMember | 'property') => draft[member].trim()
  const free = text('free') || '0'
  const orNull = (member: AmountMember) => text(member) || null
  const allowance = free === '0' ? {} : { free }
  switch (model) {
    case 'flat':
      return { model, amount: text('amount') }
    case 'standard':
      return { model, unit: text('unit'), free }
    case 'package':
      return { model, size: text('size'), amount: text('amount'), free }
    case 'percentage':
      return {
        ...{ model, percent: text('percent'), fixed: text('fixed') || '0', freeAmount: orNull('freeAmount') },
        freeEvents: draft.freeEvents.trim() === '' ? null : Number(draft.freeEvents),
        minimumPerEvent: orNull('minimumPerEvent'),
        maximumPerEvent: orNull('maximumPerEvent'),
      }
    case 'dynamic':
      return { model, property: text('property'), per, ...allowance }
    case 'graduated':
    case 'volume':
    case 'graduated-percentage':
      return { model, flatAtZero, ...allowance, tiers: tiersOf(draft) }
  }
}

function tiersOf({ model, tiers }: ChargeDraft) {
  const last = tiers.length - 1
  return tiers.map((one, index) => {
    const price = one.unit.trim() || '0'
    return {
      // A tier that does not say where it ends leaves a gap, which is for the engine to name.
      upTo: index === last ? null : one.upTo.trim() || null,
      ...(model === 'graduated-percentage' ? { percent: price } : { unit: price }),
      flat: one.flat.trim() || '0',
    }
  })
}

/** Whether something was typed that is no amount. */
export function isBad(text: string): boolean {
  return text.trim() !== '' && !AmountText.safeParse(text.trim()).success
}

/** Whether everything that the model asks for is there and is a number. */
export function isWhole(draft: ChargeDraft): boolean {
  return Charge.safeParse(chargeOf(draft)).success
}
