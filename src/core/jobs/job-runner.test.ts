import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LeaseLost } from '#core/database/lease-rows.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Row } from '#core/database/schema.ts'
import type { Store, Tx } from '#core/database/store.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { DATABASES, PATIENTLY, type TestClock, testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { type JobContext, type JobKind, jobKind } from './job.ts'
import { createJobRunner, inlineJobs, type JobRunner } from './job-runner.ts'
import { enqueueJob, jobOf } from './job-table.ts'

interface Input {
  readonly do: string
}

describe.each(DATABASES)('the job runner on %s', database => {
  let store: Store
  let remove: () => Promise<void>
  let clock: TestClock
  let runner: JobRunner
  let bugs: [string, string][]
  let announced: [string[], boolean][]
  let over: string[]
  /** Lets a running job go on, or fail. */
  let gates: Map<string, { go: () => void; fail: (error: Error) => void; context: JobContext<Input> }>
  const kinds = new Map<string, JobKind>()

  const setting = (tx: Tx, name: string) =>
    tx.db.insertInto('settings').values({ name, value: '', changed_by: 'job', changed_at: 0n }).execute()
  const clean = (tx: Tx) =>
    tx.db
      .deleteFrom('settings')
      .execute()
      .then(() => {})

  function kind(name: string, afterCrash: 'restart' | 'fail', abandon = true): JobKind {
    return jobKind<Input, unknown>({
      name,
      afterCrash,
      chunks: {
        put: async (tx: Tx, data: { name: string }) => {
          await setting(tx, data.name)
          return 'put'
        },
      },
      ...(abandon ? { abandon: clean } : {}),
      async compute(context) {
        await new Promise<void>((resolve, reject) => {
          gates.set(context.jobId, { go: resolve, fail: reject, context })
          context.signal.addEventListener('abort', () => reject(context.signal.reason))
        })
        const what = context.input.do
        if (what === 'put') return context.submit('put', { name: context.jobId })
        if (what === 'unknown chunk') return context.submit('none', {})
        if (what === 'ask')
          return [
            await context.query(contract.workspace.session, {}),
            await context.command(contract.workspace.people.add as never, {} as never),
          ]
        return undefined
      },
    }) as JobKind
  }
  for (const one of [kind('test.restart', 'restart'), kind('test.fail', 'fail', false)])
    kinds.set(one.name, one)

  function start(slots?: number, fence?: (tx: Tx) => Promise<void>): JobRunner {
    return createJobRunner({
      ...(fence ? { fence } : {}),
      ...{
        store,
        workspace: WORKSPACE,
        kinds,
        startJob: inlineJobs,
        now: clock.now,
        monotonic: clock.monotonic,
      },
      call: async (id, input, caller) => [id, input, caller.person, caller.device],
      changed: (tables, bulk) => announced.push([[...tables], bulk]),
      over: async (_tx, jobId) => void over.push(jobId),
      onBug: (error, jobId) => bugs.push([(error as Error).message, jobId]),
      ...(slots ? { slots } : {}),
    })
  }

  beforeEach(async () => {
    clock = testClock()
    const made = await testStore(database, clock)
    store = made.store
    remove = made.remove
    await prepareWorkspace(store, WORKSPACE, 'standalone', 0n)
    ;[bugs, announced, over, gates] = [[], [], [], new Map()]
    runner = start()
  })
  afterEach(async () => {
    await runner.close()
    await store.close()
    await remove()
  })

  const queue = async (id: string, what = '', name = 'test.restart') => {
    clock.advance(1)
    await store.write(WORKSPACE, 'person', tx =>
      enqueueJob(tx, { id, kind: name, input: { do: what }, actor: 'ada', at: clock.now() }),
    )
    runner.wake()
  }
  const row = async (id: string): Promise<Row<'jobs'>> =>
    store.read(WORKSPACE, reader =>
      reader.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    )
  const until = async <T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> => {
    for (const since = performance.now(); performance.now() - since < PATIENTLY.timeout; ) {
      const found = await look()
      if (found !== undefined) return found
      await new Promise(resolve => setTimeout(resolve, 1))
    }
    throw new Error('it did not come to that')
  }
  const gate = (id: string) => until(() => gates.get(id))
  const settings = () =>
    store.read(WORKSPACE, async reader =>
      (await reader.db.selectFrom('settings').select('name').orderBy('name').execute()).map(one => one.name),
    )

  it('runs a queued job to its end', async () => {
    await queue('one', 'put')
    const { go } = await gate('one')
    expect(await row('one')).toMatchObject({ state: 'running', attempts: 1n, started_at: clock.now() })
    clock.advance(100)
    go()
    await runner.idle()
    expect(await row('one')).toMatchObject({
      state: 'done',
      result: '"put"',
      failure: null,
      finished_at: clock.now(),
    })
    expect(await settings()).toEqual(['one'])
    expect(announced).toContainEqual([['settings'], true])
    expect(over).toEqual(['one'])
    expect(jobOf(await row('one'))).toMatchObject({
      id: 'one',
      state: 'done',
      result: 'put',
      cancelRequested: false,
    })
  })

  it('asks and commands in the name of who requested the job', async () => {
    await queue('one', 'ask')
    ;(await gate('one')).go()
    await runner.idle()
    expect(jobOf(await row('one')).result).toEqual([
      ['workspace.session', {}, 'ada', 'job:test.restart'],
      ['workspace.people.add', {}, 'ada', 'job:test.restart'],
    ])
  })

  it('leaves a job as it is from the moment when jobs are another process’s work', async () => {
    await runner.close()
    let ours = true
    const fenced = start(1, async tx => {
      await tx.db.selectFrom('jobs').select('id').limit(1).execute()
      if (!ours) throw new LeaseLost('background')
    })
    await queue('one', 'put')
    await queue('two', 'put')
    fenced.wake()
    const { go, context } = await gate('one')
    ours = false
    context.progress(1, 2)
    go()
    await fenced.idle()
    // Neither its chunk nor its end is stored, and nothing of it is cleaned up: who has the jobs begins it again.
    expect(await row('one')).toMatchObject({ state: 'running', attempts: 1n, done: 0n })
    expect(await settings()).toEqual([])
    fenced.wake()
    await fenced.idle()
    expect((await row('two')).state).toBe('queued')
    expect(bugs).toEqual([])
    await fenced.close()
    ours = true
    runner = start()
    await runner.recover()
    runner.wake()
    gates.clear()
    ;(await gate('one')).go()
    ;(await gate('two')).go()
    await runner.idle()
    expect(await settings()).toEqual(['one', 'two'])
  })

  it('runs a bounded number side by side, in the order in which they were requested', async () => {
    for (const id of ['c', 'b', 'a']) await queue(id)
    await gate('c')
    await gate('b')
    expect((await row('a')).state).toBe('queued')
    gates.get('c')!.go()
    await gate('a')
    gates.get('a')!.go()
    gates.get('b')!.go()
    await until(async () =>
      (await row('a')).state === 'done' && (await row('b')).state === 'done' ? true : undefined,
    )
  })

  it('fails with the refusal or the bug that stopped the job, and cleans up after it', async () => {
    await store.write(WORKSPACE, 'person', tx => setting(tx, 'left behind').then(() => {}))
    await queue('refused')
    ;(await gate('refused')).fail(refuse('TEST_NO', { n: 3n }, 'not now'))
    await runner.idle()
    expect(jobOf(await row('refused'))).toMatchObject({
      state: 'failed',
      failure: { code: 'TEST_NO', message: 'not now', data: { n: 3n } },
    })
    expect(bugs).toEqual([])
    expect(await settings()).toEqual([])

    await queue('bug', '', 'test.fail')
    ;(await gate('bug')).fail(new Error('a bug'))
    await queue('odd', '', 'test.fail')
    ;(await gate('odd')).fail('just text' as never)
    await queue('chunk', 'unknown chunk')
    ;(await gate('chunk')).go()
    await queue('unknown', '', 'test.none')
    await runner.idle()
    const failures = await Promise.all(
      ['bug', 'odd', 'chunk', 'unknown'].map(async id => jobOf(await row(id)).failure),
    )
    expect(failures).toMatchObject([
      { code: 'WORKSPACE_JOB_BUG', message: 'a bug' },
      { code: 'WORKSPACE_JOB_BUG', message: 'just text' },
      { code: 'WORKSPACE_JOB_BUG', message: 'job test.restart has no chunk none' },
      { code: 'WORKSPACE_JOB_UNKNOWN', data: { kind: 'test.none' } },
    ])
    expect(bugs.map(([, id]) => id).sort()).toEqual(['bug', 'chunk', 'odd'])
  })

  it('stops a job that somebody cancels, and lets it do nothing more', async () => {
    await queue('one')
    const { context } = await gate('one')
    await store.write(WORKSPACE, 'person', tx =>
      tx.db
        .updateTable('jobs')
        .set({ cancel_requested: 1n })
        .execute()
        .then(() => {}),
    )
    runner.wake()
    await runner.idle()
    expect(await row('one')).toMatchObject({ state: 'cancelled', result: null, failure: null })
    await expect(context.submit('put', { name: 'late' })).rejects.toThrow()
    expect(() => context.command(contract.workspace.people.add as never, {} as never)).toThrow()
    expect(await settings()).toEqual([])
    expect(bugs).toEqual([])
  })

  it('does not begin a job that was cancelled while it was queued', async () => {
    await queue('one')
    await gate('one')
    await queue('two')
    await gate('two')
    await queue('three')
    await store.write(WORKSPACE, 'person', tx =>
      tx.db
        .updateTable('jobs')
        .set({ state: 'cancelled' })
        .where('id', '=', 'three')
        .execute()
        .then(() => {}),
    )
    gates.get('one')!.go()
    gates.get('two')!.go()
    await runner.idle()
    expect(gates.has('three')).toBe(false)
  })

  it('stores progress a few times a second, and the last of it', async () => {
    await queue('one')
    const { context, go } = await gate('one')
    context.progress(1, 10, 'reading')
    await until(async () => ((await row('one')).done === 1n ? true : undefined))
    context.progress(2, 10)
    clock.advance(100)
    context.progress(3n, 10n)
    expect((await row('one')).done).toBe(1n)
    clock.advance(200)
    context.progress(4, null, 'writing')
    await until(async () => ((await row('one')).done === 4n ? true : undefined))
    expect(await row('one')).toMatchObject({ total: null, phase: 'writing' })
    context.progress(5, 5)
    go()
    await runner.idle()
    expect(await row('one')).toMatchObject({ done: 5n, total: 5n, phase: 'writing', state: 'done' })
  })

  it('begins again after a crash what can be begun again, a few times, and cleans up first', async () => {
    const running = (id: string, name: string, attempts: bigint) =>
      store.write(WORKSPACE, 'person', async tx => {
        await enqueueJob(tx, { id, kind: name, input: { do: 'put' }, actor: null, at: clock.now() })
        await tx.db
          .updateTable('jobs')
          .set({ state: 'running', attempts, done: 7n })
          .where('id', '=', id)
          .execute()
      })
    await running('again', 'test.restart', 1n)
    await running('enough', 'test.restart', 3n)
    await running('fails', 'test.fail', 1n)
    await running('unknown', 'test.none', 1n)
    await store.write(WORKSPACE, 'person', tx => setting(tx, 'left behind').then(() => {}))
    await runner.recover()
    expect(await settings()).toEqual([])
    const states = await Promise.all(
      ['again', 'enough', 'fails', 'unknown'].map(async id => jobOf(await row(id))),
    )
    expect(states.map(job => [job.state, job.failure?.code])).toEqual([
      ['queued', undefined],
      ['failed', 'WORKSPACE_JOB_CRASHED'],
      ['failed', 'WORKSPACE_JOB_CRASHED'],
      ['failed', 'WORKSPACE_JOB_CRASHED'],
    ])
    runner.wake()
    const { context, go } = await gate('again')
    expect(context.attempt).toBe(2)
    go()
    await runner.idle()
    expect((await row('again')).state).toBe('done')
  })

  it('leaves a job running when the core closes: it begins again at the next start', async () => {
    await queue('one')
    await gate('one')
    await queue('two')
    await gate('two')
    await queue('three')
    await runner.close()
    runner.wake()
    expect((await row('one')).state).toBe('running')
    expect((await row('three')).state).toBe('queued')
    gates.clear()
    runner = start(1)
    await runner.recover()
    runner.wake()
    ;(await gate('one')).go()
    ;(await gate('two')).go()
    ;(await gate('three')).go()
    await until(async () => ((await row('three')).state === 'done' ? true : undefined))
  })

  it('on a server, gives what a chunk writes a version of its own', async () => {
    const version = async () =>
      (
        await store.read(WORKSPACE, reader =>
          reader.db.selectFrom('workspace_state').select('version').executeTakeFirstOrThrow(),
        )
      ).version
    await queue('one', 'put')
    ;(await gate('one')).go()
    await runner.idle()
    expect(await version()).toBe(0n)
    await store.write(WORKSPACE, 'person', tx =>
      tx.db
        .updateTable('workspace_state')
        .set({ authority: 'server' })
        .execute()
        .then(() => {}),
    )
    await prepareWorkspace(store, WORKSPACE, 'server', 0n)
    announced.length = 0
    await queue('two', 'put')
    ;(await gate('two')).go()
    await runner.idle()
    const changes = await store.read(WORKSPACE, reader =>
      reader.db
        .selectFrom('changes')
        .select(['table_name', 'row_key', 'version'])
        .orderBy('table_name')
        .execute(),
    )
    // The job's begin, its chunk and its end: what the chunk wrote keeps the version between them.
    expect(changes).toEqual([
      { table_name: 'server_jobs', row_key: 'two', version: 3n },
      { table_name: 'settings', row_key: 'two', version: 2n },
    ])
    expect(await version()).toBe(3n)
    expect(announced.flatMap(([tables]) => tables)).not.toContain('workspace_state')
  })

  it('tells of a failure that is its own', async () => {
    const broken = createJobRunner({
      ...{
        store: { ...store, read: async () => Promise.reject(new Error('no database')) },
        workspace: WORKSPACE,
        kinds,
      },
      ...{
        startJob: inlineJobs,
        now: clock.now,
        monotonic: clock.monotonic,
        call: async () => null,
        changed: () => {},
      },
      over: async () => {},
      onBug: (error, jobId) => bugs.push([(error as Error).message, jobId]),
    })
    broken.wake()
    broken.wake()
    await broken.idle()
    expect(bugs[0]).toEqual(['no database', ''])
    await broken.close()
  })
})
