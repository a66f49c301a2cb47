import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { FinishedSegment } from '#engines/finops/columns/batch-writer.ts'
import { decodeBundle, encodeBundle } from '#engines/finops/columns/bundle.ts'
import { checksum } from '#engines/finops/columns/checksum.ts'
import { decodeColumn, encodeColumn } from '#engines/finops/columns/codec.ts'
import { type ColumnSegment, CorruptColumnError } from '#engines/finops/columns/column.ts'
import { isFrame } from '#engines/finops/columns/frame.ts'
import type { NamedColumn } from '#engines/finops/columns/segment-builder.ts'
import type { RolledDimension } from '#engines/finops/explore/plan.ts'
import type { RollUpRow } from '#engines/finops/explore/roll-up.ts'
import { rollUpColumns } from '#engines/finops/explore/roll-up-segment.ts'

/** One column of one segment as it is stored. */
export interface StoredColumn {
  readonly name: string
  readonly segment: number
  readonly kind: ColumnSegment['kind']
  readonly rows: number
  readonly nulls: number
  readonly min: bigint | null
  readonly max: bigint | null
  readonly data: Uint8Array
  /** Of the encoded bytes before compression. */
  readonly checksum: number
}

/** Fast to write and to read; columns are packed narrow before, so that higher levels gain little. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Encodes and compresses the columns of a segment. */
export function storeSegment({ segment, columns }: FinishedSegment): StoredColumn[] {
  return columns.map(({ id, column }) => {
    const encoded = encodeColumn(column)
    const { kind, rows, nulls } = column
    return {
      ...{ name: id, segment, kind, rows, nulls },
      min: column.kind === 'text' ? null : int64OrNull(column.min),
      max: column.kind === 'text' ? null : int64OrNull(column.max),
      data: compress(encoded),
      checksum: checksum(encoded),
    }
  })
}

/** Compressed, unless that saves next to nothing: many amounts are as good as random. */
function compress(encoded: Uint8Array): Uint8Array {
  const compressed = zstdCompressSync(encoded, LEVEL)
  return compressed.length < encoded.length * WORTH_IT ? compressed : encoded
}

const WORTH_IT = 0.85

function int64OrNull(value: bigint | null): bigint | null {
  return value !== null && BigInt.asIntN(64, value) === value ? value : null
}

/** Sums of a batch by one dimension and grain, as they are stored. */
export interface StoredSums {
  readonly dimension: string
  readonly grain: 'day' | 'month'
  readonly rows: number
  readonly data: Uint8Array
}

/** Encodes and compresses sums, all of one dimension and grain. */
export function storeSums(
  dimension: RolledDimension,
  grain: 'day' | 'month',
  rows: readonly RollUpRow[],
): StoredSums {
  const data = zstdCompressSync(encodeBundle(rollUpColumns(dimension, rows)), LEVEL)
  return { dimension: dimension ?? 'total', grain, rows: rows.length, data }
}

/** Reads what `storeSums` wrote. Throws a CorruptColumnError when the bytes are damaged. */
export function readSums(data: Uint8Array): NamedColumn[] {
  return decodeBundle(decompress(data))
}

/** Decompresses and decodes one column. Throws a CorruptColumnError when the bytes are damaged. */
export function readColumn(data: Uint8Array): ColumnSegment {
  return decodeColumn(isFrame(data) ? data : decompress(data))
}

/**
 * The size of what is compressed, as the frame's header states it (RFC 8878, section 3.1.1.1.1), so that it is
 * decompressed into one buffer and not into many that are then joined. A guess where the header does not say.
 */
function contentSize(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const descriptor = view.getUint8(4)
  const single = (descriptor >> 5) & 1
  const at = 5 + (1 - single) + [0, 1, 2, 4][descriptor & 3]!
  const flag = descriptor >> 6
  const size =
    flag === 0 ? view.getUint8(at) : flag === 1 ? view.getUint16(at, true) + 256 : view.getUint32(at, true)
  // With a little more, one buffer is seen to be enough; a wrong guess costs further buffers and nothing else.
  return size + 64
}

function decompress(data: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(data, { chunkSize: contentSize(data) })
  } catch {
    throw new CorruptColumnError('it cannot be decompressed')
  }
}
