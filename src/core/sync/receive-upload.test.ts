import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Row } from '#core/database/schema.ts'
import type { Store } from '#core/database/store.ts'
import type { SyncRow } from '#core/database/sync-rows.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { createUploadReceiver, type Received, type UploadReceiver } from './receive-upload.ts'
import { digestRows } from './upload.ts'

const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const LAST = idOf(999)

function person(n: number, email: string, roles: string): Row<'people'> {
  return { id: idOf(n), name: `Person ${n}`, email, roles, active: 1n, created_at: 0n }
}

function view(n: number): SyncRow {
  return {
    ...{ id: idOf(n), page: 'finops.costs', name: `View ${n}`, address: '/', owner: idOf(1), shared: 0n },
    created_at: 0n,
  }
}

const entry: SyncRow = {
  ...{ version: 7n, id: LAST, command: 'sync.connection.received', command_version: 1n, actor: idOf(1) },
  ...{ device: 'desk', assurance: 'unattested', at: 5n, received_at: 5n, input: '{}', outcome: 'done' },
  ...{ result: '{}', undo: null, compensates: null, previous: 'there', hash: 'there too' },
}

const received: Received = {
  ...{ origin: idOf(500), last: LAST, head: 'there too' },
  facts: { name: 'From the desk', zone: 'Europe/Berlin', currency: 'EUR', demo: 0n },
}

describe('a workspace that receives an upload', () => {
  let store: Store
  let remove: () => Promise<void>
  let receiver: UploadReceiver
  beforeEach(async () => {
    const clock = testClock()
    ;({ store, remove } = await testStore('sqlite', clock))
    await prepareWorkspace(store, WORKSPACE, 'server', clock.now())
    receiver = createUploadReceiver(store, WORKSPACE)
  })
  afterEach(async () => {
    await store.close()
    await remove()
  })

  const page = (table: string, rows: readonly SyncRow[]) => ({
    table,
    rows: rows.map(row => ({ key: String(table === 'command_log' ? row.version : row.id), row })),
  })
  const insert = (...rows: Row<'people'>[]) =>
    store.write(WORKSPACE, 'person', async tx => {
      await tx.db.insertInto('people').values(rows).execute()
    })
  const people = () =>
    store.read(WORKSPACE, ({ db }) =>
      db.selectFrom('people').select(['id', 'email', 'roles']).orderBy('id').execute(),
    )
  const log = () =>
    store.read(WORKSPACE, ({ db }) =>
      db.selectFrom('command_log').select(['id', 'version', 'previous']).orderBy('version').execute(),
    )
  const said = (name: string, rows: readonly SyncRow[]) => {
    const digest = digestRows()
    for (const row of rows) digest.add(canonicalJson(row))
    return digest.done(name)
  }

  it('refuses tables that it does not know: the desk is newer', async () => {
    const tooOld = { code: 'SYNC_SERVER_TOO_OLD' }
    await expect(receiver.missing([said('moons', [])])).rejects.toMatchObject(tooOld)
    await expect(receiver.take(page('moons', []), true)).rejects.toMatchObject(tooOld)
    // What stays on its machine is not taken either.
    await expect(receiver.take(page('secrets', []), true)).rejects.toMatchObject(tooOld)
  })

  it('takes a table page by page, begins anew with a first page, and moves thousands of rows', async () => {
    const rows = Array.from({ length: 1003 }, (_, n) => view(n))
    await receiver.take(page('views', [view(5000)]), true)
    await receiver.take(page('views', rows.slice(0, 1000)), true)
    expect(await receiver.missing([said('views', rows)])).toEqual(['views'])
    await receiver.take(page('views', rows.slice(1000)), false)
    expect(await receiver.missing([said('views', rows)])).toEqual([])
    expect(await receiver.isEmpty()).toBe(true)
    await receiver.take(page('people', [person(1, 'ada@example.com', '["admin"]')] as never), true)
    await receiver.take(page('command_log', [entry]), true)
    await receiver.finish(received)
    const views = await store.read(WORKSPACE, ({ db }) => db.selectFrom('views').select('id').execute())
    expect(views.map(row => row.id).sort()).toEqual(rows.map(row => row.id))
    expect(await receiver.isEmpty()).toBe(false)
  })

  it('takes what no page shows to its place at once, and that too begins anew with a first page', async () => {
    const document = (n: number): SyncRow => ({
      ...{ id: idOf(n), entity: 'invoice', row_id: idOf(n), file_name: 'I-1.pdf', media_type: 'a/b' },
      ...{ digest: 'd', bytes: new Uint8Array([0, 255]), created_at: 3n },
    })
    await receiver.take(page('documents', [document(1)]), true)
    await receiver.take(page('documents', [document(2)]), true)
    await receiver.take(page('documents', [document(3)]), false)
    // A page whose answer was lost comes again.
    await receiver.take(page('documents', [document(3)]), false)
    expect(await receiver.missing([said('documents', [document(2), document(3)])])).toEqual([])
    expect(await receiver.isEmpty()).toBe(true)
  })

  it('begins the chain of its log where it has none, and takes in people whom it does not know', async () => {
    await insert(person(50, 'ADA@example.com', '["ops"]'))
    await receiver.take(
      page('people', [
        person(1, 'ada@example.com', '["admin"]'),
        person(2, 'bob@example.com', '["analyst"]'),
      ] as never),
      true,
    )
    await receiver.take(page('command_log', [entry]), true)
    await receiver.finish(received)
    expect(await people()).toEqual([
      { id: idOf(1), email: 'ada@example.com', roles: '["ops","admin"]' },
      { id: idOf(2), email: 'bob@example.com', roles: '["analyst"]' },
    ])
    expect(await log()).toMatchObject([{ id: LAST, version: 1n }])
    const state = await store.read(WORKSPACE, ({ db }) =>
      db.selectFrom('workspace_state').select(['name', 'zone', 'version']).executeTakeFirst(),
    )
    expect(state).toEqual({ name: 'From the desk', zone: 'Europe/Berlin', version: 1n })
  })

  it('is finished once, however often the desk says so, and not when something was done here meanwhile', async () => {
    await receiver.take(page('people', [person(1, 'ada@example.com', '["admin"]')] as never), true)
    await receiver.take(page('command_log', [entry]), true)
    await receiver.finish(received)
    const before = await log()
    await receiver.finish(received)
    expect(await log()).toEqual(before)
    await store.write(WORKSPACE, 'person', async tx => {
      await tx.db
        .insertInto('views')
        .values(view(1) as never)
        .execute()
    })
    await expect(receiver.finish({ ...received, last: idOf(998) })).rejects.toMatchObject({
      code: 'SYNC_BOTH_FULL',
    })
    expect(await log()).toEqual(before)
  })
})
