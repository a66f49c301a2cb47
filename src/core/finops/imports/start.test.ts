import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import type { ImportJobInput } from './import-job.ts'

describe.each(DATABASES)('the start of an import on %s', database => {
  let t: TestCore
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-start-'))
  afterEach(async () => {
    await t.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('finops.imports.start: reads tags as the settings say', async () => {
    const path = join(folder, 'bill.csv')
    writeFileSync(path, '')
    const place = { handle: 'bill', name: 'bill.csv', path }
    t = await testCore(database, {
      files: { find: () => place, forExport: () => place, release: () => {} },
      environment: {},
    })
    await t.core.call(
      contract.workspace.settings.set,
      { name: 'finops.customerTags', value: ['mandant', 'kunde'] },
      t.admin,
    )
    const { jobId } = await t.core.call(
      contract.finops.imports.start,
      { fileId: 'bill', fileName: 'bill.csv', mode: 'all-or-nothing' },
      t.admin,
    )
    const row = await t.store.read(t.workspace, reader =>
      reader.db.selectFrom('jobs').select('input').where('id', '=', jobId).executeTakeFirstOrThrow(),
    )
    const { dimensions } = fromCanonical<ImportJobInput>(row.input)
    expect(dimensions?.Customer).toEqual(['mandant', 'kunde'])
    expect(dimensions?.Project).toContain('application')
    await t.core.jobs.idle()
  })
})
