import { z } from 'zod'
import { decodeColumn, encodeColumn } from './codec.ts'
import { CorruptColumnError, corruptUnless } from './column.ts'
import type { NamedColumn } from './segment-builder.ts'

const Directory = z.array(z.tuple([z.string(), z.int().nonnegative()]))
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Several columns in one array of bytes: the length of a directory, the directory as JSON, the columns. */
export function encodeBundle(columns: readonly NamedColumn[]): Uint8Array {
  const encoded = columns.map(({ column }) => encodeColumn(column))
  const directory = encoder.encode(JSON.stringify(columns.map(({ id }, i) => [id, encoded[i]!.length])))
  let at = align(4 + directory.length)
  const bytes = new Uint8Array(encoded.reduce((sum, one) => sum + one.length, at))
  new DataView(bytes.buffer).setUint32(0, directory.length, true)
  bytes.set(directory, 4)
  for (const one of encoded) {
    bytes.set(one, at)
    at += one.length
  }
  return bytes
}

/** Reads what `encodeBundle` wrote. Throws a CorruptColumnError when it is damaged or cut. */
export function decodeBundle(bytes: Uint8Array): NamedColumn[] {
  corruptUnless(bytes.length >= 4, `${bytes.length} bytes are too few`)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  let at = align(4 + length)
  const directory = readDirectory(bytes.subarray(4, 4 + length))
  return directory.map(([id, size]) => {
    const column = decodeColumn(bytes.subarray(at, at + size))
    at += size
    return { id, column }
  })
}

function readDirectory(bytes: Uint8Array): z.infer<typeof Directory> {
  try {
    return Directory.parse(JSON.parse(decoder.decode(bytes)))
  } catch {
    throw new CorruptColumnError('its directory is not understood')
  }
}

function align(length: number): number {
  return Math.ceil(length / 8) * 8
}
