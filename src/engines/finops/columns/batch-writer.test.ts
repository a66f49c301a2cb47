import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchWriter, type FinishedSegment, type IncomingRows } from './batch-writer.ts'
import { textOf } from './byte-dictionary.ts'
import { codeAt, integerAt, isNullAt, SEGMENT_ROWS } from './column.ts'

const SPECS = [
  { id: 'ServiceName', kind: 'text' },
  { id: 'BilledCost', kind: 'cost' },
  { id: 'ChargePeriodStart', kind: 'instant' },
] as const

interface Row {
  batch: number
  service: string | null
  cost: bigint | null
  at: number | null
}

/** Rows as the bill reader hands them over; `values` is the list its codes point into, which only grows. */
function block(rows: readonly Row[], values: (string | null)[]): IncomingRows {
  const codeOf = (service: string | null) => {
    if (service === null) return 0
    const known = values.indexOf(service)
    return known > 0 ? known : values.push(service) - 1
  }
  const big = new Map<number, bigint>()
  rows.forEach(({ cost }, i) => {
    if (cost !== null && !Number.isSafeInteger(Number(cost))) big.set(i, cost)
  })
  const batches = Int32Array.from(rows, row => row.batch)
  return {
    rows: rows.length,
    batches,
    onlyBatch: batches.every(batch => batch === batches[0]) ? (batches[0] ?? -1) : -1,
    columns: [
      { kind: 'text', codes: Int32Array.from(rows, row => codeOf(row.service)), values },
      {
        kind: 'cost',
        mantissas: Float64Array.from(rows, ({ cost }, i) =>
          cost === null || big.has(i) ? Number.NaN : Number(cost),
        ),
        scales: new Uint8Array(rows.length).fill(9),
        big,
      },
      { kind: 'instant', ms: Float64Array.from(rows, row => row.at ?? Number.NaN) },
    ],
  }
}

function rowsOf({ batch, columns, rows }: FinishedSegment): Row[] {
  const [service, cost, at] = columns.map(({ column }) => column)
  if (service?.kind !== 'text' || cost?.kind !== 'decimal' || at?.kind !== 'instant') throw new Error('kinds')
  return Array.from({ length: rows }, (_, row) => ({
    batch,
    service: codeAt(service, row) === 0 ? null : textOf(service, codeAt(service, row) - 1),
    cost: isNullAt(cost, row) ? null : integerAt(cost, row),
    at: isNullAt(at, row) ? null : Number(integerAt(at, row)),
  }))
}

const row: fc.Arbitrary<Row> = fc.record({
  batch: fc.nat(3),
  service: fc.option(fc.constantFrom('S3', 'EC2', 'Größe', 'x'.repeat(100))),
  cost: fc.option(fc.oneof(fc.bigInt({ min: -5n, max: 5n }), fc.constant(2n ** 60n))),
  at: fc.option(fc.nat(1000)),
})

describe('the batch writer', () => {
  it('gives every batch its rows, in the order they came', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(row, { maxLength: 30 })),
        fc.boolean(),
        fc.integer({ min: 0, max: 20 }),
        (blocks, fresh, most) => {
          const finished: FinishedSegment[] = []
          const writer = batchWriter(SPECS, segment => finished.push(segment), most)
          let values: (string | null)[] = [null]
          for (const rows of blocks) {
            if (fresh) values = [null]
            writer.add(block(rows, values))
          }
          writer.end()
          for (const batch of [0, 1, 2, 3]) {
            const own = finished.filter(segment => segment.batch === batch)
            expect(own.map(({ segment }) => segment)).toEqual(own.map((_, i) => i))
            expect(own.flatMap(rowsOf)).toEqual(blocks.flat().filter(one => one.batch === batch))
          }
        },
      ),
    )
  })

  it('cuts a batch into segments of 65,536 rows', () => {
    const lengths: number[] = []
    const writer = batchWriter(SPECS, segment => lengths.push(segment.rows))
    const rows = Array.from(
      { length: 50_000 },
      (_, i): Row => ({ batch: 0, service: `s${i % 9}`, cost: 1n, at: i }),
    )
    for (let i = 0; i < 3; i++) writer.add(block(rows, [null]))
    writer.end()
    expect(lengths).toEqual([SEGMENT_ROWS, SEGMENT_ROWS, 150_000 - 2 * SEGMENT_ROWS])
  })

  it('refuses rows whose columns are of another kind', () => {
    const writer = batchWriter(SPECS.toReversed(), () => {})
    expect(() => writer.add(block([{ batch: 0, service: 'a', cost: 1n, at: 1 }], [null]))).toThrow(
      'Column ChargePeriodStart is instant, rows bring text',
    )
  })
})
