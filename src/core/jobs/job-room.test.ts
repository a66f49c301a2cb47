import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Store } from '#core/database/store.ts'
import { type TestClock, testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { jobKind } from './job.ts'
import { createJobRunner, inlineJobs } from './job-runner.ts'
import { enqueueJob } from './job-table.ts'

describe('jobs on a disk without room', () => {
  let clock: TestClock
  let store: Store
  let remove: () => Promise<void>
  let bugs: string[]
  let pauses: number

  const kind = jobKind<Record<string, never>, string[]>({
    name: 'test.room',
    afterCrash: 'fail',
    freeing: ['free'],
    chunks: { fill: async () => 'filled', free: async () => 'freed' },
    async compute(context) {
      const freed = (await context.submit('free', {})) as string
      const filled = await context.submit('fill', {}).catch(error => (error as Error).message)
      return [freed, filled as string]
    },
  })

  beforeEach(async () => {
    clock = testClock()
    const made = await testStore('sqlite', clock)
    store = made.store
    remove = made.remove
    bugs = []
    pauses = 0
    await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
    await store.write(WORKSPACE, 'person', tx =>
      enqueueJob(tx, { id: 'one', kind: kind.name, input: {}, actor: null, at: 0n }),
    )
  })
  afterEach(async () => {
    await store.close()
    await remove()
  })

  function start(more: Partial<Parameters<typeof createJobRunner>[0]>) {
    return createJobRunner({
      ...{ store, workspace: WORKSPACE, kinds: new Map([[kind.name, kind as never]]), startJob: inlineJobs },
      ...{ now: clock.now, monotonic: clock.monotonic, call: async () => null, changed: () => {} },
      over: async () => {},
      onBug: error => bugs.push((error as Error).message),
      pause: async () => {
        pauses++
      },
      ...more,
    })
  }

  const job = () =>
    store.read(WORKSPACE, reader => reader.db.selectFrom('jobs').selectAll().executeTakeFirstOrThrow())

  it('store nothing more but what makes room', async () => {
    const runner = start({ hasRoom: () => false })
    runner.wake()
    await runner.idle()
    expect(await job()).toMatchObject({
      state: 'done',
      result: '["freed","ENOSPC: the disk is nearly full"]',
    })
    await runner.close()
  })

  it('are started and ended when storing that works again, after pauses', async () => {
    let failures = 0
    const failing: Store = {
      ...store,
      write: async (workspace, urgency, work) => {
        // Every other write fails: the start, the chunks and the end of the job.
        if (++failures % 2 === 1) throw new Error('database or disk is full')
        return store.write(workspace, urgency, work)
      },
    }
    const runner = start({ store: failing })
    runner.wake()
    await runner.idle()
    expect((await job()).state).toBe('failed')
    expect(pauses).toBeGreaterThan(1)
    expect(bugs[0]).toBe('database or disk is full')
    await runner.close()
  })

  it('do not hold up the end of the core', async () => {
    let resume: () => void = () => {}
    const runner = start({
      store: { ...store, write: async () => Promise.reject(new Error('database or disk is full')) },
      pause: signal =>
        new Promise(resolve => {
          resume = resolve
          signal.addEventListener('abort', () => resolve())
        }),
    })
    runner.wake()
    await expect.poll(() => bugs.length, { timeout: 10_000 }).toBe(1)
    await runner.close()
    resume()
    expect((await job()).state).toBe('queued')
  })
})
