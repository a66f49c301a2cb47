import { exactOf, exactText, roundHalfUp, scaled } from './exact.ts'

/** Input that the engine cannot price: where in it, and why, as a word that the interface explains. */
export class PricingRefusal extends Error {
  readonly path: string
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.name = 'PricingRefusal'
    this.path = path
    this.reason = reason
  }
}

/** An amount of a currency in minor units. Throws a PricingRefusal where it has more places than the currency. */
export function minorOf(path: string, amount: string, places: number): bigint {
  const exact = exactOf(amount)
  const minor = roundHalfUp(exact, places)
  if (exactText(exact) !== exactText(scaled(minor, places)))
    throw new PricingRefusal(path, 'more-places-than-the-currency')
  return minor
}
