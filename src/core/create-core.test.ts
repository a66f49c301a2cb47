import { afterEach, describe, expect, it } from 'vitest'
import { createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { runThread } from '#core/runtime/thread-entry.ts'
import { contract } from '#shared/contract/index.ts'
import {
  DATABASES,
  KEY,
  PATIENTLY,
  type TestCore,
  testClock,
  testCore,
  testIds,
  testServices,
  testStore,
  WORKSPACE,
} from '#test/kit/core-kit.ts'
import { memoryThread } from '#test/kit/memory-thread.ts'

const { workspace } = contract
const GENESIS = { version: -1n, hash: '0'.repeat(64) }
const system = { person: null, device: 'test', assurance: 'system', system: true } as const
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

describe('a core with threads', () => {
  it('asks heavy questions and moves the log in threads of their own, and shows it', async () => {
    const clock = testClock()
    const { store, path, remove } = await testStore('sqlite', clock)
    await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
    const roles: string[] = []
    const crashes: ((error: Error | null) => void)[] = []
    const logged: unknown[] = []
    const services = testServices()
    const core = createCore({
      workspace: WORKSPACE,
      store,
      clock,
      timer: clock,
      newId: testIds(clock),
      log: (level, message, facts) => void logged.push([level, message, facts]),
      services,
      threads: {
        database: { path, key: KEY },
        start(data) {
          const { here, there, crash } = memoryThread()
          roles.push(data.role)
          crashes.push(crash)
          runThread(there, data, { ...clock, environment: {} })
          return here
        },
      },
    })
    await core.start()
    expect(roles).toEqual([])
    const checkpoint = async (number: number) => {
      await expect.poll(() => core.background.checkpoints()?.count, PATIENTLY).toBe(number)
    }
    const { admin } = await core.call(
      workspace.setup.begin,
      { name: 'W', zone: 'UTC', currency: 'EUR', admin: { name: 'Ada', email: 'a@example.com' } },
      { person: null, device: 'test', assurance: 'unattested' },
    )
    const ada = { person: admin, device: 'test', assurance: 'unattested' } as const
    clock.advance(1000)
    await checkpoint(1)
    expect(await core.call(workspace.log.check, { after: GENESIS }, ada)).toMatchObject({ problem: null })
    const facts = await core.call(workspace.diagnostics.get, {}, ada)
    expect(facts.threads.map(thread => [thread.role, thread.state])).toEqual([
      ['checkpoint', 'running'],
      ['reader', 'running'],
    ])
    expect(facts.checkpoints).toMatchObject({ count: 1, lastAt: clock.now() })
    expect(facts.checkpoints!.pages).toBe(facts.checkpoints!.moved)
    expect(facts.waits.find(one => one.kind === 'heavy')!.total.count).toBe(1)

    // Half a minute without a write, and the log is cut back to nothing.
    clock.advance(30_000)
    await checkpoint(2)
    expect(core.background.checkpoints()).toMatchObject({ pages: 0 })

    // A thread that crashes under a checkpoint is a bug to be seen, and the next one is started.
    await core.call(workspace.settings.set, { name: 'billing.cycle', value: 'yearly' }, ada)
    clock.advance(1000)
    crashes[0]!(new Error('out of memory'))
    await expect.poll(() => logged.length, PATIENTLY).toBeGreaterThan(0)
    expect(core.bugs.list()).toMatchObject([{ where: 'checkpoint', message: 'Error: out of memory' }])
    expect(logged).toContainEqual(['error', 'checkpoint failed', expect.objectContaining({ reference: '' })])
    await core.call(workspace.settings.set, { name: 'billing.cycle', value: 'monthly' }, ada)
    clock.advance(1000)
    await checkpoint(3)
    expect(roles).toEqual(['checkpoint', 'reader', 'checkpoint'])
    await core.close()
    await remove()
  })
})

describe.each(DATABASES)('a core on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('knows its capabilities, and how each is called', async () => {
    t = await testCore(database)
    await expect(t.core.callById('billing.magic', {}, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
      data: { entity: 'capability', id: 'billing.magic' },
    })
    expect(t.core.workspace).toBe(t.workspace)
    expect(
      await t.core.run('workspace.settings.set', { name: 'billing.cycle', value: 'yearly' }, t.admin),
    ).toMatchObject({ outcome: 'done', repeated: false })
  })

  it('runs a service’s commands under ids of its own intention, so that a repeat is one', async () => {
    t = await testCore(database)
    const passphrase = 'correct horse battery'
    const caller = { ...t.admin, commandId: id(1) }
    const { proof } = await t.core.call(workspace.people.setPassphrase, { passphrase }, caller)
    const clear = { ...t.admin, proof, commandId: id(2) }
    const input = { personId: t.admin.person!, current: passphrase }
    await t.core.call(workspace.people.clearPassphrase, input, clear)
    await t.core.call(workspace.people.clearPassphrase, input, clear)
    const { entries } = await t.core.call(
      workspace.log.list,
      { command: 'workspace.people.storePassphrase' },
      t.admin,
    )
    expect(entries).toHaveLength(2)
  })

  it('a bug of the background is noted with where it happened', async () => {
    t = await testCore(database)
    await t.store.write(t.workspace, 'job', async tx => {
      await tx.db
        .insertInto('jobs')
        .values({
          ...{ id: id(1), kind: 'k', input: '{}', state: 'done', phase: '', done: 0n, total: null },
          ...{ result: null, failure: null, attempts: 1n, cancel_requested: 0n, requested_by: null },
          ...{ requested_at: 0n, started_at: 0n, finished_at: 0n },
        })
        .execute()
    })
    const { write } = t.store
    Object.assign(t.store, { write: () => Promise.reject(new Error('disk full')) })
    t.clock.advance(60_000)
    await expect.poll(() => t.core.bugs.list().length, PATIENTLY).toBe(1)
    expect(t.core.bugs.list()).toMatchObject([{ where: 'housekeeping', message: 'Error: disk full' }])
    Object.assign(t.store, { write })
    expect(await t.core.call(workspace.housekeeping.run, {}, system)).toMatchObject({ jobs: 1 })
  })
})
