import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, PATIENTLY, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { housekeepingDue, MOST_FORGOTTEN } from './housekeeping.ts'

const DAY = 86_400_000
const system = { person: null, device: 'test', assurance: 'system', system: true } as const
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

describe.each(DATABASES)('housekeeping on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function rows(count: number, daysAgo: number): Promise<void> {
    const at = t.clock.now() - BigInt(daysAgo * DAY)
    const numbers = Array.from({ length: count }, (_, index) => daysAgo * 10_000 + index)
    await t.store.write(t.workspace, 'job', async tx => {
      const job = { kind: 'k', input: '{}', phase: '', done: 0n, total: null, result: null, failure: null }
      await tx.db
        .insertInto('jobs')
        .values(
          numbers.map(number => ({
            ...job,
            id: id(number),
            state: 'done' as const,
            attempts: 1n,
            cancel_requested: 0n,
            requested_by: null,
            requested_at: at,
            started_at: at,
            finished_at: at,
          })),
        )
        .execute()
      await tx.db
        .insertInto('artifacts')
        .values(
          numbers.slice(0, 2).map(number => ({
            id: id(number),
            job_id: id(number),
            name: 'refused.csv',
            media_type: 'text/csv',
            bytes: new Uint8Array([1]),
            created_at: at,
          })),
        )
        .execute()
    })
  }
  const count = async (table: 'jobs' | 'artifacts' | 'effects') =>
    (await t.store.read(t.workspace, reader => reader.db.selectFrom(table).select('id').execute())).length
  const run = () => t.core.call(contract.workspace.housekeeping.run, {}, system)

  it('workspace.housekeeping.run: forgets what is older than the settings keep', async () => {
    t = await testCore(database)
    await rows(3, 1)
    await rows(3, 91)
    await rows(3, 400)
    expect(await run()).toEqual({ jobs: 6, artifacts: 2, effects: 0, notifications: 0, more: false })
    expect([await count('jobs'), await count('artifacts')]).toEqual([3, 4])
    await t.core.call(
      contract.workspace.settings.set,
      { name: 'workspace.keepArtifactsDays', value: 30 },
      t.admin,
    )
    expect(await run()).toMatchObject({ jobs: 0, artifacts: 2 })
    await expect(t.core.call(contract.workspace.housekeeping.run, {}, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
    })
  })

  it('workspace.housekeeping.run: a bounded number at a time, the oldest first', async () => {
    t = await testCore(database)
    await rows(10, 200)
    await rows(MOST_FORGOTTEN, 100)
    expect(await run()).toMatchObject({ jobs: MOST_FORGOTTEN, more: true })
    expect(await count('jobs')).toBe(10)
    expect(await run()).toMatchObject({ jobs: 10, more: false })
  })

  it('forgets what people were told and what went out, when it is old enough', async () => {
    t = await testCore(database)
    const at = t.clock.now() - 400n * BigInt(DAY)
    const tell = (number: number, when: bigint) =>
      t.store.write(t.workspace, 'job', async tx => {
        await tx.db
          .insertInto('inbox')
          .values({
            ...{ id: id(number), person_id: id(1), topic: 'workspace.mentioned', once_key: `k${number}` },
            ...{ title: 'T', body: 'B', link: null, urgency: 'normal', at: when, read_at: null },
          })
          .execute()
        await tx.db
          .insertInto('inbox_shown')
          .values({ inbox_id: id(number), at: when })
          .execute()
      })
    await tell(1, at)
    await tell(2, t.clock.now())
    expect(await t.store.read(t.workspace, reader => housekeepingDue(reader, {}, t.clock.now()))).toBe(true)
    expect(await run()).toMatchObject({ notifications: 1, more: false })
    const left = await t.store.read(t.workspace, async ({ db }) => [
      ...(await db.selectFrom('inbox').select('id').execute()).map(row => row.id),
      ...(await db.selectFrom('inbox_shown').select('inbox_id').execute()).map(row => row.inbox_id),
    ])
    expect(left).toEqual([id(2), id(2)])
  })

  it('never touches what is not finished', async () => {
    t = await testCore(database)
    await rows(1, 400)
    await t.store.write(t.workspace, 'job', async tx => {
      await tx.db.updateTable('jobs').set({ state: 'cancelled', finished_at: null }).execute()
      await tx.db.deleteFrom('artifacts').execute()
    })
    expect(await run()).toMatchObject({ jobs: 0 })
    expect(await t.store.read(t.workspace, reader => housekeepingDue(reader, {}, t.clock.now()))).toBe(false)
  })

  it('runs by itself every hour, logs only when there was something, and goes on while there is more', async () => {
    t = await testCore(database)
    const runs = async () => {
      const { entries } = await t.core.call(
        contract.workspace.log.list,
        { command: 'workspace.housekeeping.run' },
        t.admin,
      )
      return entries.length
    }
    // The plans of a new workspace have a timer too, which is set a moment later.
    await expect.poll(() => t.clock.waiting(), PATIENTLY).toBe(2)
    const timers = t.clock.waiting()
    /** Waits until a round is over: then the timer of the next one is set. */
    const settle = async () => {
      await expect.poll(() => t.clock.waiting(), PATIENTLY).toBe(timers)
    }
    t.clock.advance(60_000)
    await settle()
    expect(await runs()).toBe(0)
    await rows(MOST_FORGOTTEN + 1, 100)
    t.clock.advance(3_600_000)
    await settle()
    expect(await runs()).toBe(1)
    t.clock.advance(1000)
    await settle()
    expect(await runs()).toBe(2)
    expect(await count('jobs')).toBe(0)
    t.clock.advance(3_600_000)
    await settle()
    expect(await runs()).toBe(2)
  })
})
