import { afterEach, describe, expect, it } from 'vitest'
import { demoBills } from '#engines/demo/bills.ts'
import { demoCompany } from '#engines/demo/company.ts'
import { amountFrom, amountText } from '#engines/demo/decimal.ts'
import { demoFiles, demoFileValues } from '#engines/demo/files.ts'
import { AT } from '#engines/demo/focus-columns.ts'
import { contract } from '#shared/contract/index.ts'
import { emptyCore, nobody } from '#test/kit/empty-core.ts'

const leaf = contract.workspace.demo

let t: Awaited<ReturnType<typeof emptyCore>>
afterEach(() => t.close())

describe('the bills of the demo workspace', () => {
  it('come in whole, each file with a receipt that proves its totals', { timeout: 600_000 }, async () => {
    t = await emptyCore('sqlite')
    const { jobId, admin } = await t.core.call(leaf.create, { endMonth: '2026-10' }, nobody)
    await t.core.jobs.idle()
    const job = await t.core.call(contract.workspace.jobs.get, { jobId }, t.as(admin))
    expect(job).toMatchObject({ state: 'done', failure: null, result: { bills: 130 } })

    const company = demoCompany('quarterdeck', '2026-10')
    const { imports } = await t.core.call(contract.finops.imports.list, { limit: 500 }, t.as(admin))
    expect(imports.map(one => one.fileName).toSorted()).toEqual(
      demoFiles(company)
        .map(file => file.fileName)
        .toSorted(),
    )
    const batches = imports.reduce((sum, one) => sum + one.batches.length, 0)
    expect(batches).toBe(demoBills(company).length)
    for (const one of imports) {
      expect(one).toMatchObject({ state: 'published', version: '1.2', refused: 0n, problemCounts: [] })
      expect(one.importedBy).not.toBeNull()
      const file = demoFiles(company).find(item => item.fileName === one.fileName)!
      let billed = 0n
      let lines = 0n
      for (const row of demoFileValues(company, file)) {
        billed += amountFrom(row[AT.BilledCost]!)
        lines++
      }
      expect(one.stored).toBe(lines)
      expect(one.totals.map(total => total.billed)).toEqual([amountText(billed)])
    }
  })
})
