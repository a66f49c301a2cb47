import { inflateSync } from 'node:zlib'

const HEADER = 44
const ENTRY = 20
const SFNT_HEADER = 12
const SFNT_ENTRY = 16

interface Table {
  readonly tag: number
  readonly checksum: number
  readonly bytes: Uint8Array
}

/**
 * A font of the web as a plain TrueType file: the same tables, each inflated. The library that reads fonts knows
 * the packed form too, but stumbles over some files, and inflates a table anew whenever it looks at it.
 * @throws Error when the bytes are not WOFF 1.0
 */
export function unpackWoff(file: Uint8Array): Buffer {
  const from = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (file.length < HEADER || from.getUint32(0) !== 0x774f4646) throw new Error('not a WOFF file')
  const tables = Array.from({ length: from.getUint16(12) }, (_, index) =>
    readTable(from, file, HEADER + index * ENTRY),
  )
  const start = SFNT_HEADER + tables.length * SFNT_ENTRY
  const bytes = Buffer.alloc(tables.reduce((length, table) => length + padded(table.bytes.length), start))
  bytes.writeUInt32BE(from.getUint32(4), 0)
  bytes.writeUInt16BE(tables.length, 4)
  const power = Math.floor(Math.log2(tables.length))
  bytes.writeUInt16BE(2 ** power * SFNT_ENTRY, 6)
  bytes.writeUInt16BE(power, 8)
  bytes.writeUInt16BE((tables.length - 2 ** power) * SFNT_ENTRY, 10)
  let at = start
  for (const [index, table] of tables.entries()) {
    const entry = SFNT_HEADER + index * SFNT_ENTRY
    bytes.writeUInt32BE(table.tag, entry)
    bytes.writeUInt32BE(table.checksum, entry + 4)
    bytes.writeUInt32BE(at, entry + 8)
    bytes.writeUInt32BE(table.bytes.length, entry + 12)
    bytes.set(table.bytes, at)
    at += padded(table.bytes.length)
  }
  return bytes
}

function readTable(from: DataView, file: Uint8Array, at: number): Table {
  const offset = from.getUint32(at + 4)
  const packed = from.getUint32(at + 8)
  const length = from.getUint32(at + 12)
  const stored = file.subarray(offset, offset + packed)
  const bytes = packed < length ? inflateSync(stored) : stored
  if (bytes.length !== length) throw new Error('a table of a WOFF file has another length than it says')
  return { tag: from.getUint32(at), checksum: from.getUint32(at + 16), bytes }
}

/** Tables begin at multiples of four. */
function padded(length: number): number {
  return (length + 3) & ~3
}
