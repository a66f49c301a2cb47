import type { MeasuredEvents } from '#shared/contract/billing/close-facts.ts'
import type { Charge, RatingStep } from '#shared/contract/billing/prices.ts'
import { compare, type Exact, exactOf, exactText, isZero, subtract, ZERO } from '../exact.ts'

export type ChargeOf<Model extends Charge['model']> = Extract<Charge, { model: Model }>
export type PricePart = Extract<RatingStep, { step: 'price' }>['parts'][number]

/** What a charge model makes of a quantity. */
export interface Priced {
  /** In the currency's unit. */
  readonly exact: Exact
  /** In symbols and numbers, so that a person can work it out. */
  readonly formula: string
  readonly parts: readonly PricePart[]
}

/** What is known of the events behind a quantity. */
export interface EventFacts {
  /** How many there were; null where nobody counted: then the quantity is one event. */
  readonly events: number | null
  /** What they came to one by one, where the charge asks for it (`needsEvents`). */
  readonly measured?: MeasuredEvents | undefined
}

/** A part that is neither a tier nor an allowance. */
export const PLAIN_PART = { tier: null, above: null, upTo: null, unit: null, flat: null } as const

/** How the quantity that a formula goes on with was come by; empty where nothing is free. */
export function allowanceText(quantity: Exact, free: string | undefined): string {
  if (free === undefined || isZero(exactOf(free))) return ''
  return `max(0, ${exactText(quantity)} − ${free}) = ${exactText(aboveFree(quantity, free))}; `
}

/** What lies above the free units; a quantity below them, or below zero, is nothing. */
export function aboveFree(quantity: Exact, free: string): Exact {
  const rest = free === '0' ? quantity : subtract(quantity, exactOf(free))
  return compare(rest, ZERO) > 0 ? rest : ZERO
}
