import type { Core } from '#core/create-core.ts'
import type { Id } from '#shared/ids.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'

/** How long what was read of a secret is believed where nobody tells of a change, in milliseconds. */
export const BELIEVED = 1000n
/** Older than this it is read again beside the request that asks for it, which does not wait. */
const AGING = BELIEVED / 2n
/** Secrets of one workspace that are kept. */
const MOST = 10_000
/** What is known of a secret is made of these. */
const TABLES = ['service_tokens', 'sessions', 'people', 'devices']

export interface KeptSecretsParts {
  readonly opened: Workspaces['opened']
  /** Milliseconds since the epoch. */
  readonly now: () => bigint
}

/** What was read of the secrets of requests, by their digests. */
export interface KeptSecrets<T> {
  /** What is known of a secret, or what is read of it now. Nothing is kept of a secret that is none of ours. */
  read(workspace: Id, digest: string, ask: () => Promise<T | undefined>): Promise<T | undefined>
  /** Somebody other than the core of the workspace changed them. */
  forget(workspace: Id): void
}

interface Kept<T> {
  readonly byDigest: Map<string, { readonly value: T; readonly at: bigint }>
  /** What is being read at this moment: many requests that come at once ask the database once. */
  readonly asked: Map<string, Promise<T | undefined>>
  /** Counts changes: what was read before one must not be kept after it. */
  changes: number
}

/**
 * Keeps what was read of secrets, so that a program that asks many times a second does not ask the database as often,
 * and none of its requests waits for it while it goes on asking.
 * Any commit to sessions, tokens, people or devices empties it at once, on this server before its answer goes out and
 * on others as soon as they hear of it; where nobody tells, a second ends it. Whether a session is over by its time
 * is nobody's to keep: that is judged at each request.
 */
export function createKeptSecrets<T>({ opened, now }: KeptSecretsParts): KeptSecrets<T> {
  const kept = new WeakMap<Core, Kept<T>>()

  function of(workspace: Id): Kept<T> | null {
    const core = opened().get(workspace)
    // Nobody tells of the commits of a core that is not open.
    if (!core) return null
    const known = kept.get(core)
    if (known) return known
    const fresh: Kept<T> = { byDigest: new Map(), asked: new Map(), changes: 0 }
    kept.set(core, fresh)
    core.live.watch(tables => {
      if (TABLES.some(table => tables.has(table))) empty(fresh)
    })
    return fresh
  }

  function empty(one: Kept<T>): void {
    one.changes++
    one.byDigest.clear()
    // What is under way was asked before the change: whoever comes now asks again.
    one.asked.clear()
  }

  /** Reads it once for all who ask meanwhile, and keeps it where nothing changed until it was there. */
  function fresh(mine: Kept<T>, digest: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const under = mine.asked.get(digest)
    if (under) return under
    // By the time before it was asked: it is never believed for longer than it may be.
    const [before, at] = [mine.changes, now()]
    const asking = ask()
      .then(value => {
        if (mine.changes !== before) return value
        if (value === undefined) mine.byDigest.delete(digest)
        else {
          if (mine.byDigest.size >= MOST) mine.byDigest.clear()
          mine.byDigest.set(digest, { value, at })
        }
        return value
      })
      .finally(() => {
        if (mine.asked.get(digest) === asking) mine.asked.delete(digest)
      })
    mine.asked.set(digest, asking)
    return asking
  }

  return {
    async read(workspace, digest, ask) {
      const mine = of(workspace)
      if (!mine) return ask()
      const known = mine.byDigest.get(digest)
      if (!known) return fresh(mine, digest, ask)
      const age = now() - known.at
      if (age < 0n || age >= BELIEVED) return fresh(mine, digest, ask)
      // A failure is told to the request that has to wait for it.
      if (age >= AGING) fresh(mine, digest, ask).catch(() => {})
      return known.value
    },
    forget(workspace) {
      const core = opened().get(workspace)
      const mine = core && kept.get(core)
      if (mine) empty(mine)
    },
  }
}
