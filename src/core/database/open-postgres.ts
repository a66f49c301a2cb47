import pg from 'pg'
import { pgTypes, poolSource } from './postgres-sources.ts'
import type { PostgresSource } from './postgres-store.ts'

export interface PoolOptions {
  readonly url: string
  /** The role that transactions act as; null to act as whom the address names. */
  readonly role: string | null
  /** Sessions at most. */
  readonly max: number
  /** Shown to whoever looks at the sessions of the server. */
  readonly name: string
}

/** A pool of sessions of a PostgreSQL server; nothing is connected until the first is asked for. */
export function openPool({ url, role, max, name }: PoolOptions): PostgresSource {
  const source = poolSource(
    new pg.Pool({
      connectionString: url,
      max,
      application_name: name,
      connectionTimeoutMillis: 10_000,
      // Opening one takes longer than most of what is done with it.
      idleTimeoutMillis: 300_000,
      types: pgTypes(pg.types) as never,
    }),
  )
  return role === null ? source : { ...source, role }
}
