import { migrations } from './migrate.ts'
import { type Schema, tableNames } from './schema.ts'
import type { Reader } from './store.ts'

export interface DatabaseSize {
  readonly bytes: bigint
  /** Null where the database does not count in pages. */
  readonly pages: bigint | null
  readonly freePages: bigint | null
}

/** How large the database is; on PostgreSQL all of it, with every workspace. */
export async function databaseSize(reader: Reader): Promise<DatabaseSize> {
  if (reader.kind === 'postgres') {
    const [row] = await reader.raw<{ bytes: bigint }>('SELECT pg_database_size(current_database()) AS bytes')
    return { bytes: row!.bytes, pages: null, freePages: null }
  }
  const [row] = await reader.raw<{ pages: bigint; size: bigint; free: bigint }>(
    `SELECT page_count AS pages, page_size AS size, freelist_count AS free
      FROM pragma_page_count, pragma_page_size, pragma_freelist_count`,
  )
  return { bytes: row!.pages * row!.size, pages: row!.pages, freePages: row!.free }
}

/** Rows are counted up to this many: counting ten million would hold up everybody. */
export const MOST_COUNTED = 10_000

/** The number of this workspace's rows in each table, up to a bound. */
export async function countRows(reader: Reader): Promise<{ name: string; rows: number; more: boolean }[]> {
  const counts = []
  for (const name of [...tableNames].sort()) {
    const row = await reader.db
      .selectFrom(query =>
        query
          .selectFrom(name as keyof Schema)
          .select('workspace' as never)
          .limit(MOST_COUNTED + 1)
          .as('some'),
      )
      .select(query => query.fn.countAll<bigint>().as('rows'))
      .executeTakeFirstOrThrow()
    const rows = Number(row.rows)
    counts.push({ name, rows: Math.min(rows, MOST_COUNTED), more: rows > MOST_COUNTED })
  }
  return counts
}

/** The newest migration that this program knows, which every open database has. */
export const newestMigration = (): string => migrations.at(-1)!.name
