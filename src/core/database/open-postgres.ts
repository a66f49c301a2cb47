import pg from 'pg'
import { pgTypes, poolSource } from './postgres-sources.ts'
import type { PostgresSource } from './postgres-store.ts'

export interface PoolOptions {
  readonly url: string
  /** Sessions at most. */
  readonly max: number
  /** Shown to whoever looks at the sessions of the server. */
  readonly name: string
}

/** A pool of sessions of a PostgreSQL server; nothing is connected until the first is asked for. */
export function openPool({ url, max, name }: PoolOptions): PostgresSource {
  return poolSource(
    new pg.Pool({
      connectionString: url,
      max,
      application_name: name,
      connectionTimeoutMillis: 10_000,
      types: pgTypes(pg.types) as never,
    }),
  )
}
