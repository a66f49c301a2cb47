import type { OneOff } from '#shared/contract/billing/close-facts.ts'
import type { Taxed } from '#shared/contract/billing/tax-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { scaled } from './exact.ts'
import type { GeneratedLine } from './model.ts'
import { placesOf, rate } from './rate.ts'
import { plainRate } from './tax/decide-tax.ts'
import { withTax } from './tax/with-tax.ts'

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
 * @param usual of the charge, where it has no rate of its own; a rate alone where nothing is to be said of it
 * @param month in which it is billed
 */
export function oneOffLine(oneOff: OneOff, usual: Taxed | string, month: Span): GeneratedLine {
  const { id, currency, name, unit, quantity, scale, unitPrice } = oneOff
  const rated = rate({
    terms: {
      ...{ currency, minimum: null, maximum: null, proration: 'none', discountPercent: '0' },
      charge: { model: 'standard', unit: unitPrice, free: '0' },
    },
    quantity: scaled(quantity, scale),
    metric: null,
  })
  const taxed = typeof usual === 'string' ? { rate: usual, basis: null } : usual
  const own = oneOff.taxRate === null ? taxed : plainRate(oneOff.taxRate, 'one-off', 'standard')
  return {
    ...{ item: oneOffItem(id), ordinal: 0, kind: 'one-off', subscriptionId: id, priceId: id },
    ...{ priceKey: oneOffItem(id), name, metricId: null, unit, service: oneOff.service ?? month },
    ...{ quantity, scale, steps: rated.steps },
    ...withTax(rated.amount, rated.exact, undefined, own, placesOf(currency)),
  }
}
