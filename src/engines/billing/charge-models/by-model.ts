import type { Charge } from '#shared/contract/billing/prices.ts'
import type { Exact } from '../exact.ts'
import { priceFlat } from './flat.ts'
import { priceGraduated } from './graduated.ts'
import { pricePackage } from './package.ts'
import type { ChargeOf, Priced } from './priced.ts'
import { priceStandard } from './standard.ts'
import { priceVolume } from './volume.ts'

/** One function for each charge model; a model of the contract without one does not compile. */
const MODELS: { readonly [Model in Charge['model']]: (charge: ChargeOf<Model>, quantity: Exact) => Priced } =
  {
    flat: priceFlat,
    standard: priceStandard,
    graduated: priceGraduated,
    volume: priceVolume,
    package: pricePackage,
  }

/** What a quantity costs, exactly and in parts: in the metric's unit, or seats for a flat fee. */
export function priceOf(charge: Charge, quantity: Exact): Priced {
  const model = MODELS[charge.model] as (charge: Charge, quantity: Exact) => Priced
  return model(charge, quantity)
}
