import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { openSqlite } from '#core/database/sqlite-connection.ts'
import { type ImportKit, importKit } from '#core/finops/imports/testing/import-kit.ts'
import { focusText } from '#engines/finops/bill/testing/read-text.ts'
import { imports as contract } from '#shared/contract/finops-imports.ts'
import { KEY, WORKSPACE } from '#test/kit/core-kit.ts'

const rows = Array.from({ length: 4000 }, (_, i) => ({
  BilledCost: i % 500 === 0 ? 'x' : `0.${i}`,
  BillingAccountId: `acc-${i % 3}`,
  ServiceName: `service ${i % 50}`,
}))
const WHOLE = [
  'bill.csv: 1331 lines of AWS acc-0',
  'bill.csv: 1331 lines of AWS acc-1',
  'bill.csv: 1330 lines of AWS acc-2',
]

/** Starts an import in a process of its own and kills it at its n-th write. Gives the writes that it began. */
async function killAt(kit: ImportKit, write: number, wait: number): Promise<string[]> {
  const child = new URL('./import-child.ts', import.meta.url).pathname
  const process_ = spawn(process.execPath, [child, kit.path, kit.folder, 'bill.csv'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const over = new Promise<void>(resolve => process_.on('exit', () => resolve()))
  const seen: string[] = []
  for await (const line of createInterface({ input: process_.stdout })) {
    seen.push(line)
    if (seen.length === write) setTimeout(() => process_.kill('SIGKILL'), wait)
  }
  await over
  return seen
}

describe('an import', () => {
  let kit: ImportKit
  afterEach(() => kit.close())

  it('killed at any write, it is either not there or whole, and is brought to its end by the next start', async () => {
    kit = await importKit('sqlite')
    const { file, visible, stored, ask, jobs, store } = kit
    file('bill.csv', focusText(rows))
    const all = await killAt(kit, Number.POSITIVE_INFINITY, 0)
    expect(all.at(-1)).toBe('end')
    expect(new Set(await visible())).toEqual(new Set(WHOLE))
    const finished = (await ask(contract.list, {})).imports[0]?.id as string
    await ask(contract.undo, { importId: finished })
    const before = await stored()

    const step = Math.max(1, Math.floor(all.length / 5))
    let unfinished = 0
    for (let write = 1, round = 0; write < all.length; write += step, round++) {
      await killAt(kit, write, round % 3)
      const check = openSqlite({ path: kit.path, key: KEY, monotonic: () => 0 }, 'read')
      expect(check.prepare('PRAGMA integrity_check').pluck().get()).toBe('ok')
      check.close()
      const there = (await visible()).length
      expect([0, WHOLE.length]).toContain(there)
      if (there === 0) unfinished++

      await jobs.recover()
      jobs.wake()
      await jobs.idle()
      expect(new Set(await visible())).toEqual(new Set(WHOLE))
      const [last] = (await ask(contract.list, {})).imports
      expect(last).toMatchObject({ state: 'published', read: 4000n, stored: 3992n, refused: 8n })
      await ask(contract.undo, { importId: last?.id as string })
      // Nothing of the killed attempt is left.
      const { imports, batches, problems } = await stored()
      const n = imports - before.imports
      expect({ batches, problems }).toEqual({
        batches: before.batches * (n + 1),
        problems: before.problems * (n + 1),
      })
    }
    // The kills did come in the middle.
    expect(unfinished).toBeGreaterThan(2)
    const open = await store.read(WORKSPACE, reader =>
      reader.db.selectFrom('jobs').select('id').where('state', 'in', ['queued', 'running']).execute(),
    )
    expect(open).toEqual([])
  }, 120_000)
})
