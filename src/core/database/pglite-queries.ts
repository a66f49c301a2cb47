import { type PGlite, parse, protocol } from '@electric-sql/pglite'
import type { Answer } from './dialect.ts'
import { createNames } from './statement-names.ts'

const { serialize } = protocol

/** Statements on the one session of PGlite. */
export interface PgliteQueries {
  query(sql: string, parameters: readonly unknown[]): Promise<Answer>
  /** Runs statements without parameters. */
  script(sql: string): Promise<void>
}

type Parsers = Readonly<Record<number, (text: string) => unknown>>

/** What was prepared on a session stays there, whoever speaks to it next. */
const known = new WeakMap<PGlite, PgliteQueries>()

/**
 * Speaks the protocol of PostgreSQL with PGlite: all messages of a statement go in at once, and what comes again is
 * prepared. PGlite's own way takes a call for each message, asks for the types of parameters first and plans each
 * statement anew, which together takes four times as long.
 */
export function pgliteQueries(database: PGlite, parsers: Parsers): PgliteQueries {
  const made = known.get(database) ?? speak(database, parsers)
  known.set(database, made)
  return made
}

function speak(database: PGlite, parsers: Parsers): PgliteQueries {
  const nameOf = createNames()
  const prepared = new Map<string, string>()
  let again = 0

  /** The name under which a text is prepared, and whether it is already; empty where it is not to be. */
  function nameFor(sql: string): { statement: string; ready: boolean } {
    if (nameOf(sql) === undefined) return { statement: '', ready: false }
    const statement = prepared.get(sql)
    return statement === undefined ? { statement: `s${++again}`, ready: false } : { statement, ready: true }
  }

  async function send(message: Uint8Array) {
    const { messages } = await database.runExclusive(() =>
      database.execProtocol(message, { syncToFs: false, throwOnError: true }),
    )
    return messages
  }

  return {
    async query(sql, parameters) {
      const { statement, ready } = nameFor(sql)
      if (!ready && statement !== '') prepared.set(sql, statement)
      const message = Buffer.concat([
        ...(ready ? [] : [serialize.parse({ name: statement, text: sql, types: [] })]),
        serialize.bind({ statement, values: parameters.map(parameterOf) }),
        serialize.describe({ type: 'P', name: '' }),
        serialize.execute({}),
        serialize.sync(),
      ])
      try {
        const [result] = parse.parseResults(await send(message), database.parsers, {
          parsers: { ...parsers },
        })
        return {
          rows: (result?.rows ?? []) as Record<string, unknown>[],
          affected: BigInt(result?.affectedRows ?? 0),
        }
      } catch (error) {
        // It may not have been prepared, or does not fit the tables any more: the next one is, under another name.
        prepared.delete(sql)
        throw error
      }
    },
    async script(sql) {
      await send(serialize.query(sql))
    },
  }
}

/** A parameter as PostgreSQL reads it: text, or the bytes of a blob. */
function parameterOf(value: unknown): string | Uint8Array | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  if (Array.isArray(value)) return `{${value.map(elementOf).join(',')}}`
  throw new TypeError(`a parameter of the type ${typeof value} has no form in SQL`)
}

function elementOf(value: unknown): string {
  const text = parameterOf(value)
  if (text === null) return 'NULL'
  if (typeof text !== 'string') throw new TypeError('a list of blobs has no form in SQL')
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
