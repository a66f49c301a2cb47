import type { Font, Glyph } from 'pdfmake/js/PDFDocument.js'

/**
 * Lets a font tell letters apart that it draws with one glyph, as scripts that are shaped do: the same stroke, with
 * dots as glyphs of their own. The library remembers of a glyph what it stood for first, and so would shape other
 * letters by it and tell of them that they are the first one.
 */
export function tellLettersApart(font: Font): void {
  rememberLetters(font)
  codeByLetters(font)
}

/**
 * Draws letters whole that the font would take to pieces (`ccmp`): it has both, and a piece without a letter reads
 * as nothing that a reader could be told.
 */
export function drawLettersWhole(font: Font): void {
  const shape = font.layoutRun.bind(font)
  font.layoutRun = text => shape(text, { ccmp: false })
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

/** What a piece of a letter reads as beside the glyph that the letter is told of: a sign that a search skips. */
const PIECE = [0x34f]

/** Each glyph gets a code for each text that it stands for, so that what is found and copied is what is meant. */
function codeByLetters(font: Font): void {
  const codes = new Map<string, number>()

  function codeOf({ id, codePoints, advanceWidth }: Glyph): number {
    const key = `${id} ${codePoints}`
    const known = codes.get(key)
    if (known !== undefined) return known
    // A glyph that is there for other letters is put in once more.
    let code = font.subset.includeGlyph(id)
    if (font.unicode[code] !== undefined) code = font.subset.glyphs.push(id) - 1
    font.unicode[code] = codePoints.length > 0 ? codePoints : PIECE
    font.widths[code] = advanceWidth * font.scale
    codes.set(key, code)
    return code
  }

  font.encode = (text, features) => {
    const { glyphs, positions } = font.layout(text, features)
    return [glyphs.map(glyph => codeOf(glyph).toString(16).padStart(4, '0')), positions]
  }
}
