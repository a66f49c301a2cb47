import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { amountOf, isRateable } from '#engines/billing/advise.ts'
import { compare, exactOf, exactText, least, scaled, subtract } from '#engines/billing/exact.ts'
import { phaseAt } from '#engines/billing/phases.ts'
import { quantityText } from '#engines/billing/usage-event.ts'
import type { Price } from '#shared/contract/billing/catalog.ts'
import { quotaMeters as leaf, type Meter, type Projection } from '#shared/contract/billing/quotas.ts'
import { loadVersions } from '../catalog/plan-rows.ts'
import { loadSubscriptions } from '../subscriptions/subscription-rows.ts'
import { quantitiesOf } from '../usage/quantities.ts'
import { type Reading, readingsOf } from './readings.ts'

/** Periods before the present one that say how different values go on to be counted. */
const EARLIER = 3

/** What a customer used of what it may, in its present periods, with what it will come to. */
export const customerMeters = answer(leaf.meters, async ({ reader, input, now }) => {
  const { customerId } = input
  const readings = await readingsOf(reader, [customerId], now)
  const prices = await pricesOf(reader, customerId, now)
  const words = await reader.db.selectFrom('metrics').select(['id', 'name', 'unit']).execute()
  const names = new Map(words.map(row => [row.id, row]))
  const meters: Meter[] = []
  for (const reading of readings) {
    const { metric, used, limit, answer: allowed } = reading
    const projection =
      metric.aggregation === 'unique-count' ? await asEarlier(reader, reading, now) : reading.projection!
    const over = limit === null ? scaled(0n) : subtract(used, limit)
    meters.push({
      ...{ metricId: metric.id, metric: metric.key, aggregation: metric.aggregation },
      ...{ name: names.get(metric.id)!.name, unit: names.get(metric.id)!.unit, period: reading.period },
      ...{ used: exactText(used), events: reading.usage.events, limit: allowed.limit },
      ...{ enforcement: allowed.enforcement, percent: reading.percent },
      source: allowed.limit === null && !reading.own ? 'none' : reading.own ? 'customer' : 'plan',
      thresholds: [...reading.thresholds].sort((a, b) => a - b),
      reached: reading.reached.at(-1) ?? 0,
      overage: compare(over, scaled(0n)) > 0 ? exactText(over) : '0',
      projection,
      cost: costOf(reading, projection, prices.get(metric.id)),
    })
  }
  return { meters }
})

/** By metric the price of the customer's running subscriptions, where a quantity is enough to rate it. */
async function pricesOf(reader: Reader, customerId: string, now: bigint): Promise<Map<string, Price>> {
  const prices = new Map<string, Price>()
  for (const one of (await loadSubscriptions(reader, { customerId })).reverse()) {
    // Phases end where the subscription does.
    const phase = phaseAt(one.phases, now)
    if (phase?.kind !== 'active') continue
    const [version] = await loadVersions(reader, { id: phase.planVersionId })
    for (const price of version!.prices)
      if (price.metricId !== null && price.currency === one.currency && !prices.has(price.metricId))
        prices.set(price.metricId, price)
  }
  return prices
}

function costOf({ used, limit }: Reading, projection: Projection, price: Price | undefined): Meter['cost'] {
  if (!price || !isRateable(price)) return null
  const amount = amountOf(price, used)
  const within = limit === null ? amount : amountOf(price, least(used, limit))
  return {
    ...{ currency: price.currency, amount, overage: amount - within },
    projected: amountOf(price, exactOf(projection.quantity)),
  }
}

/** Different values, as the customer's earlier periods went on from here; as it stands where there were none. */
async function asEarlier(
  reader: Reader,
  { customerId, metric, period, usage, limit }: Reading,
  now: bigint,
): Promise<Projection> {
  const length = period.to - period.from
  const elapsed = now - period.from
  const starts = Array.from({ length: EARLIER }, (_, i) => period.from - BigInt(i + 1) * length)
  const own = { customerId, metricId: metric.id }
  const found = await quantitiesOf(reader, [
    ...starts.map(from => ({ ...own, from, to: from + elapsed })),
    ...starts.map(from => ({ ...own, from, to: from + length })),
  ])
  const ratios = starts.flatMap((_, i) => {
    const [part, whole] = [found[i]!.quantity, found[i + EARLIER]!.quantity]
    return part > 0n ? [Number(whole) / Number(part)] : []
  })
  const text = (ratio: number) =>
    quantityText(BigInt(Math.round(Number(usage.quantity) * ratio)), metric.scale)
  if (ratios.length === 0) {
    const quantity = text(1)
    return { quantity, low: null, high: null, method: 'as-it-stands', error: null, breachAt: null }
  }
  const mean = ratios.reduce((sum, one) => sum + one, 0) / ratios.length
  const reached = limit !== null && compare(scaled(usage.quantity, metric.scale), limit) >= 0
  return {
    ...{ quantity: text(mean), low: text(Math.min(...ratios)), high: text(Math.max(...ratios)) },
    method: 'earlier-periods',
    error:
      ratios.length < 2
        ? null
        : Math.round(
            (1000 * ratios.reduce((sum, one) => sum + Math.abs(one - mean) / one, 0)) / ratios.length,
          ) / 10,
    breachAt: reached ? now : null,
  }
}
