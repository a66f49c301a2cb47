import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { AwaitedOutside, type Store } from '#core/database/store.ts'
import { command } from '#shared/contract/define.ts'
import { refuse } from '#shared/errors.ts'
import { idFromCommand } from '#shared/ids.ts'
import { EVERYONE } from '#shared/permissions.ts'
import { DATABASES, type TestClock, testClock, testIds, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { byId, type Caller, capabilityOf, handle, type Leaf, type RawInputOf } from './handlers.ts'
import { createRunner, type Runner } from './runner.ts'

const leaf = {
  set: command('test.set', { roles: ['analyst'], version: 2 })
    .input(z.object({ name: z.string().min(1), value: z.string().default('none') }))
    .output(z.string()),
  vote: command('test.vote', { roles: ['approver'], vote: true })
    .input(z.object({}))
    .output(z.null()),
  open: command('test.open', { roles: [], open: true }).input(z.object({})).output(z.null()),
  inner: command('test.inner', { roles: [], internal: true })
    .input(z.object({ n: z.number() }))
    .output(z.number()),
  secret: command('test.secret', { roles: EVERYONE, secret: ['word'] })
    .input(z.object({ name: z.string(), word: z.string() }))
    .output(z.number()),
  outer: command('test.outer', { roles: EVERYONE })
    .input(z.object({ trusted: z.boolean(), adopt: z.boolean(), refuse: z.boolean(), unknown: z.boolean() }))
    .output(z.unknown()),
  refused: command('test.refused', { roles: EVERYONE }).input(z.object({})).output(z.null()),
  bug: command('test.bug', { roles: EVERYONE }).input(z.object({})).output(z.null()),
  waits: command('test.waits', { roles: EVERYONE }).input(z.object({})).output(z.null()),
  work: command('test.work', { roles: EVERYONE }).input(z.object({})).output(z.array(z.string())),
  bare: command('test.bare', { roles: EVERYONE }),
}

describe.each(DATABASES)('the runner on %s', database => {
  let store: Store
  let remove: () => Promise<void>
  let clock: TestClock
  let runner: Runner
  let announced: [bigint, string[]][]
  const handlers = byId({
    set: handle(leaf.set, async ({ tx, input, now, undoWith, ids }) => {
      undoWith(leaf.set, { name: input.name })
      await tx.db
        .insertInto('settings')
        .values({ ...input, changed_by: ids.next(), changed_at: now })
        .onConflict(conflict => conflict.column('name').doUpdateSet({ value: input.value }))
        .execute()
      return input.value
    }),
    vote: handle(leaf.vote, async () => null),
    open: handle(leaf.open, async ({ actor }) => actor as null),
    inner: handle(leaf.inner, async ({ input, undoWith }) => {
      undoWith(leaf.inner, { n: -input.n })
      return input.n
    }),
    secret: handle(leaf.secret, async ({ input }) => input.word.length),
    outer: handle(leaf.outer, async ({ tx, input, run, runById, compensates }) => {
      await tx.db.deleteFrom('settings').execute()
      compensates('an earlier one')
      const set = await run(leaf.set, { name: 'nested' })
      if (input.refuse) throw refuse('TEST_NO')
      if (input.unknown) await runById('test.unknown', {})
      const options = { trusted: input.trusted, adoptUndo: input.adopt }
      return [set, await runById('test.inner', { n: 7 }, options)]
    }),
    refused: handle(leaf.refused, async ({ tx, undoWith, compensates }) => {
      await tx.db.deleteFrom('people').execute()
      undoWith(leaf.bug, {})
      compensates('another')
      throw refuse('TEST_NO', { limit: 3n })
    }),
    bug: handle(leaf.bug, async ({ tx }) => {
      await tx.db.deleteFrom('people').execute()
      throw new TypeError('a bug')
    }),
    waits: handle(leaf.waits, async () => {
      await new Promise(resolve => setTimeout(resolve, 5))
      return null
    }),
    work: handle(leaf.work, async ({ effect, enqueue, ids }) => [
      await effect('test.notice', { to: 'everybody' }),
      await enqueue(
        { name: 'test.job', chunks: {}, afterCrash: 'fail', compute: async () => null },
        { n: 1n },
      ),
      ids.next(),
    ]),
    bare: handle(leaf.bare, async ({ input }) => input as never),
  })

  beforeEach(async () => {
    clock = testClock()
    announced = []
    const made = await testStore(database, clock)
    store = made.store
    remove = made.remove
    await prepareWorkspace(store, WORKSPACE, 'standalone', 0n)
    runner = createRunner({
      ...{ store, workspace: WORKSPACE, commands: handlers, now: clock.now, newId: testIds(clock) },
      committed: (version, tables) => announced.push([version, [...tables].sort()]),
    })
    await store.write(WORKSPACE, 'person', async tx => {
      for (const [id, roles, active, passphrase] of [
        ['ada', '["analyst"]', 1n, null],
        ['root', '["admin"]', 1n, null],
        ['gone', '["admin"]', 0n, null],
        ['shy', '["analyst"]', 1n, 'hashed'],
      ] as const) {
        await tx.db
          .insertInto('people')
          .values({ id, name: id, email: id, roles, active, created_at: 0n })
          .execute()
        if (passphrase !== null)
          await tx.db
            .insertInto('credentials')
            .values({ person_id: id, hash: passphrase, changed_at: 0n })
            .execute()
      }
    })
  })
  afterEach(async () => {
    await store.close()
    await remove()
  })

  const give = <L extends Leaf>(one: L, input: RawInputOf<L>, caller: Partial<Caller> = {}) =>
    runner.run(capabilityOf(one).id, input, {
      person: 'ada',
      device: 'test',
      assurance: 'unattested',
      ...caller,
    })
  const log = () =>
    store.read(WORKSPACE, reader =>
      reader.db.selectFrom('command_log').selectAll().orderBy('version').execute(),
    )
  const count = (table: 'people' | 'settings' | 'command_log') =>
    store.read(
      WORKSPACE,
      async reader =>
        (
          await reader.db
            .selectFrom(table)
            .select('workspace' as never)
            .execute()
        ).length,
    )

  it('takes a version, runs, logs and announces', async () => {
    clock.advance(1000)
    const answer = await give(leaf.set, { name: 'a' }, { at: clock.now() - 500n })
    expect(answer).toMatchObject({ version: 1n, outcome: 'done', result: 'none', repeated: false })
    const [entry] = await log()
    expect(entry).toMatchObject({
      ...{ version: 1n, id: answer.commandId, command: 'test.set', command_version: 2n, actor: 'ada' },
      ...{ device: 'test', assurance: 'unattested', at: clock.now() - 500n, received_at: clock.now() },
      ...{ input: '{"name":"a","value":"none"}', outcome: 'done', result: '"none"', compensates: null },
      undo: '{"command":"test.set","expect":[],"input":{"name":"a"}}',
      previous: '0'.repeat(64),
    })
    expect((await give(leaf.set, { name: 'b' })).version).toBe(2n)
    expect((await log())[1]!.previous).toBe(entry!.hash)
    expect(announced).toEqual([
      [1n, ['command_log', 'settings', 'workspace_state']],
      [2n, ['command_log', 'settings', 'workspace_state']],
    ])
    const row = await store.read(WORKSPACE, reader =>
      reader.db.selectFrom('settings').select(['changed_by', 'changed_at']).executeTakeFirst(),
    )
    expect(row).toEqual({ changed_by: idFromCommand(answer.commandId, 0), changed_at: entry!.at })
  })

  it('gives the kept answer to a repeat, a refusal included, and changes nothing', async () => {
    const [one, two] = ['00000000-0000-7000-8000-000000000aaa', '00000000-0000-7000-8000-000000000bbb']
    const first = await give(leaf.set, { name: 'a' }, { commandId: one })
    const refused = await give(leaf.refused, {}, { commandId: two })
    const told = announced.length
    expect(await give(leaf.set, { name: 'a' }, { commandId: one })).toEqual({ ...first, repeated: true })
    expect(await give(leaf.refused, {}, { commandId: two })).toEqual({ ...refused, repeated: true })
    expect(announced).toHaveLength(told)
    expect(await count('command_log')).toBe(2)
    for (const other of [
      give(leaf.set, { name: 'b' }, { commandId: one }),
      give(leaf.bare, undefined as never, { commandId: one }),
    ])
      await expect(other).rejects.toMatchObject({
        code: 'WORKSPACE_COMMAND_REUSED',
        data: { commandId: one },
      })
    expect((await give(leaf.set, { name: 'c' })).version).toBe(3n)
  })

  it('knows a repeat by another id of the same intention', async () => {
    const [one, two] = ['00000000-0000-7000-8000-000000000aaa', '00000000-0000-7000-8000-000000000bbb']
    const first = await give(leaf.set, { name: 'a' }, { commandId: one, aliases: [two] })
    const again = await give(leaf.set, { name: 'a' }, { commandId: two, aliases: [one, two] })
    expect(again).toEqual({ ...first, commandId: one, repeated: true })
    await expect(give(leaf.set, { name: 'b' }, { commandId: two, aliases: [one] })).rejects.toMatchObject({
      code: 'WORKSPACE_COMMAND_REUSED',
    })
    expect(await count('command_log')).toBe(1)
  })

  it('knows a repeat that comes after a release with another version of the command', async () => {
    const [one, two] = ['00000000-0000-7000-8000-000000000aaa', '00000000-0000-7000-8000-000000000bbb']
    const barred = {
      ...{ command: 'test.set', command_version: 2n, actor: 'ada', device: 'test', at: 0n },
      assurance: 'unattested',
    }
    const first = await give(leaf.set, { name: 'a' }, { commandId: one })
    const later = command('test.set', { roles: ['analyst'], version: 3 })
      .input(z.object({ title: z.string().min(1), value: z.string() }))
      .output(z.string())
    const upcast = { 2: (old: unknown) => ({ title: (old as { name: string }).name, value: 'none' }) }
    const set = handle(later, async ({ input }) => input.value, upcast)
    const next = createRunner({
      ...{ store, workspace: WORKSPACE, commands: byId({ set }), now: clock.now, newId: testIds(clock) },
      committed: () => {},
    })
    const again = (title: string, commandId: string) =>
      next.run(
        'test.set',
        { title, value: 'none' },
        { person: 'ada', device: 'test', assurance: 'unattested', commandId },
      )
    expect(await again('a', one)).toEqual({ ...first, repeated: true })
    await expect(again('b', one)).rejects.toMatchObject({ code: 'WORKSPACE_COMMAND_REUSED' })
    const done = await again('c', two)
    // What an older desk sends once more is no other command, also when it may not run any more.
    const no = { code: 'TEST_NO', data: {} }
    const old = { ...barred, id: two, input: '{"name":"c","value":"none"}' }
    expect(await next.bar(old, no)).toEqual({ ...done, repeated: true })
    const other = { ...old, input: '{"name":"d","value":"none"}' }
    await expect(next.bar(other, no)).rejects.toMatchObject({ code: 'WORKSPACE_COMMAND_REUSED' })
    expect(await count('command_log')).toBe(2)
  })

  it('logs a refusal, undoes what was done, and announces the log only', async () => {
    const answer = await give(leaf.refused, {})
    expect(answer).toMatchObject({ outcome: 'refused', result: { code: 'TEST_NO', data: { limit: 3n } } })
    expect(await log()).toMatchObject([{ outcome: 'refused', undo: null, compensates: null }])
    expect(await count('people')).toBe(4)
    expect(announced).toEqual([[1n, ['command_log', 'workspace_state']]])
  })

  it('leaves no trace of a bug, nor of a handler that waits for something else', async () => {
    await expect(give(leaf.bug, {})).rejects.toThrow(TypeError)
    await expect(give(leaf.waits, {})).rejects.toThrow(AwaitedOutside)
    expect(await count('people')).toBe(4)
    expect(await log()).toEqual([])
    expect(announced).toEqual([])
    expect((await give(leaf.set, { name: 'a' })).version).toBe(1n)
  })

  it('refuses what the actor may not do', async () => {
    const codes = async (...given: Promise<{ result: unknown }>[]) =>
      Promise.all(given.map(async one => ((await one).result as { code?: string } | null)?.code ?? 'done'))
    expect(
      await codes(
        give(leaf.set, { name: 'a' }, { person: null }),
        give(leaf.set, { name: 'a' }, { person: 'gone' }),
        give(leaf.set, { name: 'a' }, { person: 'unheard' }),
        give(leaf.vote, {}),
        give(leaf.vote, {}, { person: 'root' }),
        give(leaf.set, { name: 'a' }, { person: 'root' }),
        give(leaf.inner, { n: 1 }, { person: 'root' }),
        give(leaf.inner, { n: 1 }, { system: true }),
        give(leaf.open, {}, { person: null }),
      ),
    ).toEqual([
      ...[
        'WORKSPACE_NOBODY',
        'WORKSPACE_NOBODY',
        'WORKSPACE_NOBODY',
        'WORKSPACE_FORBIDDEN',
        'WORKSPACE_FORBIDDEN',
      ],
      ...['done', 'WORKSPACE_FORBIDDEN', 'done', 'done'],
    ])
  })

  it('believes whoever has a passphrase with its proof only, and keeps no trace of the doubt', async () => {
    const shy = { person: 'shy' }
    await expect(give(leaf.set, { name: 'a' }, shy)).rejects.toMatchObject({
      code: 'WORKSPACE_PASSPHRASE_NEEDED',
    })
    await expect(give(leaf.set, { name: 'a' }, { ...shy, attested: 'other' })).rejects.toMatchObject({
      code: 'WORKSPACE_PASSPHRASE_NEEDED',
    })
    expect(await log()).toEqual([])
    for (const proof of [{ attested: 'hashed' }, { vouched: true }, { system: true }])
      expect((await give(leaf.set, { name: 'a' }, { ...shy, ...proof })).outcome).toBe('done')
    expect((await give(leaf.open, {}, shy)).result).toBeNull()
  })

  it('parses the input first, and names what does not fit', async () => {
    await expect(give(leaf.set, { name: '' })).rejects.toMatchObject({
      code: 'WORKSPACE_BAD_INPUT',
      data: { issues: [{ path: 'name' }] },
    })
    await expect(give(leaf.set, 7 as never)).rejects.toMatchObject({ data: { issues: [{ path: '' }] } })
    expect((await give(leaf.bare, { free: 1 } as never)).result).toEqual({ free: 1 })
    expect((await give(leaf.bare, undefined as never)).result).toBeNull()
    await expect(
      runner.run('test.unknown', {}, { person: 'ada', device: 't', assurance: 'system' }),
    ).rejects.toThrow('no command')
    expect(await count('command_log')).toBe(2)
  })

  it('keeps secrets out of the log, and still knows a repeat', async () => {
    const commandId = '00000000-0000-7000-8000-000000000ccc'
    expect((await give(leaf.secret, { name: 'a', word: 'hush' }, { commandId })).result).toBe(4)
    expect((await log())[0]!.input).toBe('{"name":"a","word":"•"}')
    expect((await give(leaf.secret, { name: 'a', word: 'hush' }, { commandId })).repeated).toBe(true)
  })

  it('runs commands within a command: one entry, one permission, one undo', async () => {
    const input = { trusted: false, adopt: false, refuse: false, unknown: false }
    expect((await give(leaf.outer, input)).result).toMatchObject({ code: 'WORKSPACE_FORBIDDEN' })
    expect((await give(leaf.outer, { ...input, refuse: true })).result).toMatchObject({ code: 'TEST_NO' })
    await expect(give(leaf.outer, { ...input, unknown: true })).rejects.toThrow('no command test.unknown')
    expect(await count('settings')).toBe(0)
    expect((await give(leaf.outer, { ...input, trusted: true })).result).toEqual(['none', 7])
    expect((await give(leaf.outer, { ...input, trusted: true, adopt: true })).outcome).toBe('done')
    const entries = await log()
    expect(entries.map(entry => [entry.outcome, entry.compensates, entry.undo])).toEqual([
      ['refused', null, null],
      ['refused', null, null],
      ['done', 'an earlier one', null],
      ['done', 'an earlier one', '{"command":"test.inner","expect":[],"input":{"n":-7}}'],
    ])
  })

  it('stores effects and jobs in the same transaction, under ids of the command', async () => {
    const { result, commandId } = await give(leaf.work, {})
    expect(result).toEqual([0, 1, 2].map(ordinal => idFromCommand(commandId, ordinal)))
    const rows = await store.read(WORKSPACE, async reader => [
      await reader.db
        .selectFrom('effects')
        .select(['id', 'kind', 'payload', 'state', 'not_before'])
        .execute(),
      await reader.db.selectFrom('jobs').select(['id', 'kind', 'input', 'state', 'requested_by']).execute(),
    ])
    const [effect, job] = result as string[]
    expect(rows).toEqual([
      [
        {
          id: effect,
          kind: 'test.notice',
          payload: '{"to":"everybody"}',
          state: 'waiting',
          not_before: clock.now(),
        },
      ],
      [{ id: job, kind: 'test.job', input: '{"n":{"$int":"1"}}', state: 'queued', requested_by: 'ada' }],
    ])
    await give(leaf.work, {}, { system: true, person: null })
  })

  it('does not run in a database that does not hold its workspace', async () => {
    const other = createRunner({
      ...{ store, workspace: 'w-other', commands: handlers, now: clock.now, newId: testIds(clock) },
      committed: () => {},
    })
    await expect(
      other.run('test.open', {}, { person: null, device: 't', assurance: 'system' }),
    ).rejects.toThrow('does not hold workspace w-other')
  })
})
