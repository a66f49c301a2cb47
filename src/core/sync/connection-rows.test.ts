import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Store } from '#core/database/store.ts'
import { DATABASES, testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { leaves } from '#test/kit/sync-commands.ts'
import { ADA, type TestDesk, type TestServer, testDesk, testServer } from '#test/kit/sync-kit.ts'
import {
  becomeDesk,
  connectionOf,
  leaveServer,
  noteServer,
  type ServerRow,
  waitingOf,
} from './connection-rows.ts'

const SERVER: ServerRow = {
  url: 'https://sync.example.com',
  workspace_there: WORKSPACE,
  device: '00000000-0000-7000-8000-0000000000d1',
  person: ADA,
  state: 'connected',
  progress: null,
  since: 0n,
}

describe.each(DATABASES)('a workspace and its server on %s', database => {
  let store: Store
  let remove: () => Promise<void>
  beforeEach(async () => {
    const clock = testClock()
    ;({ store, remove } = await testStore(database, clock))
    await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
  })
  afterEach(async () => {
    await store.close()
    await remove()
  })

  it('an empty workspace becomes a desk of the server that was named last', async () => {
    expect(await connectionOf(store, WORKSPACE)).toEqual({
      ...{ authority: 'standalone', server: null, isEmpty: true, hasRows: false },
    })
    await store.write(WORKSPACE, 'person', async tx => {
      await noteServer(tx, { ...SERVER, url: 'https://other.example.com' })
      await becomeDesk(tx, SERVER)
    })
    expect(await connectionOf(store, WORKSPACE)).toEqual({
      ...{
        authority: 'connected',
        server: { ...SERVER, workspace: WORKSPACE },
        isEmpty: true,
        hasRows: false,
      },
    })
    expect(await waitingOf(store, WORKSPACE)).toBe(0n)
  })
})

describe('a desk that leaves its server', () => {
  let server: TestServer
  let desk: TestDesk
  beforeEach(async () => {
    const clock = testClock()
    server = await testServer('sqlite', clock)
    desk = await testDesk('desk', clock)
    await desk.client(server.for('desk')).round()
    await desk.store.write(WORKSPACE, 'person', tx => noteServer(tx, SERVER))
  })
  afterEach(async () => {
    await desk.close()
    await server.close()
  })

  const leave = (keep: 'copy' | 'nothing', evenWaiting = false) =>
    desk.store.write(WORKSPACE, 'person', tx => leaveServer(tx, keep, evenWaiting))
  const state = () =>
    desk.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('workspace_state').select(['name', 'version']).executeTakeFirstOrThrow(),
    )

  it('is asked first about commands that the server has not answered, and then nothing changes', async () => {
    await desk.give(leaves.rename, { id: ADA, name: 'Ada L.' })
    await desk.give(leaves.rename, { id: ADA, name: 'Ada M.' })
    const before = await connectionOf(desk.store, WORKSPACE)
    await expect(leave('copy')).rejects.toMatchObject({ code: 'SYNC_WAITING', data: { count: 2n } })
    expect(await waitingOf(desk.store, WORKSPACE)).toBe(2n)
    expect(await connectionOf(desk.store, WORKSPACE)).toEqual(before)
    expect(before).toMatchObject({ authority: 'connected', server: SERVER, hasRows: true })
  })

  it('keeps what is shown, with what waits, and goes on behind its own log', async () => {
    await desk.give(leaves.rename, { id: ADA, name: 'Ada L.' })
    const shown = await desk.tables()
    const { version } = await state()
    await leave('copy', true)
    expect(await desk.tables()).toEqual(shown)
    expect(await connectionOf(desk.store, WORKSPACE)).toEqual({
      ...{ authority: 'standalone', server: null, isEmpty: false, hasRows: false },
    })
    expect(await waitingOf(desk.store, WORKSPACE)).toBe(0n)
    const given = await desk.give(leaves.rename, { id: ADA, name: 'Ada M.' })
    expect(given).toMatchObject({ outcome: 'done' })
    expect((await state()).version).toBeGreaterThan(version)
    expect((await desk.tables()).people!.join()).toContain('Ada M.')
  })

  it('gives no version twice when its log reaches further than its counter', async () => {
    await desk.store.write(WORKSPACE, 'person', async tx => {
      await tx.db
        .insertInto('command_log')
        .values({
          ...{ version: 70n, id: ADA, command: 'test.people.add', command_version: 1n, actor: ADA },
          ...{ device: 'desk', assurance: 'unattested', at: 0n, received_at: 0n, input: '{}' },
          ...{ outcome: 'done', result: '{}', undo: null, compensates: null, previous: 'a', hash: 'b' },
        })
        .execute()
    })
    await leave('copy')
    expect((await state()).version).toBe(70n)
  })

  it('is one that was never set up when nothing is kept', async () => {
    await leave('nothing')
    expect(await desk.tables()).toEqual({ workspace: [''] })
    expect(await connectionOf(desk.store, WORKSPACE)).toMatchObject({
      ...{ authority: 'standalone', server: null, isEmpty: true },
    })
  })
})
