import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import type { Id } from '#shared/ids.ts'
import { DATABASES, PATIENTLY, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { notifyJobOver } from './job-over.ts'
import type { DesktopNotification } from './notification.ts'

const JOB = '00000000-0000-7000-8000-00000000bbbb'

const inboxes = (t: TestCore) =>
  t.store.read(t.workspace, reader => reader.db.selectFrom('inbox').selectAll().orderBy('id').execute())

describe.each(DATABASES)('notifications of jobs on %s', database => {
  let t: TestCore
  const shown: [string, DesktopNotification][] = []
  afterEach(() => t.close())

  async function begin(): Promise<void> {
    shown.length = 0
    t = await testCore(database, {
      desktop: { show: (id, notification) => void shown.push([id, notification]) },
    })
    // Whoever asks for something is at this desk.
    await t.core.call(contract.workspace.people.list, {}, t.admin)
  }

  /** A job that is in this state, requested some milliseconds ago. */
  async function job(
    state: 'done' | 'failed' | 'cancelled' | 'queued',
    ago: number,
    by: Id | null = t.admin.person,
  ) {
    await t.store.write(t.workspace, 'job', async tx => {
      const now = t.clock.now()
      await tx.db.deleteFrom('jobs').execute()
      await tx.db
        .insertInto('jobs')
        .values({
          id: JOB,
          kind: 'test.none',
          input: '{}',
          state,
          phase: '',
          done: 0n,
          total: null,
          result: null,
          failure: null,
          attempts: 0n,
          cancel_requested: 0n,
          requested_by: by,
          requested_at: now - BigInt(ago),
          started_at: null,
          finished_at: null,
        })
        .execute()
      if (state !== 'queued') await notifyJobOver(tx, JOB, {}, now)
    })
    t.core.heard(['inbox', 'effects'], 0n)
    await t.core.background.idle()
  }
  const shownTitles = () => shown.map(([, { title }]) => title)

  it('a long job tells whoever requested it that it is over', async () => {
    await begin()
    await job('done', 10_000)
    await expect.poll(() => shown.length, PATIENTLY).toBe(1)
    expect(shown).toMatchObject([
      [
        expect.stringMatching(/^[0-9a-f-]{36}$/),
        {
          person: t.admin.person,
          title: 'A job is finished',
          link: `quarterdeck://open/workspace/jobs?job=${JOB}`,
        },
      ],
    ])
  })

  it('short, cancelled and the core’s own jobs tell nothing', async () => {
    await begin()
    await job('done', 9999)
    await job('cancelled', 60_000)
    await job('failed', 60_000, null)
    expect(await inboxes(t)).toEqual([])
  })

  it('follows the setting', async () => {
    await begin()
    await t.core.call(
      contract.workspace.settings.set,
      { name: 'workspace.notifyAfterSeconds', value: 0 },
      t.admin,
    )
    await job('done', 0)
    expect(await inboxes(t)).toMatchObject([{ person_id: t.admin.person, once_key: `job:${JOB}` }])
    // Told once, however often it is asked for.
    await job('done', 0, t.admin.person)
    expect(await inboxes(t)).toHaveLength(1)
  })

  it('comes with the end of the job, in one transaction', async () => {
    await begin()
    // Nobody knows this kind, so the job runner ends it as failed.
    await job('queued', 60_000)
    t.core.jobs.wake()
    await t.core.jobs.idle()
    await t.core.background.idle()
    await expect.poll(shownTitles, PATIENTLY).toEqual(['A job failed'])
  })
})
