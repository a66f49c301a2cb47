import { dayOf } from '#renderer/ui/format/time.ts'
import type { Price } from '#shared/contract/billing/catalog.ts'
import type { Contract, StoredContract } from '#shared/contract/billing/contracts.ts'
import { AmountText, DecimalText } from '#shared/contract/billing/values.ts'
import { minorOf, typedOf } from '../corrections/amount.ts'
import { startOfDay } from '../subscriptions/at-choice.tsx'

type Terms = StoredContract['terms']
type Own = Terms['phases'][number]['prices'][number]

/** A price of a phase as it is typed: an amount in its place, or a percentage off it. */
export interface PriceDraft {
  readonly id: number
  /** `plan/price`, or nothing yet. */
  readonly price: string
  readonly amount: string
  readonly percent: string
  /** What it said, where that cannot be typed here: it stays. */
  readonly kept: Own['terms'] | null
}

export interface PhaseDraft {
  readonly id: number
  readonly name: string
  readonly from: string
  readonly to: string
  readonly discount: string
  readonly prices: readonly PriceDraft[]
}

export interface TierDraft {
  readonly id: number
  readonly upTo: string
  readonly percent: string
}

export interface VolumeDraft {
  readonly id: number
  readonly name: string
  readonly basis: 'spend' | 'quantity'
  readonly mode: 'graduated' | 'whole'
  readonly planIds: readonly string[]
  readonly metricIds: readonly string[]
  readonly tiers: readonly TierDraft[]
}

export interface CommitmentDraft {
  readonly id: number
  /** Of one that was there before; a new one gets a key from its name. */
  readonly key: string
  readonly name: string
  readonly amount: string
  readonly every: Terms['commitments'][number]['every']
  readonly alignment: 'contract' | 'calendar'
  readonly from: string
  readonly to: string
  readonly prorate: boolean
  readonly planIds: readonly string[]
  readonly metricIds: readonly string[]
  readonly overage: string
}

/** A contract as it is typed. */
export interface ContractDraft {
  readonly number: string
  readonly name: string
  readonly subscriptionId: string | null
  readonly currency: string
  readonly from: string
  readonly until: string
  readonly renewMonths: number | ''
  readonly noticeDays: number | ''
  readonly paymentDays: number | ''
  readonly minimum: string
  /** An invoice every so many months; nothing: each month. */
  readonly cycle: number | ''
  readonly cycleAlignment: 'calendar' | 'contract'
  readonly notes: string
  readonly phases: readonly PhaseDraft[]
  readonly volume: readonly VolumeDraft[]
  readonly commitments: readonly CommitmentDraft[]
}

let ids = 0
const next = () => ids++

export const newPrice = (): PriceDraft => ({ id: next(), price: '', amount: '', percent: '', kept: null })
export const newPhase = (name: string, from: string): PhaseDraft => ({
  ...{ id: next(), name, from, to: '', discount: '', prices: [] },
})
export const newTier = (upTo = '', percent = ''): TierDraft => ({ id: next(), upTo, percent })
export const newVolume = (name: string): VolumeDraft => ({
  ...{ id: next(), name, basis: 'spend', mode: 'graduated', planIds: [], metricIds: [] },
  tiers: [newTier('', '0'), newTier()],
})
export const newCommitment = (name: string): CommitmentDraft => ({
  ...{ id: next(), key: '', name, amount: '', every: 'year', alignment: 'contract', from: '', to: '' },
  ...{ prorate: true, planIds: [], metricIds: [], overage: '' },
})

/** The draft of a new contract, or of one that is changed. */
export function draftOf(contract: Contract | null, today: string): ContractDraft {
  if (contract === null)
    return {
      ...{ number: '', name: '', subscriptionId: null, currency: '', from: today, until: '' },
      ...{ renewMonths: '', noticeDays: '', paymentDays: '', minimum: '', notes: '' },
      ...{ cycle: '', cycleAlignment: 'calendar' },
      ...{ phases: [], volume: [], commitments: [] },
    }
  const { currency, zone, terms } = contract
  const day = (at: bigint | null) => (at === null ? '' : dayOf(Number(at), zone))
  return {
    ...{ number: contract.number, name: contract.name, subscriptionId: contract.subscriptionId, currency },
    ...{ from: day(contract.from), until: day(contract.until), notes: contract.notes },
    renewMonths: contract.renewMonths ?? '',
    noticeDays: contract.noticeDays === 0 ? '' : contract.noticeDays,
    paymentDays: contract.paymentDays ?? '',
    minimum: terms.minimum === null ? '' : typedOf(terms.minimum, currency),
    cycle: terms.cycle?.months ?? '',
    cycleAlignment: terms.cycle?.alignment ?? 'calendar',
    phases: terms.phases.map(one => ({
      ...{ id: next(), name: one.name, from: day(one.from), to: day(one.to) },
      discount: one.discountPercent ?? '',
      prices: one.prices.map(priceDraftOf),
    })),
    volume: terms.volume.map(one => ({
      ...{ id: next(), name: one.name, basis: one.basis, mode: one.mode },
      ...{ planIds: one.planIds ?? [], metricIds: one.metricIds ?? [] },
      tiers: one.tiers.map(({ upTo, percent }) => newTier(upTo ?? '', percent)),
    })),
    commitments: terms.commitments.map(one => ({
      ...{
        id: next(),
        key: one.key,
        name: one.name,
        amount: typedOf(one.amount, currency),
        every: one.every,
      },
      ...{ alignment: one.alignment, from: day(one.from), to: day(one.to), prorate: one.prorate },
      ...{ planIds: one.planIds ?? [], metricIds: one.metricIds ?? [], overage: one.overagePercent ?? '' },
    })),
  }
}

function priceDraftOf({ planId, priceKey, terms }: Own): PriceDraft {
  const { charge, discountPercent = '' } = terms
  const known = Object.keys(terms).every(key => key === 'charge' || key === 'discountPercent')
  const amount = charge?.model === 'flat' ? charge.amount : charge?.model === 'standard' ? charge.unit : ''
  const simple = known && (charge === undefined || amount !== '')
  return {
    ...{ id: next(), price: `${planId}/${priceKey}` },
    ...{ amount: simple ? amount : '', percent: simple ? discountPercent : '', kept: simple ? null : terms },
  }
}

/** Whether something was typed that is no amount. */
export const isBadAmount = (text: string) => text.trim() !== '' && !AmountText.safeParse(text.trim()).success
const amountIn = (text: string) => (AmountText.safeParse(text.trim()).success ? text.trim() : null)

/**
 * What is sent; null while something of it cannot be.
 * @param prices of the plans, by `plan/price`
 */
export function inputOf(draft: ContractDraft, zone: string, prices: ReadonlyMap<string, Price>) {
  let ready = true
  const needed = <T>(value: T | null): T => {
    if (value === null) ready = false
    return value as T
  }
  const day = (text: string) => needed(startOfDay(text, zone))
  const dayOrNone = (text: string) => (text === '' ? null : day(text))
  const words = (text: string) => needed(text.trim() === '' ? null : text.trim())
  const some = (ids: readonly string[]) => (ids.length === 0 ? null : [...ids])
  const { currency } = draft
  const phases = draft.phases.map(phase => ({
    ...{ name: words(phase.name), from: day(phase.from), to: dayOrNone(phase.to) },
    discountPercent: phase.discount.trim() === '' ? null : needed(amountIn(phase.discount)),
    prices: phase.prices.map(one => {
      if (one.price === '') ready = false
      const [planId = '', priceKey = ''] = one.price.split('/')
      return { planId, priceKey, terms: one.kept ?? ownTerms(one, prices.get(one.price), needed) }
    }),
  }))
  const volume = draft.volume.map(one => ({
    ...{ name: words(one.name), basis: one.basis, mode: one.mode },
    ...{ planIds: some(one.planIds), metricIds: some(one.metricIds) },
    tiers: one.tiers.map(({ upTo, percent }, index) => ({
      upTo: index === one.tiers.length - 1 ? null : needed(amountIn(upTo)),
      percent: needed(amountIn(percent)),
    })),
  }))
  const keys = new Set(draft.commitments.map(one => one.key).filter(key => key !== ''))
  const commitments = draft.commitments.map(one => ({
    ...{ key: one.key === '' ? keyFor(one.name, keys) : one.key, name: words(one.name) },
    amount: needed(currency === '' ? null : minorOf(one.amount, currency)),
    ...{ every: one.every, alignment: one.alignment, from: dayOrNone(one.from), to: dayOrNone(one.to) },
    ...{ prorate: one.prorate, planIds: some(one.planIds), metricIds: some(one.metricIds) },
    overagePercent:
      one.overage.trim() === ''
        ? null
        : needed(DecimalText.safeParse(one.overage.trim()).success ? one.overage.trim() : null),
  }))
  const input = {
    ...{ number: words(draft.number), name: words(draft.name), subscriptionId: draft.subscriptionId },
    ...{ currency: words(currency), from: day(draft.from), until: dayOrNone(draft.until) },
    renewMonths: draft.renewMonths === '' ? null : draft.renewMonths,
    noticeDays: draft.noticeDays === '' ? 0 : draft.noticeDays,
    paymentDays: draft.paymentDays === '' ? null : draft.paymentDays,
    notes: draft.notes.trim(),
    terms: {
      ...{ phases, volume, commitments },
      cycle:
        draft.cycle === '' || draft.cycle < 2
          ? null
          : { months: draft.cycle, alignment: draft.cycleAlignment },
      minimum:
        draft.minimum.trim() === ''
          ? null
          : needed(currency === '' ? null : minorOf(draft.minimum, currency)),
    },
  }
  return ready ? input : null
}

function ownTerms(
  { amount, percent }: PriceDraft,
  list: Price | undefined,
  needed: <T>(value: T | null) => T,
): Own['terms'] {
  const said = amount.trim()
  const off = percent.trim()
  if (said === '' && off === '') needed(null)
  return {
    ...(said === '' ? {} : { charge: needed(chargeOf(needed(amountIn(said)), list)) }),
    ...(off === '' ? {} : { discountPercent: needed(amountIn(off)) }),
  }
}

/** Whether a price can have another amount in its place: those of more parts have a percentage. */
export function takesAmount(list: Price | undefined): boolean {
  return list?.charge.model === 'flat' || list?.charge.model === 'standard'
}

function chargeOf(amount: string, list: Price | undefined): NonNullable<Own['terms']['charge']> | null {
  if (list?.charge.model === 'flat') return { model: 'flat', amount }
  return list?.charge.model === 'standard' ? { ...list.charge, unit: amount } : null
}

/** A key that no other commitment has, of the letters of its name. */
function keyFor(name: string, taken: Set<string>): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  const base = plain === '' ? 'commitment' : plain.replace(/-+$/, '')
  let key = base
  for (let n = 2; taken.has(key); n++) key = `${base}-${n}`
  taken.add(key)
  return key
}
