import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore, testFiles } from '#test/kit/core-kit.ts'
import { event, record, storedUsage, usageWorld } from '../testing/usage-kit.ts'

const AT = '2026-11-20T10:00:00Z'
const csv = (...lines: string[]) => `id,customer,metric,quantity,timestamp,region\n${lines.join('\n')}\n`

describe.each(DATABASES)('files of usage on %s', database => {
  let t: TestCore
  let files: ReturnType<typeof testFiles>
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-usage-'))
  afterEach(() => t.close())

  async function start() {
    files = testFiles()
    t = await testCore(database, { files })
    return usageWorld(t)
  }

  function put(name: string, content: string | Uint8Array) {
    const path = join(folder, name)
    writeFileSync(path, content)
    files.put(name, path)
  }

  async function bring(name: string, mode: 'all-or-nothing' | 'good-rows' = 'all-or-nothing') {
    const { jobId } = await t.core.call(
      contract.billing.usage.import,
      { fileId: name, fileName: name, mode },
      t.admin,
    )
    await t.core.jobs.idle()
    return t.core.call(contract.workspace.jobs.get, { jobId }, t.admin)
  }

  const receipts = async () => (await t.core.call(contract.billing.usage.imports.list, {}, t.admin)).imports
  const problems = async (importId: string) =>
    (await t.core.call(contract.billing.usage.imports.problems, { importId }, t.admin)).problems

  it('billing.usage.import: takes a file of CSV, and the same file again changes nothing', async () => {
    await start()
    const content = `\ufeff${csv(
      `e1,acme,calls,3,${AT},`,
      'e2,globex,gb,1.2345,1795168800,"eu\n""west"""',
      `e2,globex,gb,1.2345,1795168800000,"eu\n""west"""`,
      `e3,acme,seats,,${AT},`,
    )}`
    put('a.csv', content)
    const job = await bring('a.csv')
    expect(job.state).toBe('done')
    const [receipt] = await receipts()
    expect(receipt).toMatchObject({
      ...{ state: 'stored', format: 'csv', read: 4n, stored: 3n, duplicates: 1n, refused: 0n, late: 0n },
      span: { from: BigInt(Date.parse(AT)), to: BigInt(Date.parse(AT)) },
      metrics: [
        { metric: 'calls', events: 1, quantity: '3', storedEvents: 1, stored: '3' },
        { metric: 'gb', events: 2, quantity: '2.469', storedEvents: 1, stored: '1.235' },
        { metric: 'seats', events: 1, quantity: '1', storedEvents: 1, stored: '1' },
      ],
    })
    expect(receipt?.digest).toMatch(/^[0-9a-f]{64}$/)
    const usage = await storedUsage(t)
    expect(usage.events[1]).toMatchObject({
      id: 'e2',
      series: 'globex gb {"region":"eu\\n\\"west\\""}',
      quantity: 1235n,
      batch: 1n,
    })
    put('a.csv', content)
    await bring('a.csv')
    expect(await storedUsage(t)).toEqual(usage)
    expect((await receipts())[0]).toMatchObject({ read: 4n, stored: 0n, duplicates: 4n, span: null })
  })

  it('billing.usage.import: nothing comes in where one row is refused, and each refusal has its place', async () => {
    await start()
    await record(t, event(t, 'known', { quantity: '5' }))
    const before = await storedUsage(t)
    put(
      'bad.csv',
      csv(
        `ok,acme,calls,1,${AT},`,
        `twice,acme,calls,1,${AT},`,
        `twice,acme,calls,2,${AT},`,
        `known,acme,calls,1,${AT},`,
        `x1,nobody,calls,1,${AT},`,
        `x2,acme,nothing,1,${AT},`,
        `x3,acme,calls,0.5,${AT},`,
        `x4,acme,calls,9999999999999999,${AT},`,
        'x5,acme,calls,1,2027-01-01,',
        'x6,acme,calls,1,12,',
        `x7,acme,calls,many,${AT},`,
        `,acme,calls,1,${AT},`,
        'x8,acme,calls,1',
      ),
    )
    const job = await bring('bad.csv')
    expect(job).toMatchObject({ state: 'failed', failure: { code: 'BILLING_ROWS_REFUSED' } })
    expect(await storedUsage(t)).toEqual({ ...before })
    const [receipt] = await receipts()
    expect(receipt).toMatchObject({ state: 'failed', stored: 0n, refused: 11n })
    const expected = [
      [4, 'conflict', 'id', 'twice'],
      [5, 'conflict', 'id', 'known'],
      [6, 'unknown-customer', 'customer', 'nobody'],
      [7, 'unknown-metric', 'metric', 'nothing'],
      [8, 'scale', 'quantity', '0.5'],
      [9, 'range', 'quantity', '9999999999999999'],
      [10, 'future', 'at', '2027-01-01T00:00:00.000Z'],
      [11, 'instant-malformed', 'at', '12'],
      [12, 'quantity-malformed', 'quantity', 'many'],
      [13, 'id-missing', 'id', null],
      [14, 'fields-too-few', null, null],
    ]
    const listed = async (id: string) =>
      (await problems(id))
        .map(one => [one.line, one.code, one.column, one.value])
        .sort((a, b) => Number(a[0]) - Number(b[0]))
    expect(await listed(receipt?.id ?? '')).toEqual(expected)
    // The good rows alone.
    await bring('bad.csv', 'good-rows')
    const [good] = await receipts()
    expect(good).toMatchObject({ state: 'stored', read: 13n, stored: 2n, refused: 11n })
    expect(await listed(good?.id ?? '')).toEqual(expected)
    expect((await storedUsage(t)).events.map(one => one.id)).toEqual(['known', 'ok', 'twice'])
  })

  it('billing.usage.import: reads JSON lines, plain or gzip, with numbers as they are written', async () => {
    await start()
    const lines = [
      {
        event_id: 'a',
        customer_id: 'acme',
        event_name: 'gb',
        value: 0.1,
        timestamp: 1795168800,
        region: 'eu',
      },
      { id: 'b', subject: 'acme', meter: 'calls', time: AT, properties: { host: 'h', n: 1, none: null } },
    ].map(one => JSON.stringify(one))
    lines.push(`{"id":"c","customer":"acme","metric":"calls","quantity":100000000000000.0,"at":"${AT}"}`)
    lines.push('', '[1]', '{"id":')
    put('a.jsonl.gz', gzipSync(lines.join('\n')))
    const job = await bring('a.jsonl.gz', 'good-rows')
    expect(job.state).toBe('done')
    const [receipt] = await receipts()
    expect(receipt).toMatchObject({
      ...{ format: 'jsonl', read: 5n, stored: 3n, refused: 2n },
      problemCounts: [{ code: 'json-malformed', count: 2 }],
    })
    expect((await storedUsage(t)).events).toMatchObject([
      { id: 'a', quantity: 100n, series: 'acme gb {"region":"eu"}', properties: '{"region":"eu"}' },
      { id: 'b', quantity: 1n, properties: '{"host":"h","n":"1"}' },
      { id: 'c', quantity: 100_000_000_000_000n, properties: '' },
    ])
  })

  it('billing.usage.import: says what is wrong with a file that is none', async () => {
    await start()
    const reasons: Record<string, string> = {}
    const contents: Record<string, string | Uint8Array> = {
      empty: '',
      header: 'id,customer,metric,timestamp\n',
      columns: 'id,who,metric,timestamp\na,b,c,d\n',
      list: '[{"id":1}]',
      zip: new Uint8Array([0x50, 0x4b, 3, 4, 0]),
      broken: gzipSync(csv(`a,acme,calls,1,${AT},`)).subarray(0, 30),
    }
    for (const [name, content] of Object.entries(contents)) {
      put(name, content)
      const job = await bring(name)
      expect(job.failure?.code).toBe('BILLING_FILE_UNREADABLE')
      reasons[name] = (job.failure as { data: { reason: string } }).data.reason
    }
    expect(reasons).toEqual({
      ...{ empty: 'empty', header: 'no-rows', columns: 'no-customer-column', list: 'json-list', zip: 'zip' },
      broken: 'gzip-damaged',
    })
    files.put('gone', join(folder, 'not-there'))
    expect((await bring('gone')).failure?.code).toBe('BILLING_FILE_GONE')
    expect((await storedUsage(t)).events).toEqual([])
  })

  it('billing.usage.import: semicolons, names of others, bad encoding', async () => {
    await start()
    put('s.csv', `Event ID;Customer Key;Meter;Value;Event Time;team\nä;acme;calls;2;${AT};x\n`)
    expect((await bring('s.csv')).state).toBe('done')
    expect((await storedUsage(t)).events).toMatchObject([
      { id: 'ä', quantity: 2n, properties: '{"team":"x"}' },
    ])
    const bytes = Buffer.concat([
      Buffer.from(csv(`g1,acme,calls,1,${AT},ü`)),
      Buffer.from('g2,acme,calls,1,'),
      Buffer.from(`${AT},`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\n'),
    ])
    // Recognised as UTF-8 by a long head, the bad bytes come behind it.
    const filler = Array.from({ length: 9000 }, (_, i) => `f${i},acme,calls,1,${AT},x`)
    put('u.csv', Buffer.concat([Buffer.from(csv(...filler)), bytes.subarray(bytes.indexOf(10) + 1)]))
    expect((await bring('u.csv', 'good-rows')).state).toBe('done')
    const [receipt] = await receipts()
    expect(receipt).toMatchObject({ stored: 9001n, refused: 1n })
    expect(await problems(receipt?.id ?? '')).toMatchObject([
      { code: 'text-not-utf8', line: 9003, column: 'region' },
    ])
  })

  it('billing.usage.inspect: shows what would come in, and stores nothing', async () => {
    await start()
    put('i.csv', csv(`a,acme,calls,1,${AT},eu`, `b,globex,calls,2,${AT},`, `c,who,calls,2,${AT},`))
    const found = await t.core.call(contract.billing.usage.inspect, { fileId: 'i.csv' }, t.admin)
    expect(found).toMatchObject({
      ...{ format: 'csv', complete: true, rows: 3, customers: 2, problemCount: 1 },
      metrics: [{ metric: 'calls', events: 2, quantity: '3' }],
      problems: [{ code: 'unknown-customer', line: 4 }],
    })
    expect(found.first[0]).toEqual({
      ...{ id: 'a', customer: 'acme', metric: 'calls', quantity: '1', region: 'eu' },
      at: '2026-11-20T10:00:00.000Z',
    })
    expect((await storedUsage(t)).events).toEqual([])
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))
})
