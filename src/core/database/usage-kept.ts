import type { Tx } from './store.ts'
import { numbers, texts } from './usage-postgres.ts'
import { groups, rowsOf, worded } from './usage-rows.ts'

/*
 * What roll-ups cannot hold of usage: levels with their instants, and different values of a property. Only series whose
 * metric asks for them have any.
 */

/** From an instant on the quantity of a series is this. */
export interface LevelRow {
  readonly series: bigint
  readonly at: bigint
  readonly level: bigint
  /** Of the event that says so. */
  readonly id: string
}

/** A value of a property that a series had in a quarter of an hour. */
export interface ValueRow {
  readonly series: bigint
  readonly at: bigint
  readonly value: string
}

const LEVELS = `INSERT INTO usage_levels AS l (workspace, series, at, level, id)`
const LAST = `ON CONFLICT (workspace, series, at) DO UPDATE SET
  level = CASE WHEN excluded.id > l.id THEN excluded.level ELSE l.level END,
  id = CASE WHEN excluded.id > l.id THEN excluded.id ELSE l.id END`

/** Keeps levels: of one instant that of the last event by id. No two rows may be of the same series and instant. */
export async function keepLevels(tx: Tx, rows: readonly LevelRow[]): Promise<void> {
  if (rows.length === 0) return
  if (tx.kind === 'postgres') {
    await tx.run(
      `${LEVELS} SELECT $1, * FROM unnest($2::text::bigint[], $3::text::bigint[], $4::text::bigint[], $5::text::text[]) ${LAST}`,
      [
        tx.workspace,
        numbers(rows.map(row => row.series)),
        numbers(rows.map(row => row.at)),
        numbers(rows.map(row => row.level)),
        texts(rows.map(row => row.id)),
      ],
    )
    return
  }
  for (const [from, size] of groups(rows.length)) {
    const values: unknown[] = [tx.workspace]
    for (const row of rows.slice(from, from + size)) values.push(row.series, row.at, row.level, row.id)
    const text = worded(
      `levels ${size}`,
      () => `${LEVELS} ${rowsOf(tx.kind, size, ['shared', 'own', 'own', 'own', 'own'])} ${LAST}`,
    )
    await tx.run(text, values)
  }
}

const VALUES = 'INSERT INTO usage_values (workspace, series, at, value)'

/** Keeps values, each once in its quarter of an hour. */
export async function keepValues(tx: Tx, rows: readonly ValueRow[]): Promise<void> {
  if (rows.length === 0) return
  if (tx.kind === 'postgres') {
    await tx.run(
      `${VALUES} SELECT $1, * FROM unnest($2::text::bigint[], $3::text::bigint[], $4::text::text[])
        ON CONFLICT (workspace, series, at, value) DO NOTHING`,
      [
        tx.workspace,
        numbers(rows.map(row => row.series)),
        numbers(rows.map(row => row.at)),
        texts(rows.map(row => row.value)),
      ],
    )
    return
  }
  for (const [from, size] of groups(rows.length)) {
    const values: unknown[] = [tx.workspace]
    for (const row of rows.slice(from, from + size)) values.push(row.series, row.at, row.value)
    const text = worded(
      `values ${size}`,
      () =>
        `${VALUES} ${rowsOf(tx.kind, size, ['shared', 'own', 'own', 'own'])} ON CONFLICT (workspace, series, at, value) DO NOTHING`,
    )
    await tx.run(text, values)
  }
}
