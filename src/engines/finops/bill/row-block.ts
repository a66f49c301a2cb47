/** Rows on their way out of a bill: columns of a few thousand rows at a time, and whoever takes them. */

/** A column of the result: of FOCUS, derived from tags, one tag key, or a column of the file kept as it is. */
export type OutputColumn = {
  readonly name: string
  readonly kind: 'text' | 'cost' | 'decimal' | 'instant'
  readonly origin: 'focus' | 'dimension' | 'tag' | 'kept'
  /** The columns of the file that it comes from. */
  readonly from: readonly string[]
}

/** Code 0 is null, and a value may be null too. */
export type TextBlock = { kind: 'text'; codes: Int32Array; values: readonly (string | null)[] }

/**
 * Decimals as mantissa × 10^-scale. A mantissa that is NaN is null, unless `big` has the row. A cost has the scale of
 * its row's currency.
 */
export type DecimalBlock = {
  kind: 'cost' | 'decimal'
  mantissas: Float64Array
  scales: Uint8Array
  big: Map<number, bigint>
}

/** UTC milliseconds; NaN is null. */
export type InstantBlock = { kind: 'instant'; ms: Float64Array }

export type ColumnBlock = TextBlock | DecimalBlock | InstantBlock

export type RowBlock = {
  rows: number
  /** The batch of each row. */
  batches: Int32Array
  /** The batch of all rows, or -1 where they differ. */
  onlyBatch: number
  /** The line of the file of each row. */
  lines: Float64Array
  columns: ColumnBlock[]
}

/** What a bill is kept apart by. An import replaces whole batches. */
export type BatchKey = {
  provider: string
  billingAccountId: string
  /** UTC milliseconds, half-open. */
  periodStart: number
  periodEnd: number
}

/** Takes the rows. A block is valid only during the call: its arrays are reused. */
export type RowSink = {
  begin(columns: readonly OutputColumn[]): void
  /** Announces a batch before its first row. */
  batch(index: number, key: BatchKey): void
  block(block: RowBlock): void
}

export const blockRows = 4096

export function createRowBlock(columns: readonly OutputColumn[]): RowBlock {
  return {
    rows: 0,
    batches: new Int32Array(blockRows),
    onlyBatch: -1,
    lines: new Float64Array(blockRows),
    columns: columns.map(({ kind }): ColumnBlock => {
      if (kind === 'text') return { kind, codes: new Int32Array(blockRows), values: [null] }
      if (kind === 'instant') return { kind, ms: new Float64Array(blockRows) }
      return {
        kind,
        mantissas: new Float64Array(blockRows),
        scales: new Uint8Array(blockRows),
        big: new Map(),
      }
    }),
  }
}

/** One row of a block as plain values, for previews: text, decimal as [mantissa, scale], instant in milliseconds. */
export type PlainValue = string | { mantissa: bigint; scale: number } | { ms: number } | null

export function plainRow(block: RowBlock, row: number): PlainValue[] {
  return block.columns.map(column => {
    if (column.kind === 'text') return column.values[column.codes[row] as number] ?? null
    if (column.kind === 'instant') {
      const ms = column.ms[row] as number
      return Number.isNaN(ms) ? null : { ms }
    }
    const mantissa = column.mantissas[row] as number
    const scale = column.scales[row] as number
    if (!Number.isNaN(mantissa)) return { mantissa: BigInt(mantissa), scale }
    const big = column.big.get(row)
    return big === undefined ? null : { mantissa: big, scale }
  })
}
