import { z } from 'zod'
import {
  type ColumnSegment,
  CorruptColumnError,
  corruptUnless,
  type IntegerSegment,
  type Narrow,
  type TextSegment,
} from './column.ts'
import { decodeFrame, encodeFrame } from './frame.ts'

const Count = z.int().nonnegative()
const Big = z.string().transform(BigInt)

const TextHeader = z.object({
  kind: z.literal('text'),
  rows: Count,
  nulls: Count,
  distinct: Count,
  constant: Count,
})

const IntegerHeader = z.object({
  kind: z.enum(['decimal', 'instant']),
  rows: Count,
  nulls: Count,
  scale: Count,
  min: Big.nullable(),
  max: Big.nullable(),
  sum: Big,
  sumAbs: Big,
  base: z.number(),
  factor: z.number(),
})

const Header = z.discriminatedUnion('kind', [TextHeader, IntegerHeader])

/** The bytes a column of a segment is stored as. The same rows give the same bytes. */
export function encodeColumn(column: ColumnSegment): Uint8Array {
  if (column.kind === 'text') {
    const { kind, rows, nulls, distinct, constant, codes, bytes, offsets, hashes } = column
    return encodeFrame({ kind, rows, nulls, distinct, constant }, [codes, bytes, offsets, hashes])
  }
  const { kind, rows, nulls, scale, min, max, sum, sumAbs, base, factor } = column
  const header = {
    ...{ kind, rows, nulls, scale, base, factor },
    ...{ min: min?.toString() ?? null, max: max?.toString() ?? null, sum: `${sum}`, sumAbs: `${sumAbs}` },
  }
  return encodeFrame(header, [column.low, column.high, column.nullBits, ...(column.limbs ?? [])])
}

/**
 * Reads what `encodeColumn` wrote; large arrays are views of `stored`, which must not change afterwards.
 * Throws a CorruptColumnError when the bytes are damaged, cut or not a column.
 */
export function decodeColumn(stored: Uint8Array): ColumnSegment {
  const frame = decodeFrame(stored)
  const header = Header.safeParse(frame.header)
  if (!header.success) throw new CorruptColumnError('its header is not understood')
  return header.data.kind === 'text'
    ? decodeText(header.data, frame.sections)
    : decodeIntegers(header.data, frame.sections)
}

function decodeText(header: z.infer<typeof TextHeader>, sections: readonly (Narrow | null)[]): TextSegment {
  const [codes, bytes, offsets, hashes] = sections
  const { rows, distinct } = header
  corruptUnless(bytes instanceof Uint8Array, 'its texts are missing')
  corruptUnless(offsets instanceof Uint32Array && offsets.length === distinct + 1, 'its texts are not whole')
  corruptUnless(hashes instanceof Uint32Array && hashes.length === distinct, 'its hashes are not whole')
  for (let i = 0; i < distinct; i++) corruptUnless(offsets[i]! <= offsets[i + 1]!, 'its texts overlap')
  corruptUnless(offsets[0] === 0 && offsets[distinct] === bytes.length, 'its texts are cut')
  corruptUnless(header.constant <= distinct, 'a row points past its texts')
  if (codes) {
    corruptUnless(codes.length === rows, 'it has another number of rows than it says')
    corruptUnless(largest(codes) <= distinct, 'a row points past its texts')
  }
  return { ...header, codes: codes ?? null, bytes, offsets, hashes }
}

function decodeIntegers(
  header: z.infer<typeof IntegerHeader>,
  sections: readonly (Narrow | null)[],
): IntegerSegment {
  const [low = null, high = null, bits = null, ...limbs] = sections
  const { rows } = header
  for (const part of [low, high, ...limbs]) {
    corruptUnless(part === null || part.length === rows, 'it has another number of rows than it says')
  }
  corruptUnless(
    limbs.every(limb => limb instanceof Uint32Array),
    'its limbs are not whole',
  )
  const marked = bits !== null && bits.length === Math.ceil(rows / 8)
  corruptUnless(header.nulls === 0 ? bits === null : marked, 'its nulls are not marked')
  return {
    ...header,
    low,
    high,
    nullBits: bits as Uint8Array | null,
    limbs: limbs.length > 0 ? (limbs as Uint32Array[]) : null,
  }
}

function largest(codes: Narrow): number {
  let top = 0
  for (let i = 0; i < codes.length; i++) if (codes[i]! > top) top = codes[i]!
  return top
}
