import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore, testFiles } from '#test/kit/core-kit.ts'
import { recoveryNeeded } from './recovery.ts'
import { keysInMemory, RECOVERY_KEY } from './testing/keys-in-memory.ts'

const { keys, log } = contract.workspace
const needed = { code: 'WORKSPACE_RECOVERY_NEEDED', data: {} }

describe.each(DATABASES)('real data before the recovery key on %s', database => {
  let t: TestCore
  let folder: string
  const files = testFiles()
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quarterdeck-recovery-'))
    const path = join(folder, 'bill.csv')
    writeFileSync(path, 'BilledCost,BillingCurrency\n1,EUR\n')
    files.put('bill', path)
  })
  afterEach(async () => {
    await t.core.jobs.idle()
    await t.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = (intoDemo = false) =>
    t.core.call(
      contract.finops.imports.start,
      { fileId: 'bill', fileName: 'bill.csv', mode: 'all-or-nothing', intoDemo },
      t.admin,
    )
  const state = (set: { demo?: bigint; authority?: 'standalone' | 'connected' }) =>
    t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set(set).execute()
    })
  const jobs = async () => (await t.core.call(contract.workspace.jobs.list, {}, t.admin)).jobs.length

  it('finops.imports.start: waits until the recovery key is confirmed', async () => {
    t = await testCore(database, { files, keys: keysInMemory() })
    await expect(start()).rejects.toMatchObject(needed)
    await t.core.call(keys.makeRecoveryKey, {}, t.admin)
    await expect(start()).rejects.toMatchObject(needed)
    expect(await jobs()).toBe(0)
    await t.core.call(keys.confirmRecoveryKey, { recoveryKey: RECOVERY_KEY }, t.admin)
    await start()
    expect(await jobs()).toBe(1)
    // A new recovery key is one that nobody has proved to have.
    await t.core.call(keys.makeRecoveryKey, {}, t.admin)
    await expect(start()).rejects.toMatchObject(needed)
    const { entries } = await t.core.call(log.list, { command: 'finops.imports.start' }, t.admin)
    expect(entries.map(entry => entry.outcome)).toEqual(['refused', 'done', 'refused', 'refused'])
  })

  it('finops.imports.start: permission comes first', async () => {
    t = await testCore(database, { files, keys: keysInMemory() })
    const auditor = await t.core.call(
      contract.workspace.people.add,
      { name: 'Grace', email: 'grace@example.com', roles: ['auditor'] },
      t.admin,
    )
    await expect(
      t.core.call(
        contract.finops.imports.start,
        { fileId: 'bill', fileName: 'bill.csv', mode: 'all-or-nothing' },
        t.as(auditor.id),
      ),
    ).rejects.toMatchObject({ code: 'WORKSPACE_FORBIDDEN' })
  })

  it('the demo, and a host without keys, ask for none', async () => {
    t = await testCore(database, { files, keys: keysInMemory() })
    await state({ demo: 1n })
    await start(true)
    expect(await jobs()).toBe(1)
    await t.core.jobs.idle()
    await t.close()
    t = await testCore(database, { files })
    await start()
    expect(await jobs()).toBe(1)
  })
})

describe('recoveryNeeded', () => {
  const real = { demo: 0n, authority: 'standalone' } as const

  it('is about workspaces that live here and nowhere else', () => {
    expect(recoveryNeeded(real, 'none')).toBe(true)
    expect(recoveryNeeded(real, 'unconfirmed')).toBe(true)
    expect(recoveryNeeded(real, 'confirmed')).toBe(false)
    expect(recoveryNeeded(real, 'unavailable')).toBe(false)
    expect(recoveryNeeded({ ...real, demo: 1n }, 'none')).toBe(false)
    expect(recoveryNeeded({ ...real, authority: 'connected' }, 'none')).toBe(false)
  })
})
