import { afterEach, describe, expect, it } from 'vitest'
import { countRows, MOST_COUNTED } from '#core/database/size.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'

const { diagnostics } = contract.workspace

describe.each(DATABASES)('diagnostics on %s', database => {
  let t: TestCore
  afterEach(() => t.close())
  const get = () => t.core.call(diagnostics.get, {}, t.admin)

  it('workspace.diagnostics.get: tells of host, database, waits, jobs and effects', async () => {
    t = await testCore(database)
    t.clock.advance(5000)
    const facts = await get()
    expect(facts).toMatchObject({
      now: t.clock.now(),
      startedAt: t.clock.now() - 5000n,
      host: { kind: 'test', platform: 'test', versions: { quarterdeck: '0.0.0' } },
      threads: [],
      checkpoints: null,
      followers: 0,
      jobs: { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 },
      effects: { waiting: 0, failed: 0, uncarried: [] },
      bugs: [],
    })
    expect(facts.database.kind).toBe(database === 'sqlite' ? 'sqlite' : 'postgres')
    expect(facts.database.bytes).toBeGreaterThan(0n)
    expect(facts.database.logBytes).toBeNull()
    expect(facts.database.tables).toContainEqual({ name: 'people', rows: 1, more: false })
    expect(facts.waits.map(one => one.kind)).toEqual(['read', 'write', 'heavy'])
    if (database === 'sqlite') {
      expect(facts.database.bytes).toBe(facts.database.pages! * 4096n)
    }
    const [read, write] = facts.waits
    expect(read!.total.count).toBeGreaterThan(0)
    expect(write!.total.count).toBeGreaterThan(0)
  })

  it('workspace.diagnostics.get: tells which effects nothing here carries out', async () => {
    t = await testCore(database, {
      carriers: [{ kind: 'mail', carry: async () => {} }],
    })
    await t.store.write(t.workspace, 'job', async tx => {
      const effect = { payload: '{}', attempts: 0n, state: 'waiting' as const, done_at: null, failure: null }
      await tx.db
        .insertInto('effects')
        .values([
          { ...effect, id: 'a', kind: 'notification', not_before: 0n, created_at: 7n },
          { ...effect, id: 'b', kind: 'notification', not_before: 0n, created_at: 5n },
          // Carried out here, only not yet.
          { ...effect, id: 'c', kind: 'mail', not_before: t.clock.now() + 1000n, created_at: 1n },
        ])
        .execute()
    })
    expect((await get()).effects).toEqual({
      waiting: 3,
      failed: 0,
      uncarried: [{ kind: 'notification', count: 2, oldest: 5n }],
    })
  })

  it('workspace.diagnostics.get: counts followers, jobs, effects, and shows the latest bugs', async () => {
    t = await testCore(database, {
      host: { kind: 'test', platform: 'test', versions: {}, logBytes: async () => 4096n },
    })
    const abort = new AbortController()
    const following = t.core.live.follow(undefined, abort.signal).next()
    await t.store.write(t.workspace, 'job', async tx => {
      const effect = { kind: 'mail', payload: '{}', attempts: 0n, not_before: 0n, created_at: 0n }
      await tx.db
        .insertInto('effects')
        .values([
          { ...effect, id: 'a', state: 'waiting', done_at: null, failure: null },
          { ...effect, id: 'b', state: 'failed', done_at: 0n, failure: null },
          { ...effect, id: 'c', state: 'done', done_at: 0n, failure: null },
        ])
        .execute()
    })
    t.core.bugs.note({ reference: 'ref-1', where: 'workspace.session', error: new Error('oops') })
    expect(await get()).toMatchObject({
      followers: 1,
      effects: { waiting: 1, failed: 1, uncarried: [{ kind: 'mail', count: 1, oldest: 0n }] },
      database: { logBytes: 4096n },
      bugs: [{ reference: 'ref-1', where: 'workspace.session', message: 'Error: oops', at: t.clock.now() }],
    })
    abort.abort()
    await following
  })

  it('rows are counted up to a bound', async () => {
    t = await testCore(database)
    await t.store.write(t.workspace, 'job', async tx => {
      for (let from = 0; from <= MOST_COUNTED; from += 1000)
        await tx.db
          .insertInto('settings')
          .values(
            Array.from({ length: 1000 }, (_, index) => ({
              name: `test.${from + index}`,
              value: '1',
              changed_by: '',
              changed_at: 0n,
            })),
          )
          .execute()
    })
    const counts = await t.store.read(t.workspace, countRows)
    expect(counts.find(one => one.name === 'settings')).toEqual({
      name: 'settings',
      rows: MOST_COUNTED,
      more: true,
    })
  })
})
