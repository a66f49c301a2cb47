import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { FacedDocument } from './faced-document.ts'

interface Opened {
  layout(text: string): {
    glyphs: { id: number; advanceWidth: number; path: { bbox: Box } }[]
    positions: { xAdvance: number; xOffset: number; yOffset: number }[]
  }
  getGlyph(id: number): { advanceWidth: number; path: { bbox: Box } }
}
interface Box {
  readonly minX: number
  readonly minY: number
  readonly maxX: number
  readonly maxY: number
}

const { create } = createRequire(import.meta.url)('fontkit') as { create(bytes: Uint8Array): Opened }

function open(family: string) {
  return new FacedDocument({}, { autoFirstPage: false, font: null }).provideFont(family, false, false)
}

/** What the codes of a text read as, in the order in which they are drawn. */
function readings(family: string, text: string): string[] {
  const font = open(family)
  return font
    .encode(text, null)[0]
    .map(code => String.fromCodePoint(...font.unicode[Number.parseInt(code, 16)]!))
}

describe('the codes of a font', () => {
  it('read as the letters that they are drawn for', () => {
    expect(readings('arabic/arabic', 'للتجارة').join('')).toBe('ةراجتلل')
    expect(readings('arabic/arabic', 'بتثني').join('')).toBe('ينثتب')
    expect(readings('arabic/arabic', 'شَرِكَةٌ').toSorted()).toEqual([...'شَرِكَةٌ'].toSorted())
    expect(readings('hebrew/hebrew', 'שלום')).toEqual([...'םולש'])
    expect(readings('thai/thai', 'มหาชนจำกัด').join('')).toBe('มหาชนจำกัด')
  })

  it('are the same for the same letter', () => {
    const font = open('arabic/arabic')
    const [first] = font.encode('شركة', null)
    expect(font.encode('شركة', null)[0]).toEqual(first)
    expect(new Set(first).size).toBe(4)
  })

  it('of a letter with dots draw both where the shaper puts them', () => {
    const font = open('arabic/arabic')
    const [[code], [position]] = font.encode('ت', null)
    const embedded = create(font.subset.encode()).getGlyph(Number.parseInt(code!, 16))
    const { glyphs, positions } = (font.font as unknown as Opened).layout('ت')
    expect(glyphs).toHaveLength(2)
    // The dots come first, take no room, and stand above the stroke.
    const [dots, stroke] = glyphs
    const at = positions[0]!
    expect(embedded.advanceWidth).toBe(stroke!.advanceWidth)
    expect(position!.xAdvance).toBe(positions[1]!.xAdvance)
    expect(embedded.path.bbox).toMatchObject({
      minX: Math.min(stroke!.path.bbox.minX, dots!.path.bbox.minX + at.xOffset),
      minY: Math.min(stroke!.path.bbox.minY, dots!.path.bbox.minY + at.yOffset),
      maxX: Math.max(stroke!.path.bbox.maxX, dots!.path.bbox.maxX + at.xOffset),
      maxY: Math.max(stroke!.path.bbox.maxY, dots!.path.bbox.maxY + at.yOffset),
    })
  })
})
