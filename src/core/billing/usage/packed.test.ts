import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BucketRow } from '#core/database/usage-rows.ts'
import { QUARTER_HOUR } from '#engines/billing/usage-event.ts'
import { pack, unpack } from './packed.ts'
import { byKey, keyOf } from './roll-up.ts'

const quantity = fc.oneof(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.bigInt(-200n, 200n))
const anyBucket = fc.record({
  series: fc.bigInt(1n, 300n),
  at: fc.bigInt(1_000_000n, 1_000_300n).map(quarter => quarter * QUARTER_HOUR),
  events: fc.bigInt(1n, 3n),
  sum: quantity,
  max: quantity,
})
const none = { latest: 0n, latestAt: 0n, latestId: '' }

/** In the order of their key, one for each. */
const inOrder = (rows: readonly BucketRow[]) =>
  byKey(new Map(rows.map(row => [keyOf(row.series, row.at), row])))

describe('roll-ups as bytes', () => {
  it('come back as they were, all of them or those of some series', () => {
    fc.assert(
      fc.property(fc.array(anyBucket, { maxLength: 60 }), fc.bigInt(1n, 300n), (given, one) => {
        const rows = inOrder(given.map(row => ({ ...row, ...none })))
        const packed = pack(rows)
        expect(unpack(packed)).toEqual(rows)
        const some = new Set([one, ...rows.slice(0, 2).map(row => row.series)])
        expect(unpack(packed, some)).toEqual(rows.filter(row => some.has(row.series)))
      }),
    )
  })

  it('take few bytes where numbers are small', () => {
    const rows = Array.from({ length: 1000 }, (_, i): BucketRow => {
      const at = BigInt(Date.UTC(2026, 9, 1)) + BigInt(i % 3) * QUARTER_HOUR
      return { series: BigInt(1 + Math.floor(i / 3)), at, events: 1n, sum: 55n, max: 55n, ...none }
    })
    expect(pack(inOrder(rows)).sums.length).toBeLessThan(7 * 1000)
  })

  it.each([
    ['a sum beyond what a number holds', { sum: 2n ** 62n }],
    ['a latest value', { latest: 5n, latestAt: 900_000n, latestId: 'é' }],
    ['an instant that is no quarter', { at: 900_001n }],
  ])('keep %s', (_, odd) => {
    const plain = { series: 7n, at: 900_000n, events: 2n, sum: -3n, max: 4n, ...none }
    const rows = [
      { ...plain, ...odd },
      { ...plain, series: 8n },
    ]
    expect(unpack(pack(rows))).toEqual(rows)
    expect(unpack(pack(rows), new Set([8n]))).toEqual([rows[1]])
  })
})
