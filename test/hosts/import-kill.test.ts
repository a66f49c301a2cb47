import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqlite } from '#core/database/sqlite-connection.ts'
import { columnCache } from '#core/finops/costs/column-cache.ts'
import { exploreCosts } from '#core/finops/costs/explore-costs.ts'
import { type ImportKit, importKit } from '#core/finops/imports/testing/import-kit.ts'
import { focusText } from '#engines/finops/bill/testing/read-text.ts'
import type { Dimension, ExploreQuery } from '#engines/finops/explore/query.ts'
import { imports as contract } from '#shared/contract/finops-imports.ts'
import { KEY, WORKSPACE } from '#test/kit/core-kit.ts'

const ROWS = 4000
const isGood = (i: number) => i % 500 !== 0
const rows = Array.from({ length: ROWS }, (_, i) => ({
  BilledCost: isGood(i) ? `0.${i}` : 'x',
  BillingAccountId: `acc-${i % 3}`,
  ServiceName: `service ${i % 50}`,
}))
/** In 10^-9: what the file says, added up exactly. */
const TOTAL = rows.reduce(
  (sum, row, i) => (isGood(i) ? sum + BigInt(row.BilledCost.slice(2).padEnd(9, '0')) : sum),
  0n,
)
const WHOLE = [
  'bill.csv: 1331 lines of AWS acc-0',
  'bill.csv: 1331 lines of AWS acc-1',
  'bill.csv: 1330 lines of AWS acc-2',
]
/** Kills, spread over the life of an import from its first byte to its last: one in each of as many parts. */
const KILLS = 42

/** What a process of an import said before its writes, and how long after the start, in milliseconds. */
interface Said {
  readonly line: string
  readonly at: number
}

/** A moment in the life of the process: so many milliseconds after it said so many lines. */
interface Moment {
  readonly lines: number
  readonly wait: number
}

/** Starts an import in a process of its own, and kills it at a moment, if there is one. */
async function importIn(kit: ImportKit, moment?: Moment): Promise<Said[]> {
  const child = new URL('./import-child.ts', import.meta.url).pathname
  const begun = performance.now()
  const process_ = spawn(process.execPath, [child, kit.path, kit.folder, 'bill.csv'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const over = new Promise<number | null>(resolve => process_.on('exit', code => resolve(code)))
  const said: Said[] = []
  const reached = () => {
    if (said.length === moment?.lines) setTimeout(() => process_.kill('SIGKILL'), moment.wait)
  }
  reached()
  for await (const line of createInterface({ input: process_.stdout })) {
    said.push({ line, at: performance.now() - begun })
    reached()
  }
  // Whoever ends by itself, which late kills allow, ends well.
  expect(await over).toBeOneOf([null, 0])
  return said
}

/** Numbers in [0, 1), the same ones at every run (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** One moment in each part of a life: after one of its lines, within the time that led to the next. */
function momentsOf(life: readonly Said[], count: number, seed: number): Moment[] {
  const random = numbersFrom(seed)
  return Array.from({ length: count }, (_, part) => {
    const at = ((part + random()) / count) * life.length
    const lines = Math.floor(at)
    const gap = life[lines]!.at - (life[lines - 1]?.at ?? 0)
    return { lines, wait: (at - lines) * gap }
  })
}

describe('a process that is killed while it imports', () => {
  let kit: ImportKit
  beforeEach(async () => {
    kit = await importKit('sqlite')
    kit.file('bill.csv', focusText(rows))
  })
  afterEach(() => kit.close())

  it('leaves an intact database, all of the bill or nothing of it, and is made good by the next start', async () => {
    const { visible, stored, ask, jobs } = kit
    const whole = await importIn(kit)
    expect(whole.at(-1)?.line).toBe('end')
    await expectWhole()
    await takeBack()
    const before = await stored()

    const outcomes = { notBegun: 0, cutOff: 0, published: 0 }
    for (const moment of momentsOf(whole, KILLS, 20261121)) {
      const said = await importIn(kit, moment)
      const check = openSqlite({ path: kit.path, key: KEY, monotonic: () => 0 }, 'read')
      expect(check.prepare('PRAGMA integrity_check').pluck().get()).toBe('ok')
      check.close()
      const there = await visible()
      if (there.length > 0) await expectWhole()
      if (there.length > 0) outcomes.published++
      else outcomes[said.length > 1 ? 'cutOff' : 'notBegun']++

      // The next start takes up what was under way; then a person brings the same file in again.
      await jobs.recover()
      jobs.wake()
      await jobs.idle()
      if (said.length > 1) await expectWhole()
      const again = await kit.bring('bill.csv', { mode: 'good-rows' })
      if (said.length > 1) expect(again.already).toBe(true)
      await expectWhole()
      expect(await leftBehind(kit)).toEqual(NOTHING)
      await takeBack()
      const { imports, ...now } = await stored()
      // Batches taken back are kept; each finished import added as many as the first.
      const times = imports - before.imports + 1
      expect(now).toEqual({
        batches: before.batches * times,
        segments: before.segments * times,
        rollUps: before.rollUps * times,
        problems: before.problems * times,
      })
    }
    // The kills did come in the middle, and at both ends.
    expect(outcomes.cutOff).toBeGreaterThan(KILLS / 2)
    expect(outcomes.notBegun + outcomes.published).toBeGreaterThan(0)

    async function inForce() {
      return (await ask(contract.list, {})).imports.filter(one => one.state === 'published')
    }
    async function expectWhole(): Promise<void> {
      expect(new Set(await visible())).toEqual(new Set(WHOLE))
      expect(await inForce()).toMatchObject([{ read: 4000n, stored: 3992n, refused: 8n }])
      expect(await totals(kit)).toEqual({ 'roll-ups': [TOTAL, 3992], segments: [TOTAL, 3992] })
    }
    async function takeBack(): Promise<void> {
      for (const { id } of await inForce()) await ask(contract.undo, { importId: id })
      expect(await visible()).toEqual([])
    }
  }, 600_000)
})

/** The billed total and the lines, from the sums kept and from the lines themselves. */
async function totals({ store }: ImportKit): Promise<Record<string, [bigint, number]>> {
  const found: Record<string, [bigint, number]> = {}
  for (const by of [['service'], ['service', 'account']] as [Dimension][]) {
    const query: ExploreQuery = {
      ...{ measure: 'billed', by, grain: 'none', zone: 'UTC', filters: [], compare: 'none', top: 10 },
      period: { from: Date.UTC(2020, 0), to: Date.UTC(2030, 0) },
    }
    const { source, totals } = await store.read(WORKSPACE, reader =>
      exploreCosts(reader, columnCache(1 << 24), query),
    )
    expect(totals).toHaveLength(1)
    found[source] = [totals[0]!.total, totals[0]!.lines]
  }
  return found
}

const NOTHING = { staged: 0, segments: 0, sums: 0, rollUps: 0, unfinished: 0, problems: 0, jobs: 0 }

/** What nobody owns or ends any more: rows of batches and imports that are not there, or stand half made. */
async function leftBehind({ path }: ImportKit): Promise<typeof NOTHING> {
  const database = openSqlite({ path, key: KEY, monotonic: () => 0 }, 'read')
  const count = (from: string) =>
    Number(database.prepare(`SELECT count(*) FROM ${from}`).pluck().get() as bigint)
  const ownerless = (table: string) => count(`${table} WHERE batch NOT IN (SELECT id FROM cost_batches)`)
  const left = {
    staged: count(`cost_batches WHERE state = 'staged'`),
    segments: ownerless('cost_segments'),
    sums: ownerless('cost_sums'),
    rollUps: ownerless('cost_rollups'),
    unfinished: count(`imports WHERE state = 'staging'`),
    problems: count('import_problems WHERE import_id NOT IN (SELECT id FROM imports)'),
    jobs: count(`jobs WHERE state IN ('queued', 'running')`),
  }
  database.close()
  return left
}
