import type { OneOff } from '#shared/contract/billing/close-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { exactText, scaled } from './exact.ts'
import type { GeneratedLine } from './model.ts'
import { rate, taxOn } from './rate.ts'

const PREFIX = 'one-off/'

/** The item of a one-off charge on an invoice: it is billed once, because an item is. */
export function oneOffItem(id: string): string {
  return PREFIX + id
}

/** The one-off charge of an item; null for what else is billed. */
export function oneOffOfItem(item: string): string | null {
  return item.startsWith(PREFIX) ? item.slice(PREFIX.length) : null
}

/**
 * The line of a one-off charge: quantity × unit price, rounded half-up once, with tax on what was rounded, by the
 * same rating as every other line.
 * @param taxRate of a customer of whom nothing else is said
 * @param month in which it is billed
 */
export function oneOffLine(oneOff: OneOff, taxRate: string, month: Span): GeneratedLine {
  const { id, currency, name, unit, quantity, scale, unitPrice } = oneOff
  const rated = rate({
    terms: {
      ...{ currency, minimum: null, maximum: null, proration: 'none', discountPercent: '0' },
      charge: { model: 'standard', unit: unitPrice, free: '0' },
    },
    quantity: scaled(quantity, scale),
    metric: null,
  })
  const ownRate = oneOff.taxRate ?? taxRate
  return {
    ...{ item: oneOffItem(id), ordinal: 0, kind: 'one-off', subscriptionId: id, priceId: id },
    ...{ priceKey: oneOffItem(id), name, metricId: null, unit, service: oneOff.service ?? month },
    ...{ quantity, scale, exact: exactText(rated.exact), amount: rated.amount },
    ...{ taxRate: ownRate, tax: taxOn(rated.amount, ownRate), steps: rated.steps },
  }
}
