import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { verifyArchive } from '#backend/backup/verify-archive.ts'
import { keepNewest } from '#backend/scheduler/retention.ts'
import { type Core, createCore } from '#core/create-core.ts'
import { openPool } from '#core/database/open-postgres.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import { type ScheduleCall, scheduleKind } from '#core/workspace/schedules/schedule-kind.ts'
import { contract } from '#shared/contract/index.ts'
import { asSuperuser, newCompany, postgresAnswers, testBackend, testPostgres } from '#test/kit/backend-kit.ts'
import { PATIENTLY, type TestClock, testClock, testIds, testServices } from '#test/kit/core-kit.ts'

const WORKSPACE = '00000000-0000-7000-8000-00000000000a'
const OTHER = '00000000-0000-7000-8000-00000000000b'
const MINUTE = 60_000
const { schedules, people, log } = contract.workspace
const available = await postgresAnswers()

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'quarterdeck-schedules-'))
  undo.push(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

type Call = ScheduleCall<Record<string, never>>

/** A kind that does what the test says. */
function probe(run: (call: Call) => Promise<void>) {
  return scheduleKind<Record<string, never>>({
    name: 'test.probe',
    input: z.strictObject({}),
    roles: [],
    run: async call => {
      await run(call)
      return { over: true, summary: {} }
    },
  })
}

describe.skipIf(!available)('schedules of two servers over one PostgreSQL', () => {
  /** A migrated database with a workspace, and how to put a core on it that thinks that it leads. */
  async function world() {
    const database = await testPostgres()
    undo.push(database.drop)
    const backend = await testBackend({ databaseUrl: database.url })
    undo.push(backend.remove)
    const { admin } = await newCompany(backend, WORKSPACE)
    await backend.close()
    let servers = 0
    async function server(
      kind: ReturnType<typeof probe>,
      clock: TestClock = testClock(),
    ): Promise<{ core: Core; clock: TestClock }> {
      const number = ++servers
      const source = openPool({ url: database.url, role: 'quarterdeck_app', max: 4, name: `test${number}` })
      const core = createCore({
        ...{ workspace: WORKSPACE, clock, timer: clock, newId: testIds(clock, number), log: () => {} },
        store: openPostgresStore(source),
        services: { ...testServices(), scheduleKinds: [kind] },
      })
      await core.start()
      undo.push(() => core.close())
      return { core, clock }
    }
    return { admin, server }
  }

  it('run each time once, also when both look at the same moment', async () => {
    const { admin, server } = await world()
    const ran: [string, bigint][] = []
    const of = (name: string) =>
      server(
        probe(async ({ plannedAt }) => {
          ran.push([name, plannedAt])
        }),
      )
    const one = await of('one')
    const other = await of('other')
    const timing = { every: 'cron', expression: '* * * * *' } as const
    const { id } = await one.core.call(schedules.add, { kind: 'test.probe', timing }, admin)
    const planned: bigint[] = []
    for (let n = 0; n < 40; n++) {
      for (const { clock } of [one, other]) clock.advance(MINUTE)
      planned.push(one.clock.now())
      for (const { core } of [one, other]) core.schedules.wake()
      await Promise.all([one.core.schedules.idle(), other.core.schedules.idle()])
    }
    expect(ran.map(([, at]) => at)).toEqual(planned)
    const { runs } = await other.core.call(schedules.runs, { scheduleId: id }, admin)
    expect(runs.map(run => run.state)).toEqual(planned.map(() => 'done'))
  }, 120_000)

  it('take a run over from one that is silent, and what it does later all the same is done once', async () => {
    const { admin, server } = await world()
    const given: string[] = []
    const add = async ({ command }: Call) => {
      const { id } = await command(people.add, {
        name: 'Nora',
        email: 'nora@example.com',
        roles: ['ops'],
      })
      given.push(id)
    }
    let wakeUp = () => {}
    const asleep = new Promise<void>(resolve => {
      wakeUp = resolve
    })
    let slept = false
    const silent = await server(
      probe(async call => {
        slept = true
        await asleep
        await add(call)
      }),
    )
    const timing = { every: 'day', at: '12:00' } as const
    const { id } = await silent.core.call(schedules.add, { kind: 'test.probe', timing }, admin)
    const noon = Date.UTC(2026, 10, 21, 11)
    silent.clock.advance(noon - Number(silent.clock.now()))
    silent.core.schedules.wake()
    await expect.poll(() => slept, PATIENTLY).toBe(true)

    const other = await server(probe(add), testClock(noon + MINUTE - 1))
    await other.core.schedules.idle()
    expect(given).toEqual([])
    other.clock.advance(1)
    other.core.schedules.wake()
    await other.core.schedules.idle()
    expect(given).toHaveLength(1)
    const runs = async () => (await other.core.call(schedules.runs, { scheduleId: id }, admin)).runs
    const [run] = await runs()
    expect(run).toMatchObject({ state: 'done', attempt: 1n, plannedAt: BigInt(noon) })

    wakeUp()
    await silent.core.schedules.idle()
    expect(given).toEqual([given[0], given[0]])
    expect(await runs()).toEqual([run])
    const { entries } = await other.core.call(log.list, { command: 'workspace.people.add' }, admin)
    expect(entries.map(entry => entry.commandId)).toEqual([run!.id])
  }, 120_000)

  it('begin after a restart with what was missed, also where nobody calls the workspace', async () => {
    const database = await testPostgres()
    undo.push(database.drop)
    const backupDir = folder()
    const down = await testBackend({ databaseUrl: database.url, backupDir })
    undo.push(down.remove)
    const { core, admin } = await newCompany(down, WORKSPACE)
    const timing = { every: 'day', at: '03:00' } as const
    const { id } = await core.call(
      schedules.add,
      { kind: 'server.backup', timing, input: { keep: 3 } },
      admin,
    )
    await down.close()
    await asSuperuser([`UPDATE schedules SET since = since - ${10 * 86_400_000}`], database.url)

    const servers = [
      await testBackend({ databaseUrl: database.url, backupDir }),
      await testBackend({ databaseUrl: database.url, backupDir }),
    ]
    for (const server of servers) undo.push(server.remove)
    const runs = async () => {
      const some = await servers[0]!.workspaces.open(WORKSPACE)
      return (await some.call(schedules.runs, { scheduleId: id }, admin)).runs
    }
    await expect.poll(async () => (await runs()).map(run => run.state), PATIENTLY).toEqual(['done'])
    const [archive, ...more] = readdirSync(join(backupDir, id))
    expect(more).toEqual([])
    const path = join(backupDir, id, archive!)
    expect(await runs()).toMatchObject([{ manual: false, summary: { path, workspaces: 1, removed: 0 } }])
    expect((await verifyArchive(path)).workspaces.map(workspace => workspace.id)).toEqual([WORKSPACE])
  }, 180_000)
})

describe('schedules of a server', () => {
  it('back it up for the workspace that was there first, and for no other', async () => {
    const backend = await testBackend()
    undo.push(backend.remove)
    const first = await newCompany(backend, WORKSPACE)
    const second = await newCompany(backend, OTHER)
    const kinds = async ({ core, admin }: typeof first) =>
      (await core.call(schedules.list, {}, admin)).kinds.map(kind => kind.name)
    const others = await kinds(second)
    expect(others).toContain('billing.close')
    expect(await kinds(first)).toEqual([...others, 'server.backup'])
    const backup = { kind: 'server.backup', timing: { every: 'day', at: '03:00' } as const }
    await expect(second.core.call(schedules.add, backup, second.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_SCHEDULE_KIND',
    })
    const { core, admin } = first
    const { id } = await core.call(schedules.add, backup, admin)
    await core.call(schedules.runNow, { scheduleId: id }, admin)
    const last = async () =>
      (await core.call(schedules.list, {}, admin)).schedules.find(one => one.id === id)!.lastRun
    await expect.poll(async () => (await last())?.state, PATIENTLY).toBe('done')
    const dir = join(backend.config.home, 'backups', id)
    expect(await last()).toMatchObject({ summary: { path: join(dir, readdirSync(dir)[0]!), workspaces: 2 } })
  }, 120_000)

  it('close the month before their time, as a job whose end is theirs', async () => {
    const backend = await testBackend()
    undo.push(backend.remove)
    const { core, admin } = await newCompany(backend, WORKSPACE)
    const close = {
      kind: 'billing.close',
      timing: { every: 'month', day: 2, at: '04:00' } as const,
      input: { dryRun: true },
    }
    const { id } = await core.call(schedules.add, close, admin)
    await core.call(schedules.runNow, { scheduleId: id }, admin)
    const last = async () =>
      (await core.call(schedules.list, {}, admin)).schedules.find(one => one.id === id)!.lastRun
    await expect.poll(async () => (await last())?.state, PATIENTLY).toBe('done')
    const { runs } = await core.call(contract.billing.close.runs, {}, admin)
    expect(runs).toMatchObject([{ dryRun: true, state: 'done' }])
    expect(await last()).toMatchObject({
      summary: { period: runs[0]!.period, dryRun: true, runId: runs[0]!.id, drafts: 0 },
    })
  }, 120_000)
})

describe('retention', () => {
  it('keeps the newest archives, and whatever is none', () => {
    const dir = folder()
    const names = ['20261101', '20261102', '20261103', '20261104'].map(day => `quarterdeck-${day}T030000Z`)
    for (const name of [...names, 'quarterdeck-20261001T030000Z', 'mine', 'quarterdeck-notes'])
      mkdirSync(join(dir, name))
    for (const name of [...names, 'mine']) writeFileSync(join(dir, name, 'manifest.json'), '{}')
    const now = Date.UTC(2026, 10, 5)
    for (const [name, age] of [
      ['quarterdeck-20261031T030000Z.partial', 2 * 86_400],
      ['quarterdeck-20261105T030000Z.partial', 60],
    ] as const) {
      mkdirSync(join(dir, name))
      utimesSync(join(dir, name), now / 1000 - age, now / 1000 - age)
    }
    expect(keepNewest(dir, 2, now)).toBe(2)
    expect(readdirSync(dir).sort()).toEqual(
      [
        ...['mine', 'quarterdeck-20261001T030000Z', 'quarterdeck-20261105T030000Z.partial'],
        ...['quarterdeck-notes', names[2]!, names[3]!],
      ].sort(),
    )
    expect(keepNewest(dir, 2, now)).toBe(0)
  })
})
