import { type PackedRows, packRows, unpackRows } from '#core/database/packed-rows.ts'
import { makeMonths } from '#core/database/partitions.ts'
import { schema } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import type { SyncRow } from '#core/database/sync-rows.ts'
import { upsertRows } from '#core/database/upsert-rows.ts'
import { DAY } from '#core/database/usage-days.ts'
import { type EventColumns, insertEvents } from '#core/database/usage-rows.ts'
import { anyPending, readPending } from './pending.ts'
import { ALL_COUNTERS } from './store-events.ts'

/*
 * The usage of a UTC day as it travels to desks: roll-ups with the series that they are of, and events. A roll-up or an
 * event that was there once stays, so that a desk puts a later version over an earlier one and takes nothing away.
 */

/** What is kept of a series at an instant; `usage_series` says what a series is. */
const ROLLED = ['usage_buckets', 'usage_levels', 'usage_values'] as const
/** Rows of a part of roll-ups, and of events: a whole number of slices. */
const ROLLED_ROWS = 20_000
const EVENT_ROWS = 4000
/** Series that one statement lists. */
const LISTED = 500
/** Rows that one write of a desk stores: so many take less than 10 ms. */
export const STORED_AT_ONCE = 1000

/** The roll-ups of a day, in parts as they travel. What an import keeps aside is added up already. */
export async function sumsOfDay(reader: Reader, day: bigint): Promise<{ parts: string[]; rows: number }> {
  const numbers = await seriesOfDay(reader, day)
  const found = new Map<string, SyncRow[]>([
    ['usage_series', []],
    ...ROLLED.map(name => [name, []] as const),
  ] as [string, SyncRow[]][])
  for (let at = 0; at < numbers.length; at += LISTED) {
    const some = numbers.slice(at, at + LISTED)
    const series = await reader.db
      .selectFrom('usage_series')
      .select(['number', 'customer_id', 'metric_id', 'groups'])
      .where('number', 'in', some)
      .orderBy('number')
      .execute()
    found.get('usage_series')!.push(...series)
    for (const name of ROLLED) {
      let query = reader.db
        .selectFrom(name as 'usage_buckets')
        .select(Object.keys(schema[name].columns) as 'series'[])
        .where('series', 'in', some)
        .where('at', '>=', day)
        .where('at', '<', day + DAY)
      for (const key of schema[name].key) query = query.orderBy(key as 'series')
      found.get(name)!.push(...(await query.execute()))
    }
  }
  await addPending(reader, day, found.get('usage_buckets') as unknown as BucketColumns[])
  const parts: string[] = []
  let rows = 0
  for (const [name, all] of found) {
    rows += all.length
    for (let at = 0; at < all.length; at += ROLLED_ROWS)
      parts.push(
        JSON.stringify(packRows(name, schema[name as 'usage_series'], all.slice(at, at + ROLLED_ROWS))),
      )
  }
  return { parts, rows }
}

/** The series with events on a day, in the order of their numbers. */
async function seriesOfDay(reader: Reader, day: bigint): Promise<bigint[]> {
  const rows = await reader.db
    .selectFrom('usage_events')
    .select('series')
    .distinct()
    .where('at', '>=', day)
    .where('at', '<', day + DAY)
    .orderBy('series')
    .execute()
  return rows.map(row => row.series)
}

interface BucketColumns {
  series: bigint
  at: bigint
  events: bigint
  sum: bigint
  max: bigint
  latest: bigint
  latest_at: bigint
  latest_id: string
}

/** Adds what is kept aside of a day to its buckets, as it will be added to the table. */
async function addPending(reader: Reader, day: bigint, buckets: BucketColumns[]): Promise<void> {
  if (!(await anyPending(reader))) return
  const known = new Map(buckets.map(row => [`${row.series}/${row.at}`, row]))
  for (const one of await readPending(reader)) {
    if (one.at < day || one.at >= day + DAY) continue
    const { series, at, events, sum, max, latest, latestAt, latestId } = one
    const key = `${series}/${at}`
    const bucket = known.get(key)
    if (!bucket) {
      const fresh = { series, at, events, sum, max, latest, latest_at: latestAt, latest_id: latestId }
      known.set(key, fresh)
      buckets.push(fresh)
      continue
    }
    const later =
      latestAt > bucket.latest_at ||
      (latestAt === bucket.latest_at &&
        Buffer.compare(Buffer.from(latestId), Buffer.from(bucket.latest_id)) > 0)
    bucket.events += events
    bucket.sum += sum
    if (max > bucket.max) bucket.max = max
    if (latestId !== '' && later) Object.assign(bucket, { latest, latest_at: latestAt, latest_id: latestId })
  }
}

/** Where an event stands among those of its day. */
interface EventPlace {
  readonly at: bigint
  readonly series: bigint
  readonly id: string
}

/** A part of the events of a day by its number, in the order of time; null behind the last one. */
export async function eventsOfDay(
  reader: Reader,
  day: bigint,
  part: number,
): Promise<{ text: string; rows: number } | null> {
  const rows = await eventsInOrder(reader, day)
    .limit(EVENT_ROWS)
    .offset(part * EVENT_ROWS)
    .execute()
  return rows.length === 0 ? null : { text: packedEvents(rows), rows: rows.length }
}

/** Events that one statement reads where others are to get their turn in between. */
const EVENT_SLICE = 500

/**
 * Every part of the events of a day, one after the other: the same as by their numbers, without counting to them.
 * @param read reads a slice in a snapshot of its own
 */
export async function* everyEventsPart(
  read: <T>(work: (reader: Reader) => Promise<T>) => Promise<T>,
  day: bigint,
): AsyncGenerator<{ text: string; rows: number }> {
  let place: EventPlace | null = null
  let part: EventRow[] = []
  for (;;) {
    const from: EventPlace | null = place
    const slice: EventRow[] = await read(reader => behind(reader, day, from).limit(EVENT_SLICE).execute())
    part.push(...slice)
    place = slice.at(-1) ?? place
    const over = slice.length < EVENT_SLICE
    if (part.length === EVENT_ROWS || (over && part.length > 0)) {
      yield { text: packedEvents(part), rows: part.length }
      part = []
    }
    if (over) return
  }
}

function behind(reader: Reader, day: bigint, place: EventPlace | null) {
  const query = eventsInOrder(reader, day)
  if (place === null) return query
  const { at, series, id } = place
  return query.where(eb => eb(eb.refTuple('at', 'series', 'id'), '>', eb.tuple(at, series, id)))
}

const eventsInOrder = (reader: Reader, day: bigint) =>
  reader.db
    .selectFrom('usage_events')
    .select(['id', 'series', 'quantity', 'at', 'properties', 'batch'])
    .where('at', '>=', day)
    .where('at', '<', day + DAY)
    .orderBy('at')
    .orderBy('series')
    .orderBy('id')

type EventRow = Awaited<ReturnType<ReturnType<typeof eventsInOrder>['execute']>>[number]

const packedEvents = (rows: readonly EventRow[]) =>
  JSON.stringify(packRows('usage_events', schema.usage_events, rows))

const TAKEN: ReadonlySet<string> = new Set(['usage_series', 'usage_events', ...ROLLED])

/**
 * The rows of a part, in slices that one short write stores each.
 * @throws Error for what is no part of usage
 */
export function* slicesOf(text: string): Generator<{ table: string; rows: SyncRow[] }> {
  const packed = JSON.parse(text) as PackedRows
  if (!TAKEN.has(packed.table)) throw new Error(`${packed.table} is no table of usage`)
  const { values, length } = unpackRows(packed)
  const names = packed.columns.map(column => column.name)
  const width = names.length
  for (let at = 0; at < length; at += STORED_AT_ONCE) {
    const count = Math.min(STORED_AT_ONCE, length - at)
    const rows = Array.from({ length: count }, (_, row) =>
      Object.fromEntries(names.map((name, column) => [name, values[(at + row) * width + column]])),
    )
    yield { table: packed.table, rows }
  }
}

/** Stores a slice on a desk. The same slice again changes nothing. */
export async function takeSlice(
  tx: Tx,
  { table, rows }: { readonly table: string; readonly rows: readonly SyncRow[] },
): Promise<void> {
  tx.touched.changed.add(ALL_COUNTERS)
  if (table === 'usage_events') {
    tx.touched.changed.add('usage_events')
    for (const [batch, own] of Map.groupBy(rows, row => row.batch as bigint))
      await insertEvents(tx, columnsOf(own), batch)
    return
  }
  if (table === 'usage_buckets')
    await makeMonths(
      tx,
      ['usage_buckets'],
      rows.map(row => row.at as bigint),
    )
  await upsertRows(tx, table, schema[table as 'usage_series'], rows)
}

function columnsOf(rows: readonly SyncRow[]): EventColumns {
  const numbers = (name: string) => BigInt64Array.from(rows, row => row[name] as bigint)
  return {
    ids: rows.map(row => row.id as string),
    series: numbers('series'),
    quantities: numbers('quantity'),
    at: numbers('at'),
    properties: rows.map(row => row.properties as string),
  }
}

/** Takes the usage of a day away from a desk: the authority does not have it any more. */
export async function dropDay(tx: Tx, kind: 'usage.sums' | 'usage.events', day: bigint): Promise<void> {
  tx.touched.changed.add(ALL_COUNTERS)
  for (const name of kind === 'usage.events' ? (['usage_events'] as const) : ROLLED)
    await tx.db
      .deleteFrom(name as 'usage_buckets')
      .where('at', '>=', day)
      .where('at', '<', day + DAY)
      .execute()
}
