import { afterEach, describe, expect, it } from 'vitest'
import { focusText } from '#engines/finops/bill/testing/read-text.ts'
import { WORKSPACE } from '#test/kit/core-kit.ts'
import { type ImportKit, importKit } from './testing/import-kit.ts'

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

describe('faults of an import', () => {
  let kit: ImportKit
  afterEach(() => kit.close())

  it('a full disk ends it with a clear refusal and an intact database', async () => {
    kit = await importKit('sqlite', { fresh: true })
    const { file, bring, visible, store, jobs, stored } = kit
    file('bill.csv', focusText(rows))
    const limit = (pages: bigint | null) =>
      store.write(WORKSPACE, 'person', async tx => {
        const [row] = await tx.raw<{ page_count: bigint }>('PRAGMA page_count')
        await tx.raw(
          `PRAGMA max_page_count = ${pages === null ? 1_000_000 : (row?.page_count ?? 0n) + pages}`,
        )
      })
    await limit(20n)
    await expect(bring('bill.csv', { mode: 'good-rows' })).rejects.toMatchObject({ code: 'FINOPS_DISK_FULL' })
    await limit(null)
    jobs.wake()
    await jobs.idle()
    expect(await visible()).toEqual([])
    expect(await stored()).toEqual({ imports: 0, batches: 0, segments: 0, rollUps: 0, problems: 0 })
    await bring('bill.csv', { mode: 'good-rows' })
    expect(new Set(await visible())).toEqual(new Set(WHOLE))
  })
})
