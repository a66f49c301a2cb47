import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { testCore, testFiles } from '#test/kit/core-kit.ts'
import { storedUsage, usageWorld } from '../testing/usage-kit.ts'

it('billing.usage.import: usage is not mixed with the demo by mistake', async () => {
  const files = testFiles()
  const t = await testCore('sqlite', { files })
  await usageWorld(t)
  await t.store.write(t.workspace, 'person', tx =>
    tx.db.updateTable('workspace_state').set({ demo: 1n, name: 'Fathomline' }).execute(),
  )
  const path = join(mkdtempSync(join(tmpdir(), 'quarterdeck-usage-')), 'a.csv')
  writeFileSync(path, 'id,customer,metric,quantity,timestamp\ne1,acme,calls,3,2026-11-20T10:00:00Z\n')
  files.put('a.csv', path)
  const bring = (more: { intoDemo?: boolean }) =>
    t.core.call(
      contract.billing.usage.import,
      { fileId: 'a.csv', fileName: 'a.csv', mode: 'all-or-nothing', ...more },
      t.admin,
    )
  await expect(bring({})).rejects.toMatchObject({ code: 'BILLING_INTO_DEMO', data: { name: 'Fathomline' } })
  await t.core.jobs.idle()
  expect((await storedUsage(t)).events).toEqual([])
  await bring({ intoDemo: true })
  await t.core.jobs.idle()
  expect((await storedUsage(t)).events).toMatchObject([{ id: 'e1' }])
  await t.close()
})
