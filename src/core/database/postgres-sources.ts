import type { PGlite } from '@electric-sql/pglite'
import type { Pool, PoolClient } from 'pg'
import { pgliteQueries } from './pglite-queries.ts'
import type { PostgresSession, PostgresSource } from './postgres-store.ts'
import { createNames } from './statement-names.ts'
import type { Urgency } from './store.ts'

const INT8 = 20
const NUMERIC = 1700

/** Type parsers that both drivers must be given, so that every int64 and every sum is a bigint. */
export const bigintParsers = {
  [INT8]: (text: string) => BigInt(text),
  // sum(bigint) is numeric in PostgreSQL; we sum integers only, so it always reads as one.
  [NUMERIC]: (text: string) => BigInt(text),
}

/** A statement that was prepared is no longer there, or no longer fits the tables. */
const OUT_OF_DATE = new Set(['26000', '0A000'])

/**
 * Sessions of a `pg` pool. Make the pool with `types: pgTypes(...)` so that int64 is a bigint, and with `pipeline`,
 * so that statements that are asked for without waiting go out at once. What comes again is prepared on each session.
 */
export function poolSource(pool: Pool): PostgresSource {
  // A session that the server ended while nobody used it is replaced at the next use; unheard it would end us.
  pool.on('error', () => {})
  const nameOf = createNames()
  return {
    async connect(_urgency, opening) {
      const client = await pool.connect()
      const gather = gathering(client)
      /** It is thrown away when it is given back. */
      let outOfDate = false
      gather()
      // Nobody waits for its answer: what follows goes out with it. Where it fails the transaction has failed, so that
      // nothing behind it is carried out, and whoever asked first hears why.
      let opened: Promise<unknown> | null = opening === undefined ? null : client.query(opening)
      opened?.catch(() => {
        outOfDate = true
      })
      return {
        async query(sql, parameters) {
          const name = nameOf(sql)
          const values = parameters.map(forPostgres)
          gather()
          try {
            const result = await client.query(
              name === undefined ? { text: sql, values } : { name, text: sql, values },
            )
            opened = null
            return { rows: result.rows, affected: BigInt(result.rowCount ?? 0) }
          } catch (error) {
            await opened
            if (OUT_OF_DATE.has((error as { code?: string }).code ?? '')) outOfDate = true
            throw error
          }
        },
        release: broken => client.release(broken || outOfDate),
      }
    },
    close: () => pool.end(),
  }
}

/** The part of a client that holds its connection, which its types leave out. */
interface Connected {
  readonly connection?: { readonly stream?: { cork(): void; uncork(): void } }
}

/** Statements that are asked for in the same turn of the event loop leave as one message: each costs a call of the system. */
function gathering(client: PoolClient): () => void {
  const { stream } = (client as unknown as Connected).connection ?? {}
  let corked = false
  return () => {
    if (corked || !stream) return
    corked = true
    stream.cork()
    process.nextTick(() => {
      corked = false
      stream.uncork()
    })
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
  const { query, script } = pgliteQueries(database, bigintParsers)
  let held = false
  const next = () => {
    const take = waiting.person.shift() ?? waiting.job.shift()
    if (take) take()
    else held = false
  }
  return {
    async connect(urgency = 'person', opening) {
      if (held) await new Promise<void>(take => waiting[urgency].push(take))
      held = true
      try {
        if (opening !== undefined) await script(opening)
      } catch (error) {
        await script('ROLLBACK').catch(() => {})
        next()
        throw error
      }
      let over = false
      const session: PostgresSession = {
        query,
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
