import type { Reader } from '#core/database/store.ts'
import { type Measurer, measurer, needsEvents } from '#engines/billing/charge-models/measured.ts'
import { scaled } from '#engines/billing/exact.ts'
import type { UsagePart, UsageQuantity } from '#engines/billing/model.ts'
import { chargeOfEvent } from '#engines/billing/price-filters.ts'
import type { SplitUsage } from '#shared/contract/billing/close-facts.ts'
import { type QuantityRequest, quantitiesOf } from './quantities.ts'

/** What is asked of a price whose charges are apart by properties, or look at events one by one. */
export interface SplitRequest extends QuantityRequest {
  readonly split: readonly SplitUsage[]
}

/** Series that one statement lists, and events that are read at once. */
const LISTED = 10_000
const PAGE = 5000

/**
 * What events come to by the charges of a price, in the order of the requests. Series hold usage apart by the
 * metric's grouping keys, so that each belongs to one charge; events are read only for charges that ask for them.
 * Requests of the same bounds and charges share their statements.
 */
export async function splitQuantitiesOf(
  reader: Reader,
  requests: readonly SplitRequest[],
): Promise<UsageQuantity[]> {
  const answers = new Map<SplitRequest, UsageQuantity>()
  const scales = await scalesOf(reader, requests)
  const same = ({ from, to, period, metricId, split }: SplitRequest) =>
    JSON.stringify([from, to, period?.from, period?.to, metricId, split], (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    )
  for (const group of Map.groupBy(requests, same).values()) {
    const { split, metricId } = group[0]!
    const series = await seriesOf(reader, group, split)
    const scale = scales.get(metricId)!
    const parts = await Promise.all(
      split.map(({ charge }, at) => partsOf(reader, group, charge, scale, series[at]!)),
    )
    for (const [index, request] of group.entries()) {
      const own = parts.map(all => all[index]!)
      answers.set(request, {
        quantity: own.reduce((sum, part) => sum + part.quantity, 0n),
        events: own.reduce((sum, part) => sum + part.events, 0),
        parts: own,
      })
    }
  }
  return requests.map(request => answers.get(request)!)
}

type OwnSeries = ReadonlyMap<string, readonly bigint[]>

/** The series of each charge, by customer. */
async function seriesOf(
  reader: Reader,
  group: readonly SplitRequest[],
  split: readonly SplitUsage[],
): Promise<readonly OwnSeries[]> {
  const filters = split.slice(0, -1).map(({ values }) => ({ values: values! }))
  const found = split.map(() => new Map<string, bigint[]>())
  const customers = [...new Set(group.map(one => one.customerId))]
  for (let start = 0; start < customers.length; start += 200) {
    const rows = await reader.db
      .selectFrom('usage_series')
      .select(['number', 'customer_id', 'groups'])
      .where('customer_id', 'in', customers.slice(start, start + 200))
      .where('metric_id', '=', group[0]!.metricId)
      .orderBy('number')
      .execute()
    for (const { number, customer_id: customerId, groups } of rows) {
      const own = found[chargeOfEvent(filters, JSON.parse(groups) as Record<string, string>)]!
      const list = own.get(customerId)
      if (list) list.push(number)
      else own.set(customerId, [number])
    }
  }
  return found
}

/** What the series of one charge come to, in the order of the requests. */
async function partsOf(
  reader: Reader,
  group: readonly SplitRequest[],
  charge: SplitUsage['charge'],
  scale: number,
  series: OwnSeries,
): Promise<UsagePart[]> {
  const found = new Map<SplitRequest, UsagePart>()
  for (const some of portionsOf(group, series)) {
    const only = some.flatMap(({ customerId }) => series.get(customerId) ?? [])
    const plain = some.map(({ split: _, ...request }) => request)
    const quantities = only.length === 0 ? [] : await quantitiesOf(reader, plain, only)
    for (const [index, request] of some.entries()) {
      const { quantity, events } = quantities[index] ?? { quantity: 0n, events: 0 }
      found.set(request, { quantity, events })
    }
  }
  if (needsEvents(charge))
    for (const request of group) {
      const meter = measurer(charge)!
      await takeEvents(reader, meter, scale, request, series.get(request.customerId) ?? [])
      found.set(request, { ...found.get(request)!, measured: meter.result() })
    }
  return group.map(request => found.get(request)!)
}

/** Requests whose series one statement can list. */
function portionsOf(group: readonly SplitRequest[], series: OwnSeries): SplitRequest[][] {
  const portions: SplitRequest[][] = [[]]
  let listed = 0
  for (const request of group) {
    const count = series.get(request.customerId)?.length ?? 0
    if (listed + count > LISTED) {
      portions.push([])
      listed = 0
    }
    portions.at(-1)!.push(request)
    listed += count
  }
  return portions
}

async function takeEvents(
  reader: Reader,
  meter: Measurer,
  scale: number,
  { from, to }: SplitRequest,
  series: readonly bigint[],
): Promise<void> {
  if (series.length === 0) return
  let last: Place | null = null
  for (;;) {
    const rows = await eventsAfter(reader, series, last ?? { at: from, id: '' }, to)
    for (const { quantity, properties } of rows)
      meter.take({
        quantity: scaled(quantity, scale),
        properties: JSON.parse(properties || '{}') as Record<string, string>,
      })
    if (rows.length < PAGE) return
    last = rows.at(-1)!
  }
}

interface Place {
  readonly at: bigint
  readonly id: string
}

/** The next events behind one, by time and then by id. */
function eventsAfter(reader: Reader, series: readonly bigint[], { at, id }: Place, to: bigint) {
  return reader.db
    .selectFrom('usage_events')
    .select(['id', 'at', 'quantity', 'properties'])
    .where('series', 'in', series)
    .where('at', '>=', at)
    .where('at', '<', to)
    .where(on => on.or([on('at', '>', at), on('id', '>', id)]))
    .orderBy('at')
    .orderBy('id')
    .limit(PAGE)
    .execute()
}

async function scalesOf(reader: Reader, requests: readonly SplitRequest[]): Promise<Map<string, number>> {
  const ids = [...new Set(requests.map(one => one.metricId))]
  const rows = await reader.db.selectFrom('metrics').select(['id', 'scale']).where('id', 'in', ids).execute()
  return new Map(rows.map(row => [row.id, Number(row.scale)]))
}
