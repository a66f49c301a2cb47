import type { Font, Glyph, GlyphPosition } from 'pdfmake/js/PDFDocument.js'
import { addJoinedGlyphs, type GlyphPart } from './joined-glyphs.ts'

/** A letter or a mark as it is drawn: one glyph, or one and the pieces that belong to it. */
interface Letter {
  readonly parts: GlyphPart[]
  readonly codePoints: readonly number[]
  /** In the font's units. */
  advance: number
  readonly position: GlyphPosition
}

/**
 * Gives each letter one code that reads as that letter. Scripts that are shaped draw several letters with one glyph
 * (the same stroke), and one letter with several (a stroke, and its dots): the library would tell for all of them
 * the letter that came first, and nothing for the dots. It would be drawn right, and neither found nor copied.
 * @param rightToLeft whether glyphs come in the order in which they are seen, against the order of letters
 */
export function codeByLetters(font: Font, rightToLeft: boolean): void {
  rememberLetters(font)
  const addJoined = addJoinedGlyphs(font)
  const codes = new Map<string, number>()

  function codeOf({ parts, codePoints, advance }: Letter): number {
    const key = `${codePoints} ${parts.map(({ id, x, y }) => `${id},${x},${y}`).join(' ')}`
    const known = codes.get(key)
    if (known !== undefined) return known
    const { id } = parts[0]!
    // A glyph that is there for other letters is put in once more.
    let code = parts.length > 1 ? addJoined(parts, advance) : font.subset.includeGlyph(id)
    if (font.unicode[code] !== undefined) code = font.subset.glyphs.push(id) - 1
    font.unicode[code] = codePoints
    font.widths[code] = advance * font.scale
    codes.set(key, code)
    return code
  }

  font.encode = (text, features) => {
    const { glyphs, positions } = font.layout(text, features)
    const letters = rightToLeft
      ? lettersOf(glyphs.toReversed(), positions.toReversed(), font.scale, true).reverse()
      : lettersOf(glyphs, positions, font.scale, false)
    const hex = letters.map(letter => codeOf(letter).toString(16).padStart(4, '0'))
    return [hex, letters.map(({ position }) => position)]
  }
}

/** A glyph as it was asked for: a child of the one that the font keeps, with letters of its own. */
function rememberLetters({ font }: Font): void {
  const kept = font.getGlyph.bind(font)
  font.getGlyph = (id, codePoints = []) => {
    const glyph = kept(id, codePoints)
    return glyph && `${glyph.codePoints}` !== `${codePoints}`
      ? (Object.create(glyph, { codePoints: { value: codePoints } }) as Glyph)
      : glyph
  }
}

/** Glyphs in the order of letters, those that stand for nothing joined to the one that they are a piece of. */
function lettersOf(
  glyphs: readonly Glyph[],
  positions: readonly GlyphPosition[],
  scale: number,
  rightToLeft: boolean,
): Letter[] {
  const letters: Letter[] = []
  /** The last letter that takes room: marks between it and its pieces are letters of their own. */
  let base: Letter | undefined
  /** From the base's origin to where the pen stands, in thousandths. */
  let pen = 0
  for (const [index, glyph] of glyphs.entries()) {
    const position = positions[index]!
    const isPiece = glyph.codePoints.length === 0 && base !== undefined
    if (rightToLeft) pen -= position.xAdvance
    if (isPiece && base) {
      base.parts.push({
        id: glyph.id,
        x: Math.round((pen + position.xOffset - base.position.xOffset) / scale),
        y: Math.round((position.yOffset - base.position.yOffset) / scale),
      })
      if (!rightToLeft) {
        base.advance += glyph.advanceWidth
        base.position.xAdvance += position.xAdvance
        base.position.advanceWidth += position.advanceWidth
      }
    } else {
      const letter: Letter = {
        parts: [{ id: glyph.id, x: 0, y: 0 }],
        codePoints: glyph.codePoints,
        advance: glyph.advanceWidth,
        // The library keeps what it shaped: it must stay as it is.
        position: { ...position },
      }
      letters.push(letter)
      if (!base || glyph.advanceWidth > 0 || !rightToLeft) {
        base = letter
        pen = 0
      }
    }
    if (!rightToLeft) pen += position.xAdvance
  }
  return letters
}
