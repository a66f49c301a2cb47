import type { Charge } from '#shared/contract/billing/prices.ts'
import type { Exact } from '../exact.ts'
import { priceDynamic } from './dynamic.ts'
import { priceFlat } from './flat.ts'
import { priceGraduated } from './graduated.ts'
import { priceGraduatedPercentage } from './graduated-percentage.ts'
import { pricePackage } from './package.ts'
import { pricePercentage } from './percentage.ts'
import type { ChargeOf, EventFacts, Priced } from './priced.ts'
import { priceStandard } from './standard.ts'
import { priceVolume } from './volume.ts'

type PriceFunction<C extends Charge> = (charge: C, quantity: Exact, facts: EventFacts) => Priced

/** One function for each charge model; a model of the contract without one does not compile. */
const MODELS: { readonly [Model in Charge['model']]: PriceFunction<ChargeOf<Model>> } = {
  flat: priceFlat,
  standard: priceStandard,
  graduated: priceGraduated,
  volume: priceVolume,
  package: pricePackage,
  'graduated-percentage': priceGraduatedPercentage,
  percentage: pricePercentage,
  dynamic: priceDynamic,
}

const UNCOUNTED: EventFacts = { events: null }

/**
 * What a quantity costs, exactly and in parts: in the metric's unit, or seats for a flat fee.
 * @param facts of its events, for the models that look at them
 */
export function priceOf(charge: Charge, quantity: Exact, facts: EventFacts = UNCOUNTED): Priced {
  const price = MODELS[charge.model] as PriceFunction<Charge>
  return price(charge, quantity, facts)
}
