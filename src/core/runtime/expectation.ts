import { canonicalJson } from '#shared/canonical.ts'
import type { Row, Schema } from '../database/schema.ts'
import type { Tx } from '../database/store.ts'

/** How a row was left by a command: undoing it is refused when somebody changed it since. */
export interface Expectation {
  readonly table: keyof Schema
  readonly key: Readonly<Record<string, unknown>>
  /** What the row holds; null when there is no such row. */
  readonly holds: Readonly<Record<string, unknown>> | null
}

/** States how a command leaves a row. Name the columns that undoing it would write over. */
export function leaves<T extends keyof Schema>(
  table: T,
  key: Partial<Row<T>>,
  holds: Partial<Row<T>> | null,
): Expectation {
  return { table, key, holds }
}

/** The first row that is no longer as it was left, or null. */
export async function firstOvertaken(
  tx: Tx,
  expectations: readonly Expectation[],
): Promise<Expectation | null> {
  for (const one of expectations) {
    // The table's name is data here, so the builder cannot know its columns.
    let query = tx.db.selectFrom(one.table as 'people').selectAll()
    for (const [column, value] of Object.entries(one.key))
      query = query.where(column as 'id', '=', value as string)
    const row = (await query.executeTakeFirst()) as Record<string, unknown> | undefined
    const found = row && one.holds ? pick(row, Object.keys(one.holds)) : (row ?? null)
    if (canonicalJson(found) !== canonicalJson(one.holds)) return one
  }
  return null
}

function pick(row: Record<string, unknown>, columns: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(columns.map(column => [column, row[column]]))
}
