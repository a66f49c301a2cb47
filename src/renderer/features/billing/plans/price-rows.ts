import type { TFunction } from 'i18next'
import type { Format } from '#renderer/ui/format/use-format.tsx'
import type { Charge } from '#shared/contract/billing/prices.ts'
import type { PriceShown } from '../words.ts'

/** A line of a price table: what part of a quantity, and what it costs. */
export interface PricePart {
  readonly quantity: string
  /** Per unit, seat or package. */
  readonly unit: string
  readonly flat: string
}

/** A price as the lines of a table, as people read it: those of its filters first. Amounts are in its currency. */
export function partsOf(price: PriceShown, unit: string, t: TFunction, format: Format): PricePart[] {
  const own = chargeParts(price.charge, unit, t, format)
  if (!price.filters || price.filters.length === 0) return own
  const named = (name: string, parts: readonly PricePart[]) =>
    parts.map(part => ({ ...part, quantity: `${name}: ${part.quantity}` }))
  return [
    ...price.filters.flatMap(({ name, charge }) => named(name, chargeParts(charge, unit, t, format))),
    ...named(t('billing.pricing.rest'), own),
  ]
}

/** A charge as the lines of a table. */
function chargeParts(charge: Charge, unit: string, t: TFunction, format: Format): PricePart[] {
  const amount = (text: string) => (isZero(text) ? t('billing.plans.free') : format.decimal(text))
  const percent = (text: string) => (isZero(text) ? t('billing.plans.free') : `${format.decimal(text)} %`)
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
    case 'percentage':
      return [
        ...(charge.freeEvents === null
          ? []
          : [
              {
                quantity: t('billing.pricing.freeEvents', { count: charge.freeEvents }),
                unit: amount('0'),
                flat: '',
              },
            ]),
        ...freeFirst(charge.freeAmount ?? '0'),
        {
          quantity: eventLimits(charge, t, format),
          unit: percent(charge.percent),
          flat: isZero(charge.fixed)
            ? ''
            : t('billing.pricing.perEvent', { amount: format.decimal(charge.fixed) }),
        },
      ]
    case 'dynamic':
      return [
        ...freeFirst(charge.free ?? '0'),
        {
          quantity: t(`billing.pricing.dynamic.${charge.per}`, { property: charge.property }),
          unit: '',
          flat: '',
        },
      ]
    case 'graduated':
    case 'volume':
    case 'graduated-percentage': {
      const parts = charge.tiers.map((tier, index) => {
        const from = charge.tiers[index - 1]?.upTo ?? '0'
        return {
          quantity:
            tier.upTo === null
              ? t('billing.plans.over', { from: quantity(from) })
              : index === 0
                ? t('billing.plans.upTo', { to: quantity(tier.upTo) })
                : t('billing.plans.overTo', { from: format.decimal(from), to: quantity(tier.upTo) }),
          unit: 'percent' in tier ? percent(tier.percent) : amount(tier.unit),
          flat: isZero(tier.flat) ? '' : format.decimal(tier.flat),
        }
      })
      return [...freeFirst(charge.free ?? '0'), ...parts]
    }
  }
}

function eventLimits(charge: Extract<Charge, { model: 'percentage' }>, t: TFunction, format: Format): string {
  const { minimumPerEvent: least, maximumPerEvent: most } = charge
  const limits = [
    ...(least === null ? [] : [t('billing.pricing.least', { amount: format.decimal(least) })]),
    ...(most === null ? [] : [t('billing.pricing.most', { amount: format.decimal(most) })]),
  ]
  return [t('billing.pricing.ofAmount'), ...limits].join(', ')
}

function isZero(decimal: string): boolean {
  return !/[1-9]/.test(decimal)
}
