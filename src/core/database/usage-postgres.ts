import { makeMonths } from './partitions.ts'
import type { Tx } from './store.ts'
import type { BucketRow, EventColumns, EventRow, SeriesKey } from './usage-rows.ts'

/*
 * Usage on PostgreSQL: columns go to the server as arrays, however many rows there are, in one statement each. Every
 * parameter is a text that the server reads as an array, which both drivers pass on as it is. Months are asked for
 * together with what needs them: statements of a session run in the order in which they were sent.
 */

/** The text of an array of numbers. */
export function numbers(values: BigInt64Array | readonly bigint[]): string {
  return `{${values.join(',')}}`
}

/** The text of an array of texts. */
export function texts(values: readonly string[]): string {
  return `{${values.map(value => `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`).join(',')}}`
}

/** Ids first, in a table of their own, which is one for all months: what it did not know, is stored. */
const INSERT_EVENTS = `WITH given AS (
    SELECT * FROM unnest($3::text::text[], $4::text::bigint[], $5::text::bigint[], $6::text::bigint[], $7::text::text[])
      WITH ORDINALITY AS g (id, series, quantity, at, properties, place)
  ), fresh AS (
    INSERT INTO usage_event_ids (workspace, id, at) SELECT $1, id, at FROM given
      ON CONFLICT (workspace, id) DO NOTHING RETURNING id
  ), stored AS (
    INSERT INTO usage_events (workspace, batch, id, series, quantity, at, properties)
      SELECT $1, $2::text::bigint, id, series, quantity, at, properties FROM given JOIN fresh USING (id) ORDER BY place
  )
  SELECT place FROM given WHERE id NOT IN (SELECT id FROM fresh)`

/** As `insertEvents`, which calls it. */
export async function insertEventsAtOnce(tx: Tx, events: EventColumns, batch: bigint): Promise<number[]> {
  const { unique, again } = apart(events)
  if (unique.ids.length === 0) return again
  const [, known] = await Promise.all([
    makeMonths(tx, ['usage_events', 'usage_buckets'], unique.at),
    tx.raw<{ place: bigint }>(INSERT_EVENTS, [
      tx.workspace,
      String(batch),
      texts(unique.ids),
      numbers(unique.series),
      numbers(unique.quantities),
      numbers(unique.at),
      texts(unique.properties),
    ]),
  ])
  const left = known.map(({ place }) => unique.places?.[Number(place) - 1] ?? Number(place) - 1)
  return [...left, ...again].sort((a, b) => a - b)
}

/** Events without those whose id stands further ahead, whose places are told. */
function apart(events: EventColumns): {
  unique: EventColumns & { readonly places: readonly number[] | null }
  again: number[]
} {
  const { ids, series, quantities, at, properties } = events
  if (new Set(ids).size === ids.length) return { unique: { ...events, places: null }, again: [] }
  const seen = new Set<string>()
  const places: number[] = []
  const again: number[] = []
  for (const [place, id] of ids.entries()) {
    if (seen.has(id)) again.push(place)
    else places.push(place)
    seen.add(id)
  }
  const of = (column: BigInt64Array) => BigInt64Array.from(places, place => column[place] as bigint)
  const unique = {
    ids: places.map(place => ids[place] as string),
    series: of(series),
    quantities: of(quantities),
    at: of(at),
    properties: places.map(place => properties[place] as string),
    places,
  }
  return { unique, again }
}

/** As `findEvents`, which calls it: the table of ids says in which month an event is. */
export async function findEventsById(
  reader: Pick<Tx, 'workspace' | 'raw'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EventRow>> {
  const rows = await reader.raw<EventRow>(
    `SELECT e.id, e.series, e.quantity, e.at, e.properties, e.batch FROM usage_event_ids i
      JOIN usage_events e ON e.workspace = i.workspace AND e.at = i.at AND e.id = i.id
      WHERE i.workspace = $1 AND i.id = ANY ($2::text::text[])`,
    [reader.workspace, texts(ids)],
  )
  return new Map(rows.map(row => [row.id, row]))
}

const LATER = '(excluded.latest_at, excluded.latest_id) > (b.latest_at, b.latest_id)'
const newer = (column: string) =>
  `${column} = CASE WHEN ${LATER} THEN excluded.${column} ELSE b.${column} END`

const INTO_BUCKETS = `INSERT INTO usage_buckets AS b
    (workspace, series, at, events, sum, max, latest, latest_at, latest_id)
  SELECT $1, * FROM unnest($2::text::bigint[], $3::text::bigint[], $4::text::bigint[], $5::text::bigint[],
    $6::text::bigint[], $7::text::bigint[], $8::text::bigint[], $9::text::text[])
  ON CONFLICT (workspace, series, at) DO UPDATE SET events = b.events + excluded.events, sum = b.sum + excluded.sum,
    max = greatest(b.max, excluded.max), ${newer('latest')}, ${newer('latest_at')}, ${newer('latest_id')}`

/** As `addToBuckets`, which calls it. Their months were made with those of their events. */
export async function addToBucketsAtOnce(tx: Tx, buckets: readonly BucketRow[]): Promise<void> {
  if (buckets.length === 0) return
  const column = (of: (bucket: BucketRow) => bigint) => numbers(buckets.map(of))
  await tx.run(INTO_BUCKETS, [
    tx.workspace,
    column(bucket => bucket.series),
    column(bucket => bucket.at),
    column(bucket => bucket.events),
    column(bucket => bucket.sum),
    column(bucket => bucket.max),
    column(bucket => bucket.latest),
    column(bucket => bucket.latestAt),
    texts(buckets.map(bucket => bucket.latestId)),
  ])
}

/** As `findAllSeries`, which calls it. */
export async function findAllSeriesAtOnce(
  reader: Pick<Tx, 'workspace' | 'raw'>,
  wanted: readonly SeriesKey[],
): Promise<(bigint | undefined)[]> {
  const rows = await reader.raw<{ place: bigint; number: bigint }>(
    `SELECT g.place, s.number FROM unnest($2::text::text[], $3::text::text[], $4::text::text[])
        WITH ORDINALITY AS g (customer_id, metric_id, groups, place)
      JOIN usage_series s ON s.workspace = $1 AND s.customer_id = g.customer_id COLLATE "C"
        AND s.metric_id = g.metric_id COLLATE "C" AND s.groups = g.groups COLLATE "C"`,
    [
      reader.workspace,
      texts(wanted.map(one => one.customerId)),
      texts(wanted.map(one => one.metricId)),
      texts(wanted.map(one => one.groups)),
    ],
  )
  const numbers = new Array<bigint | undefined>(wanted.length).fill(undefined)
  for (const { place, number } of rows) numbers[Number(place) - 1] = number
  return numbers
}

/**
 * The numbers of series without grouping values, of customers that are named by key or id and of metrics by key: what
 * most single events need, in one statement with everything else that is asked about them.
 */
export async function findPlainSeries(
  reader: Pick<Tx, 'workspace' | 'raw'>,
  named: readonly { readonly customer: string; readonly metric: string }[],
): Promise<readonly { customerId: string; metricId: string; number: bigint }[]> {
  return reader.raw(
    `SELECT s.customer_id AS "customerId", s.metric_id AS "metricId", s.number
      FROM (SELECT DISTINCT * FROM unnest($2::text::text[], $3::text::text[])) AS g (customer, metric)
      CROSS JOIN LATERAL (
        SELECT id FROM customers WHERE workspace = $1 AND key = g.customer COLLATE "C"
        UNION SELECT id FROM customers WHERE workspace = $1 AND id = g.customer COLLATE "C") AS c
      JOIN metrics m ON m.workspace = $1 AND m.key = g.metric COLLATE "C"
      JOIN usage_series s ON s.workspace = $1 AND s.customer_id = c.id AND s.metric_id = m.id AND s.groups = '{}'`,
    [reader.workspace, texts(named.map(one => one.customer)), texts(named.map(one => one.metric))],
  )
}
