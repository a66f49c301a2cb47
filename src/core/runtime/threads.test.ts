import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { Refusal, refuse } from '#shared/errors.ts'
import { KEY, testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { memoryThread } from '#test/kit/memory-thread.ts'
import { prepareWorkspace } from '../database/prepare.ts'
import { type JobContext, jobKind } from '../jobs/job.ts'
import { serveJob, threadedJobs } from '../jobs/job-thread.ts'
import type { Caller } from './handlers.ts'
import { createReaderThread } from './reader-thread.ts'
import { runThread } from './thread-entry.ts'
import { createPeer, ThreadGone } from './threads.ts'

const tick = () => new Promise<void>(resolve => setImmediate(resolve))

describe('questions and answers over a port', () => {
  it('go in both directions, at the same time', async () => {
    const { here, there } = memoryThread()
    const told: unknown[] = []
    const one = createPeer(here, {
      double: (n: number) => n * 2,
      note: (what: unknown) => void told.push(what),
    })
    const other = createPeer(there, { greet: async (name: string) => `hello ${name}` })
    expect(
      await Promise.all([one.ask('greet', 'Ada'), other.ask('double', 21), one.ask('greet', 'Bob')]),
    ).toEqual(['hello Ada', 42, 'hello Bob'])
    other.tell('note', 7n)
    other.tell('nobody listens', 1)
    await tick()
    expect(told).toEqual([7n])
  })

  it('carry refusals with code and data, errors with their stack, and what is no error at all', async () => {
    const { here, there } = memoryThread()
    const one = createPeer(here, {})
    createPeer(there, {
      refuse: () => {
        throw refuse('TEST_NO', { limit: 3n }, 'not now')
      },
      fail: async () => {
        throw new RangeError('a bug')
      },
      odd: () => Promise.reject('just text'),
    })
    const refusal = await one.ask('refuse', null).catch((error: Error) => error)
    expect(refusal).toBeInstanceOf(Refusal)
    expect(refusal).toMatchObject({ code: 'TEST_NO', data: { limit: 3n }, message: 'not now' })
    const error = await one.ask<Error>('fail', null).catch((error: Error) => error)
    expect(error.message).toBe('a bug')
    expect(error.stack).toContain('RangeError')
    await expect(one.ask('odd', null)).rejects.toThrow('just text')
    await expect(one.ask('unknown', null)).rejects.toThrow('no answer to unknown')
  })

  it('fail when the other side ends', async () => {
    const { here, there, crash } = memoryThread()
    const one = createPeer(here, {})
    createPeer(there, { never: () => new Promise(() => {}) })
    const waiting = one.ask('never', null)
    await tick()
    crash(new Error('out of memory'))
    await expect(waiting).rejects.toThrow('out of memory')
    await expect(one.ask('never', null)).rejects.toThrow('out of memory')
    one.tell('note', null)
    const quiet = memoryThread()
    const closed = createPeer(quiet.here, {})
    quiet.here.close()
    await expect(closed.ask('anything', null)).rejects.toThrow(ThreadGone)
  })

  it('do not mind an answer that nobody waits for', async () => {
    const { here, there } = memoryThread()
    const one = createPeer(here, {})
    there.post({ reply: 99, value: 1 })
    there.post({ reply: 98, failure: { code: null, message: 'x', data: null, stack: undefined } })
    createPeer(there, { fail: () => Promise.reject({ toString: () => 'odd' }) })
    const error = await one.ask<Error>('fail', null).catch((error: Error) => error)
    expect(error.message).toBe('odd')
  })
})

const ada: Caller = { person: null, device: 'test', assurance: 'system', system: true }

describe('the thread for heavy questions', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close()
  })

  it('answers from a connection of its own, starts anew after a crash, and ends with the core', async () => {
    const clock = testClock()
    const { store, path, remove } = await testStore('sqlite', clock)
    opened.push({ close: () => store.close().then(remove) })
    await prepareWorkspace(store, WORKSPACE, 'standalone', 5n)
    const logged: unknown[] = []
    const crashes: ((error: Error | null) => void)[] = []
    const thread = createReaderThread(
      data => {
        const { here, there, crash } = memoryThread()
        crashes.push(crash)
        runThread(there, data, { now: clock.now, monotonic: clock.monotonic, environment: {} })
        return here
      },
      { role: 'reader', database: { path, key: KEY }, workspace: WORKSPACE },
      (_level, message, facts) => void logged.push([message, facts]),
    )
    expect(crashes).toHaveLength(0)
    const ask = () =>
      thread.query('workspace.log.check', { after: { version: -1n, hash: '0'.repeat(64) } }, ada, 1n)
    expect(await ask()).toMatchObject({ value: { good: [], problem: null }, tables: ['command_log'] })
    await ask()
    expect(crashes).toHaveLength(1)
    await expect(thread.query('workspace.people.add', {}, ada, 1n)).rejects.toThrow('no query')
    crashes[0]!(new Error('out of memory'))
    crashes[0]!(null)
    await ask()
    expect(crashes).toHaveLength(2)
    crashes[1]!(null)
    expect(logged).toEqual([
      ['the reader thread ended', { error: 'out of memory' }],
      ['the reader thread ended', { error: 'without a reason' }],
    ])
    await ask()
    thread.close()
    await expect(ask()).rejects.toThrow(ThreadGone)
    expect(logged).toHaveLength(2)
    createReaderThread(
      () => expect.unreachable(),
      { role: 'job', workspace: 'w', jobKind: 'x' },
      () => {},
    ).close()
  })

  it('moves the log into the file in the background', async () => {
    const clock = testClock()
    const { store, path, remove } = await testStore('sqlite', clock)
    await prepareWorkspace(store, WORKSPACE, 'standalone', 5n)
    const { here, there } = memoryThread()
    const host = { now: clock.now, monotonic: clock.monotonic, environment: {} }
    runThread(there, { role: 'checkpoint', database: { path, key: KEY } }, host)
    const peer = createPeer(here, {})
    expect(await peer.ask('checkpoint', { idle: false })).toMatchObject({ pages: expect.any(Number) })
    here.close()
    expect(() => runThread(there, { role: 'job', workspace: WORKSPACE, jobKind: 'no.such' }, host)).toThrow(
      'no job',
    )
    const job = memoryThread()
    runThread(job.there, { role: 'job', workspace: WORKSPACE, jobKind: 'finops.imports.start' }, host)
    await store.close()
    await remove()
  })
})

describe('a job in a thread', () => {
  it('asks the core for everything that it stores', async () => {
    const asked: unknown[] = []
    const kind = jobKind<{ n: bigint }, string>({
      name: 'test.job',
      chunks: {},
      afterCrash: 'fail',
      async compute(context) {
        context.progress(1, 2, 'half')
        context.progress(2n, null)
        const stored = await context.submit('chunk', { n: context.input.n })
        const answer = await context.query(contract.workspace.session, {})
        const done = await context.command(contract.workspace.people.list as never, { a: 1 } as never)
        return `${stored} ${JSON.stringify(answer)} ${done} ${context.attempt} ${context.now()}`
      },
    })
    const { here, there } = memoryThread()
    const start = threadedJobs(() => {
      serveJob(there, kind as never, () => 9n)
      return here
    })
    const abort = new AbortController()
    const context: JobContext<unknown> = {
      ...{ jobId: 'j', workspace: 'w', input: { n: 3n }, attempt: 2, signal: abort.signal, now: () => 9n },
      submit: async (chunk, data) => {
        asked.push(['submit', chunk, data])
        return 'stored'
      },
      query: (async (leaf: { '~orpc': { meta: unknown } }) => {
        asked.push(['query', leaf['~orpc'].meta])
        return { ok: 1 }
      }) as never,
      command: (async () => 'commanded') as never,
      progress: (...args: unknown[]) => void asked.push(['progress', ...args]),
    }
    expect(await start(kind as never, context)).toBe('stored {"ok":1} commanded 2 9')
    expect(asked).toEqual([
      ['progress', 1n, 2n, 'half'],
      ['progress', 2n, null, undefined],
      ['submit', 'chunk', { n: 3n }],
      ['query', { id: 'workspace.session' }],
    ])
  })

  it('is told to stop', async () => {
    const kind = jobKind<null, string>({
      name: 'test.job',
      chunks: {},
      afterCrash: 'fail',
      compute: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    })
    const { here, there } = memoryThread()
    const abort = new AbortController()
    const running = threadedJobs(() => {
      serveJob(there, kind as never, () => 9n)
      return here
    })(kind as never, { jobId: 'j', workspace: 'w', input: null, attempt: 1, signal: abort.signal } as never)
    await tick()
    abort.abort(new Error('cancelled'))
    await expect(running).rejects.toThrow('cancelled')
  })
})
