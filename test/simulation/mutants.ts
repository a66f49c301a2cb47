import type { Store } from '#core/database/store.ts'
import type { Runner } from '#core/runtime/runner.ts'
import type { SyncServer } from '#core/sync/protocol.ts'
import { uuidv7 } from '#shared/ids.ts'
import { WORKSPACE } from '#test/kit/core-kit.ts'

/** A protocol that is wrong in one way. What is wrong is put in from outside: the product has no switch for it. */
export interface Mutant {
  readonly name: string
  /** A crash of the server loses what it committed in so many milliseconds before. */
  readonly commitsLate?: number
  readonly run?: (store: Store, run: Runner['run']) => Runner['run']
  readonly server?: (server: SyncServer) => SyncServer
  /** Of a desk's statements; null leaves one out. */
  readonly deskRewrite?: (sql: string) => string | null
}

/** The server says that a command is done, and commits it some seconds later: what it said last, a crash takes back. */
const acknowledgedBeforeCommit: Mutant = { name: 'acknowledgement before commit', commitsLate: 20_000 }

/** A desk replays what is pending on top of what it shows, without putting the server's images back. */
const replayedWithoutRewind: Mutant = {
  name: 'replay without rewind',
  deskRewrite: sql => {
    const restores =
      /^(DELETE FROM "?\w+"? WHERE \(.*\) IN \(SELECT|INSERT INTO[\s\S]*SELECT)[\s\S]*FROM "shadow_/
    return restores.test(sql) && !sql.includes('NOT EXISTS') ? null : sql
  },
}

let repeats = 0
/** The server looks up whether it knows a command after it has carried it out. */
const dedupAfterEffect: Mutant = {
  name: 'dedup after effect',
  run: (store, run) => async (id, input, caller) => {
    const known = await store.read(WORKSPACE, reader =>
      reader.db
        .selectFrom('command_log')
        .select('id')
        .where('id', '=', caller.commandId ?? '')
        .executeTakeFirst(),
    )
    if (!known) return run(id, input, caller)
    const random = new Uint8Array(10)
    new DataView(random.buffer).setUint32(0, ++repeats)
    await run(id, input, { ...caller, commandId: uuidv7(Number(caller.at ?? 0n), random) })
    return run(id, input, caller)
  },
}

/** A page of the feed is taken for the whole. */
const appliedBeforeComplete: Mutant = {
  name: 'a page applied before the feed is complete',
  server: server => ({
    ...server,
    async pull(request) {
      const page = await server.pull(request)
      if (page.kind === 'reset') return page
      return { ...page, complete: true, end: { ...page.end, table: null, row: null } }
    },
  }),
}

/** Those that one session at a time can show. The cursor by a sequence and the counter that is taken last need races. */
export const MUTANTS: readonly Mutant[] = [
  acknowledgedBeforeCommit,
  replayedWithoutRewind,
  dedupAfterEffect,
  appliedBeforeComplete,
]
