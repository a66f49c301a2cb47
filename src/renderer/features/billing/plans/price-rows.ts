import type { TFunction } from 'i18next'
import type { Format } from '#renderer/ui/format/use-format.tsx'
import type { PriceShown } from '../words.ts'

/** A line of a price table: what part of a quantity, and what it costs. */
export interface PricePart {
  readonly quantity: string
  /** Per unit, seat or package. */
  readonly unit: string
  readonly flat: string
}

/** A price as the lines of a table, as people read it. Amounts are in the price's currency. */
export function partsOf(price: PriceShown, unit: string, t: TFunction, format: Format): PricePart[] {
  const { charge } = price
  const amount = (text: string) => (isZero(text) ? t('billing.plans.free') : format.decimal(text))
  const quantity = (text: string) => `${format.decimal(text)} ${unit}`.trim()
  const freeFirst = (free: string) =>
    isZero(free)
      ? []
      : [
          {
            quantity: t('billing.plans.firstFree', { quantity: quantity(free) }),
            unit: amount('0'),
            flat: '',
          },
        ]
  switch (charge.model) {
    case 'flat':
      return [{ quantity: t('billing.plans.unitPriceSeat'), unit: amount(charge.amount), flat: '' }]
    case 'standard': {
      const from = isZero(charge.free)
        ? t('billing.plans.every')
        : t('billing.plans.over', { from: quantity(charge.free) })
      return [...freeFirst(charge.free), { quantity: from, unit: amount(charge.unit), flat: '' }]
    }
    case 'package':
      return [
        ...freeFirst(charge.free),
        {
          quantity: t('billing.plans.each', { size: quantity(charge.size) }),
          unit: amount(charge.amount),
          flat: '',
        },
      ]
    case 'graduated':
    case 'volume':
      return charge.tiers.map((tier, index) => {
        const from = charge.tiers[index - 1]?.upTo ?? '0'
        return {
          quantity:
            tier.upTo === null
              ? t('billing.plans.over', { from: quantity(from) })
              : index === 0
                ? t('billing.plans.upTo', { to: quantity(tier.upTo) })
                : t('billing.plans.overTo', { from: format.decimal(from), to: quantity(tier.upTo) }),
          unit: amount(tier.unit),
          flat: isZero(tier.flat) ? '' : format.decimal(tier.flat),
        }
      })
  }
}

function isZero(decimal: string): boolean {
  return !/[1-9]/.test(decimal)
}
