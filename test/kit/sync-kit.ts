import { syncedTables } from '#core/database/capture.ts'
import { type Migration, migrate } from '#core/database/migrate.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { schema } from '#core/database/schema.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import type { Reader, Store, Tx } from '#core/database/store.ts'
import { readInOrder, rewindRows } from '#core/database/sync-rows.ts'
import type { Caller, Leaf, RawInputOf } from '#core/runtime/handlers.ts'
import { capabilityOf } from '#core/runtime/handlers.ts'
import { type CommandAnswer, createRunner, type Runner } from '#core/runtime/runner.ts'
import { createSyncClient } from '#core/sync/client.ts'
import type { Desk } from '#core/sync/desk.ts'
import type { SyncServer } from '#core/sync/protocol.ts'
import { createSyncServer } from '#core/sync/server.ts'
import { replayPending, restoreFacts } from '#core/sync/settle.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { KEY, type TestClock, type TestDatabase, testIds, testStore, WORKSPACE } from './core-kit.ts'
import { type Switches, testCommands } from './sync-commands.ts'

export const ADA = '00000000-0000-7000-8000-00000000ada0'
export const BOB = '00000000-0000-7000-8000-00000000b0b0'

/** The first people of a server, so that desks have somebody to act as. */
async function seedPeople(store: Store): Promise<void> {
  await store.write(WORKSPACE, 'person', async tx => {
    await tx.db.updateTable('workspace_state').set({ version: 1n, name: 'Test company' }).execute()
    for (const [id, name] of [
      [ADA, 'Ada'],
      [BOB, 'Bob'],
    ] as const)
      await tx.db
        .insertInto('people')
        .values({
          id,
          name,
          email: `${name}@example.com`,
          roles: '["admin"]',
          active: 1n,
          created_at: 0n,
        })
        .execute()
  })
}

export interface TestMachine {
  readonly store: Store
  readonly runner: Runner
  readonly switches: Switches
  /** Gives a command, as Ada unless said otherwise. */
  give<L extends Leaf>(leaf: L, input: RawInputOf<L>, caller?: Partial<Caller>): Promise<CommandAnswer>
  /** All synced tables, as one text that can be compared. */
  tables(): Promise<Record<string, string[]>>
  close(): Promise<void>
}

function machine(
  store: Store,
  clock: TestClock,
  newId: () => string,
  device: string,
  remove: () => Promise<void>,
): TestMachine {
  const switches: Switches = { broken: false }
  const commands = testCommands(switches)
  const runner = createRunner({
    store,
    workspace: WORKSPACE,
    commands,
    now: clock.now,
    newId,
    committed: () => {},
  })
  return {
    store,
    runner,
    switches,
    give: (leaf, input, caller) =>
      runner.run(capabilityOf(leaf).id, input, { person: ADA, device, assurance: 'unattested', ...caller }),
    tables: () => store.read(WORKSPACE, dump),
    async close() {
      await store.close()
      await remove()
    },
  }
}

/** Every row of every synced table, in the order of keys. */
export async function dump(reader: Reader): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const [name, table] of syncedTables(schema)) {
    const rows = await readInOrder(reader, name, table, null, 100_000)
    if (rows.length > 0) found[name] = rows.map(canonicalJson)
  }
  const { name } = await reader.db.selectFrom('workspace_state').select('name').executeTakeFirstOrThrow()
  return { ...found, workspace: [name] }
}

export interface TestServer extends TestMachine {
  /** The server as one desk sees it. */
  for(desk: string, pageSize?: number, facts?: Partial<Desk>): SyncServer
}

export async function testServer(database: TestDatabase, clock: TestClock): Promise<TestServer> {
  const { store, remove } = await testStore(database, clock)
  return testServerOver(store, clock, remove)
}

/** A server over a migrated store. */
export async function testServerOver(
  store: Store,
  clock: TestClock,
  remove: () => Promise<void>,
): Promise<TestServer> {
  await prepareWorkspace(store, WORKSPACE, 'server', clock.now())
  await seedPeople(store)
  const newId = testIds(clock, 1)
  const made = machine(store, clock, newId, 'server', remove)
  return {
    ...made,
    for: (desk, pageSize = 3, facts = {}) =>
      createSyncServer(
        {
          store,
          workspace: WORKSPACE,
          commands: testCommands(made.switches),
          run: made.runner.run,
          bar: made.runner.bar,
          now: clock.now,
          onBug: (error, id) => `${(error as Error).message} in ${id}`,
          pageSize,
        },
        { id: desk, people: [ADA, BOB], key: null, revoked: false, ...facts },
      ),
  }
}

export interface TestDesk extends TestMachine {
  readonly name: string
  client(server: SyncServer, store?: Store): ReturnType<typeof createSyncClient>
  /** What the tables would be without the pending commands. */
  rewound(): Promise<Record<string, string[]>>
  /** What the tables would be after rewinding and replaying once more. */
  replayed(): Promise<Record<string, string[]>>
  /** Brings the desk's database to these migrations, on a connection of its own. */
  migrate(list: readonly Migration[]): Promise<void>
  outbox(): Promise<{ id: string; command: string; state: string; refusal: string | null }[]>
}

export async function testDesk(
  name: string,
  clock: TestClock,
  number = 2,
  database: TestDatabase = 'sqlite',
): Promise<TestDesk> {
  const disk = await testStore(database, clock)
  const { store, remove } = disk
  await prepareWorkspace(store, WORKSPACE, 'connected', clock.now())
  const made = machine(store, clock, testIds(clock, number), name, remove)
  /** What the tables are after some work, which is rolled back. */
  async function look(work: (tx: Tx) => Promise<void>): Promise<Record<string, string[]>> {
    let found: Record<string, string[]> = {}
    const only = new Error('only to look')
    const outcome = await store
      .write(WORKSPACE, 'person', async tx => {
        await work(tx)
        found = await dump(tx as unknown as Reader)
        throw only
      })
      .catch(error => error)
    if (outcome !== only) throw outcome
    return found
  }

  async function rewindAll(tx: Tx): Promise<void> {
    await tx.db.updateTable('sync_state').set({ capture: 'off' }).execute()
    await rewindRows(tx, schema)
    await restoreFacts(tx)
  }

  return {
    ...made,
    name,
    client: (server, over = store) =>
      createSyncClient({
        store: over,
        workspace: WORKSPACE,
        server,
        replay: made.runner.replay,
        now: clock.now,
        committed: () => {},
        batch: 4,
      }),
    rewound: () => look(async tx => void (await rewindAll(tx))),
    replayed: () =>
      look(async tx => {
        await rewindAll(tx)
        await replayPending(tx, made.runner.replay)
      }),
    async migrate(list) {
      const connection = openSqlite(
        { path: disk.path, key: KEY, cacheKib: 2048, monotonic: clock.monotonic },
        'write',
      )
      await migrate('sqlite', sqliteExecute(connection), clock.now(), list)
      connection.close()
    },
    outbox: () =>
      store.read(WORKSPACE, reader =>
        reader.db
          .selectFrom('outbox')
          .select(['id', 'command', 'state', 'refusal'])
          .orderBy('number')
          .execute(),
      ),
  }
}
