import { existsSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { capturedOf, shadowName } from '#core/database/capture.ts'
import { migrate } from '#core/database/migrate.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { schema } from '#core/database/schema.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import type { Scope } from '#core/database/table.ts'
import { signCommand } from '#core/identity/command-signature.ts'
import { ed25519Signer } from '#core/log/ed25519.ts'
import { createSyncClient } from '#core/sync/client.ts'
import { followAnnouncements } from '#main/host/sync/announcements.ts'
import { createTransport } from '#main/host/sync/http-transport.ts'
import { createSyncLoop, type SyncLoop } from '#main/host/sync/loop.ts'
import { createRemoteServer } from '#main/host/sync/remote-server.ts'
import { isRefusal } from '#shared/errors.ts'
import { KEY, WORKSPACE } from '#test/kit/core-kit.ts'
import { realTimer } from '#test/kit/sync-http.ts'
import { dumpOf } from '#test/simulation/invariants.ts'
import { answerAll } from './asking.ts'
import { clock, commandsOver, type Meant, meant, type World } from './commands.ts'
import { createMoments, type End } from './moments.ts'

/* A desk of a life with kills, in a process of its own. It ends at the moment that it was told. */

export interface DeskBegin {
  readonly path: string
  readonly url: string
  readonly device: string
  /** The seed of its key. */
  readonly key: number
}

const moments = createMoments()

/** Each statement of the writing connection is a moment, and its end another one. */
function watchStatements(): void {
  const { prepare } = Sqlite.prototype
  Sqlite.prototype.prepare = function (this: Sqlite.Database, sql: string) {
    const statement = prepare.call(this, sql)
    if (this.readonly) return statement
    for (const name of ['run', 'all'] as const) {
      const real = statement[name] as (...args: unknown[]) => unknown
      Object.defineProperty(statement, name, {
        value: (...args: unknown[]) => {
          moments.pass()
          const answer = real.apply(statement, args)
          moments.pass()
          return answer
        },
      })
    }
    return statement
  } as typeof prepare
}

async function begin({ path, url, device, key }: DeskBegin) {
  const isNew = !existsSync(path)
  const connection = openSqlite({ path, key: KEY, monotonic: clock.monotonic }, 'write')
  if (isNew) await migrate('sqlite', sqliteExecute(connection), clock.now())
  const whole = connection.prepare('PRAGMA integrity_check').pluck().get()
  connection.close()
  if (whole !== 'ok') throw new Error(`the database is not whole: ${whole}`)
  watchStatements()
  const store = openSqliteStore({ path, key: KEY, monotonic: clock.monotonic, cacheKib: 8192 })
  if (isNew) await prepareWorkspace(store, WORKSPACE, 'connected', clock.now())
  const { core, runner } = commandsOver(store)
  const transport = createTransport({
    url,
    session: { headers: async () => ({ authorization: `Bearer ${device}` }), forget: () => {} },
    async fetch(...asked) {
      moments.pass()
      const answer = await fetch(...asked)
      moments.pass()
      return answer
    },
  })
  const signer = ed25519Signer(new Uint8Array(32).fill(key))
  const client = createSyncClient({
    ...{ store, workspace: WORKSPACE, replay: runner.replay, now: clock.now, batch: 3 },
    server: createRemoteServer({ transport, beforePush: async () => {} }),
    committed: tables => core.live.announce(0n, tables),
    sign: command => signCommand(signer, WORKSPACE, command),
  })
  const newLoop = () =>
    createSyncLoop({
      round: () => client.round(),
      follow: (signal, told) => followAnnouncements(transport, realTimer, signal, told),
      ...{ live: core.live, timer: realTimer, clock, random: Math.random },
      onFailure: (message, { error }) => {
        if (error) console.error(message, error)
      },
    })
  return { store, core, runner, device, newLoop }
}

let open: Awaited<ReturnType<typeof begin>>
let loop: SyncLoop | null = null

const answers = {
  async begin(parts: DeskBegin) {
    open = await begin(parts)
  },
  meant: ({ world, people, seed }: { world: World; people: readonly string[]; seed: number }) =>
    meant(open.store, world, people, seed),
  /** What was answered; `unfit` where the command does not take this input. */
  async give({ command, input, person, id }: Meant & { id: string }) {
    try {
      const caller = { person, device: open.device, assurance: 'unattested', commandId: id } as const
      return (await open.runner.run(command, input, caller)).outcome
    } catch (error) {
      if (isRefusal(error)) return 'refused'
      if (error instanceof TypeError) return 'unfit'
      throw error
    }
  },
  online() {
    loop ??= open.newLoop()
    loop.start()
  },
  /** The network may be another one: asks at once. */
  awake: () => loop?.awake(),
  async offline() {
    await loop?.close()
    loop = null
  },
  async state() {
    return open.store.read(WORKSPACE, async reader => {
      const { cursor } = await reader.db.selectFrom('sync_state').select('cursor').executeTakeFirstOrThrow()
      const rows = await reader.db
        .selectFrom('outbox')
        .select(['id', 'state', 'refusal'])
        .orderBy('number')
        .execute()
      return { cursor, outbox: rows }
    })
  },
  /** Everything that it holds of these groups, and what must not be there once all is quiet. */
  async held({ scopes }: { scopes: readonly Scope[] }) {
    const others = (['everyone', 'finance', 'operations'] as const).filter(scope => !scopes.includes(scope))
    const left = await open.store.read(WORKSPACE, async reader => {
      const found: string[] = []
      for (const name of [
        'sync_staged',
        'sync_pages',
        ...capturedOf(schema).map(one => shadowName(one.name)),
      ]) {
        const [row] = await reader.raw<{ count: bigint }>(`SELECT count(*) AS count FROM "${name}"`)
        if (row && row.count > 0n) found.push(name)
      }
      return found
    })
    return {
      rows: await dumpOf(open.store, schema, schema, scopes),
      beyond: await dumpOf(open.store, schema, schema, others),
      left,
    }
  },
  count: (end: End | null) => moments.begin(end),
  counted: () => moments.count(),
}
export type DeskAnswers = typeof answers

answerAll(answers)
