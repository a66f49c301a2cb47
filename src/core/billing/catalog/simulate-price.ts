import { answer } from '#core/runtime/handlers.ts'
import { checkTerms } from '#engines/billing/check-price.ts'
import { exactText, isStorable, moneyText, scaled } from '#engines/billing/exact.ts'
import { splitOf } from '#engines/billing/price-filters.ts'
import { placesOf, rate, taxOn } from '#engines/billing/rate.ts'
import { simulate as leaf } from '#shared/contract/billing/simulate.ts'
import { refuse } from '#shared/errors.ts'
import { usageOfRequests } from '../close/quantities.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { getMetric, metricOf } from './metrics.ts'

/** Any price on what a customer really used: roll-ups and, where the price asks for them, single events. */
export const simulatePrice = answer(leaf.simulate, async ({ reader, input }) => {
  const { price, customerId, metricId, from, to, taxRate } = input
  const fail = (path: string, reason: string) => refuse('BILLING_RATE_INPUT', { path, reason })
  const [problem] = checkTerms(price)
  if (problem) throw fail(`price.${problem.path}`, problem.reason)
  if (price.charge.model === 'flat') throw fail('price.charge', 'metric-on-fee')
  if (to <= from) throw fail('to', 'ends-before-it-begins')
  await getCustomer(reader, customerId)
  const metric = metricOf(await getMetric(reader as never, metricId))
  const stranger = (price.filters ?? []).findIndex(({ values }) =>
    Object.keys(values).some(name => !metric.groupBy.includes(name)),
  )
  if (stranger >= 0) throw fail(`price.filters.${stranger}.values`, 'filter-property-not-kept')
  const split = splitOf(price)
  const request = { customerId, metricId, from, to }
  const [usage] = await usageOfRequests(reader, [split ? { ...request, split } : request])
  const { quantity, events, parts } = usage!
  const { scale } = metric
  const rated = rate({
    terms: price,
    ...{ quantity: scaled(quantity, scale), metric, events },
    parts: parts?.map(part => ({ ...part, quantity: scaled(part.quantity, scale) })),
  })
  const places = placesOf(price.currency)
  const tax = taxOn(rated.amount, taxRate)
  if (![rated.amount, rated.amount + tax].every(isStorable)) throw fail('price', 'amount-too-large')
  return {
    currency: price.currency,
    quantity: exactText(scaled(quantity, scale)),
    exact: exactText(rated.exact),
    amount: moneyText(rated.amount, places),
    tax: moneyText(tax, places),
    total: moneyText(rated.amount + tax, places),
    steps: [...rated.steps],
    ...(price.trueUp ? { trueUp: moneyText(rated.trueUp, places) } : {}),
    events,
    unpriced: (parts ?? []).reduce(
      (sum, { measured }) => sum + (measured?.model === 'dynamic' ? measured.unpriced : 0),
      0,
    ),
  }
})
