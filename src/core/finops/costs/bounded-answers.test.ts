import { describe, expect, it } from 'vitest'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { DATABASES, testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { columnCache } from './column-cache.ts'
import { exploreCosts } from './explore-costs.ts'
import { publish } from './testing/stage-lines.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 2, 1)

describe.each(DATABASES)('an answer of many columns on %s', database => {
  it('has fewer rows than asked for, and loses nothing', async () => {
    const { store, remove } = await testStore(database, testClock())
    try {
      await prepareWorkspace(store, WORKSPACE, 'standalone', 0n)
      const lines = Array.from({ length: 300 }, (_, i) => ({
        ...{ ChargePeriodStart: BigInt(START + i * DAY), BillingCurrency: 'USD', ProviderName: 'AWS' },
        ...{ ResourceId: `r-${i}`, BilledCost: BigInt(i + 1), EffectiveCost: 0n },
      }))
      await publish(store, WORKSPACE, { id: 'b-1', importId: 'i-1', lines })
      const { rows, totals, buckets } = await store.read(WORKSPACE, reader =>
        exploreCosts(reader, columnCache(1 << 20), {
          ...{
            measure: 'billed',
            by: ['resource'],
            grain: 'hour',
            zone: 'UTC',
            filters: [],
            compare: 'none',
          },
          ...{ period: { from: START, to: START + 366 * DAY }, top: 10_000 },
        }),
      )
      expect(buckets).toHaveLength(8784)
      // Two million figures by 8,785 columns at most: 227 rows, and one for all others.
      expect(rows.map(({ merged }) => merged)).toEqual([...Array<number>(227).fill(1), 73])
      expect(rows.reduce((sum, row) => sum + row.total, 0n)).toBe(45_150n)
      expect(totals).toMatchObject([{ total: 45_150n, lines: 300 }])
    } finally {
      await store.close()
      await remove()
    }
  })
})
