import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrations } from '#core/database/migrate.ts'
import type { Tx } from '#core/database/store.ts'
import { table, text } from '#core/database/table.ts'
import { idFromCommand } from '#shared/ids.ts'
import { DATABASES, type TestClock, testClock, WORKSPACE } from '#test/kit/core-kit.ts'
import { leaves } from '#test/kit/sync-commands.ts'
import {
  ADA,
  BOB,
  type TestDesk,
  type TestMachine,
  type TestServer,
  testDesk,
  testServer,
} from '#test/kit/sync-kit.ts'
import { BUILD, unfit } from './build.ts'
import { takeFeedVersion } from './feed-version.ts'
import type { Build, PushAnswer, PushedCommand, SyncServer } from './protocol.ts'
import { floorOf, pruneFeed } from './retention.ts'
import { replayAfterMigration } from './settle.ts'

const newId = (number: number) => `00000000-0000-7000-8000-00000000000${number}`

describe.each(DATABASES)('sync with a server on %s', database => {
  let clock: TestClock
  let server: TestServer
  let desk: TestDesk
  beforeEach(async () => {
    clock = testClock()
    server = await testServer(database, clock)
    desk = await testDesk('desk', clock)
    expect(await desk.client(server.for('desk')).round()).toMatchObject({ reached: true, failure: null })
  })
  afterEach(async () => {
    await desk.close()
    await server.close()
  })
  const round = () => desk.client(server.for('desk')).round()

  it('begins with a snapshot', async () => {
    expect(await desk.tables()).toEqual(await server.tables())
    expect(await desk.tables()).toMatchObject({ workspace: ['Test company'] })
  })

  it('runs a command at once, pushes it, and both sides hold the same rows', async () => {
    const answer = await desk.give(leaves.add, { name: 'Grace', email: 'g@example.com' })
    expect(answer.outcome).toBe('done')
    const before = await desk.tables()
    expect(before.people).toHaveLength(3)
    expect((await server.tables()).people).toHaveLength(2)
    expect(await round()).toMatchObject({ answered: 1, refused: 0 })
    expect(await server.tables()).toEqual(before)
    expect(await desk.tables()).toEqual(before)
    expect(await desk.outbox()).toEqual([])
  })

  it('rewinds to what the server has', async () => {
    const was = await desk.tables()
    await desk.give(leaves.swap, { one: ADA, other: BOB })
    await desk.give(leaves.passing, { name: 'Passing' })
    await desk.give(leaves.replace, { id: BOB, name: 'Robert' })
    await desk.give(leaves.set, { name: 'colour', value: 'teal' })
    await desk.give(leaves.set, { name: 'colour', value: 'grey' })
    expect(await desk.tables()).not.toEqual(was)
    expect(await desk.rewound()).toEqual(was)
    const shown = await desk.tables()
    await round()
    expect(await server.tables()).toEqual(shown)
    expect(await desk.rewound()).toEqual(shown)
  })

  it('keeps a refused command for review, and undoes what it did here', async () => {
    await server.give(leaves.add, { name: 'First', email: 'x@example.com' })
    await desk.give(leaves.add, { name: 'Second', email: 'x@example.com' })
    await desk.give(leaves.rename, { id: ADA, name: 'Ada L.' })
    expect(await round()).toMatchObject({ answered: 2, refused: 1 })
    expect(await desk.outbox()).toMatchObject([
      {
        command: 'test.people.add',
        state: 'review',
        refusal: '{"code":"TEST_TAKEN","data":{"email":"x@example.com"}}',
      },
    ])
    expect(await desk.tables()).toEqual(await server.tables())
    expect((await desk.tables()).people!.join()).toContain('Ada L.')
  })

  const cut = (what: 'push' | 'pull', then: SyncServer = server.for('desk')): SyncServer => ({
    ...then,
    [what]: async () => {
      throw new Error('the line is cut')
    },
  })

  it('undoes a refused command at once and keeps showing a done one, also when the pull is cut off', async () => {
    await server.give(leaves.add, { name: 'First', email: 'x@example.com' })
    await desk.give(leaves.rename, { id: ADA, name: 'Ada L.' })
    await desk.give(leaves.add, { name: 'Second', email: 'x@example.com' })
    clock.advance(1000)
    const round = await desk.client(cut('pull')).round()
    expect(round).toMatchObject({
      reached: false,
      answered: 2,
      refused: 1,
      failure: new Error('the line is cut'),
    })
    const shown = (await desk.tables()).people!.join()
    expect(shown).toContain('Ada L.')
    expect(shown).not.toContain('Second')
    expect(await desk.outbox()).toMatchObject([{ state: 'pending' }, { state: 'review' }])
  })

  it('says since when the server has not answered', async () => {
    const state = () =>
      desk.store.read(WORKSPACE, reader =>
        reader.db.selectFrom('sync_state').select(['offline_since', 'failure']).executeTakeFirst(),
      )
    const first = clock.now()
    await desk.client(cut('pull')).round()
    clock.advance(5000)
    await desk.client(cut('pull')).round()
    expect(await state()).toEqual({ offline_since: first, failure: 'the line is cut' })
    await round()
    expect(await state()).toEqual({ offline_since: null, failure: null })
  })

  it('minds each answer once, and none that it did not ask for', async () => {
    await server.give(leaves.add, { name: 'First', email: 'x@example.com' })
    await desk.give(leaves.add, { name: 'Second', email: 'x@example.com' })
    await desk.give(leaves.rename, { id: ADA, name: 'Ada L.' })
    const real = server.for('desk')
    const stammering: SyncServer = {
      ...real,
      async push(request) {
        const answers = (await real.push(request)) as readonly PushAnswer[]
        const other = { id: newId(9), outcome: 'done', version: 1n, head: '', result: null } as const
        return [...answers, other, ...answers]
      },
    }
    expect(await desk.client(stammering).round()).toMatchObject({ reached: true, refused: 1 })
    expect(await desk.outbox()).toMatchObject([{ state: 'review' }])
    const silent = { ...real, pull: () => Promise.reject('no words') }
    expect(await desk.client(silent).round()).toMatchObject({ reached: false, failure: 'no words' })
  })

  it('runs one round at a time', async () => {
    const client = desk.client(server.for('desk'))
    expect(client.round()).toBe(client.round())
    await client.round()
  })

  it('applies rows that swapped a unique value, and a row that was removed and made again', async () => {
    await server.give(leaves.swap, { one: ADA, other: BOB })
    await server.give(leaves.replace, { id: BOB, name: 'Robert' })
    await desk.give(leaves.set, { name: 'a/b~c', value: '1' })
    await round()
    expect(await desk.tables()).toEqual(await server.tables())
    await server.give(leaves.forget, { name: 'a/b~c' })
    await round()
    expect((await desk.tables()).settings).toBeUndefined()
  })

  it('holds what does not run here any more, and leaves the outbox as it is', async () => {
    server.switches.broken = true
    await desk.give(leaves.breaks, {})
    await desk.give(leaves.rename, { id: BOB, name: 'Robert' })
    await server.give(leaves.remove, { id: BOB })
    expect(await round()).toMatchObject({ reached: true, answered: 1, refused: 0 })
    expect(await desk.outbox()).toMatchObject([{ state: 'pending' }, { state: 'pending' }])
    expect(await desk.tables()).toEqual(await server.tables())
    server.switches.broken = false
    expect(await round()).toMatchObject({ answered: 2, refused: 1 })
    expect(await desk.outbox()).toMatchObject([{ command: 'test.people.rename', state: 'review' }])
  })

  it('shows a command on which the server fails again and again, and goes on with the others', async () => {
    server.switches.broken = true
    await desk.give(leaves.breaks, {})
    await desk.give(leaves.rename, { id: BOB, name: 'Robert' })
    for (let attempt = 0; attempt < 2; attempt++) expect(await round()).toMatchObject({ refused: 0 })
    expect((await server.tables()).people!.join()).not.toContain('Robert')
    expect(await round()).toMatchObject({ refused: 1 })
    await round()
    const [left, ...others] = await desk.outbox()
    expect(JSON.parse(left!.refusal!)).toMatchObject({ code: 'SYNC_SERVER_FAILED' })
    expect(others).toEqual([])
    expect((await server.tables()).people!.join()).toContain('Robert')
  })

  it('requests what only the authority can do', async () => {
    await desk.give(leaves.set, { name: 'colour', value: 'teal' })
    const asked = await desk.give(leaves.ask, { value: '7' }, { commandId: newId(1) })
    expect(asked).toMatchObject({ outcome: 'requested', result: null })
    expect(await desk.give(leaves.maybe, {})).toMatchObject({ outcome: 'requested' })
    expect((await desk.tables()).settings).toHaveLength(1)
    expect(await desk.give(leaves.ask, { value: '7' }, { commandId: newId(1) })).toMatchObject({
      outcome: 'requested',
      repeated: true,
    })
    expect(await round()).toMatchObject({ answered: 3, refused: 0 })
    expect(await desk.tables()).toEqual(await server.tables())
    expect((await desk.tables()).settings).toBeUndefined()
  })

  it('refuses at once what the person may not do, and what the core does itself', async () => {
    const nobody = { person: null }
    expect(await desk.give(leaves.ask, { value: '7' }, nobody)).toMatchObject({
      outcome: 'refused',
      result: { code: 'WORKSPACE_NOBODY' },
    })
    expect(await desk.give(leaves.rename, { id: 'nobody', name: 'x' })).toMatchObject({
      outcome: 'refused',
      result: { code: 'TEST_GONE' },
    })
    await expect(desk.give(leaves.inner, {})).rejects.toMatchObject({ code: 'SYNC_AUTHORITY_ONLY' })
    await expect(desk.give(leaves.set, { name: 'a', value: 'b' }, { system: true })).rejects.toMatchObject({
      code: 'SYNC_AUTHORITY_ONLY',
    })
    await expect(desk.give(leaves.breaks, {}, {})).resolves.toMatchObject({ outcome: 'done' })
    desk.switches.broken = true
    await expect(desk.give(leaves.breaks, {})).rejects.toThrow('a bug')
    expect(await desk.outbox()).toHaveLength(1)
  })

  it('runs what concerns one machine there, and keeps it from the tables that are shared', async () => {
    expect(await desk.give(leaves.here, { shared: false })).toMatchObject({ outcome: 'done', result: null })
    expect(await desk.give(leaves.here, { shared: false }, { person: null })).toMatchObject({
      outcome: 'refused',
    })
    await expect(desk.give(leaves.here, { shared: true })).rejects.toThrow(
      'test.here is local and changes settings',
    )
    expect(await desk.outbox()).toEqual([])
    const effects = await desk.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('effects').select('kind').execute(),
    )
    expect(effects).toEqual([{ kind: 'test.here' }])
  })

  it('makes effects and jobs on the authority only, under the ids that the desk was told', async () => {
    const { result, commandId } = await desk.give(leaves.work, {})
    const made = (machine: TestMachine) =>
      machine.store.read(WORKSPACE, async reader => [
        ...(await reader.db.selectFrom('jobs').select('id').execute()),
        ...(await reader.db.selectFrom('effects').select('id').execute()),
      ])
    expect(await made(desk)).toEqual([])
    await round()
    expect(await made(desk)).toEqual([])
    expect((await made(server)).map(row => row.id)).toEqual(result)
    expect(result).toEqual([idFromCommand(commandId, 0), idFromCommand(commandId, 1)])
  })

  it('answers a repeat from the outbox, and refuses another command under the same id', async () => {
    const caller = { commandId: newId(2) }
    const first = await desk.give(leaves.rename, { id: BOB, name: 'Robert' }, caller)
    expect(await desk.give(leaves.rename, { id: BOB, name: 'Robert' }, caller)).toEqual({
      ...first,
      repeated: true,
    })
    await expect(desk.give(leaves.rename, { id: BOB, name: 'Rob' }, caller)).rejects.toMatchObject({
      code: 'WORKSPACE_COMMAND_REUSED',
    })
    await expect(desk.give(leaves.passing, { name: 'Rob' }, caller)).rejects.toMatchObject({
      code: 'WORKSPACE_COMMAND_REUSED',
    })
    await server.give(leaves.remove, { id: BOB })
    await round()
    expect(await desk.give(leaves.rename, { id: BOB, name: 'Robert' }, caller)).toMatchObject({
      outcome: 'refused',
      repeated: true,
      result: { code: 'TEST_GONE' },
    })
  })

  it('gives the kept answer to a repeat on the server', async () => {
    await desk.give(leaves.hold, { limit: 1n })
    await desk.give(leaves.rename, { id: BOB, name: 'Robert' })
    const pushed: PushedCommand[] = []
    const real = server.for('desk')
    const listening: SyncServer = {
      ...real,
      push: request => real.push(pushed.push(...request.commands) ? request : request),
    }
    await desk.client(listening).round()
    const push = async (commands: readonly PushedCommand[]) =>
      (await real.push({ answered: null, commands })) as readonly PushAnswer[]
    const again = await push(pushed)
    expect(again).toMatchObject([{ outcome: 'done', result: 1n }, { outcome: 'done' }])
    expect((await push([...pushed].reverse())).map(answer => answer.id)).toEqual(
      pushed.map(one => one.id).reverse(),
    )
    await round()
    expect(await desk.tables()).toEqual(await server.tables())
  })

  it('refuses what a desk may not say, does not know, or says in a version that cannot be read', async () => {
    let ids = 0x1000
    const one = (over: Partial<PushedCommand>): PushedCommand => ({
      id: `00000000-0000-7000-8000-00000000${ids++}`,
      command: 'test.people.renamed',
      commandVersion: 3n,
      actor: ADA,
      device: 'desk',
      assurance: 'unattested',
      at: clock.now(),
      input: JSON.stringify({ id: BOB, name: 'Robert' }),
      signed: null,
      attempts: 0n,
      ...over,
    })
    const push = async (over: Partial<PushedCommand>, from = server.for('desk')) =>
      ((await from.push({ answered: null, commands: [one(over)] })) as readonly PushAnswer[])[0]
    const wary = server.for('desk', 3, { people: [BOB] })
    expect(await push({}, wary)).toMatchObject({ outcome: 'refused', code: 'SYNC_NOT_YOURS' })
    expect(await push({ actor: null })).toMatchObject({ outcome: 'refused', code: 'WORKSPACE_NOBODY' })
    expect(await push({ command: 'test.unheard' })).toMatchObject({ code: 'SYNC_COMMAND_UNKNOWN' })
    expect(await push({ command: 'test.settings.count' })).toMatchObject({ code: 'SYNC_COMMAND_UNKNOWN' })
    expect(await push({ commandVersion: 4n })).toMatchObject({
      code: 'SYNC_COMMAND_VERSION',
      data: { known: 3n },
    })
    expect(await push({ commandVersion: 1n })).toMatchObject({ code: 'SYNC_COMMAND_VERSION' })
    expect(await push({ input: '{}' })).toMatchObject({ code: 'WORKSPACE_BAD_INPUT' })
    const old = { id: newId(4), commandVersion: 2n, input: JSON.stringify({ id: BOB, title: 'Bobby' }) }
    expect(await push(old)).toMatchObject({ outcome: 'done' })
    expect((await server.tables()).people!.join()).toContain('Bobby')
  })

  it('takes a snapshot when tombstones it needs are gone, and keeps the outbox', async () => {
    await desk.give(leaves.set, { name: 'mine', value: '1' })
    await server.give(leaves.set, { name: 'theirs', value: '1' })
    await server.give(leaves.remove, { id: BOB })
    const removed = await pruneFeed(server.store, WORKSPACE, 100n)
    expect(removed).toBe(1n)
    server.switches.broken = true
    await desk.give(leaves.breaks, {})
    await server.give(leaves.call, { name: 'Renamed' })
    await server.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ version: 120n }).execute()
    })
    expect(await round()).toMatchObject({ reached: true })
    expect(await desk.outbox()).toMatchObject([{ command: 'test.breaks', state: 'pending' }])
    expect(await desk.tables()).toEqual(await server.tables())
    expect((await desk.tables()).settings).toHaveLength(2)
    expect(await pruneFeed(server.store, WORKSPACE, 50n)).toBe(0n)
  })

  it('takes a snapshot when the server was restored to an earlier state, or its scopes changed', async () => {
    await desk.give(leaves.set, { name: 'mine', value: '1' })
    await round()
    await server.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.deleteFrom('settings').execute()
      await tx.db.updateTable('workspace_state').set({ version: 1n }).execute()
    })
    await round()
    expect(await desk.tables()).toEqual(await server.tables())
    await desk.client(server.for('desk', 3, { people: [] })).round()
    expect(await desk.tables()).toEqual({ workspace: ['Test company'] })
    await round()
    expect(await desk.tables()).toEqual(await server.tables())
  })

  it('goes on with a snapshot where it was cut off, while the server moves on', async () => {
    for (let i = 0; i < 12; i++) await server.give(leaves.add, { name: `P${i}`, email: `${i}@example.com` })
    const late = await testDesk('late', clock, 7)
    let pages = 0
    const real = server.for('late')
    const tired: SyncServer = {
      ...real,
      async snapshot(request) {
        if (++pages % 3 === 0) throw new Error('the line is cut')
        const page = await real.snapshot(request)
        await server.give(leaves.rename, { id: ADA, name: `Ada ${pages}` })
        if (pages === 2) await server.give(leaves.remove, { id: BOB })
        return page
      },
    }
    let rounds = 0
    while (!(await late.client(tired).round()).reached) rounds++
    expect(rounds).toBeGreaterThan(1)
    expect(await late.tables()).toEqual(await server.tables())
    await late.close()
  })

  it('takes a snapshot row by row from a server of the release before, also behind packed pages', async () => {
    for (let i = 0; i < 12; i++) await server.give(leaves.add, { name: `P${i}`, email: `${i}@example.com` })
    const late = await testDesk('late', clock, 7)
    const real = server.for('late')
    let pages = 0
    const older: SyncServer = {
      ...real,
      async snapshot(request) {
        const page = await real.snapshot({ ...request, packed: ++pages < 3 })
        if (page.kind === 'reset') return page
        if (pages === 3) await server.give(leaves.rename, { id: ADA, name: 'Countess' })
        expect(page[pages < 3 ? 'rows' : 'packed']).toEqual([])
        return page
      },
    }
    expect(await late.client(older).round()).toMatchObject({ reached: true })
    expect(pages).toBeGreaterThan(3)
    expect(await late.tables()).toEqual(await server.tables())
    await late.close()
  })

  it('leaves out tables and columns of a snapshot that it does not know', async () => {
    const late = await testDesk('late', clock, 7)
    const real = server.for('late')
    const newer: SyncServer = {
      ...real,
      async snapshot(request) {
        const page = await real.snapshot(request)
        if (page.kind === 'reset') return page
        const more = page.packed.map(({ columns, rows, cells, ...rest }) => {
          const flat = JSON.parse(cells) as unknown[]
          const wider = Array.from({ length: rows }, (_, row) => [
            'later',
            ...flat.slice(row * columns.length, (row + 1) * columns.length),
          ])
          const later = { name: 'mood', kind: 'text' as const }
          return { ...rest, rows, columns: [later, ...columns], cells: JSON.stringify(wider.flat()) }
        })
        const unknown = { table: 'later_notes', columns: [{ name: 'id', kind: 'text' as const }] }
        return { ...page, packed: [{ ...unknown, rows: 1, cells: '["a"]' }, ...more] }
      },
    }
    expect(await late.client(newer).round()).toMatchObject({ reached: true })
    expect(await late.tables()).toEqual(await server.tables())
    await late.close()
  })

  /** Lets so many pages through, then the line is cut until the server is back from its copy. */
  const cutAfter = (real: SyncServer, name: 'pull' | 'snapshot', pages: number, between = async () => {}) => {
    let asked = 0
    const page = async (ask: () => Promise<unknown>) => {
      if (asked === pages) throw new Error('the line is cut')
      if (asked++ > 0) await between()
      return ask()
    }
    return { ...real, [name]: (request: never) => page(() => real[name](request)) } as SyncServer
  }

  /** The server loses what came after a version; `back` makes its rows what they were. */
  const restoreTo = (version: bigint, back: (tx: Tx) => Promise<unknown>) =>
    server.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ version: 1n }).execute()
      await back(tx)
      await tx.db.updateTable('workspace_state').set({ version }).execute()
      await tx.db.deleteFrom('command_log').where('version', '>', version).execute()
      await tx.db.deleteFrom('feed_marks').where('version', '>', version).execute()
    })

  it('notices that a restored server lost nothing but chunks of jobs, and came as far by others', async () => {
    const { version } = await server.give(leaves.set, { name: 'a', value: '1' })
    const chunk = (name: string) =>
      server.store.write(WORKSPACE, 'job', async tx => {
        await takeFeedVersion(tx)
        await tx.db
          .insertInto('settings')
          .values({ name, value: '', changed_by: 'job', changed_at: 0n })
          .execute()
      })
    await chunk('lost')
    await chunk('lost too')
    await desk.give(leaves.set, { name: 'b', value: '1' })
    expect(await round()).toMatchObject({ answered: 1 })
    await chunk('lost last')
    await round()
    const after = (await server.tables()).settings
    expect((await desk.tables()).settings).toEqual(after)
    // What was done between is as it was, and stands at its version: only the chunks are others.
    await server.store.write(WORKSPACE, 'person', async tx => {
      await tx.db.deleteFrom('feed_marks').where('version', '>', version).execute()
      await tx.db.deleteFrom('settings').where('changed_by', '=', 'job').execute()
      await tx.db
        .updateTable('workspace_state')
        .set({ version: version + 3n })
        .execute()
    })
    await chunk('another')
    await round()
    expect((await server.tables()).settings).not.toEqual(after)
    expect(await desk.tables()).toEqual(await server.tables())
    // Nobody is asked again for what was answered: the command is there.
    expect(await round()).toMatchObject({ answered: 0, failure: null })
  })

  it('tells a revoked desk what became of a command with a secret, and logs none for one that it refuses', async () => {
    const sent: PushedCommand[] = []
    const seeing: SyncServer = {
      ...server.for('desk'),
      push: request => {
        sent.push(...request.commands)
        return server.for('desk').push(request)
      },
    }
    await desk.give(leaves.keep, { name: 'key', value: 'secret one' })
    expect(await desk.client(seeing).round()).toMatchObject({ answered: 1, refused: 0 })
    const [kept] = sent
    const revoked = server.for('desk', 3, { revoked: true })
    const push = async (commands: PushedCommand[]) =>
      ((await revoked.push({ answered: null, commands })) as PushAnswer[])[0]
    expect(await push([kept!])).toMatchObject({ outcome: 'done' })
    const later = { ...kept!, id: newId(8) }
    for (let times = 0; times < 2; times++)
      expect(await push([later])).toMatchObject({ outcome: 'refused', code: 'ACCESS_DEVICE_REVOKED' })
    const unread = {
      ...kept!,
      id: newId(9),
      input: '{"name":"a name that is much too long","value":"secret two"}',
    }
    for (let times = 0; times < 2; times++)
      expect(await push([unread])).toMatchObject({ outcome: 'refused', code: 'ACCESS_DEVICE_REVOKED' })
    const log = await server.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('command_log').select('input').orderBy('version').execute(),
    )
    expect(log.map(entry => entry.input).join()).not.toContain('secret')
    expect(log.at(-1)!.input).toBe('"•"')
  })

  it('does not go on with a snapshot whose pages are of a time that a restored server lost', async () => {
    const { version } = await server.give(leaves.set, { name: 'a', value: '1' })
    const late = await testDesk('late', clock)
    const lose = async () => void (await server.give(leaves.rename, { id: BOB, name: 'Lost' }))
    const cut = cutAfter(server.for('late', 1), 'snapshot', 2, lose)
    expect(await late.client(cut).round()).toMatchObject({ reached: false })
    await restoreTo(version, tx =>
      tx.db.updateTable('people').set({ name: 'Bob' }).where('id', '=', BOB).execute(),
    )
    await server.give(leaves.set, { name: 'b', value: '1' })
    expect(await late.client(server.for('late', 1)).round()).toMatchObject({ reached: true })
    expect(await late.tables()).toEqual(await server.tables())
    await late.close()
  })

  it('does not go on with pages that left out what was changed in a time that a restored server lost', async () => {
    await server.give(leaves.set, { name: 'a', value: '1' })
    await server.give(leaves.set, { name: 'b', value: '1' })
    const { version } = await server.give(leaves.set, { name: 'c', value: '1' })
    await server.give(leaves.set, { name: 'a', value: 'lost' })
    const cut = cutAfter(server.for('desk', 1), 'pull', 1)
    expect(await desk.client(cut).round()).toMatchObject({ reached: false })
    await restoreTo(version, tx =>
      tx.db.updateTable('settings').set({ value: '1' }).where('name', '=', 'a').execute(),
    )
    await server.give(leaves.set, { name: 'd', value: '1' })
    expect(await desk.client(server.for('desk', 1)).round()).toMatchObject({ reached: true })
    expect(await desk.tables()).toEqual(await server.tables())
  })

  it('rewinds for a migration of the desk, and replays at the next start', async () => {
    const before = await desk.tables()
    await desk.give(leaves.swap, { one: ADA, other: BOB })
    await desk.give(leaves.call, { name: 'Renamed here' })
    const shown = await desk.tables()
    const added = {
      ...migrations[0]!,
      name: '9999-later',
      tables: { later: table({ columns: { id: text() } }) },
    }
    await desk.migrate([...migrations, added])
    const { workspace, ...rows } = await desk.tables()
    expect({ ...rows, workspace: before.workspace }).toEqual(before)
    expect(workspace).toEqual(['Renamed here'])
    expect(await replayAfterMigration(desk.store, WORKSPACE, desk.runner.replay)).toEqual([])
    expect(await desk.tables()).toEqual(shown)
    expect(await desk.rewound()).toEqual(before)
    expect(await replayAfterMigration(desk.store, WORKSPACE, desk.runner.replay)).toEqual([])
    await round()
    expect(await server.tables()).toEqual(shown)
  })
})

describe('what a server keeps of the feed', () => {
  it('is what desks may still ask for; none where nothing was removed or nobody follows', async () => {
    const clock = testClock()
    const server = await testServer('sqlite', clock)
    const floor = (before: bigint) => server.store.read(WORKSPACE, reader => floorOf(reader, before))
    await server.give(leaves.set, { name: 'kept', value: '1' })
    expect(await floor(clock.now() + 1n)).toBeNull()
    await server.give(leaves.set, { name: 'gone', value: '1' })
    const { version } = await server.give(leaves.forget, { name: 'gone' })
    expect(await floor(clock.now())).toBeNull()
    expect(await floor(clock.now() + 1n)).toBe(version)
    expect(await pruneFeed(server.store, WORKSPACE, version)).toBe(1n)
    expect(await floor(clock.now() + 1n)).toBeNull()
    const desk = await testDesk('desk', clock)
    expect(await desk.store.read(WORKSPACE, reader => floorOf(reader, clock.now() + 1n))).toBeNull()
    await desk.close()
    await server.close()
  })

  it('drops marks of chunks as it drops tombstones, but for the last one', async () => {
    const clock = testClock()
    const server = await testServer('sqlite', clock)
    const desk = await testDesk('desk', clock)
    const round = () => desk.client(server.for('desk')).round()
    const marks = () =>
      server.store.read(WORKSPACE, async reader =>
        (await reader.db.selectFrom('feed_marks').select('version').orderBy('version').execute()).map(
          row => row.version,
        ),
      )
    for (let n = 0; n < 3; n++) await server.store.write(WORKSPACE, 'job', takeFeedVersion)
    await round()
    const { version } = await server.give(leaves.set, { name: 'kept', value: '1' })
    await server.store.write(WORKSPACE, 'job', takeFeedVersion)
    expect(await marks()).toEqual([version - 3n, version - 2n, version - 1n, version + 1n])
    const floor = () => server.store.read(WORKSPACE, reader => floorOf(reader, clock.now() + 1n))
    expect(await floor()).toBe(version)
    await pruneFeed(server.store, WORKSPACE, version)
    expect(await marks()).toEqual([version - 1n, version + 1n])
    expect(await floor()).toBeNull()
    // Who stands below it takes a snapshot, who stands at it goes on by the feed.
    let snapshots = 0
    const seeing: SyncServer = {
      ...server.for('desk'),
      snapshot(request) {
        snapshots++
        return server.for('desk').snapshot(request)
      },
    }
    await desk.client(seeing).round()
    expect(snapshots).toBeGreaterThan(0)
    await pruneFeed(server.store, WORKSPACE, version + 1n)
    snapshots = 0
    await server.give(leaves.set, { name: 'more', value: '1' })
    await desk.client(seeing).round()
    expect(snapshots).toBe(0)
    expect(await desk.tables()).toEqual(await server.tables())
    await desk.close()
    await server.close()
  })

  it('follows the roles of a desk’s people: who loses one loses the rows on the next round', async () => {
    const clock = testClock()
    const server = await testServer('sqlite', clock)
    const desk = await testDesk('desk', clock)
    const round = () => desk.client(server.for('desk', 3, { people: [BOB] })).round()
    const roles = (of: string) =>
      server.store.write(WORKSPACE, 'person', async tx => {
        await tx.db.updateTable('people').set({ roles: of }).where('id', '=', BOB).execute()
        await tx.db.insertInto('number_series').values({ series: of, next: 1n }).execute()
      })
    await roles('["analyst"]')
    await round()
    expect((await desk.tables()).number_series).toHaveLength(1)
    await desk.give(leaves.set, { name: 'mine', value: '1' }, { person: BOB })
    await roles('["ops"]')
    await round()
    expect((await desk.tables()).number_series).toBeUndefined()
    expect((await server.tables()).settings?.join()).toContain('mine')
    await desk.close()
    await server.close()
  })

  it('says which side is too old, and does nothing until it is not', async () => {
    const clock = testClock()
    const server = await testServer('sqlite', clock)
    const desk = await testDesk('desk', clock)
    await desk.client(server.for('desk')).round()
    await desk.give(leaves.set, { name: 'mine', value: '1' })
    const real = server.for('desk')
    const newer = { protocol: BUILD.protocol + 2, schema: BUILD.schema + 9, since: BUILD.schema + 4 }
    const hello = (build: Build): SyncServer => ({
      ...real,
      hello: async desk => unfit(build, desk) ?? real.hello(desk),
    })
    expect((await desk.client(hello(newer)).round()).unfit).toMatchObject({ older: 'desk' })
    const older = { protocol: BUILD.protocol, schema: BUILD.since - 1, since: 0 }
    expect((await desk.client(hello(older)).round()).unfit).toMatchObject({ older: 'server' })
    expect(await desk.outbox()).toMatchObject([{ state: 'pending' }])
    expect(unfit({ ...BUILD, schema: BUILD.since }, BUILD)).toBeNull()
    expect(unfit(BUILD, { ...BUILD, schema: BUILD.since })).toBeNull()
    await desk.close()
    await server.close()
  })

  it('keeps what a refused command was based on, and what the server has now', async () => {
    const clock = testClock()
    const server = await testServer('sqlite', clock)
    const desk = await testDesk('desk', clock)
    await desk.client(server.for('desk')).round()
    await desk.give(leaves.rename, { id: BOB, name: 'Robert' })
    await server.give(leaves.swap, { one: ADA, other: BOB })
    await server.give(leaves.remove, { id: BOB })
    await desk.give(leaves.comment, { id: ADA, body: 'about her' })
    await desk.client(server.for('desk')).round()
    const [kept] = await desk.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('outbox_context').selectAll().execute(),
    )
    expect(kept?.based_on).toContain('Bob@example.com')
    expect(kept?.current).toBe('[]')
    await desk.close()
    await server.close()
  })
})
