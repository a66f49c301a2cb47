import type { Charge } from '#shared/contract/billing/prices.ts'

/** A charge with each of its amounts of money as another: for prices in another currency. Percentages stay. */
export function withAmounts(charge: Charge, by: (amount: string) => string): Charge {
  switch (charge.model) {
    case 'flat':
    case 'package':
      return { ...charge, amount: by(charge.amount) }
    case 'standard':
      return { ...charge, unit: by(charge.unit) }
    case 'graduated':
    case 'volume':
      return {
        ...charge,
        tiers: charge.tiers.map(tier => ({ ...tier, unit: by(tier.unit), flat: by(tier.flat) })),
      }
    case 'graduated-percentage':
      return { ...charge, tiers: charge.tiers.map(tier => ({ ...tier, flat: by(tier.flat) })) }
    case 'percentage': {
      const orNull = (amount: string | null) => (amount === null ? null : by(amount))
      return {
        ...charge,
        fixed: by(charge.fixed),
        minimumPerEvent: orNull(charge.minimumPerEvent),
        maximumPerEvent: orNull(charge.maximumPerEvent),
      }
    }
    case 'dynamic':
      return charge
  }
}
