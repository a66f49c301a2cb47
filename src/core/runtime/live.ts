/** One change that was announced. `queries` are the ids whose answers may differ now. */
export interface Announcement {
  readonly number: number
  readonly version: bigint
  readonly queries: readonly string[]
  readonly bulk: boolean
  readonly gap: boolean
}

export interface LiveFeed {
  /** Names this run of the core: numbers of another run mean nothing here. */
  readonly life: string
  /** The number of the latest announcement. */
  position(): number
  /** Notes which tables a query read: from then on changes of those announce it. */
  observe(queryId: string, tables: Iterable<string>): void
  /** Announces tables that a commit changed. */
  announce(version: bigint, tables: Iterable<string>, bulk?: boolean): void
  /** Is called at each commit with the tables that it changed. Gives what ends it. */
  watch(told: (tables: ReadonlySet<string>, version: bigint) => void): () => void
  /** Announcements after the given one, without end; says `gap` when some are no longer known. */
  follow(after: number | undefined, signal: AbortSignal | undefined): AsyncGenerator<Announcement, void>
  /** How many follow now. */
  followers(): number
  close(): void
}

/**
 * Tells live views what changed. Topics are tables; which query reads which table is observed, so nobody
 * writes invalidation by hand. Changes of the same turn of the event loop are one announcement.
 * @param keep how many past announcements can be resumed from
 * @param life names this run of the core
 */
export function createLiveFeed(keep = 1024, life = ''): LiveFeed {
  const readers = new Map<string, Set<string>>()
  const recent: Announcement[] = []
  const waiting = new Set<() => void>()
  const watchers = new Set<(tables: ReadonlySet<string>, version: bigint) => void>()
  let number = 0
  let closed = false
  let pending: { version: bigint; queries: Set<string>; bulk: boolean } | null = null

  function publish(): void {
    if (!pending) return
    const { version, queries, bulk } = pending
    pending = null
    recent.push({ number: ++number, version, queries: [...queries], bulk, gap: false })
    if (recent.length > keep) recent.shift()
    wake()
  }

  function wake(): void {
    for (const wakeOne of [...waiting]) wakeOne()
  }

  return {
    life,
    position: () => number,
    observe(queryId, tables) {
      for (const table of tables) {
        const ids = readers.get(table)
        if (ids) ids.add(queryId)
        else readers.set(table, new Set([queryId]))
      }
    },
    watch(told) {
      watchers.add(told)
      return () => watchers.delete(told)
    },
    announce(version, tables, bulk = false) {
      if (watchers.size > 0) {
        const changed = new Set(tables)
        if (changed.size > 0) for (const told of watchers) told(changed, version)
      }
      const queries = new Set<string>()
      for (const table of tables) for (const id of readers.get(table) ?? []) queries.add(id)
      if (queries.size === 0) return
      if (!pending) {
        pending = { version, queries, bulk }
        queueMicrotask(publish)
        return
      }
      for (const id of queries) pending.queries.add(id)
      pending.version = version > pending.version ? version : pending.version
      pending.bulk = pending.bulk && bulk
    },
    async *follow(after, signal) {
      let last = after ?? number
      // A number from the future belongs to an earlier life of the core: what happened since is unknown.
      const oldest = recent[0]?.number ?? number + 1
      if (last > number || last < oldest - 1) {
        last = number
        yield { number, version: 0n, queries: [], bulk: false, gap: true }
      }
      while (!closed && !signal?.aborted) {
        const next = recent.filter(one => one.number > last)
        if (next.length === 0) {
          await new Promise<void>(resolve => {
            const done = () => {
              waiting.delete(done)
              signal?.removeEventListener('abort', done)
              resolve()
            }
            waiting.add(done)
            signal?.addEventListener('abort', done)
          })
          continue
        }
        for (const one of next) {
          last = one.number
          yield one
        }
      }
    },
    followers: () => waiting.size,
    close() {
      closed = true
      wake()
    },
  }
}
