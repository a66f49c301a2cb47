import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createCore } from '#core/create-core.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { ScheduleRun, Timing } from '#shared/contract/workspace/schedules.ts'
import { refuse } from '#shared/errors.ts'
import {
  DATABASES,
  PATIENTLY,
  type TestCore,
  testCore,
  testIds,
  testServices,
  WORKSPACE,
} from '#test/kit/core-kit.ts'
import { type ScheduleCall, type ScheduleStep, scheduleKind, TryAgainAt } from './schedule-kind.ts'

const { schedules } = contract.workspace
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** 03:00 in Berlin, in winter: the tests' clock begins on 21 November at 09:00 UTC. */
const DAILY: Timing = { every: 'day', at: '03:00' }
const THREE = Date.UTC(2026, 10, 22, 2)

type ProbeCall = ScheduleCall<{ word: string }>

/** A kind that does what the test says, and notes what it was given. */
function probe() {
  const calls: ProbeCall[] = []
  const behaviour: { run: (call: ProbeCall) => Promise<ScheduleStep> } = {
    run: async () => ({ over: true, summary: { fine: true } }),
  }
  return Object.assign(behaviour, {
    calls,
    planned: () => calls.map(call => Number(call.plannedAt)),
    kind: scheduleKind<{ word: string }>({
      name: 'test.probe',
      input: z.strictObject({ word: z.string().default('none') }),
      roles: ['ops'],
      run: call => {
        calls.push(call)
        return behaviour.run(call)
      },
    }),
  })
}

describe.each(DATABASES)('schedules on %s', database => {
  let t: TestCore
  let probed: ReturnType<typeof probe>
  afterEach(() => t.close())

  async function start(): Promise<void> {
    probed = probe()
    t = await testCore(database, { scheduleKinds: [probed.kind] })
  }

  async function add(timing: Timing = DAILY, input: Record<string, string> = {}): Promise<string> {
    const { id } = await t.core.call(schedules.add, { kind: 'test.probe', timing, input }, t.admin)
    await t.core.schedules.idle()
    return id
  }

  async function pass(milliseconds: number): Promise<void> {
    t.clock.advance(milliseconds)
    t.core.schedules.wake()
    await t.core.schedules.idle()
  }

  /** Another process over the same database, which thinks that it leads as well. */
  async function second(kind = probed.kind) {
    const other = createCore({
      workspace: WORKSPACE,
      store: { ...t.store, close: async () => {} },
      clock: t.clock,
      timer: t.clock,
      newId: testIds(t.clock, 1),
      log: () => {},
      services: { ...testServices(), scheduleKinds: [kind] },
    })
    await other.start()
    return other
  }

  const until = (at: number) => pass(at - Number(t.clock.now()))
  const runsOf = async (scheduleId: string): Promise<readonly ScheduleRun[]> =>
    (await t.core.call(schedules.runs, { scheduleId }, t.admin)).runs
  const listed = async () => (await t.core.call(schedules.list, {}, t.admin)).schedules[0]!

  it('runs what is due by itself, once, and says when the next time is', async () => {
    await start()
    const id = await add(DAILY, { word: 'hello' })
    expect(await listed()).toMatchObject({ id, next: BigInt(THREE), lastRun: null, paused: false })
    await until(THREE - 1)
    expect(probed.planned()).toEqual([])
    // Its own timer sets it off.
    t.clock.advance(MINUTE)
    await t.core.schedules.idle()
    expect(probed.planned()).toEqual([THREE])
    expect(probed.calls[0]).toMatchObject({ input: { word: 'hello' }, zone: 'Europe/Berlin' })
    expect(await listed()).toMatchObject({
      next: BigInt(THREE + DAY),
      lastRun: { state: 'done', plannedAt: BigInt(THREE), manual: false, summary: { fine: true } },
    })
    await pass(HOUR)
    expect(probed.planned()).toEqual([THREE])
    await until(THREE + DAY)
    expect(probed.planned()).toEqual([THREE, THREE + DAY])
  })

  it('catches up the latest of the times that nobody was there for', async () => {
    await start()
    const id = await add()
    await until(THREE + 5 * DAY + HOUR)
    expect(probed.planned()).toEqual([THREE + 5 * DAY])
    expect(await runsOf(id)).toHaveLength(1)
  })

  it('neither leaves out nor repeats a time when the clock is set forward and back', async () => {
    await start()
    await add({ every: 'cron', expression: '0 * * * *' })
    const ten = Date.UTC(2026, 10, 21, 10)
    await until(ten + 30 * MINUTE)
    await pass(5 * HOUR)
    expect(probed.planned()).toEqual([ten, ten + 5 * HOUR])
    await pass(-5 * HOUR)
    for (let n = 0; n < 6; n++) await pass(HOUR)
    const hours = [0, 5, 1, 2, 3, 4, 6]
    expect(probed.planned()).toEqual(hours.map(hour => ten + hour * HOUR))
  })

  it('believes no plan that was made by a clock that was wrong', async () => {
    await start()
    t.clock.advance(30 * DAY)
    await add()
    await pass(-30 * DAY)
    await until(THREE)
    expect(probed.planned()).toEqual([THREE])
  })

  it('tries again with growing pauses under other command ids, then gives up and shows why', async () => {
    await start()
    const id = await add()
    probed.run = async () => {
      throw refuse('BILLING_CLOSE_FAILED', { period: '2026-10' })
    }
    await until(THREE)
    expect(await listed()).toMatchObject({
      lastRun: { state: 'waiting', attempt: 2n, tryAt: BigInt(THREE + MINUTE) },
    })
    for (const pause of [1, 5, 15, 60]) {
      await pass(pause * MINUTE - 1)
      const before = probed.calls.length
      await pass(1)
      expect(probed.calls).toHaveLength(before + 1)
    }
    await pass(DAY / 2)
    expect(probed.calls).toHaveLength(5)
    expect(await runsOf(id)).toMatchObject([
      { state: 'failed', failure: { code: 'BILLING_CLOSE_FAILED', data: { period: '2026-10' } } },
    ])
    probed.run = async () => ({ over: true, summary: {} })
    await until(THREE + DAY)
    expect(await listed()).toMatchObject({ lastRun: { state: 'done', plannedAt: BigInt(THREE + DAY) } })
  })

  it('shows a bug as what went wrong, and notes it', async () => {
    await start()
    await add()
    probed.run = async () => {
      throw new Error('the disk is gone')
    }
    await until(THREE)
    const { lastRun } = await listed()
    expect(lastRun?.failure).toMatchObject({
      code: 'WORKSPACE_SCHEDULE_FAILED',
      data: { message: 'the disk is gone' },
    })
    expect(t.core.bugs.list()[0]).toMatchObject({ where: 'schedule', reference: lastRun!.id })
  })

  it('waits for a time that a run names, which is no failure', async () => {
    await start()
    const id = await add()
    const at = BigInt(THREE + 7 * HOUR)
    probed.run = async () => {
      throw new TryAgainAt(at, { code: 'BILLING_PERIOD_OPEN', data: { period: '2026-10', overAt: at } })
    }
    await until(THREE)
    expect(await runsOf(id)).toMatchObject([{ state: 'waiting', tryAt: at, attempt: 2n }])
    probed.run = async () => ({ over: true, summary: {} })
    await until(Number(at))
    expect(await runsOf(id)).toMatchObject([{ state: 'done', plannedAt: BigInt(THREE), failure: null }])
    expect(t.core.bugs.list()).toEqual([])
  })

  it('rests while it is paused, and does not catch up what came meanwhile', async () => {
    await start()
    const scheduleId = await add()
    await t.core.call(schedules.change, { scheduleId, paused: true }, t.admin)
    expect(await listed()).toMatchObject({ paused: true, next: null })
    await until(THREE + HOUR)
    await t.core.call(schedules.change, { scheduleId, paused: false }, t.admin)
    await pass(HOUR)
    expect(probed.planned()).toEqual([])
    await until(THREE + DAY)
    expect(probed.planned()).toEqual([THREE + DAY])
  })

  it('runs when a person asks, beside its plan, and not twice at a time', async () => {
    await start()
    const scheduleId = await add()
    let finish = () => {}
    probed.run = () =>
      new Promise(resolve => {
        finish = () => resolve({ over: true, summary: {} })
      })
    const run = await t.core.call(schedules.runNow, { scheduleId }, t.admin)
    expect(run).toMatchObject({ manual: true, state: 'waiting' })
    await expect.poll(() => probed.calls.length).toBe(1)
    await expect(t.core.call(schedules.runNow, { scheduleId }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_SCHEDULE_RUNNING',
      data: { runId: run.id },
    })
    finish()
    await t.core.schedules.idle()
    probed.run = async () => ({ over: true, summary: {} })
    await until(THREE)
    expect(await runsOf(scheduleId)).toMatchObject([
      { manual: false, plannedAt: BigInt(THREE), state: 'done' },
      { manual: true, state: 'done' },
    ])
  })

  it('keeps a history, and never forgets that its last time was run', async () => {
    await start()
    const id = await add({ every: 'cron', expression: '* * * * *' })
    for (let n = 0; n < 104; n++) await pass(MINUTE)
    const runs = await t.store.read(t.workspace, reader =>
      reader.db.selectFrom('schedule_runs').select('planned_at').where('schedule_id', '=', id).execute(),
    )
    expect(runs).toHaveLength(100)
    expect(runs.map(run => run.planned_at)).toContain(t.clock.now())
    await t.core.call(schedules.remove, { scheduleId: id }, t.admin)
    await pass(HOUR)
    expect(probed.calls).toHaveLength(104)
  })

  it('refuses what means nothing, whom its kind does not take, and kinds of other hosts', async () => {
    await start()
    const give = (input: object, caller = t.admin) =>
      t.core.call(schedules.add, { kind: 'test.probe', timing: DAILY, ...input } as never, caller)
    await expect(give({ kind: 'test.other' })).rejects.toMatchObject({ code: 'WORKSPACE_SCHEDULE_KIND' })
    for (const expression of ['61 * * * *', '0 0 31 2 *', 'every day', '0 * * * * *'])
      await expect(give({ timing: { every: 'cron', expression } })).rejects.toMatchObject({
        code: 'WORKSPACE_SCHEDULE_TIMING',
        data: { expression },
      })
    await expect(give({ input: { other: 1 } })).rejects.toMatchObject({ code: 'WORKSPACE_BAD_INPUT' })
    const { id } = await t.core.call(
      contract.workspace.people.add,
      { name: 'Fin', email: 'fin@example.com', roles: ['analyst'] },
      t.admin,
    )
    await expect(give({}, t.as(id))).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
      data: { roles: ['admin', 'ops'] },
    })
    const close = { kind: 'billing.close', timing: DAILY, input: { dryRun: true } }
    expect(await t.core.call(schedules.add, close, t.as(id))).toMatchObject({ changedBy: id })
  })

  it('is undone like any change', async () => {
    await start()
    const scheduleId = await add()
    const commandId = testIds(t.clock, 3)()
    const timing: Timing = { every: 'week', weekday: 1, at: '04:00' }
    await t.core.call(schedules.change, { scheduleId, timing, paused: true }, { ...t.admin, commandId })
    expect(await listed()).toMatchObject({ timing, paused: true })
    await t.core.call(contract.workspace.log.undo, { commandId }, t.admin)
    expect(await listed()).toMatchObject({ timing: DAILY, paused: false })
  })

  it('stays as it was where nothing is changed, also when no person does it, and goes when its kind is gone', async () => {
    await start()
    const scheduleId = await add()
    const system: Caller = { person: null, device: 'test', assurance: 'system', system: true }
    const row = () =>
      t.store.read(t.workspace, ({ db }) =>
        db.selectFrom('schedules').selectAll().where('id', '=', scheduleId).executeTakeFirstOrThrow(),
      )
    const before = await row()
    t.clock.advance(HOUR)
    await t.core.call(schedules.change, { scheduleId }, system)
    expect(await row()).toEqual({ ...before, changed_by: null, changed_at: t.clock.now() })
    const other = { kind: 'test.probe', timing: DAILY, input: {} }
    expect(await t.core.call(schedules.add, other, system)).toMatchObject({ changedBy: null })
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('schedules').set({ kind: 'test.gone' }).where('id', '=', scheduleId).execute()
    })
    const { id } = await t.core.call(
      contract.workspace.people.add,
      { name: 'Fin', email: 'fin@example.com', roles: ['analyst'] },
      t.admin,
    )
    await expect(t.core.call(schedules.remove, { scheduleId }, t.as(id))).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
      data: { roles: ['admin'] },
    })
    expect(await t.core.call(schedules.remove, { scheduleId }, t.admin)).toEqual({ scheduleId })
  })

  it('takes no claim for true that reaches further than claims do: a wrong clock made it', async () => {
    await start()
    const id = await add()
    t.clock.advance(30 * DAY)
    probed.run = () => new Promise(() => {})
    t.core.schedules.wake()
    await expect.poll(() => probed.calls.length, PATIENTLY).toBe(1)
    t.clock.advance(-30 * DAY)
    const other = await second()
    await expect.poll(() => probed.calls.length, PATIENTLY).toBe(2)
    expect(probed.calls[1]!.runId).toBe(probed.calls[0]!.runId)
    await other.close()
    expect(await runsOf(id)).toMatchObject([{ state: 'running', attempt: 1n }])
  })

  describe('with two processes', () => {
    it('runs each time once', async () => {
      await start()
      const other = await second()
      const id = await add()
      for (let day = 0; day < 5; day++) {
        t.clock.advance(day === 0 ? THREE - Number(t.clock.now()) : DAY)
        t.core.schedules.wake()
        other.schedules.wake()
        await Promise.all([t.core.schedules.idle(), other.schedules.idle()])
      }
      expect(probed.planned()).toEqual([0, 1, 2, 3, 4].map(day => THREE + day * DAY))
      expect(await runsOf(id)).toHaveLength(5)
      await other.close()
    })

    it('goes on where one stops, under the same command id', async () => {
      await start()
      const id = await add()
      const theirs = probe()
      for (const one of [probed, theirs])
        one.run = call =>
          new Promise((_, reject) => {
            call.signal.addEventListener('abort', () => reject(call.signal.reason))
          })
      const calls = () => [...probed.calls, ...theirs.calls]
      const other = await second(theirs.kind)
      t.clock.advance(THREE - Number(t.clock.now()))
      other.schedules.wake()
      await expect.poll(() => calls().length, PATIENTLY).toBe(1)
      // Either may have been first.
      const [stops, follows, next] =
        theirs.calls.length === 1
          ? ([other.schedules, t.core.schedules, probed] as const)
          : ([t.core.schedules, other.schedules, theirs] as const)
      // The other does not take it as long as the one says that it is there.
      for (let n = 0; n < 10; n++) {
        t.clock.advance(15_000)
        follows.wake()
        await expect.poll(() => calls().length, PATIENTLY).toBe(1)
      }
      await stops.close()
      next.run = async () => ({ over: true, summary: {} })
      t.clock.advance(1)
      follows.wake()
      await follows.idle()
      const [first, ...later] = calls()
      expect(later.map(call => call.runId)).toEqual([first!.runId])
      expect(next.calls).toHaveLength(1)
      expect(await runsOf(id)).toMatchObject([{ state: 'done', attempt: 1n }])
      await other.close()
    })
  })
})
