import { SEGMENT_ROWS } from './column.ts'
import { appendDecimals, appendInstants } from './integer-builder.ts'
import type { NamedColumn, SegmentBuilder } from './segment-builder.ts'
import { type ColumnSpec, segmentBuilder, takeSegment } from './segment-builder.ts'
import { appendText } from './text-builder.ts'

/** Rows on their way in, column by column, as the bill reader hands them over. */
export interface IncomingRows {
  readonly rows: number
  /** The batch of each row. */
  readonly batches: Int32Array
  /** The batch of all rows, or -1 where they differ. */
  readonly onlyBatch: number
  readonly columns: readonly IncomingColumn[]
}

export type IncomingColumn =
  | { readonly kind: 'text'; readonly codes: Int32Array; readonly values: readonly (string | null)[] }
  | {
      readonly kind: 'cost' | 'decimal'
      readonly mantissas: Float64Array
      readonly scales: Uint8Array
      readonly big: ReadonlyMap<number, bigint>
    }
  | { readonly kind: 'instant'; readonly ms: Float64Array }

/** A finished segment: segments of a batch are numbered from 0. */
export interface FinishedSegment {
  readonly batch: number
  readonly segment: number
  readonly rows: number
  readonly columns: readonly NamedColumn[]
}

export interface BatchWriter {
  /** Takes a block of rows; its columns are in the order of the specs, and it may be reused afterwards. */
  add(rows: IncomingRows): void
  /** Hands over what is left. */
  end(): void
}

/** Rows that lie in builders at most, over all batches; beyond, the fullest batch hands over a short segment. */
const MOST_BUFFERED = 8 * SEGMENT_ROWS

/** Sorts rows by batch and cuts each batch into segments of at most 65,536 rows, in the order they came. */
export function batchWriter(
  specs: readonly ColumnSpec[],
  finished: (segment: FinishedSegment) => void,
  mostBuffered = MOST_BUFFERED,
): BatchWriter {
  const batches = new Map<number, { builder: SegmentBuilder; segment: number; rows: number }>()
  let buffered = 0

  function hand(batch: number): void {
    const state = batches.get(batch)!
    const columns = takeSegment(state.builder)
    finished({ batch, segment: state.segment, rows: state.rows, columns })
    buffered -= state.rows
    state.segment++
    state.rows = 0
  }

  function append(rows: IncomingRows, batch: number, from: number, to: number): void {
    let state = batches.get(batch)
    if (!state) {
      state = { builder: segmentBuilder(specs), segment: 0, rows: 0 }
      batches.set(batch, state)
    }
    for (let at = from; at < to; ) {
      const end = Math.min(to, at + SEGMENT_ROWS - state.rows)
      appendRange(state.builder, rows.columns, at, end)
      state.rows += end - at
      buffered += end - at
      at = end
      if (state.rows === SEGMENT_ROWS) hand(batch)
    }
    if (buffered > mostBuffered) hand(fullest())
  }

  function fullest(): number {
    let [found, most] = [-1, 0]
    for (const [batch, { rows }] of batches) if (rows > most) [found, most] = [batch, rows]
    return found
  }

  return {
    add(rows) {
      if (rows.onlyBatch >= 0) return append(rows, rows.onlyBatch, 0, rows.rows)
      for (let from = 0; from < rows.rows; ) {
        const batch = rows.batches[from]!
        let to = from + 1
        while (to < rows.rows && rows.batches[to] === batch) to++
        append(rows, batch, from, to)
        from = to
      }
    },
    end() {
      for (const [batch, { rows }] of batches) if (rows > 0) hand(batch)
    },
  }
}

function appendRange(
  builder: SegmentBuilder,
  columns: readonly IncomingColumn[],
  from: number,
  to: number,
): void {
  builder.columns.forEach((own, index) => {
    const column = columns[index]!
    if (own.kind === 'text' && column.kind === 'text') appendText(own, column.codes, column.values, from, to)
    else if (own.kind === 'instant' && column.kind === 'instant') appendInstants(own, column.ms, from, to)
    else if (own.kind === 'decimal' && 'mantissas' in column) {
      appendDecimals(own, column.mantissas, column.scales, column.big, from, to)
    } else throw new Error(`Column ${builder.specs[index]!.id} is ${own.kind}, rows bring ${column.kind}`)
  })
}
