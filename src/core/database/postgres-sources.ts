import type { PGlite } from '@electric-sql/pglite'
import type { Pool } from 'pg'
import type { PostgresSession, PostgresSource } from './postgres-store.ts'
import type { Urgency } from './store.ts'

const INT8 = 20
const NUMERIC = 1700

/** Type parsers that both drivers must be given, so that every int64 and every sum is a bigint. */
export const bigintParsers = {
  [INT8]: (text: string) => BigInt(text),
  // sum(bigint) is numeric in PostgreSQL; we sum integers only, so it always reads as one.
  [NUMERIC]: (text: string) => BigInt(text),
}

/** Sessions of a `pg` pool. Make the pool with `types: pgTypes(...)` so that int64 is a bigint. */
export function poolSource(pool: Pool): PostgresSource {
  // A session that the server ended while nobody used it is replaced at the next use; unheard it would end us.
  pool.on('error', () => {})
  return {
    async connect() {
      const client = await pool.connect()
      return {
        async query(sql, parameters) {
          const result = await client.query(sql, parameters.map(forPostgres))
          return { rows: result.rows, affected: BigInt(result.rowCount ?? 0) }
        },
        release: broken => client.release(broken),
      }
    },
    close: () => pool.end(),
  }
}

/** The `types` of a `pg` pool, with bigint for int64. */
export function pgTypes(base: { getTypeParser(oid: number, format?: 'text' | 'binary'): unknown }) {
  return {
    getTypeParser(oid: number, format?: 'text' | 'binary') {
      const ours = (bigintParsers as Record<number, (text: string) => bigint>)[oid]
      return ours && format !== 'binary' ? ours : base.getTypeParser(oid, format)
    },
  }
}

/** The single session of a PGlite database, handed to one holder at a time: people's before jobs'. */
export function pgliteSource(database: PGlite): PostgresSource {
  const waiting: Record<Urgency, (() => void)[]> = { person: [], job: [] }
  let held = false
  const next = () => {
    const take = waiting.person.shift() ?? waiting.job.shift()
    if (take) take()
    else held = false
  }
  return {
    async connect(urgency = 'person') {
      if (held) await new Promise<void>(take => waiting[urgency].push(take))
      held = true
      let over = false
      const session: PostgresSession = {
        async query(sql, parameters) {
          const result = await database.query<Record<string, unknown>>(sql, parameters.map(forPostgres), {
            parsers: bigintParsers,
          })
          return { rows: result.rows, affected: BigInt(result.affectedRows ?? 0) }
        },
        release() {
          if (!over) next()
          over = true
        },
      }
      return session
    },
    close: () => database.close(),
  }
}

function forPostgres(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array && !Buffer.isBuffer(value)) return Buffer.from(value)
  return value
}
