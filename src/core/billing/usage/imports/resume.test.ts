import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { uuidv7 } from '#shared/ids.ts'
import { type TestCore, testCore, testFiles } from '#test/kit/core-kit.ts'
import { event, record, storedUsage, usageWorld } from '../testing/usage-kit.ts'
import { leaveUnfinished, usageChunks } from './chunks.ts'
import { fileRefusal } from './import-job.ts'
import { receiptOf } from './receipt.ts'

const { usage } = contract.billing
const AT = '2026-11-20T10:00:00Z'
const HEAD = 'id,customer,metric,quantity,timestamp,note\n'

describe('an import of usage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-resume-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let t: TestCore
  afterEach(() => t.close())

  async function world() {
    const files = testFiles()
    t = await testCore('sqlite', { files })
    await usageWorld(t)
    const put = (name: string, content: string) => {
      writeFileSync(join(folder, name), content)
      files.put(name, join(folder, name))
    }
    const bring = async (name: string, mode: 'all-or-nothing' | 'good-rows') => {
      const { jobId } = await t.core.call(usage.import, { fileId: name, fileName: name, mode }, t.admin)
      await t.core.jobs.idle()
      return jobId
    }
    const stored = (jobId: string) =>
      t.store.read(t.workspace, ({ db }) =>
        db.selectFrom('usage_imports').selectAll().where('job_id', '=', jobId).executeTakeFirstOrThrow(),
      )
    const write = <T>(work: Parameters<typeof t.store.write<T>>[2]) => t.store.write(t.workspace, 'job', work)
    return { files, put, bring, stored, write }
  }

  it('goes on behind what it stored, with the same file only', async () => {
    const { put, bring, stored, write } = await world()
    put('a.csv', `${HEAD}a,acme,calls,3,${AT},\nb,acme,none,3,${AT},\n`)
    const jobId = await bring('a.csv', 'good-rows')
    const before = await stored(jobId)
    const { changedAt } = receiptOf(before.receipt)
    const data = {
      fileName: 'a.csv',
      size: Number(before.size),
      changedAt,
      format: 'csv' as const,
    }
    const begin = (more: Partial<typeof data>) =>
      write(tx => usageChunks.begin(tx, { ...data, ...more }, { jobId, now: t.clock.now() }))
    await expect(begin({ size: data.size + 1 })).rejects.toMatchObject({ code: 'BILLING_FILE_CHANGED' })
    await expect(begin({ changedAt: changedAt + 1 })).rejects.toMatchObject({ code: 'BILLING_FILE_CHANGED' })
    expect(await stored(jobId)).toEqual(before)
    expect(await begin({})).toMatchObject({ importId: before.id, read: 2 })
    expect(await stored(jobId)).toEqual({ ...before, state: 'reading' })
    await write(tx => leaveUnfinished(tx, jobId))
    expect(await stored(jobId)).toEqual({ ...before, state: 'failed' })
    // One that ended as it should is left as it is.
    await write(tx => tx.db.updateTable('usage_imports').set({ state: 'stored' }).execute())
    await write(tx => leaveUnfinished(tx, jobId))
    expect(await stored(jobId)).toEqual(before)
  })

  it('lists what it refuses anew where nothing was stored yet', async () => {
    const { put, bring, stored, write } = await world()
    put('b.csv', `${HEAD}a,who,calls,3,${AT},\nb,acme,none,3,${AT},\nc,acme,calls,3,${AT},\n`)
    const jobId = await bring('b.csv', 'all-or-nothing')
    const before = await stored(jobId)
    const receipt = await t.core.call(usage.imports.get, { importId: before.id }, t.admin)
    expect(receipt).toMatchObject({
      ...{ state: 'failed', read: 0n, stored: 0n, refused: 2n },
      problemCounts: [
        { code: 'unknown-customer', count: 1 },
        { code: 'unknown-metric', count: 1 },
      ],
    })
    const { changedAt } = receiptOf(before.receipt)
    const data = { fileName: 'b.csv', size: Number(before.size), changedAt, format: 'csv' as const }
    expect(await write(tx => usageChunks.begin(tx, data, { jobId, now: t.clock.now() }))).toMatchObject({
      read: 0,
    })
    expect(await stored(jobId)).toMatchObject({ state: 'reading', refused: 0n, read: 0n })
    const { problems } = await t.core.call(usage.imports.problems, { importId: before.id }, t.admin)
    expect(problems).toEqual([])
    expect((await storedUsage(t)).events).toEqual([])
    await expect(
      t.core.call(usage.imports.get, { importId: uuidv7(0, new Uint8Array(10)) }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'usage-import' } })
  })

  it('takes back nothing of what it stored where the file is changed meanwhile, and shows it', async () => {
    const { put, bring, stored } = await world()
    put('changing.csv', `${HEAD}a,acme,calls,3,${AT},\nb,acme,gb,2,${AT},\n`)
    let second = 1_700_000_000
    const { write } = t.store
    const touched = vi.spyOn(t.store, 'write').mockImplementation((...args) => {
      utimesSync(join(folder, 'changing.csv'), ++second, second)
      return write.apply(t.store, args) as never
    })
    const jobId = await bring('changing.csv', 'good-rows')
    touched.mockRestore()
    const job = await t.core.call(contract.workspace.jobs.get, { jobId }, t.admin)
    expect(job).toMatchObject({ state: 'failed', failure: { code: 'BILLING_FILE_CHANGED' } })
    const { id } = await stored(jobId)
    // The file was never known as a whole.
    expect(await t.core.call(usage.imports.get, { importId: id }, t.admin)).toMatchObject({
      ...{ state: 'failed', read: 2n, stored: 2n },
      metrics: [
        { metric: 'calls', events: 0, quantity: '0', storedEvents: 1, stored: '3' },
        { metric: 'gb', events: 0, quantity: '0', storedEvents: 1, stored: '2' },
      ],
    })
  })

  it('refuses a file of which no row is good, and says so of each', async () => {
    const { put, bring, stored } = await world()
    put('none.csv', `${HEAD}a,who,calls,3,${AT},\nb,acme,none,3,${AT},\nc,who,calls,3,${AT},\n`)
    const jobId = await bring('none.csv', 'all-or-nothing')
    const { id } = await stored(jobId)
    expect(await t.core.call(usage.imports.get, { importId: id }, t.admin)).toMatchObject({
      ...{ state: 'failed', stored: 0n, refused: 3n, metrics: [] },
      problemCounts: [
        { code: 'unknown-customer', count: 2 },
        { code: 'unknown-metric', count: 1 },
      ],
    })
  })

  it('shows what it stored of a metric that was taken back since', async () => {
    const { put, bring, stored, write } = await world()
    put('old.csv', `${HEAD}a,acme,peak,3,${AT},\nb,acme,calls,2,${AT},\nc,acme,peak,4,${AT},\n`)
    const { id } = await stored(await bring('old.csv', 'good-rows'))
    const ids = await t.store.read(t.workspace, async ({ db }) => {
      const rows = await db.selectFrom('metrics').select(['id', 'key']).execute()
      return new Map(rows.map(row => [row.key, row.id]))
    })
    await write(tx => tx.db.deleteFrom('metrics').where('key', '=', 'peak').execute())
    expect(await t.core.call(usage.imports.get, { importId: id }, t.admin)).toMatchObject({
      metrics: [
        { metric: 'calls', events: 1, quantity: '2' },
        { metric: 'peak', events: 2, quantity: '7' },
      ],
    })
    const { customerId } = await t.store.read(t.workspace, ({ db }) =>
      db.selectFrom('usage_series').select('customer_id as customerId').executeTakeFirstOrThrow(),
    )
    const at = BigInt(Date.parse(AT))
    const { points } = await t.core.call(
      usage.series,
      { customerId, from: at, to: at + 1n, grain: 'day' },
      t.admin,
    )
    const { totals } = await t.core.call(usage.totals, { customerId, from: at, to: at + 1n }, t.admin)
    expect(totals).toEqual([{ metricId: ids.get('calls')!, quantity: '2', events: 1 }])
    // Nothing says any more that it is a maximum.
    expect(points.map(one => [one.metricId, one.quantity, one.events])).toEqual(
      [
        [ids.get('calls')!, '2', 1],
        [ids.get('peak')!, '7', 2],
      ].sort((a, b) => (a[0]! < b[0]! ? -1 : 1)),
    )
  })

  it('billing.usage.events: says from which import an event is', async () => {
    const { put, bring, stored } = await world()
    put('from.csv', `${HEAD}a,acme,calls,3,${AT},\n`)
    const { id } = await stored(await bring('from.csv', 'good-rows'))
    await record(t, event(t, 'z', { at: BigInt(Date.parse(AT)) + 1n }))
    const { customerId, metricId } = await t.store.read(t.workspace, ({ db }) =>
      db
        .selectFrom('usage_series')
        .select(['customer_id as customerId', 'metric_id as metricId'])
        .executeTakeFirstOrThrow(),
    )
    const from = BigInt(Date.parse(AT))
    const { events } = await t.core.call(
      usage.events,
      { customerId, metricId, from, to: from + 10n, after: null, limit: 5 },
      t.admin,
    )
    expect(events.map(one => [one.id, one.importId])).toEqual([
      ['a', id],
      ['z', null],
    ])
  })

  it('billing.usage.inspect: says what is wrong with each row, and looks at the beginning of a long file', async () => {
    const { put, files } = await world()
    const inspect = (fileId: string) => t.core.call(usage.inspect, { fileId }, t.admin)
    put('c.csv', `${HEAD},acme,calls,1,${AT},\nx,acme,calls,1,${AT},\nx,acme,calls,2,${AT},\n`)
    expect(await inspect('c.csv')).toMatchObject({
      ...{ rows: 3, customers: 1, problemCount: 2, complete: true },
      metrics: [{ metric: 'calls', events: 1, quantity: '1' }],
      problems: [
        { code: 'id-missing', line: 2 },
        { code: 'conflict', line: 4, column: 'id', value: 'x' },
      ],
    })
    put('d.csv', `${HEAD}a,who,calls,1,${AT},\n`)
    expect(await inspect('d.csv')).toMatchObject({ customers: 0, metrics: [], span: null, problemCount: 1 })

    const note = 'n'.repeat(500)
    const row = (id: string) => `${id},acme,calls,1,${AT},${note}\n`
    const rows = 3000
    put('long.csv', HEAD + Array.from({ length: rows }, (_, i) => row(`r${i}`)).join(''))
    const long = await inspect('long.csv')
    expect(long).toMatchObject({ complete: false, problemCount: 0, file: { name: 'long.csv' } })
    // The last row that was begun is not taken for a short one.
    expect(long.rows).toBe(
      Math.floor(
        ((3 << 19) -
          HEAD.length -
          10 * row('r9').length -
          90 * row('r99').length -
          900 * row('r999').length) /
          row('r9999').length,
      ) + 1000,
    )

    put('e.csv', '')
    await expect(inspect('e.csv')).rejects.toMatchObject({
      ...{ code: 'BILLING_FILE_UNREADABLE', data: { reason: 'empty' } },
    })
    files.put('gone', join(folder, 'not-there'))
    await expect(inspect('gone')).rejects.toMatchObject({ code: 'BILLING_FILE_GONE' })
    // What is no refusal is the machine's, and told as it is.
    const fault = new Error('disk')
    expect(fileRefusal(fault)).toBe(fault)
  })
})
