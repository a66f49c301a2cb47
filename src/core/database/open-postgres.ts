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
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: name,
    connectionTimeoutMillis: 10_000,
    // Opening one takes longer than most of what is done with it.
    idleTimeoutMillis: 300_000,
    types: pgTypes(pg.types) as never,
    // Statements that need not wait for each other's answers go out together.
    pipeline: true,
  })
  // The log keeps whole batches of usage: lz4 takes a fifth of the time for them. A server without it says no.
  pool.on('connect', client => void client.query('SET default_toast_compression = lz4').catch(() => {}))
  const source = poolSource(pool)
  return role === null ? source : { ...source, role }
}
