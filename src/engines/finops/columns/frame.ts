import { checksum } from './checksum.ts'
import { corruptUnless, type Narrow } from './column.ts'

/**
 * The stored form of a column: 16 bytes (`QCOL`, version, two free bytes, xxHash32 of all that follows the
 * checksum, length of the header), the header as JSON, then the sections, each aligned to 8 bytes, so that
 * they are read in place. Little-endian, as every machine this runs on is.
 */
const MAGIC = 0x4c4f4351
const VERSION = 1
const CHECKED_FROM = 12
const HEADER_AT = 16

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Whether the bytes begin as a frame does. */
export function isFrame(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === MAGIC
}

/** Puts a header and sections into one array of bytes. A null section is left out. */
export function encodeFrame(
  header: Record<string, unknown>,
  sections: readonly (Narrow | null)[],
): Uint8Array {
  const shape = sections.map(section => section && [section.BYTES_PER_ELEMENT, section.length])
  const text = encoder.encode(JSON.stringify({ ...header, sections: shape }))
  let at = align(HEADER_AT + text.length)
  const starts = sections.map(section => {
    const start = at
    at = align(at + (section?.byteLength ?? 0))
    return start
  })
  const bytes = new Uint8Array(at)
  bytes.set(text, HEADER_AT)
  sections.forEach((section, index) => {
    if (section)
      bytes.set(new Uint8Array(section.buffer, section.byteOffset, section.byteLength), starts[index]!)
  })
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint16(4, VERSION, true)
  view.setUint32(12, text.length, true)
  view.setUint32(8, checksum(bytes, CHECKED_FROM), true)
  return bytes
}

/**
 * Takes a frame apart; the sections are views of `stored` where its alignment allows. Throws a
 * CorruptColumnError when the bytes are not a whole, undamaged frame of a version this code reads.
 */
export function decodeFrame(stored: Uint8Array): { header: unknown; sections: (Narrow | null)[] } {
  corruptUnless(stored.length >= HEADER_AT, `${stored.length} bytes are too few`)
  const bytes = stored.byteOffset % 8 === 0 ? stored : stored.slice()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  corruptUnless(view.getUint32(0, true) === MAGIC, 'it does not begin as a column does')
  const version = view.getUint16(4, true)
  corruptUnless(version === VERSION, `version ${version} is not one this program reads`)
  corruptUnless(view.getUint32(8, true) === checksum(bytes, CHECKED_FROM), 'its checksum does not match')
  const length = view.getUint32(12, true)
  corruptUnless(HEADER_AT + length <= bytes.length, 'its header is longer than itself')
  const header = JSON.parse(decoder.decode(bytes.subarray(HEADER_AT, HEADER_AT + length))) as {
    sections: Shape[]
  }
  let at = align(HEADER_AT + length)
  const sections = header.sections.map(shape => {
    if (shape === null) return null
    const [width, count] = shape
    const start = bytes.byteOffset + at
    at += width * count
    corruptUnless(at <= bytes.length, 'a section is longer than the column')
    at = align(at)
    return sectionView(bytes.buffer, start, width, count)
  })
  return { header, sections }
}

type Shape = [width: number, count: number] | null

function sectionView(buffer: ArrayBufferLike, start: number, width: number, count: number): Narrow {
  if (width === 1) return new Uint8Array(buffer, start, count)
  if (width === 2) return new Uint16Array(buffer, start, count)
  return new Uint32Array(buffer, start, count)
}

function align(length: number): number {
  return Math.ceil(length / 8) * 8
}
