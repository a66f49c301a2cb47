import fs, { cpSync, existsSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import Fastify from 'fastify'
import type { Authenticator } from '#backend/identity/principal.ts'
import { syncRoutes } from '#backend/sync/sync-routes.ts'
import { migrate } from '#core/database/migrate.ts'
import { openPglite } from '#core/database/open-pglite.ts'
import { openPool } from '#core/database/open-postgres.ts'
import { openPostgresStore, type PostgresSource } from '#core/database/postgres-store.ts'
import { schema } from '#core/database/schema.ts'
import type { Scope } from '#core/database/table.ts'
import { BEGINNING, checkEntries } from '#core/log/verify.ts'
import { scopesOfPeople } from '#core/sync/scopes.ts'
import { createSyncServer } from '#core/sync/server.ts'
import { SYNC_PATH } from '#core/sync/wire.ts'
import { openPartialFiles } from '#serving/files/partial-files.ts'
import { openStagedFiles } from '#serving/files/staged-files.ts'
import { contract } from '#shared/contract/index.ts'
import { isRefusal, refuse } from '#shared/errors.ts'
import { emptyFolder } from '#test/kit/backend-kit.ts'
import { WORKSPACE } from '#test/kit/core-kit.ts'
import { realTimer } from '#test/kit/sync-http.ts'
import { checkMoney, dumpOf } from '#test/simulation/invariants.ts'
import { fillServer } from '#test/simulation/on-postgres.ts'
import { templates } from '#test/simulation/templates.ts'
import { answerAll } from './asking.ts'
import { clock, commandsOver, type Meant, meant, newId, type World } from './commands.ts'
import { createMoments, type End, type Moments } from './moments.ts'

/*
 * The server of a life with kills, in a process of its own: PGlite in a folder, or a PostgreSQL server, behind the
 * routes of sync. It ends at the moment that it was told.
 */

export interface ServerBegin {
  readonly folder: string
  /** A PostgreSQL server; null for PGlite in the folder. */
  readonly databaseUrl: string | null
  readonly port: number
}

/** What a desk is known by. */
export interface Enrol {
  readonly publicKey: string
  readonly person: string
}

const PAGE = 20
const moments = createMoments()

/** Each write of PGlite to its files is a moment too: inside a commit. */
function watchFiles(): void {
  for (const name of ['writeSync', 'fsyncSync'] as const) {
    const real = fs[name] as (...args: unknown[]) => unknown
    Object.assign(fs, {
      [name]: (...args: unknown[]) => {
        moments.pass()
        return real.apply(fs, args)
      },
    })
  }
  syncBuiltinESMExports()
}

/** Each statement is a moment, and its answer another one. */
function watched(source: PostgresSource, { pass }: Moments): PostgresSource {
  return {
    ...source,
    async connect(...args) {
      const session = await source.connect(...args)
      return {
        ...session,
        async query(sql, parameters) {
          pass()
          const answer = await session.query(sql, parameters)
          pass()
          return answer
        },
      }
    },
  }
}

async function openSource({ folder, databaseUrl }: ServerBegin): Promise<PostgresSource> {
  const dir = join(folder, 'data')
  const isNew = databaseUrl === null ? !existsSync(dir) : !existsSync(join(folder, 'made'))
  if (isNew && databaseUrl === null) cpSync(await emptyFolder(), dir, { recursive: true })
  // PGlite leaves it behind where it was killed; nobody else uses this folder.
  rmSync(join(dir, 'postmaster.pid'), { force: true })
  const source =
    databaseUrl === null
      ? await openPglite(dir)
      : openPool({ url: databaseUrl, role: null, max: 4, name: 'kills' })
  if (isNew) {
    const session = await source.connect()
    await migrate('postgres', session.query, clock.now())
    session.release()
    await fillServer(openPostgresStore(source))
    fs.writeFileSync(join(folder, 'made'), '')
  }
  return source
}

async function begin(parts: ServerBegin) {
  const source = await openSource(parts)
  watchFiles()
  const store = openPostgresStore(watched(source, moments))
  const { core, commands, runner } = commandsOver(store)
  const { bar } = runner
  const served = {
    ...core,
    serveDesk: (desk: Parameters<typeof core.serveDesk>[0]) =>
      createSyncServer(
        {
          ...{ store, workspace: WORKSPACE, commands, run: runner.run, bar, now: clock.now },
          onBug: (error, id) => {
            console.error(id, error)
            return newId()
          },
          pageSize: PAGE,
        },
        desk,
      ),
  }
  const authenticator: Authenticator = {
    async authenticate({ authorization = '' }) {
      const device = String(authorization).slice('Bearer '.length)
      if (!device) throw refuse('ACCESS_SESSION_INVALID', {})
      return {
        ...{ workspace: WORKSPACE, kind: 'device', person: null, scopes: null, device },
        ...{ assurance: 'unattested', session: WORKSPACE, ambient: false },
      }
    },
  }
  const app = Fastify({ forceCloseConnections: true })
  app.addHook('onRequest', async () => moments.pass())
  app.addHook('onSend', async () => moments.pass())
  const files = openStagedFiles({ dir: join(parts.folder, 'files'), now: Date.now })
  await app.register(
    syncRoutes({
      ...{ authenticator, store, timer: realTimer, newReference: newId },
      workspaces: { open: async () => served },
      files: () => openPartialFiles({ dir: join(parts.folder, 'files'), files }),
      log: (_, message, facts) => console.error(message, facts),
    }),
    { prefix: SYNC_PATH },
  )
  const url = await app.listen({ host: '127.0.0.1', port: parts.port })
  return { url, store, core, runner }
}

let open: Awaited<ReturnType<typeof begin>>

const answers = {
  async begin(parts: ServerBegin) {
    open = await begin(parts)
    return open.url
  },
  async world(): Promise<World> {
    const { people, drafts, customers } = await templates()
    return { people, drafts, customers }
  },
  async enrol({ publicKey, person }: Enrol) {
    const system = { person: null, device: 'test', assurance: 'system', system: true } as const
    const input = { publicKey, name: 'desk', platform: 'test', personId: person }
    return (await open.core.call(contract.access.devices.enrol, input, system)).id
  },
  meant: ({ world, people, seed }: { world: World; people: readonly string[]; seed: number }) =>
    meant(open.store, world, people, seed),
  async give({ command, input, person }: Meant) {
    try {
      await open.runner.run(command, input, { person, device: 'server', assurance: 'unattested' })
    } catch (error) {
      if (!isRefusal(error) && !(error instanceof TypeError)) throw error
    }
  },
  version: () =>
    open.store.read(WORKSPACE, async reader => {
      const { version } = await reader.db
        .selectFrom('workspace_state')
        .select('version')
        .executeTakeFirstOrThrow()
      return version
    }),
  /** What a desk of this person should hold, and what became of every command. */
  async truth({ people }: { people: readonly string[] }) {
    const scopes: Scope[] = await open.store.read(WORKSPACE, reader => scopesOfPeople(reader, people))
    const log = await open.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('command_log').selectAll().orderBy('version').execute(),
    )
    const { problem } = checkEntries(WORKSPACE, BEGINNING, log)
    if (problem) throw new Error(`the log is ${problem.kind} at ${problem.version}`)
    const entries = new Map(
      log.map(({ id, command, outcome, input, device }) => [id, { id, command, outcome, input, device }]),
    )
    await checkMoney(open, entries)
    return { scopes, entries, rows: await dumpOf(open.store, schema, schema, scopes) }
  },
  count: (end: End | null) => moments.begin(end),
  counted: () => moments.count(),
}
export type ServerAnswers = typeof answers

answerAll(answers)
