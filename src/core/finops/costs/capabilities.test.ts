import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import exceljs from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { ExploreInput } from '#shared/contract/finops-costs.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore, testFiles } from '#test/kit/core-kit.ts'
import { publish, type TestLine } from './testing/stage-lines.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 2, 1)
const { costs } = contract.finops
const period = { from: BigInt(START), to: BigInt(START + 31 * DAY) }
const question: z.input<typeof ExploreInput> = {
  period,
  measure: 'billed',
  by: ['service'],
  grain: 'day',
  zone: 'UTC',
  top: 1,
  filters: [{ measure: 'billed', min: '0', max: null }],
}

const lines: TestLine[] = [
  ['S3', 1_500_000_000n],
  ['=cmd()', 2_000_000_000n],
  ['EC2', 1_234_567_890_123_456n],
].map(([ServiceName, BilledCost], day) => ({
  ...{ ServiceName, BilledCost, ChargePeriodStart: BigInt(START + day * DAY) },
  ...{ BillingCurrency: 'USD', ProviderName: 'AWS', Tags: '{"team":"a,b"}' },
})) as TestLine[]

describe.each(DATABASES)('costs through the core on %s', database => {
  const files = testFiles()
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-costs-'))
  let test: TestCore

  beforeAll(async () => {
    test = await testCore(database, { files })
    await publish(test.store, test.workspace, {
      id: 'b-1',
      importId: '00000000-0000-7000-8000-0000000000aa',
      lines,
    })
  })
  afterAll(async () => {
    await test.close()
    rmSync(folder, { recursive: true })
  })

  it('finops.costs.explore', async () => {
    const result = await test.core.call(costs.explore, question, test.admin)
    expect(result).toMatchObject({ source: 'segments', took: 0, previousBuckets: null })
    expect(result.buckets[1]).toEqual({ from: BigInt(START + DAY), to: BigInt(START + 2 * DAY) })
    expect(result.rows.map(({ keys, total, merged }) => [keys, total, merged])).toEqual([
      [['EC2'], 1_234_567_890_123_456n, 1],
      [null, 3_500_000_000n, 2],
    ])
    const compared = await test.core.call(costs.explore, { ...question, compare: 'length' }, test.admin)
    expect(compared.previousBuckets).toHaveLength(31)
  })

  it('finops.costs.lines and finops.costs.line', async () => {
    const page = await test.core.call(costs.lines, { period, columns: ['ServiceName'], limit: 1 }, test.admin)
    expect(page).toEqual({ count: 3, lines: [{ id: 'b-1/0/0', values: { ServiceName: 'S3' } }] })
    const { columns, fileName } = await test.core.call(costs.line, { id: 'b-1/0/2' }, test.admin)
    expect(columns).toContainEqual({ name: 'BilledCost', value: '1234567.890123456', known: true })
    expect(fileName).toContain('.csv')
  })

  it('finops.costs.dimensions, finops.costs.values and finops.costs.freshness', async () => {
    const { dimensions } = await test.core.call(costs.dimensions, {}, test.admin)
    expect(dimensions).toContainEqual({ id: 'tag:team', column: 'Tags', used: true })
    const { values } = await test.core.call(costs.values, { dimension: 'tag:team' }, test.admin)
    expect(values).toEqual([{ value: 'a,b', lines: 3 }])
    const within = await test.core.call(
      costs.values,
      { dimension: 'service', period, search: 'ec' },
      test.admin,
    )
    expect(within.values).toEqual([{ value: 'EC2', lines: 1 }])
    expect(await test.core.call(costs.freshness, {}, test.admin)).toMatchObject({ lines: 3n })
  })

  const run = async (
    name: string,
    format: 'csv' | 'xlsx',
    what: Parameters<typeof test.core.call<typeof costs.export>>[1]['what'],
  ) => {
    const path = join(folder, `${database}-${name}`)
    files.put(name, path)
    const { jobId } = await test.core.call(costs.export, { fileId: name, format, what }, test.admin)
    await test.core.jobs.idle()
    const job = await test.core.call(contract.workspace.jobs.get, { jobId }, test.admin)
    return { path, job }
  }

  it('finops.costs.export writes sums as CSV, exact and safe to open', async () => {
    const { path, job } = await run('sums.csv', 'csv', {
      kind: 'explore',
      query: { ...question, grain: 'none', top: 5 },
    })
    expect(job).toMatchObject({ state: 'done', result: { fileId: 'sums.csv', rows: 4 } })
    expect(readFileSync(path, 'utf8')).toBe(
      "\uFEFFservice,currency,total,lines\r\nEC2,USD,1234567.890123456,1\r\n'=cmd(),USD,2,1\r\nS3,USD,1.5,1\r\ntotal,USD,1234571.390123456,3\r\n",
    )
    expect(existsSync(`${path}.part`)).toBe(false)
  })

  it('finops.costs.export writes sums over time, compared, with the rest', async () => {
    const query = { ...question, compare: 'calendar' as const, grain: 'month' as const, filters: [] }
    const { path } = await run('time.csv', 'csv', { kind: 'explore', query })
    expect(readFileSync(path, 'utf8').split('\r\n').slice(0, 3)).toEqual([
      '\uFEFFservice,currency,2026-03,total,previous 2026-02,previous total,lines',
      'EC2,USD,1234567.890123456,1234567.890123456,0,0,1',
      'other (2),USD,3.5,3.5,0,0,2',
    ])
    const hours: typeof question = {
      ...question,
      by: [],
      grain: 'hour',
      measure: 'quantity',
      period: { from: period.from, to: period.from + 7_200_000n },
    }
    const other = await run('hours.csv', 'csv', { kind: 'explore', query: hours })
    expect(readFileSync(other.path, 'utf8').split('\r\n')[0]).toBe(
      '\uFEFFcurrency,unit,2026-03-01 00:00,2026-03-01 01:00,total,lines',
    )
    const two: typeof question = {
      ...question,
      by: ['service', 'tag:team'],
      grain: 'day',
      top: 1,
      period: { from: period.from, to: period.from + 172_800_000n },
    }
    const days = await run('days.csv', 'csv', { kind: 'explore', query: two })
    const [head, ...rest] = readFileSync(days.path, 'utf8').trimEnd().split('\r\n')
    expect(head).toBe('\uFEFFservice,tag:team,currency,2026-03-01,2026-03-02,total,lines')
    expect(rest.at(-1)).toMatch(/^total,,USD,/)
  })

  it('finops.costs.export writes lines as XLSX, numbers as numbers', async () => {
    const columns = ['ChargePeriodStart', 'ServiceName', 'BilledCost']
    const { path, job } = await run('lines.xlsx', 'xlsx', { kind: 'lines', query: { period }, columns })
    expect(job).toMatchObject({ state: 'done', result: { rows: 3, name: `${database}-lines.xlsx` } })
    const book = new exceljs.Workbook()
    await book.xlsx.readFile(path)
    const sheet = book.getWorksheet('Costs')!
    expect(sheet.getRow(1).values).toEqual([undefined, ...columns])
    expect(sheet.getRow(2).values).toEqual([undefined, new Date(START), 'S3', 1.5])
    expect(sheet.getCell('B3').value).toBe('=cmd()')
    expect(sheet.getCell('C4').value).toBe('1234567.890123456')
  })

  it('finops.costs.export writes every column where none is named, and leaves nothing when it fails', async () => {
    const { path } = await run('all.csv', 'csv', { kind: 'lines', query: { period } })
    expect(readFileSync(path, 'utf8').split('\r\n')[0]).toContain('x_Note')
    const gone = join('nowhere', 'lines.csv')
    for (const format of ['csv', 'xlsx'] as const) {
      const { path: missing, job } = await run(gone, format, { kind: 'lines', query: { period } })
      expect(job.state).toBe('failed')
      expect(existsSync(missing)).toBe(false)
    }
  })
})
