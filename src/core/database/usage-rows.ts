import { parameter } from './row-key.ts'
import type { Reader, Tx } from './store.ts'
import {
  addToBucketsAtOnce,
  findAllSeriesAtOnce,
  findEventsById,
  insertEventsAtOnce,
} from './usage-postgres.ts'

/*
 * The rows of usage, moved in bulk by prepared statements: millions of events come in, and the query builder
 * takes longer to word a statement than the database to run it.
 */

/** Events as columns of equal length: they cross threads and reach statements without an object for each. */
export interface EventColumns {
  readonly ids: readonly string[]
  /** Numbers of `usage_series`. */
  readonly series: BigInt64Array
  /** In units of the metric's scale. */
  readonly quantities: BigInt64Array
  /** Milliseconds since the epoch. */
  readonly at: BigInt64Array
  /** Canonical JSON, empty for none. */
  readonly properties: readonly string[]
}

/** What a series is of. */
export interface SeriesKey {
  readonly customerId: string
  readonly metricId: string
  /** Canonical JSON of its grouping values. */
  readonly groups: string
}

export interface EventRow {
  readonly id: string
  readonly series: bigint
  readonly quantity: bigint
  readonly at: bigint
  readonly properties: string
  readonly batch: bigint
}

export interface BucketRow {
  readonly series: bigint
  readonly at: bigint
  events: bigint
  sum: bigint
  max: bigint
  latest: bigint
  latestAt: bigint
  latestId: string
}

/** Rows of one statement: few sizes, so that each is prepared once. */
const GROUPS = [100, 10, 1] as const

export type Session = Pick<Reader, 'kind' | 'workspace' | 'raw'>

const statements = new Map<string, string>()

/** A statement of a number of tuples, worded once. */
export function worded(key: string, make: () => string): string {
  let text = statements.get(key)
  if (text === undefined) {
    text = make()
    statements.set(key, text)
  }
  return text
}

/** So many tuples of parameters, the first of which has the number `from`. */
function tuples(kind: Session['kind'], rows: number, width: number, from = 1): string {
  const row = (first: number) =>
    `(${Array.from({ length: width }, (_, i) => parameter(kind, first + i)).join(', ')})`
  return Array.from({ length: rows }, (_, i) => row(from + i * width)).join(', ')
}

/**
 * What an insert of SQLite takes its rows from (PostgreSQL has statements of its own). The parameters are first the
 * values that all rows share and then those of each row: half of the time of an insert goes into binding. They have
 * places and no numbers there: shared ones stand in the list of columns, in their order.
 * @param columns of the row: `shared` or `own` for the next of these values, or SQL
 */
export function rowsOf(kind: Session['kind'], rows: number, columns: readonly string[]): string {
  let own = 0
  const list = columns.map(column => {
    if (column === 'own') return `column${++own}`
    return column === 'shared' ? '?' : column
  })
  return `SELECT ${list.join(', ')} FROM (VALUES ${tuples(kind, rows, own)}) WHERE true`
}

/** Cuts a length into groups of the sizes that statements have. */
export function* groups(length: number): Generator<readonly [from: number, size: number]> {
  let from = 0
  for (const size of GROUPS) for (; length - from >= size; from += size) yield [from, size]
}

/**
 * Inserts events whose ids are not known. Gives the places of those that were not inserted: their ids were
 * known before, or stand further ahead in the same columns.
 */
export async function insertEvents(tx: Tx, events: EventColumns, batch: bigint): Promise<number[]> {
  if (tx.kind === 'postgres') return insertEventsAtOnce(tx, events, batch)
  // Mostly all of them are new; having each told back costs a fifth, and is done only where one is not.
  if (events.ids.length >= GROUPS[0]) {
    try {
      await tx.attempt(() => insertAll(tx, events, batch))
      return []
    } catch (error) {
      if (!(error instanceof SomeKnown)) throw error
    }
  }
  return insertTelling(tx, events, batch)
}

/** Some id was known. */
class SomeKnown extends Error {}

/** @throws SomeKnown, and some events are inserted then */
async function insertAll(tx: Tx, events: EventColumns, batch: bigint): Promise<void> {
  for (const [from, size] of groups(events.ids.length)) {
    const text = worded(`${tx.kind} all events ${size}`, () => eventsInto(tx.kind, size))
    if ((await tx.run(text, boundEvents(tx.workspace, events, batch, from, size))) < size)
      throw new SomeKnown()
  }
}

function eventsInto(kind: Session['kind'], size: number): string {
  return `INSERT INTO usage_events (workspace, batch, id, series, quantity, at, properties)
    ${rowsOf(kind, size, ['shared', 'shared', 'own', 'own', 'own', 'own', 'own'])} ON CONFLICT (workspace, id) DO NOTHING`
}

function boundEvents(
  workspace: string,
  { ids, series, quantities, at, properties }: EventColumns,
  batch: bigint,
  from: number,
  size: number,
): unknown[] {
  const values: unknown[] = [workspace, batch]
  for (let i = from; i < from + size; i++) values.push(ids[i], series[i], quantities[i], at[i], properties[i])
  return values
}

async function insertTelling(tx: Tx, events: EventColumns, batch: bigint): Promise<number[]> {
  const { kind, workspace } = tx
  const { ids } = events
  const left: number[] = []
  for (const [from, size] of groups(ids.length)) {
    const text = worded(`${kind} events ${size}`, () => `${eventsInto(kind, size)} RETURNING id`)
    const values = boundEvents(workspace, events, batch, from, size)
    const inserted = await tx.raw<{ id: string }>(text, values)
    if (inserted.length === size) continue
    const fresh = new Set(inserted.map(row => row.id))
    for (let i = from; i < from + size; i++) if (!fresh.delete(ids[i] as string)) left.push(i)
  }
  return left
}

/** The stored events of these ids, by id. */
export async function findEvents(
  reader: Session,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EventRow>> {
  const { kind, workspace } = reader
  if (kind === 'postgres') return findEventsById(reader, ids)
  const found = new Map<string, EventRow>()
  for (const [from, size] of groups(ids.length)) {
    const text = worded(
      `${kind} find ${size}`,
      () => `SELECT id, series, quantity, at, properties, batch FROM usage_events
        WHERE workspace = ${parameter(kind, 1)} AND id IN ${tuples(kind, 1, size, 2)}`,
    )
    const rows = await reader.raw<EventRow>(text, [workspace, ...ids.slice(from, from + size)])
    for (const row of rows) found.set(row.id, row)
  }
  return found
}

/** Adds to roll-ups, or makes them. No two rows may be of the same series and instant. */
export async function addToBuckets(tx: Tx, buckets: readonly BucketRow[]): Promise<void> {
  if (tx.kind === 'postgres') return addToBucketsAtOnce(tx, buckets)
  // A series whose metric does not ask for its latest value never has one.
  const latest = buckets.filter(one => one.latestId !== '')
  await addPlain(tx, latest.length === 0 ? buckets : buckets.filter(one => one.latestId === ''))
  await addWithLatest(tx, latest)
}

const INTO_BUCKETS = `INSERT INTO usage_buckets AS b
  (workspace, series, at, events, sum, max, latest, latest_at, latest_id)`
const ADDED = `ON CONFLICT (workspace, series, at) DO UPDATE SET
  events = b.events + excluded.events, sum = b.sum + excluded.sum,
  max = CASE WHEN excluded.max > b.max THEN excluded.max ELSE b.max END`

async function addPlain({ kind, workspace, run }: Tx, buckets: readonly BucketRow[]): Promise<void> {
  const columns = ['shared', 'own', 'own', 'own', 'own', 'own', '0', '0', "''"]
  for (const [from, size] of groups(buckets.length)) {
    const values: unknown[] = [workspace]
    for (let i = from; i < from + size; i++) {
      const one = buckets[i] as BucketRow
      values.push(one.series, one.at, one.events, one.sum, one.max)
    }
    const text = worded(
      `${kind} plain buckets ${size}`,
      () => `${INTO_BUCKETS} ${rowsOf(kind, size, columns)} ${ADDED}`,
    )
    await run(text, values)
  }
}

async function addWithLatest({ kind, workspace, run }: Tx, buckets: readonly BucketRow[]): Promise<void> {
  const columns = ['shared', 'own', 'own', 'own', 'own', 'own', 'own', 'own', 'own']
  const later = '(excluded.latest_at, excluded.latest_id) > (b.latest_at, b.latest_id)'
  const newer = (column: string) =>
    `${column} = CASE WHEN ${later} THEN excluded.${column} ELSE b.${column} END`
  for (const [from, size] of groups(buckets.length)) {
    const values: unknown[] = [workspace]
    for (let i = from; i < from + size; i++) {
      const one = buckets[i] as BucketRow
      values.push(one.series, one.at, one.events, one.sum, one.max)
      values.push(one.latest, one.latestAt, one.latestId)
    }
    const text = worded(
      `${kind} buckets ${size}`,
      () => `${INTO_BUCKETS} ${rowsOf(kind, size, columns)} ${ADDED},
        ${newer('latest')}, ${newer('latest_at')}, ${newer('latest_id')}`,
    )
    await run(text, values)
  }
}

/** The number of a customer's metric with these grouping values, where there is one. */
async function findSeries(
  reader: Session,
  customerId: string,
  metricId: string,
  groupValues: string,
): Promise<bigint | null> {
  const { kind, workspace } = reader
  const text = worded(`${kind} series`, () => {
    const mark = (n: number) => parameter(kind, n)
    return `SELECT number FROM usage_series WHERE workspace = ${mark(1)}
      AND customer_id = ${mark(2)} AND metric_id = ${mark(3)} AND groups = ${mark(4)}`
  })
  const [row] = await reader.raw<{ number: bigint }>(text, [workspace, customerId, metricId, groupValues])
  return row?.number ?? null
}

/** The numbers of these, in their order; undefined where there is none yet. */
export async function findAllSeries(
  reader: Session,
  wanted: readonly SeriesKey[],
): Promise<readonly (bigint | undefined)[]> {
  if (reader.kind === 'postgres') return findAllSeriesAtOnce(reader, wanted)
  const numbers: (bigint | undefined)[] = []
  for (const { customerId, metricId, groups: values } of wanted)
    numbers.push((await findSeries(reader, customerId, metricId, values)) ?? undefined)
  return numbers
}

/** The next free number of a series. Taken within a transaction that writes, so that nobody else takes it. */
export async function nextSeries(tx: Tx): Promise<bigint> {
  const [row] = await tx.raw<{ next: bigint }>(
    `SELECT coalesce(max(number), 0) + 1 AS next FROM usage_series WHERE workspace = ${parameter(tx.kind, 1)}`,
    [tx.workspace],
  )
  return row!.next
}

export async function insertSeries(
  tx: Tx,
  number: bigint,
  customerId: string,
  metricId: string,
  groupValues: string,
): Promise<void> {
  await tx.run(
    worded(
      `${tx.kind} new series`,
      () =>
        `INSERT INTO usage_series (workspace, number, customer_id, metric_id, groups) VALUES ${tuples(tx.kind, 1, 5)}`,
    ),
    [tx.workspace, number, customerId, metricId, groupValues],
  )
}

/** Whether any customer is billed beyond an instant. */
export async function anyClosedBeyond(reader: Session, at: bigint): Promise<boolean> {
  const { kind, workspace } = reader
  const rows = await reader.raw(
    worded(
      `${kind} closed`,
      () => `SELECT 1 AS one FROM billing_accounts
        WHERE workspace = ${parameter(kind, 1)} AND closed_until > ${parameter(kind, 2)} LIMIT 1`,
    ),
    [workspace, at],
  )
  return rows.length > 0
}

/** The customers of these series that were billed, and until when. */
export async function accountsOfSeries(
  reader: Session,
  series: readonly bigint[],
): Promise<ReadonlyMap<bigint, { readonly customerId: string; readonly closedUntil: bigint }>> {
  const { kind, workspace } = reader
  const found = new Map<bigint, { customerId: string; closedUntil: bigint }>()
  for (const [from, size] of groups(series.length)) {
    const text = worded(
      `${kind} accounts ${size}`,
      () => `SELECT s.number, s.customer_id, a.closed_until FROM usage_series s
        JOIN billing_accounts a ON a.workspace = s.workspace AND a.customer_id = s.customer_id
        WHERE s.workspace = ${parameter(kind, 1)} AND a.closed_until IS NOT NULL AND s.number IN ${tuples(kind, 1, size, 2)}`,
    )
    const rows = await reader.raw<{ number: bigint; customer_id: string; closed_until: bigint }>(text, [
      workspace,
      ...series.slice(from, from + size),
    ])
    for (const row of rows)
      found.set(row.number, { customerId: row.customer_id, closedUntil: row.closed_until })
  }
  return found
}

/** Notes that what was billed of a customer from an instant on has to be looked at again. */
export async function markRerate(tx: Tx, customerId: string, from: bigint): Promise<void> {
  const { kind, workspace } = tx
  const text = worded(`${kind} rerate`, () => {
    const mark = (n: number) => parameter(kind, n)
    return `UPDATE billing_accounts SET marks = marks + 1,
        rerate_from = CASE WHEN rerate_from IS NULL OR rerate_from > ${mark(1)} THEN ${mark(2)} ELSE rerate_from END
      WHERE workspace = ${mark(3)} AND customer_id = ${mark(4)}`
  })
  await tx.run(text, [from, from, workspace, customerId])
}
