import { describe, expect, it } from 'vitest'
import type { ExploreRow } from '#shared/contract/finops-costs.ts'
import { changeOf, denominations, drawnSeries, type Explored, inOrder, shownDenomination } from './series.ts'

function row(keys: ExploreRow['keys'], currency: string, amounts: readonly bigint[], lines = 1): ExploreRow {
  return {
    keys,
    currency,
    unit: null,
    scale: 9,
    amounts: [...amounts],
    total: amounts.reduce((sum, amount) => sum + amount, 0n),
    previous: null,
    previousTotal: null,
    lines,
    merged: keys ? 1 : 3,
  }
}

const result: Explored = {
  buckets: [
    { from: 0n, to: 1n },
    { from: 1n, to: 2n },
  ],
  previousBuckets: null,
  rows: [
    row(['EC2'], 'USD', [3_000_000_000n, 1_000_000_000n]),
    row(['S3'], 'USD', [1_000_000_000n, 500_000_000n]),
    row(['VM'], 'EUR', [9_000_000_000n, 0n]),
    row(null, 'USD', [250_000_000n, 0n]),
  ],
  totals: [row(null, 'EUR', [9_000_000_000n, 0n], 2), row(null, 'USD', [4_250_000_000n, 1_500_000_000n], 40)],
  source: 'segments',
  took: 1,
}

describe('what the chart draws', () => {
  it('keeps currencies apart and shows the one with most lines unless another is asked for', () => {
    expect(denominations(result).map(one => one.currency)).toEqual(['USD', 'EUR'])
    expect(inOrder(result).totals.map(row => row.currency)).toEqual(['USD', 'EUR'])
    expect(inOrder(result).rows.map(row => row.currency)).toEqual(['USD', 'USD', 'USD', 'EUR'])
    expect(shownDenomination(result, null)?.currency).toBe('USD')
    expect(shownDenomination(result, 'EUR')?.currency).toBe('EUR')
    expect(shownDenomination(result, 'JPY')?.currency).toBe('USD')
  })

  it('adds everything beyond the largest rows into one last series, and loses nothing', () => {
    const series = drawnSeries(result, { currency: 'USD', unit: null }, 1)
    expect(series).toEqual([
      { keys: ['EC2'], values: [3, 1], total: 4, merged: 1 },
      { keys: null, values: [1.25, 0.5], total: 1.75, merged: 4 },
    ])
  })

  it('states the change against a negative or missing previous amount', () => {
    expect(changeOf({ total: 150n, previousTotal: 100n })).toBe(0.5)
    expect(changeOf({ total: -50n, previousTotal: -100n })).toBe(0.5)
    expect(changeOf({ total: 5n, previousTotal: 0n })).toBeNull()
    expect(changeOf({ total: 5n, previousTotal: null })).toBeNull()
  })
})
