import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeWorld, storedBilling, subscribed, use } from '#core/billing/testing/close-kit.ts'
import { createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { openSqlite } from '#core/database/sqlite-connection.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import type { Store } from '#core/database/store.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import {
  KEY,
  type TestCore,
  testClock,
  testIds,
  testServices,
  testStore,
  WORKSPACE,
} from '#test/kit/core-kit.ts'
import { closeAndIssue, ISSUED } from './close-life.ts'

/** More than one write stores; of their invoices some are issued. */
const CUSTOMERS = 80
/** Kills, spread over the life of a close and of the issue of its invoices: one in each of as many parts. */
const KILLS = 100
/** Processes side by side. */
const AT_ONCE = 2

interface Said {
  readonly line: string
  /** Milliseconds after the start of the process. */
  readonly at: number
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

function coreOver(store: Store, machine: number) {
  const clock = testClock()
  const parts = { workspace: WORKSPACE, store, clock, timer: clock, newId: testIds(clock, machine) }
  return { clock, core: createCore({ ...parts, log: () => {}, services: testServices() }) }
}

describe('a process that is killed while it closes a month and issues invoices', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-close-kill-'))
  const prepared = join(folder, 'prepared.db')
  let ada: Caller
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** A workspace whose September was closed, with some usage that was late for it. */
  beforeAll(async () => {
    const { store, path, remove } = await testStore('sqlite', testClock())
    await prepareWorkspace(store, WORKSPACE, 'standalone', 0n)
    const { core, clock } = coreOver(store, 0)
    await core.start()
    const { admin } = await core.call(
      contract.workspace.setup.create,
      {
        ...{ name: 'Test company', zone: 'UTC', currency: 'USD', demo: false },
        admin: { name: 'Ada', email: 'ada@example.com' },
      },
      { person: null, device: 'test', assurance: 'system', system: true },
    )
    ada = { person: admin, device: 'test', assurance: 'unattested' }
    const t = { core, store, clock, workspace: WORKSPACE, admin: ada } as unknown as TestCore
    const { pro } = await closeWorld(t)
    for (let n = 0; n < CUSTOMERS; n++) {
      const key = `c${String(n).padStart(2, '0')}`
      await subscribed(t, key, pro.planId, { from: n % 3 === 0 ? '2026-09-01' : '2026-10-01' })
      await use(t, key, 'calls', '2026-10-05', `${100 + n * 7}`)
      await use(t, key, 'gb', '2026-10-15', `${n}.5`)
    }
    await core.close()
    copyFileSync(path, prepared)
    await remove()
  })

  /** Runs the life in a process of its own on this database, and kills it at a moment, if there is one. */
  async function live(path: string, moment?: { lines: number; wait: number }): Promise<Said[]> {
    const child = new URL('./close-child.ts', import.meta.url).pathname
    const begun = performance.now()
    const process_ = spawn(process.execPath, [child, path, ada.person!], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const over = new Promise<number | null>(resolve => process_.on('exit', code => resolve(code)))
    const said: Said[] = []
    for await (const line of createInterface({ input: process_.stdout })) {
      said.push({ line, at: performance.now() - begun })
      if (said.length === moment?.lines) setTimeout(() => process_.kill('SIGKILL'), moment.wait)
    }
    expect(await over).toBeOneOf([null, 0])
    return said
  }

  /** What stands on the disk, with all that must hold of numbers at any moment. */
  function numbersOn(path: string): string[] {
    const database = openSqlite({ path, key: KEY, monotonic: () => 0 }, 'read')
    const all = <T>(sql: string) => database.prepare(sql).all() as T[]
    expect(database.prepare('PRAGMA integrity_check').pluck().get()).toBe('ok')
    const invoices = all<{
      customer: string
      number: string | null
      state: string
      effect_id: string | null
    }>(
      `SELECT c.key AS customer, i.number, i.state, i.effect_id FROM invoices i JOIN customers c ON c.id = i.customer_id`,
    )
    const issued = invoices.filter(one => one.state === 'issued')
    const numbers = issued.map(one => `${one.number} ${one.customer}`).sort()
    expect(invoices.filter(one => one.number !== null)).toHaveLength(issued.length)
    expect(numbers.map(text => text.split(' ')[0])).toEqual(
      issued.map((_, n) => `INV-2026-${String(n + 1).padStart(5, '0')}`),
    )
    const [series] = all<{ next: bigint }>('SELECT next FROM number_series')
    expect(series?.next ?? 1n).toBe(BigInt(issued.length) + 1n)
    const effects = all<{ id: string }>(`SELECT id FROM effects WHERE kind = 'billing.invoice.pdf'`)
    expect(effects.map(one => one.id).sort()).toEqual(issued.map(one => one.effect_id).sort())
    // Every invoice is whole: its sums are those of its lines.
    expect(
      all(`SELECT i.id FROM invoices i WHERE i.net <> (SELECT coalesce(sum(l.amount), 0) FROM invoice_lines l
        WHERE l.invoice_id = i.id) OR i.lines <> (SELECT count(*) FROM invoice_lines l WHERE l.invoice_id = i.id)`),
    ).toEqual([])
    database.close()
    return numbers
  }

  /** Takes the life up where it ended, as the next start does, and tells what is stored at its end. */
  async function finish(path: string) {
    const store = openSqliteStore({ path, key: KEY, monotonic: () => performance.now(), cacheKib: 4096 })
    const { core } = coreOver(store, 9)
    await core.start()
    await closeAndIssue(core, ada)
    const stored = await storedBilling({ store, workspace: WORKSPACE })
    const { runs } = await core.call(contract.billing.close.runs, {}, ada)
    await core.close()
    return { stored, reports: runs.flatMap(run => (run.report === null ? [] : [run.report])) }
  }

  it('loses, doubles and skips no number, bills nothing twice, and comes to the same sums', async () => {
    const undisturbed = join(folder, 'undisturbed.db')
    copyFileSync(prepared, undisturbed)
    const life = await live(undisturbed)
    expect(life.map(one => one.line)).toContain('end')
    const numbers = numbersOn(undisturbed)
    expect(numbers).toHaveLength(ISSUED)
    const { stored, reports } = await finish(undisturbed)
    expect(reports).toMatchObject([{ drafts: CUSTOMERS, extended: 0, problemCount: 0 }])

    const random = numbersFrom(20261121)
    const moments = Array.from({ length: KILLS }, (_, part) => {
      const at = 1 + ((part + random()) / KILLS) * (life.length - 1)
      const lines = Math.floor(at)
      const gap = (life[lines]?.at ?? life[lines - 1]!.at) - life[lines - 1]!.at
      return { lines, wait: (at - lines) * gap }
    })
    const outcomes = { drafts: 0, issuing: 0, issued: 0 }
    const one = async (part: number) => {
      const path = join(folder, `killed-${part}.db`)
      copyFileSync(prepared, path)
      await live(path, moments[part])
      const there = numbersOn(path).length
      const after = await finish(path)
      expect(after.stored).toEqual(stored)
      // Nobody sees in the reports that it was cut off, unless nobody had asked for it yet.
      expect(after.reports).toEqual(reports)
      expect(numbersOn(path)).toEqual(numbers)
      if (there === ISSUED) outcomes.issued++
      else if (there > 0) outcomes.issuing++
      else outcomes.drafts++
      for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
    }
    let next = 0
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < KILLS) await one(next++)
      }),
    )
    // The kills did come in the middle of the close and of the issue.
    expect(outcomes.drafts).toBeGreaterThan(5)
    expect(outcomes.issuing).toBeGreaterThan(KILLS / 4)
  }, 900_000)
})
