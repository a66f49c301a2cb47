/**
 * An ICC profile (version 2.1) of the sRGB colour space, which an archivable PDF must carry to say what its
 * colours are. Built from the numbers of IEC 61966-2-1: primaries and white adapted to D50, and the transfer
 * curve in 1,024 steps.
 */
export function srgbProfile(): Uint8Array {
  const tags: [string, Uint8Array][] = [
    ['desc', description('sRGB IEC61966-2.1')],
    ['cprt', text('No copyright, use freely')],
    ['wtpt', xyz(0.9642, 1, 0.8249)],
    ['rXYZ', xyz(0.43607, 0.22249, 0.01392)],
    ['gXYZ', xyz(0.38515, 0.71687, 0.09708)],
    ['bXYZ', xyz(0.14307, 0.06061, 0.7141)],
    ['rTRC', transferCurve()],
    ['gTRC', transferCurve()],
    ['bTRC', transferCurve()],
  ]
  const table = 4 + tags.length * 12
  const size = 128 + table + tags.reduce((sum, [, data]) => sum + data.length, 0)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  header(view, size)
  view.setUint32(128, tags.length)
  let offset = 128 + table
  for (const [index, [signature, data]] of tags.entries()) {
    const entry = 132 + index * 12
    ascii(view, entry, signature)
    view.setUint32(entry + 4, offset)
    view.setUint32(entry + 8, data.length)
    bytes.set(data, offset)
    offset += data.length
  }
  return bytes
}

function header(view: DataView, size: number): void {
  view.setUint32(0, size)
  view.setUint32(8, 0x02100000)
  ascii(view, 12, 'mntr')
  ascii(view, 16, 'RGB ')
  ascii(view, 20, 'XYZ ')
  // When the standard was published: a fixed date, so that the same document has the same bytes.
  for (const [index, part] of [1999, 10, 18, 0, 0, 0].entries()) view.setUint16(24 + index * 2, part)
  ascii(view, 36, 'acsp')
  for (const [index, value] of [0.9642, 1, 0.8249].entries()) fixed(view, 68 + index * 4, value)
}

function ascii(view: DataView, at: number, value: string): void {
  for (let i = 0; i < value.length; i++) view.setUint8(at + i, value.charCodeAt(i))
}

/** Signed 15.16 fixed point. */
function fixed(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.round(value * 65536))
}

/** A tag of so many bytes after its type, padded to a multiple of four. */
function tag(type: string, length: number): DataView {
  const view = new DataView(new ArrayBuffer(Math.ceil((8 + length) / 4) * 4))
  ascii(view, 0, type)
  return view
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer)
}

function xyz(...values: number[]): Uint8Array {
  const view = tag('XYZ ', 12)
  for (const [index, value] of values.entries()) fixed(view, 8 + index * 4, value)
  return bytesOf(view)
}

function text(value: string): Uint8Array {
  const view = tag('text', value.length + 1)
  ascii(view, 8, value)
  return bytesOf(view)
}

/** The ASCII form; the Unicode and the Macintosh one stay empty. */
function description(value: string): Uint8Array {
  const view = tag('desc', 4 + value.length + 1 + 4 + 4 + 2 + 1 + 67)
  view.setUint32(8, value.length + 1)
  ascii(view, 12, value)
  return bytesOf(view)
}

function transferCurve(): Uint8Array {
  const steps = 1024
  const view = tag('curv', 4 + steps * 2)
  view.setUint32(8, steps)
  for (let i = 0; i < steps; i++) {
    const value = i / (steps - 1)
    const linear = value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    view.setUint16(12 + i * 2, Math.round(linear * 65535))
  }
  return bytesOf(view)
}
