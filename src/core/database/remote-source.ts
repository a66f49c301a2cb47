import { createPeer, type ThreadPort } from '../runtime/threads.ts'
import type { Answer } from './dialect.ts'
import type { PostgresSession, PostgresSource } from './postgres-store.ts'
import type { Urgency } from './store.ts'

/*
 * Sessions of a database that another thread holds: each statement goes there as a message. What the database
 * says against a statement comes back with its SQLSTATE, which a plain clone of an error would lose.
 */

/** The parts of a database's error that code looks at or a log shows. */
interface Objection {
  readonly message: string
  readonly code?: string | undefined
  readonly detail?: string | undefined
  readonly constraint?: string | undefined
}

type Said = { readonly answer: Answer } | { readonly objection: Objection }

interface Opening {
  readonly urgency: Urgency
  readonly opening?: string | undefined
}

interface Statement {
  readonly session: number
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** What the database itself said against a statement has a SQLSTATE; anything else means that it is broken. */
export function isObjection(error: unknown): boolean {
  return /^[0-9A-Z]{5}$/.test((error as { code?: unknown }).code?.toString() ?? '')
}

/**
 * Serves the sessions of a source to whoever is at the other end of a port. What they hold when they are gone
 * is rolled back.
 * @param broken is told of an error that is not the database's answer to a statement
 */
export function serveSource(
  port: ThreadPort,
  source: PostgresSource,
  broken: (error: unknown) => void,
): void {
  const held = new Map<number, PostgresSession>()
  let number = 0
  let gone = false

  async function giveUp(session: PostgresSession): Promise<void> {
    await session.query('ROLLBACK', []).catch(() => {})
    session.release()
  }

  function objectionOf(error: unknown): Said {
    if (!isObjection(error)) broken(error)
    const { message, code, detail, constraint } = error as Error & Objection
    return { objection: { message, code, detail, constraint } }
  }

  createPeer(port, {
    async connect({ urgency, opening }: Opening): Promise<{ session: number } | Said> {
      let session: PostgresSession
      try {
        session = await source.connect(urgency, opening)
      } catch (error) {
        return objectionOf(error)
      }
      if (gone) await giveUp(session)
      else held.set(++number, session)
      return { session: number }
    },
    async query({ session, sql, parameters }: Statement): Promise<Said> {
      try {
        const answer = await held.get(session)?.query(sql, parameters)
        return answer ? { answer } : { objection: { message: 'this session was given back' } }
      } catch (error) {
        return objectionOf(error)
      }
    },
    release(session: number): void {
      held.get(session)?.release()
      held.delete(session)
    },
  })
  port.onExit(() => {
    gone = true
    for (const session of held.values()) void giveUp(session)
    held.clear()
  })
}

/** The sessions that `serveSource` serves at the other end of a port. */
export function remoteSource(port: ThreadPort): PostgresSource {
  const peer = createPeer(port, {})
  return {
    async connect(urgency = 'person', opening) {
      const given = await peer.ask<{ session: number } | Said>('connect', {
        urgency,
        opening,
      } satisfies Opening)
      if (!('session' in given)) return answerOf(given) as never
      const { session } = given
      return {
        async query(sql, parameters) {
          return answerOf(await peer.ask<Said>('query', { session, sql, parameters } satisfies Statement))
        },
        release: () => peer.tell('release', session),
      }
    },
    close: async () => port.close(),
  }
}

function answerOf(said: Said): Answer {
  if ('answer' in said) return said.answer
  throw Object.assign(new Error(said.objection.message), said.objection)
}
