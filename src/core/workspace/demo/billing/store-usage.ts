import { type Keeping, type Keepings, keepingOf } from '#core/billing/usage/keeping.ts'
import { type SeriesOf, seriesNumbers } from '#core/billing/usage/resolve.ts'
import { storeEvents } from '#core/billing/usage/store-events.ts'
import type { Tx } from '#core/database/store.ts'
import type { EventColumns } from '#core/database/usage-rows.ts'
import type { DemoEvents, DemoSeries } from '#engines/demo/billing/usage-events.ts'
import type { KnownCatalogue } from './store-catalogue.ts'

/** Events of one write: so many take the writer less than 10 ms. */
const EVENTS_PER_STORE = 600
/** Series that one write numbers. */
const SERIES_PER_STORE = 200

export interface UsagePortion {
  readonly events: EventColumns
  /** What the metrics of some series ask for. */
  readonly keepings: Keepings
}

export const storeUsage = async (tx: Tx, { events, keepings }: UsagePortion): Promise<number> =>
  (await storeEvents(tx, events, keepings, 0n)).stored

export const numberSeries = (tx: Tx, { wanted }: { wanted: readonly SeriesOf[] }) => seriesNumbers(tx, wanted)

/** Series by the ids of their customers and metrics, a write's worth at a time. */
export function* seriesPortions(
  series: readonly DemoSeries[],
  catalogue: KnownCatalogue,
  customers: ReadonlyMap<string, string>,
): Generator<SeriesOf[]> {
  for (let start = 0; start < series.length; start += SERIES_PER_STORE) {
    yield series.slice(start, start + SERIES_PER_STORE).map(({ customer, metric }) => ({
      customerId: customers.get(customer)!,
      metricId: catalogue.metrics.get(metric)!.id,
      groups: '{}',
    }))
  }
}

/**
 * Events a write's worth at a time.
 * @param numbers of the series, by their places
 */
export function* usagePortions(
  events: DemoEvents,
  series: readonly DemoSeries[],
  numbers: readonly bigint[],
  catalogue: KnownCatalogue,
): Generator<UsagePortion> {
  const asked = series.map(({ metric }) => keepingOf(catalogue.metrics.get(metric)!))
  for (let start = 0; start < events.ids.length; start += EVENTS_PER_STORE) {
    const end = Math.min(start + EVENTS_PER_STORE, events.ids.length)
    const places = events.series.subarray(start, end)
    const ids = events.ids.slice(start, end)
    const keepings = new Map<bigint, Keeping>()
    for (const place of places) {
      const keeping = asked[place]
      if (keeping) keepings.set(numbers[place]!, keeping)
    }
    yield {
      events: {
        ids,
        series: BigInt64Array.from(places, place => numbers[place]!),
        quantities: events.quantities.slice(start, end),
        at: events.at.slice(start, end),
        properties: events.facts.slice(start, end),
      },
      keepings,
    }
  }
}
