import type { Charge, RatingStep } from '#shared/contract/billing/prices.ts'
import { compare, type Exact, exactOf, subtract, ZERO } from '../exact.ts'

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

/** What lies above the free units; a quantity below them, or below zero, is nothing. */
export function aboveFree(quantity: Exact, free: string): Exact {
  const rest = free === '0' ? quantity : subtract(quantity, exactOf(free))
  return compare(rest, ZERO) > 0 ? rest : ZERO
}
