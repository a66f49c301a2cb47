import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { prepareWorkspace } from '#core/database/prepare.ts'
import type { Store } from '#core/database/store.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { Timing } from '#shared/contract/workspace/schedules.ts'
import { refuse } from '#shared/errors.ts'
import { PATIENTLY, type TestClock, testClock, testIds, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import {
  kindsByName,
  type ScheduleCall,
  type ScheduleKind,
  type ScheduleStep,
  scheduleKind,
} from './schedule-kind.ts'
import { createScheduleRunner, type ScheduleRunner } from './schedule-runner.ts'

const HOURLY: Timing = { every: 'cron', expression: '0 * * * *' }
const DAILY: Timing = { every: 'day', at: '03:00' }
/** The tests' clock begins at 09:00 UTC. */
const TEN = BigInt(Date.UTC(2026, 10, 21, 10))
const MINUTE = 60_000
const never = new Promise<never>(() => {})

describe('a runner of schedules', () => {
  let clock: TestClock
  let store: Store
  let remove: () => Promise<void>
  let runner: ScheduleRunner
  let kind: ScheduleKind
  /** What a test puts in front of a transaction. */
  let before: Record<'read' | 'write', () => Promise<void>>
  let bugs: [message: string, runId: string][]
  let calls: ScheduleCall<unknown>[]
  let run: () => Promise<ScheduleStep>

  beforeEach(async () => {
    clock = testClock()
    ;({ store, remove } = await testStore('sqlite', clock))
    await prepareWorkspace(store, WORKSPACE, 'standalone', clock.now())
    before = { read: async () => {}, write: async () => {} }
    ;[bugs, calls] = [[], []]
    run = async () => ({ over: true, summary: {} })
    kind = scheduleKind({
      ...{ name: 'test.probe', input: z.unknown(), roles: ['ops'] },
      run: call => {
        calls.push(call)
        return run()
      },
    })
  })
  afterEach(async () => {
    await runner.close()
    await store.close()
    await remove()
  })

  function begin(over: Partial<ScheduleKind> = {}): void {
    runner = createScheduleRunner({
      store: {
        ...store,
        read: async (...given: Parameters<Store['read']>) => {
          await before.read()
          return store.read(...given) as never
        },
        write: async (...given: Parameters<Store['write']>) => {
          await before.write()
          return store.write(...given) as never
        },
      },
      ...{ workspace: WORKSPACE, kinds: kindsByName([{ ...kind, ...over }]), timer: clock, now: clock.now },
      newHolder: testIds(clock, 1),
      call: () => never,
      changed: () => {},
      onBug: (error, id) => void bugs.push([(error as Error).message, id]),
    })
  }

  async function add(id: string, timing: Timing = HOURLY): Promise<void> {
    await store.write(WORKSPACE, 'person', async tx => {
      const at = clock.now()
      await tx.db
        .insertInto('schedules')
        .values({
          ...{ id, kind: 'test.probe', timing: canonicalJson(timing), paused: 0n, input: '{}', since: at },
          ...{ created_at: at, changed_by: null, changed_at: at },
        })
        .execute()
    })
    runner.wake()
    await runner.idle()
  }
  const pause = (paused: bigint) =>
    store.write(WORKSPACE, 'person', async tx => {
      await tx.db.updateTable('schedules').set({ paused }).execute()
    })
  const runs = () =>
    store.read(WORKSPACE, ({ db }) =>
      db.selectFrom('schedule_runs').selectAll().orderBy('planned_at').execute(),
    )
  async function pass(milliseconds: number): Promise<void> {
    clock.advance(milliseconds)
    runner.wake()
    await runner.idle()
  }
  const toTen = () => pass(Number(TEN - clock.now()))
  /** Goes on to a run that does not come to its end by itself. */
  async function hanging(): Promise<void> {
    run = () => never
    clock.advance(Number(TEN - clock.now()))
    runner.wake()
    await expect.poll(() => calls.length, PATIENTLY).toBe(1)
  }
  /** Transactions of a kind wait from now on; gives what lets them go, with an error or without. */
  function hold(which: 'read' | 'write') {
    const waiting: ((error?: Error) => void)[] = []
    before[which] = () =>
      new Promise((resolve, reject) => waiting.push(error => (error ? reject(error) : resolve())))
    return {
      waiting,
      letGo(error?: Error) {
        before[which] = async () => {}
        for (const one of waiting) one(error)
      },
    }
  }

  it('wakes for whichever of its schedules is next', async () => {
    begin()
    await add('a', DAILY)
    await add('b', HOURLY)
    await add('c', DAILY)
    // Its longest sleep is a minute, so that only what comes sooner tells.
    await pass(Number(TEN - clock.now()) - MINUTE / 2)
    clock.advance(MINUTE / 2)
    await runner.idle()
    expect(calls.map(call => [call.scheduleId, call.plannedAt])).toEqual([['b', TEN]])
  })

  it('looks again later where it could not look', async () => {
    begin()
    await add('a')
    before.read = () => Promise.reject(new Error('the database is gone'))
    await toTen()
    expect(bugs).toContainEqual(['the database is gone', ''])
    expect(calls).toEqual([])
    before.read = async () => {}
    clock.advance(MINUTE)
    await runner.idle()
    expect(calls.map(call => call.plannedAt)).toEqual([TEN])
  })

  it('sets no timer any more when it was closed while it looked', async () => {
    begin()
    await add('a')
    const { waiting, letGo } = hold('read')
    runner.wake()
    await expect.poll(() => waiting.length, PATIENTLY).toBe(1)
    const closed = runner.close()
    letGo(new Error('the store is closed'))
    await closed
    expect(clock.waiting()).toBe(0)
  })

  it('begins nothing when it was closed while it took a run, and leaves that to whoever comes next', async () => {
    begin()
    await add('a')
    run = () => never
    const { waiting, letGo } = hold('write')
    clock.advance(Number(TEN - clock.now()))
    runner.wake()
    await expect.poll(() => waiting.length, PATIENTLY).toBe(1)
    const closed = runner.close()
    letGo()
    await closed
    expect(calls).toEqual([])
    expect(await runs()).toMatchObject([{ state: 'running', held_until: TEN, attempt: 1n }])
    run = async () => ({ over: true, summary: {} })
    begin()
    await pass(1)
    expect(await runs()).toMatchObject([{ state: 'done', attempt: 1n }])
  })

  it('does not try again while its schedule rests', async () => {
    begin()
    await add('a')
    run = () => Promise.reject(refuse('TEST_NO', {}))
    await toTen()
    await pause(1n)
    await pass(30 * MINUTE)
    expect(calls).toHaveLength(1)
    await pause(0n)
    await pass(1)
    expect(calls).toHaveLength(2)
  })

  it('ends a run that another server took over, and does not touch it any more', async () => {
    begin()
    await add('a')
    await hanging()
    const taken = { holder: 'another', held_until: TEN + 120_000n }
    await store.write(WORKSPACE, 'job', async tx => {
      await tx.db.updateTable('schedule_runs').set(taken).execute()
    })
    clock.advance(20_000)
    await expect.poll(() => calls[0]!.signal.aborted, PATIENTLY).toBe(true)
    await runner.idle()
    expect(await runs()).toMatchObject([{ state: 'running', ...taken }])
    expect(bugs).toEqual([])
  })

  it('says again that it is there where it could not say so once', async () => {
    begin()
    await add('a')
    await hanging()
    before.write = () => Promise.reject(new Error('the disk is full'))
    clock.advance(20_000)
    await expect.poll(() => bugs, PATIENTLY).toEqual([['the disk is full', calls[0]!.runId]])
    before.write = async () => {}
    clock.advance(20_000)
    const heldUntil = async () => (await runs())[0]!.held_until
    await expect.poll(heldUntil, PATIENTLY).toBe(TEN + 100_000n)
    expect(calls[0]!.signal.aborted).toBe(false)
  })

  it('sets no timer for a run that came to its end while it said so', async () => {
    begin()
    await add('a')
    let finish = () => {}
    run = () =>
      new Promise(resolve => {
        finish = () => resolve({ over: true, summary: {} })
      })
    clock.advance(Number(TEN - clock.now()))
    runner.wake()
    await expect.poll(() => calls.length, PATIENTLY).toBe(1)
    const { waiting, letGo } = hold('write')
    clock.advance(20_000)
    await expect.poll(() => waiting.length, PATIENTLY).toBe(1)
    before.write = async () => {}
    finish()
    await runner.idle()
    expect(await runs()).toMatchObject([{ state: 'done' }])
    const timers = clock.waiting()
    letGo()
    await new Promise(resolve => setImmediate(resolve))
    await runs()
    expect(clock.waiting()).toBe(timers)
  })

  it('takes a run up again of which it could not even note how it ended', async () => {
    begin()
    await add('a')
    run = async () => {
      before.write = () => Promise.reject(new Error('the disk is full'))
      return { over: true, summary: {} }
    }
    await toTen()
    expect(bugs).toEqual([['the disk is full', calls[0]!.runId]])
    before.write = async () => {}
    run = async () => ({ over: true, summary: { second: true } })
    await pass(MINUTE)
    expect(calls.map(call => call.runId)).toEqual([calls[0]!.runId, calls[0]!.runId])
    expect(await runs()).toMatchObject([{ state: 'done', summary: '{"second":true}' }])
  })

  it.each([
    ['refuses', async () => Promise.reject(refuse('TEST_NO', {})), 'TEST_NO', 0],
    ['is a bug', async () => Promise.reject(new Error('no such job')), 'WORKSPACE_SCHEDULE_FAILED', 1],
  ] as const)('a look at begun work that %s fails the try', async (_, look, code, noted) => {
    begin({ look })
    await add('a')
    run = async () => ({ over: false, reference: { job: 7n } })
    await toTen()
    expect(await runs()).toMatchObject([{ state: 'waiting', attempt: 2n, reference: null }])
    expect((await runs())[0]!.failure).toContain(code)
    expect(bugs).toHaveLength(noted)
  })

  it('work that begins and that nobody can look at is a bug of its kind', async () => {
    begin()
    await add('a')
    run = async () => ({ over: false, reference: 7n })
    await toTen()
    const message = 'nobody can say how far test.probe is'
    expect(bugs).toMatchObject([[message, calls[0]!.runId]])
    expect((await runs())[0]!.failure).toContain(message)
  })
})
