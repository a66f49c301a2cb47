import { type DatabaseKind, quote } from './ddl.ts'
import { parameter } from './row-key.ts'
import type { Tx } from './store.ts'
import type { Table } from './table.ts'

/*
 * What grows without end lies in a partition for each month on PostgreSQL: old months are dropped as a whole, and
 * indexes of the current one stay small. Partitions are made ahead, and by the write that needs one; there is none
 * that takes what fits nowhere, so that a forgotten one shows at once. SQLite has one table for all.
 */

/** The partitioned tables, and the column that says the month: an instant, or a batch, whose id begins with one. */
export const PARTITIONED = {
  usage_events: 'at',
  usage_buckets: 'at',
  cost_rollups: 'at',
  cost_segments: 'batch',
  cost_sums: 'batch',
} as const

export type Partitioned = keyof typeof PARTITIONED

/** Months are told apart from here to there; what is older or later is in one partition for each. */
const FIRST = Date.UTC(2015, 0)
const LAST = Date.UTC(2050, 0)

/** How an id of a batch, ordered by time, begins that was made at an instant. */
const idAt = (instant: string) =>
  `substr(lpad(to_hex(${instant}), 12, '0'), 1, 8) || '-' || substr(lpad(to_hex(${instant}), 12, '0'), 9, 4)`

/** The statements that turn the tables into partitioned ones and keep their rows, on PostgreSQL. */
export function partitionTables(kind: DatabaseKind, tables: Readonly<Record<string, Table>>): string[] {
  if (kind === 'sqlite') return []
  return [
    MAKE_MONTHS,
    'REVOKE ALL ON FUNCTION quarterdeck_months(text[], bigint[]) FROM PUBLIC',
    ...(Object.keys(PARTITIONED) as Partitioned[]).flatMap(name => partitioned(name, tables[name] as Table)),
    // Ids of events are unique whatever their month, which no key of a table that is apart by months can say.
    `CREATE TABLE usage_event_ids (workspace text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL,
      at bigint NOT NULL, PRIMARY KEY (workspace, id))`,
    'INSERT INTO usage_event_ids SELECT workspace, id, at FROM usage_events',
  ]
}

function partitioned(name: Partitioned, table: Table): string[] {
  const by = PARTITIONED[name]
  const before = quote(`${name}_before`)
  // Behind the workspace comes what orders by time: new rows then touch the end of the index.
  const key = ['workspace', ...(table.key.includes(by) ? [] : [by]), ...table.key]
  const instant = by === 'at' ? 'at' : "('x' || substr(replace(batch, '-', ''), 1, 12))::bit(48)::bigint"
  const known = by === 'at' ? 'true' : "batch ~ '^[0-9a-f]{8}-[0-9a-f]{4}-'"
  return [
    `ALTER TABLE ${quote(name)} RENAME TO ${before}`,
    `ALTER TABLE ${before} DROP CONSTRAINT ${quote(`${name}_pkey`)}`,
    ...table.indexes.map(index => `DROP INDEX ${quote(`${name}_by_${index.join('_')}`)}`),
    `CREATE TABLE ${quote(name)} (LIKE ${before}, PRIMARY KEY (${key.map(quote).join(', ')})) PARTITION BY RANGE (${by})`,
    ...table.indexes.map(
      index =>
        `CREATE INDEX ${quote(`${name}_by_${index.join('_')}`)} ON ${quote(name)} (${['workspace', ...index].map(quote).join(', ')})`,
    ),
    outer(name, 'past', 'MINVALUE', boundOf(by, FIRST)),
    outer(name, 'future', boundOf(by, LAST), 'MAXVALUE'),
    `SELECT quarterdeck_months(ARRAY['${name}'], ARRAY(SELECT DISTINCT ${instant} FROM ${before} WHERE ${known}))`,
    `INSERT INTO ${quote(name)} SELECT * FROM ${before}`,
    `DROP TABLE ${before}`,
  ]
}

function outer(name: string, which: 'past' | 'future', from: string, to: string): string {
  return `CREATE TABLE ${quote(`${name}_${which}`)} PARTITION OF ${quote(name)} FOR VALUES FROM (${from}) TO (${to})`
}

function boundOf(by: 'at' | 'batch', instant: number): string {
  if (by === 'at') return String(instant)
  const hex = instant.toString(16).padStart(12, '0')
  return `'${hex.slice(0, 8)}-${hex.slice(8)}'`
}

const NAMES = Object.keys(PARTITIONED)
  .map(name => `'${name}'`)
  .join(', ')
const BY_BATCH = Object.entries(PARTITIONED)
  .filter(([, by]) => by === 'batch')
  .map(([name]) => `'${name}'`)
  .join(', ')

/**
 * Released with a migration: a change of it comes with a later one. It makes the partitions of some tables for the
 * months of some instants, where they are missing, as the owner of the tables. A table is made
 * by itself and attached, which holds up nobody who reads or writes.
 */
const MAKE_MONTHS = `CREATE FUNCTION quarterdeck_months(tables text[], instants bigint[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  DECLARE
    parent text; part text; month timestamp; lower bigint; upper bigint; bounds text;
  BEGIN
    FOR month IN SELECT DISTINCT date_trunc('month', to_timestamp(i / 1000.0) AT TIME ZONE 'UTC')
      FROM unnest(instants) AS i WHERE i >= ${FIRST} AND i < ${LAST} LOOP
      FOREACH parent IN ARRAY tables LOOP
        IF parent <> ALL (ARRAY[${NAMES}]) THEN RAISE EXCEPTION '% has no months', parent; END IF;
        part := parent || to_char(month, '"_"YYYYMM');
        CONTINUE WHEN to_regclass(quote_ident(part)) IS NOT NULL;
        -- Whoever makes the same one now is waited for.
        PERFORM pg_advisory_xact_lock(7146534);
        -- Read anew: a name that was looked up before is remembered as missing.
        CONTINUE WHEN EXISTS (SELECT FROM pg_class WHERE relname = part AND relnamespace = current_schema()::regnamespace);
        lower := extract(epoch FROM month)::bigint * 1000;
        upper := extract(epoch FROM month + interval '1 month')::bigint * 1000;
        IF parent = ANY (ARRAY[${BY_BATCH}]) THEN
          bounds := format('FROM (%L) TO (%L)', ${idAt('lower')}, ${idAt('upper')});
        ELSE
          bounds := format('FROM (%s) TO (%s)', lower, upper);
        END IF;
        EXECUTE format('CREATE TABLE %I (LIKE %I)', part, parent);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
        EXECUTE format('CREATE POLICY own_workspace ON %I
          USING (workspace = current_setting(''quarterdeck.workspace'', true))
          WITH CHECK (workspace = current_setting(''quarterdeck.workspace'', true))', part);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES %s', parent, part, bounds);
      END LOOP;
    END LOOP;
  END $$`

/** One instant of each month in which some of these lie. */
export function monthsOf(instants: Iterable<bigint | number>): number[] {
  const months: number[] = []
  let [from, to] = [1, 0]
  for (const instant of instants) {
    const at = Number(instant)
    if (at >= from && at < to) continue
    const date = new Date(Math.min(Math.max(at, FIRST - 1), LAST))
    from = Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
    to = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
    if (!months.includes(from)) months.push(from)
  }
  return months
}

/** The instant with which the id of a batch begins; that of the past where it begins with none. */
export function instantOfId(id: string): number {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : 0
}

/**
 * Sees to it that rows of these instants have a place: to be called before they are inserted, in the same
 * transaction. Does nothing on SQLite.
 */
export async function makeMonths(
  tx: Pick<Tx, 'kind' | 'raw'>,
  tables: readonly Partitioned[],
  instants: Iterable<bigint | number>,
): Promise<void> {
  if (tx.kind === 'sqlite') return
  const months = monthsOf(instants)
  if (months.length === 0) return
  await tx.raw(
    `SELECT quarterdeck_months(${parameter(tx.kind, 1)}::text::text[], ${parameter(tx.kind, 2)}::text::bigint[])`,
    [`{${tables.join(',')}}`, `{${months.join(',')}}`],
  )
}

/** How many months ahead have their partitions, so that no write of a new month has to make them. */
const AHEAD = 3

/** Makes the partitions of the months that begin soon; to be called now and then. */
export async function makeMonthsAhead(tx: Pick<Tx, 'kind' | 'raw'>, now: bigint): Promise<void> {
  const date = new Date(Number(now))
  const ahead = Array.from({ length: AHEAD + 1 }, (_, month) =>
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + month),
  )
  await makeMonths(tx, Object.keys(PARTITIONED) as Partitioned[], ahead)
}

/**
 * Spreads the tables over the machines of a server that has Citus, by their workspace; a table that is already is
 * left alone. Without Citus nothing happens.
 */
export function distributeTables(kind: DatabaseKind): string[] {
  if (kind === 'sqlite') return []
  return [
    `DO $$ DECLARE name regclass; BEGIN
      IF to_regproc('create_distributed_table') IS NULL THEN RETURN; END IF;
      FOR name IN SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace'
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND NOT EXISTS (SELECT 1 FROM pg_dist_partition d WHERE d.logicalrelid = c.oid) ORDER BY c.relname LOOP
        PERFORM create_distributed_table(name, 'workspace');
      END LOOP;
    END $$`,
  ]
}
