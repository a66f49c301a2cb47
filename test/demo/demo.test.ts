import { afterEach, describe, expect, it } from 'vitest'
import type { Store } from '#core/database/store.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, WORKSPACE } from '#test/kit/core-kit.ts'
import { emptyCore, nobody } from '#test/kit/empty-core.ts'

const leaf = contract.workspace.demo

let t: Awaited<ReturnType<typeof emptyCore>>
afterEach(() => t.close())

describe.each(DATABASES)('the demo workspace on %s', database => {
  it('workspace.demo.create: fills an empty workspace with people and customers, labelled as demo', async () => {
    t = await emptyCore(database)
    expect(await t.core.call(leaf.state, {}, nobody)).toEqual({ demo: null })
    const { jobId, admin } = await t.core.call(leaf.create, {}, nobody)
    const session = await t.core.call(contract.workspace.session, {}, t.as(admin))
    expect(session.workspace).toMatchObject({ name: 'Fathomline (demo)', demo: true, currency: 'USD' })
    expect(session.person).toMatchObject({ name: 'Priya Raman' })
    expect(new Set(session.people.flatMap(person => person.roles))).toEqual(
      new Set(['admin', 'analyst', 'approver', 'ops', 'auditor']),
    )
    const customers = await t.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('customers').selectAll().execute(),
    )
    expect(customers.length).toBe(240)
    expect(new Set(customers.map(customer => customer.currency)).size).toBe(5)
    // The clock of these tests stands on 21 November 2026: the bills reach to the day before.
    const { demo } = await t.core.call(leaf.state, {}, nobody)
    expect(demo).toMatchObject({ seed: 'quarterdeck', startMonth: '2024-12', endMonth: '2026-11', jobId })
    expect(demo?.stories.map(story => story.id)).toContain('leak')
    expect(await t.cancel(jobId, t.as(admin))).toBe('cancelled')
  })

  it('workspace.demo.create: leaves a workspace alone in which there is somebody', async () => {
    t = await emptyCore(database)
    await t.core.call(
      contract.workspace.setup.begin,
      { name: 'Acme', zone: 'UTC', currency: 'USD', admin: { name: 'Ada', email: 'ada@example.com' } },
      nobody,
    )
    await expect(t.core.call(leaf.create, {}, nobody)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_EMPTY',
      data: { name: 'Acme' },
    })
    const { people } = await t.core.call(contract.workspace.session, {}, nobody)
    expect(people.length).toBe(1)
  })

  it('workspace.demo.remove: empties the demo, not while a job runs, and keeps the log', async () => {
    t = await emptyCore(database)
    const { jobId, admin } = await t.core.call(leaf.create, { endMonth: '2026-10' }, nobody)
    await expect(t.core.call(leaf.remove, {}, t.as(admin))).rejects.toMatchObject({
      code: 'WORKSPACE_BUSY',
      data: { jobs: 1 },
    })
    await t.cancel(jobId, t.as(admin))
    await t.core.jobs.idle()
    const { rows } = await t.core.call(leaf.remove, {}, t.as(admin))
    expect(rows).toBeGreaterThan(240n)
    const { workspace, people } = await t.core.call(contract.workspace.session, {}, nobody)
    expect({ people, workspace }).toMatchObject({
      people: [],
      workspace: { name: '', demo: false, empty: true },
    })
    const log = await t.store.read(WORKSPACE, reader =>
      reader.db.selectFrom('command_log').select(['command', 'outcome']).orderBy('version').execute(),
    )
    expect(log.at(0)).toEqual({ command: 'workspace.demo.create', outcome: 'done' })
    expect(log.at(-1)).toEqual({ command: 'workspace.demo.remove', outcome: 'done' })
    const again = await t.core.call(leaf.create, { endMonth: '2026-10' }, nobody)
    await t.cancel(again.jobId, t.as(again.admin))
  })

  it('finops.imports.start: mixes no bill with the demo unless the person says so', async () => {
    t = await emptyCore(database)
    const { jobId, admin } = await t.core.call(leaf.create, { endMonth: '2026-10' }, nobody)
    await t.cancel(jobId, t.as(admin))
    const bill = { fileId: 'bill', fileName: 'bill.csv', mode: 'all-or-nothing' as const }
    const { start } = contract.finops.imports
    await expect(t.core.call(start, bill, t.as(admin))).rejects.toMatchObject({
      code: 'FINOPS_INTO_DEMO',
      data: { name: 'Fathomline (demo)' },
    })
    const started = await t.core.call(start, { ...bill, intoDemo: true }, t.as(admin))
    await t.core.jobs.idle()
    const job = await t.core.call(contract.workspace.jobs.get, started, t.as(admin))
    expect(job.failure).toMatchObject({ code: 'FINOPS_FILE_GONE' })
  })

  it('workspace.demo.remove: never empties a company’s workspace', async () => {
    t = await emptyCore(database)
    const { admin } = await t.core.call(
      contract.workspace.setup.begin,
      { name: 'Acme', zone: 'UTC', currency: 'USD', admin: { name: 'Ada', email: 'ada@example.com' } },
      nobody,
    )
    await expect(t.core.call(leaf.remove, {}, t.as(admin))).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_DEMO',
      data: { name: 'Acme' },
    })
  })
})

describe('the bills of the demo workspace', () => {
  it('go on after a crash where they were', { timeout: 60_000 }, async () => {
    t = await emptyCore('sqlite')
    const { jobId, admin } = await t.core.call(leaf.create, { endMonth: '2026-10' }, nobody)
    while ((await published(t.store)) === 0) await new Promise(resolve => setTimeout(resolve, 20))
    const before = await published(t.store)
    expect(await t.cancel(jobId, t.as(admin))).toBe('cancelled')
    // The row as a killed process leaves it.
    await t.store.write(WORKSPACE, 'person', tx =>
      tx.db
        .updateTable('jobs')
        .set({ state: 'running', cancel_requested: 0n, attempts: 1n })
        .where('id', '=', jobId)
        .execute(),
    )
    await t.core.jobs.recover()
    t.core.jobs.wake()
    while ((await published(t.store)) === before) await new Promise(resolve => setTimeout(resolve, 20))
    const { imports } = await t.core.call(contract.finops.imports.list, { limit: 500 }, t.as(admin))
    const names = imports.filter(one => one.state === 'published').map(one => one.fileName)
    expect(new Set(names).size).toBe(names.length)
    await t.cancel(jobId, t.as(admin))
  })
})

async function published(store: Store): Promise<number> {
  const rows = await store.read(WORKSPACE, reader =>
    reader.db.selectFrom('imports').select('id').where('state', '=', 'published').execute(),
  )
  return rows.length
}
