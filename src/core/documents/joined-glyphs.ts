import type { Font } from 'pdfmake/js/PDFDocument.js'

/** A glyph within another, moved by so many of the font's units. */
export interface GlyphPart {
  readonly id: number
  readonly x: number
  readonly y: number
}

/** Beyond what a font can number: glyphs that it does not have. */
const FIRST_JOINED = 0x10000

const WORDS = 0x1
const OFFSETS = 0x2
const MORE = 0x20

/**
 * Lets a font embed glyphs that are made of several of its own.
 * @returns what adds one, with its width in the font's units, and says its code
 */
export function addJoinedGlyphs(font: Font): (parts: readonly GlyphPart[], advance: number) => number {
  const { subset } = font
  const joined = new Map<number, { parts: readonly GlyphPart[]; advance: number }>()
  const addOwn = subset._addGlyph.bind(subset)

  subset._addGlyph = id => {
    const made = joined.get(id)
    if (!made) return addOwn(id)
    const { bytes, left } = outline(font, made.parts)
    subset.glyf.push(bytes)
    subset.loca.offsets.push(subset.offset)
    subset.hmtx.metrics.push({ advance: made.advance, bearing: left })
    subset.offset += bytes.length
    return subset.glyf.length - 1
  }

  return (parts, advance) => {
    const id = FIRST_JOINED + joined.size
    joined.set(id, { parts, advance })
    return subset.glyphs.push(id) - 1
  }
}

/** The outline as TrueType writes it: the box around all, then each part with its place. */
function outline({ font, subset }: Font, parts: readonly GlyphPart[]): { bytes: Buffer; left: number } {
  const boxes = parts.map(({ id, x, y }) => {
    const { minX, minY, maxX, maxY } = font.getGlyph(id).bbox
    return { minX: minX + x, minY: minY + y, maxX: maxX + x, maxY: maxY + y }
  })
  const left = Math.min(...boxes.map(box => box.minX))
  const head = [
    -1,
    left,
    Math.min(...boxes.map(box => box.minY)),
    Math.max(...boxes.map(box => box.maxX)),
    Math.max(...boxes.map(box => box.maxY)),
  ]
  const bytes = Buffer.alloc(head.length * 2 + parts.length * 8)
  for (const [index, value] of head.entries()) bytes.writeInt16BE(value, index * 2)
  for (const [index, { id, x, y }] of parts.entries()) {
    const at = head.length * 2 + index * 8
    bytes.writeUInt16BE(WORDS | OFFSETS | (index < parts.length - 1 ? MORE : 0), at)
    bytes.writeUInt16BE(subset.includeGlyph(id), at + 2)
    bytes.writeInt16BE(x, at + 4)
    bytes.writeInt16BE(y, at + 6)
  }
  return { bytes, left }
}
