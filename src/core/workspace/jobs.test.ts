import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'

const { jobs, search, comments } = contract.workspace
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

describe.each(DATABASES)('jobs on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function begin(): Promise<void> {
    t = await testCore(database)
    await t.store.write(t.workspace, 'job', async tx => {
      const row = {
        kind: 'finops.imports.start',
        input: '{}',
        phase: '',
        done: 0n,
        total: null,
        attempts: 0n,
      }
      const rest = { cancel_requested: 0n, requested_by: t.admin.person, finished_at: null }
      const states = ['queued', 'running', 'failed'] as const
      await tx.db
        .insertInto('jobs')
        .values(
          states.map((state, index) => ({
            ...row,
            ...rest,
            id: id(index),
            state,
            result: null,
            failure: state === 'failed' ? '{"code":"X","data":{},"message":"m"}' : null,
            requested_at: BigInt(index),
            started_at: null,
          })),
        )
        .execute()
    })
  }

  it('workspace.jobs.list: the newest first, all or of one state', async () => {
    await begin()
    const { jobs: all } = await t.core.call(jobs.list, {}, t.admin)
    expect(all.map(job => job.state)).toEqual(['failed', 'running', 'queued'])
    expect(all[0]).toMatchObject({ failure: { code: 'X', message: 'm' }, requestedBy: t.admin.person })
    const { jobs: queued } = await t.core.call(jobs.list, { state: 'queued' }, t.admin)
    expect(queued.map(job => job.id)).toEqual([id(0)])
    expect(await t.core.call(jobs.get, { jobId: id(1) }, t.admin)).toMatchObject({ state: 'running' })
    await expect(t.core.call(jobs.get, { jobId: id(9) }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
      data: { entity: 'job' },
    })
  })

  it('workspace.jobs.cancel: at once where it waits, by asking where it runs', async () => {
    await begin()
    const cancel = (jobId: string) => t.core.call(jobs.cancel, { jobId }, t.admin)
    expect(await cancel(id(0))).toMatchObject({
      state: 'cancelled',
      cancelRequested: true,
      finishedAt: t.clock.now(),
    })
    expect(await cancel(id(1))).toMatchObject({ state: 'running', cancelRequested: true, finishedAt: null })
    await expect(cancel(id(2))).rejects.toMatchObject({
      code: 'WORKSPACE_JOB_OVER',
      data: { state: 'failed' },
    })
    await expect(cancel(id(9))).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    await t.core.jobs.idle()
  })

  it('workspace.jobs.list: a page at a time, the newest first', async () => {
    await begin()
    const all = (await t.core.call(jobs.list, {}, t.admin)).jobs.map(job => job.id)
    const paged: string[] = []
    for (let offset = 0; offset < all.length; offset += 2)
      paged.push(...(await t.core.call(jobs.list, { offset, limit: 2 }, t.admin)).jobs.map(job => job.id))
    expect(all.length).toBeGreaterThan(2)
    expect(paged).toEqual(all)
    await t.core.jobs.idle()
  })

  it('workspace.jobs.stop: the same for whoever asks the authority, and a desk asks its server', async () => {
    await begin()
    const stop = (jobId: string) => t.core.call(jobs.stop, { jobId }, t.admin)
    expect(await stop(id(0))).toMatchObject({ state: 'cancelled', cancelRequested: true })
    await expect(stop(id(2))).rejects.toMatchObject({ code: 'WORKSPACE_JOB_OVER' })
    await expect(stop(id(9))).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    await t.core.jobs.idle()
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority: 'connected' }).execute()
    })
    await expect(stop(id(1))).rejects.toMatchObject({ code: 'SYNC_REQUESTED' })
    const row = await t.store.read(t.workspace, ({ db }) =>
      db.selectFrom('outbox').select(['command', 'state']).executeTakeFirstOrThrow(),
    )
    expect(row).toEqual({ command: 'workspace.jobs.stop', state: 'requested' })
  })

  it('can be commented on, and a comment leads to its job', async () => {
    await begin()
    await t.core.call(comments.add, { entity: 'job', rowId: id(2), body: 'Why did this fail?' }, t.admin)
    const { hits } = await t.core.call(search.query, { text: 'why fail' }, t.admin)
    expect(hits).toMatchObject([{ entity: 'comment', link: `/workspace/jobs?job=${id(2)}` }])
  })
})
