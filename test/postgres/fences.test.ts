import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createCore } from '#core/create-core.ts'
import { mustHoldLease, takeLease } from '#core/database/lease-rows.ts'
import { openPool } from '#core/database/open-postgres.ts'
import { openPostgresStore } from '#core/database/postgres-store.ts'
import type { EffectCarrier } from '#core/effects/carrier.ts'
import { ed25519Signer } from '#core/log/ed25519.ts'
import type { SignedHead } from '#core/log/head.ts'
import { scheduleKind } from '#core/workspace/schedules/schedule-kind.ts'
import { contract } from '#shared/contract/index.ts'
import { newCompany, postgresAnswers, testBackend, testPostgres } from '#test/kit/backend-kit.ts'
import { PATIENTLY, testClock, testIds, testServices } from '#test/kit/core-kit.ts'

/* What a server does in the background after another took the workspace's lease, and before it knows. */

const WORKSPACE = '00000000-0000-7000-8000-00000000000a'
const LEASE = 'test'
const MINUTE = 60_000
const { schedules, people } = contract.workspace
const available = await postgresAnswers()

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

describe.skipIf(!available)('a server that lost its lease', () => {
  /** A core that leads under a lease, with an effect, a schedule and a signer of the test's. */
  async function leader() {
    const database = await testPostgres()
    undo.push(database.drop)
    const backend = await testBackend({ databaseUrl: database.url })
    undo.push(backend.remove)
    const { admin } = await newCompany(backend, WORKSPACE)
    await backend.close()

    const clock = testClock()
    const source = openPool({ url: database.url, role: 'quarterdeck_app', max: 6, name: 'test' })
    const store = openPostgresStore(source)
    const carried: string[] = []
    let held: Promise<void> | null = null
    const carrier: EffectCarrier = {
      kind: 'test.effect',
      async carry({ id }) {
        carried.push(id)
        await held
      },
    }
    const ran: string[] = []
    const kind = scheduleKind<Record<string, never>>({
      name: 'test.probe',
      input: z.strictObject({}),
      roles: [],
      async run({ command, runId }) {
        ran.push(runId)
        await held
        await command(people.add, {
          name: runId.slice(-6),
          email: `p${ran.length}@example.com`,
          roles: ['ops'],
        })
        return { over: true, summary: {} }
      },
    })
    const heads: SignedHead[] = []
    const keeper = { keep: async (head: SignedHead) => void heads.push(head), kept: async () => heads }
    const signer = ed25519Signer(new Uint8Array(32).fill(1))
    const bugs: string[] = []
    const warned: string[] = []
    const core = createCore({
      ...{ workspace: WORKSPACE, clock, timer: clock, newId: testIds(clock, 5), store },
      log: (level, message) => {
        if (level === 'error') bugs.push(message)
        if (level === 'warn') warned.push(message)
      },
      services: {
        ...testServices(),
        ...{ carriers: [carrier], scheduleKinds: [kind], logHeads: { signer, keeper, trusted: new Map() } },
      },
    })
    undo.push(() => core.close())
    const take = (holder: string) =>
      store.write(WORKSPACE, 'job', tx => takeLease(tx, LEASE, holder, 1)) as Promise<bigint | null>
    const epoch = (await take('ours')) as bigint
    await core.start({ leads: false })
    await core.lead(tx => mustHoldLease(tx, LEASE, 'ours', epoch))

    let effects = 0
    return {
      ...{ core, admin, clock, carried, ran, heads, bugs, warned },
      /** Another server takes the lease; what is under way here goes on. */
      async lose() {
        await expect.poll(() => take('theirs'), PATIENTLY).toBe(epoch + 1n)
      },
      hold() {
        let go = () => {}
        held = new Promise(resolve => {
          go = resolve
        })
        // A core that closes waits for what it carries out.
        undo.push(() => go())
        return go
      },
      async askEffect() {
        const id = `00000000-0000-7000-8000-0000000000e${++effects}`
        await store.write(WORKSPACE, 'person', tx =>
          tx.db
            .insertInto('effects')
            .values({
              ...{ id, kind: 'test.effect', payload: '{}', state: 'waiting', attempts: 0n },
              ...{ not_before: clock.now(), created_at: clock.now(), done_at: null, failure: null },
            })
            .execute(),
        )
        core.background.effectsChanged()
        return id
      },
      rows: () =>
        store.read(WORKSPACE, async reader => ({
          effects: await reader.db
            .selectFrom('effects')
            .select(['id', 'state', 'attempts'])
            .where('kind', '=', 'test.effect')
            .orderBy('id')
            .execute(),
          runs: await reader.db.selectFrom('schedule_runs').select(['id', 'state']).execute(),
          people: await reader.db.selectFrom('people').select('id').orderBy('id').execute(),
          heads: await reader.db.selectFrom('log_heads').select('version').orderBy('version').execute(),
        })),
    }
  }

  it('carries out, runs and signs what it may before, and stores nothing of any of it after', async () => {
    const t = await leader()
    const timing = { every: 'cron', expression: '* * * * *' } as const
    await t.core.call(schedules.add, { kind: 'test.probe', timing }, t.admin)
    const done = await t.askEffect()
    await t.core.background.idle()
    t.clock.advance(MINUTE)
    t.core.schedules.wake()
    await t.core.schedules.idle()
    await expect
      .poll(async () => {
        t.clock.advance(200)
        return t.heads.at(-1)?.version === (await t.core.version())
      }, PATIENTLY)
      .toBe(true)
    const before = await t.rows()
    expect(before.effects).toEqual([{ id: done, state: 'done', attempts: 1n }])
    expect(before.runs.map(run => run.state)).toEqual(['done'])
    expect(before.heads.at(-1)?.version).toBe(await t.core.version())

    await t.lose()
    const waiting = await t.askEffect()
    await t.core.background.idle()
    t.clock.advance(MINUTE)
    t.core.schedules.wake()
    await t.core.schedules.idle()
    // A person's command is anybody's to run; its end is signed by whoever leads.
    await t.core.call(people.add, { name: 'Nora', email: 'nora@example.com', roles: ['ops'] }, t.admin)
    t.clock.advance(200)
    await expect.poll(() => t.warned, PATIENTLY).toContain('the end of the log was not signed')
    const after = await t.rows()
    expect(after.effects).toEqual([...before.effects, { id: waiting, state: 'waiting', attempts: 0n }])
    expect([after.runs, after.heads]).toEqual([before.runs, before.heads])
    expect([t.carried, t.ran]).toEqual([[done], [before.runs[0]?.id]])
    expect(t.heads.at(-1)?.version).toBe(before.heads.at(-1)?.version)
    expect(t.bugs).toEqual([])
  })

  it('stores no end of what it had begun: the next one takes it over', async () => {
    const t = await leader()
    const timing = { every: 'cron', expression: '* * * * *' } as const
    await t.core.call(schedules.add, { kind: 'test.probe', timing }, t.admin)
    const go = t.hold()
    const begun = await t.askEffect()
    await expect.poll(() => t.carried, PATIENTLY).toEqual([begun])
    await t.core.schedules.idle()
    t.clock.advance(MINUTE)
    t.core.schedules.wake()
    await expect.poll(() => t.ran.length, PATIENTLY).toBe(1)
    const before = await t.rows()
    await t.lose()
    go()
    await t.core.background.idle()
    await t.core.schedules.idle()
    const { effects, runs, people: known } = await t.rows()
    // Claimed and not settled: when the claim runs out it is handed out again, under the same key.
    expect(effects).toEqual([{ id: begun, state: 'waiting', attempts: 1n }])
    expect(runs.map(run => run.state)).toEqual(['running'])
    expect(known).toEqual(before.people)
    expect(t.bugs).toEqual([])
  })
})
