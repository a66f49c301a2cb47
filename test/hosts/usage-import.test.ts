import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, it } from 'vitest'
import { storedUsage, usageWorld } from '#core/billing/usage/testing/usage-kit.ts'
import { createCore } from '#core/create-core.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { openSqlite } from '#core/database/sqlite-connection.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import { contract } from '#shared/contract/index.ts'
import { KEY, testClock, testIds, testServices, testStore, WORKSPACE } from '#test/kit/core-kit.ts'

const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-usage-kill-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A workspace with customers and metrics, closed, as a file to copy. Gives the admin. */
async function template(path: string): Promise<string> {
  const clock = testClock()
  const made = await testStore('sqlite', clock)
  await prepareWorkspace(made.store, WORKSPACE, 'standalone', clock.now())
  const core = createCore({
    ...{ workspace: WORKSPACE, store: made.store, clock, timer: clock, newId: testIds(clock) },
    ...{ log: () => {}, services: testServices() },
  })
  await core.start()
  const { admin } = await core.call(
    contract.workspace.setup.create,
    {
      ...{ name: 'Test company', zone: 'UTC', currency: 'EUR', demo: false },
      admin: { name: 'Ada', email: 'ada@example.com' },
    },
    { person: null, device: 'test', assurance: 'system', system: true },
  )
  const t = { core, store: made.store, clock, workspace: WORKSPACE }
  await usageWorld({ ...t, admin: { person: admin, device: 'test', assurance: 'unattested' } } as never)
  await core.close()
  const tidy = openSqlite({ path: made.path, key: KEY, monotonic: () => 0 }, 'write')
  tidy.pragma('wal_checkpoint(TRUNCATE)')
  tidy.close()
  copyFileSync(made.path, path)
  await made.remove()
  return admin
}

/** Runs the child, and kills it a moment after its n-th write began. Gives the number of writes that it began. */
async function run(
  args: readonly string[],
  write: number,
  wait: number,
): Promise<{ writes: number; ended: boolean }> {
  const child = spawn(
    process.execPath,
    [new URL('./usage-import-child.ts', import.meta.url).pathname, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const over = new Promise<void>(resolve => child.on('exit', () => resolve()))
  let writes = 0
  let ended = false
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'end') ended = true
    else writes++
    if (writes === write) setTimeout(() => child.kill('SIGKILL'), wait)
  }
  await over
  return { writes, ended }
}

const RECENT = Date.now() - 40 * 86_400_000
const ROWS = 12_000
/** Every thousandth row is refused, every hundredth is there twice. */
const rows = Array.from({ length: ROWS }, (_, i) => {
  const metric = ['calls', 'seats', 'peak', 'logins'][i % 4]
  const quantity = i % 1000 === 500 ? 'x' : i % 97
  const id = i % 100 === 99 ? i - 1 : i
  const [customer, of] = [
    id % 3 === 0 ? 'acme' : 'globex',
    id === i ? metric : ['calls', 'seats', 'peak', 'logins'][id % 4],
  ]
  return `e${id},${customer},${of},${id === i ? quantity : id % 97},${RECENT + id * 60_000}`
})

async function look(path: string) {
  const store = openSqliteStore({ path, key: KEY, monotonic: () => 0, cacheKib: 4096 })
  const usage = await storedUsage({ store, workspace: WORKSPACE })
  const facts = await store.read(WORKSPACE, async ({ db }) => ({
    imports: await db
      .selectFrom('usage_imports')
      .select(['state', 'read', 'stored', 'duplicates', 'refused', 'late', 'receipt', 'first_at', 'last_at'])
      .execute(),
    problems: await db
      .selectFrom('usage_problems')
      .select(['ordinal', 'line', 'code'])
      .orderBy('ordinal')
      .execute(),
    open: await db.selectFrom('jobs').select('id').where('state', 'in', ['queued', 'running']).execute(),
  }))
  await store.close()
  return { usage, ...facts }
}

it('an import of usage that is killed again and again ends as if it never was', async () => {
  const fresh = join(folder, 'fresh.db')
  const admin = await template(fresh)
  const file = join(folder, 'u.csv')
  writeFileSync(file, `id,customer,metric,quantity,at\n${rows.join('\n')}\n`)
  const whole = join(folder, 'whole.db')
  copyFileSync(fresh, whole)
  const all = await run([whole, file, 'good-rows', admin], -1, 0)
  expect(all.ended).toBe(true)
  const expected = await look(whole)
  expect(expected.imports).toMatchObject([
    { state: 'stored', read: 12_000n, stored: 11_868n, duplicates: 120n, refused: 12n },
  ])
  expect(expected.usage.events.length).toBe(11_868)

  let cut = 0
  for (let round = 0; round < 4; round++) {
    const path = join(folder, `killed-${round}.db`)
    copyFileSync(fresh, path)
    const first = await run(
      [path, file, 'good-rows', admin],
      2 + Math.floor(((all.writes - 3) * (round + 0.5)) / 4),
      round % 3,
    )
    if (!first.ended) cut++
    const check = openSqlite({ path, key: KEY, monotonic: () => 0 }, 'read')
    expect(check.prepare('PRAGMA integrity_check').pluck().get()).toBe('ok')
    check.close()
    // Killed once more while it goes on, and then left alone.
    await run([path, file, 'good-rows', admin, 'resume'], 4 + round, 1)
    await run([path, file, 'good-rows', admin, 'resume'], -1, 0)
    const found = await look(path)
    expect(found.open).toEqual([])
    expect({ ...found, usage: null }).toEqual({ ...expected, usage: null })
    expect(found.usage).toEqual(expected.usage)
    rmSync(path)
  }
  // The kills did come in the middle.
  expect(cut).toBeGreaterThan(2)
}, 180_000)
