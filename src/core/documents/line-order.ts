import type { Inline, Line } from 'pdfmake/js/LayoutBuilder.js'
import { clustersOf, drawnText, visualOrder } from './bidi.ts'
import { WORD_END } from './word-ends.ts'

/** Scripts whose signs are drawn in another order than they are spoken in, or above each other. */
const REORDERED = /[\p{Script=Devanagari}\p{Script=Thai}]/u
/** What a text cannot begin with when it was cut in the right place. */
const CUT = /^(?:[\udc00-\udfff]|\u200d|\p{M})/u

/** What must be equal for two pieces to be written as one. */
const STYLE = [
  ...(['font', 'fontSize', 'color', 'opacity', 'characterSpacing', 'fontFeatures'] as const),
  ...(['decoration', 'background', 'link', 'sup', 'sub'] as const),
]

/** A word that is longer than its line is cut between any two units: moves half a character to the next line. */
export function mendCut(line: Line, rest: Inline[]): void {
  const last = line.inlines.at(-1)
  const next = rest[0]
  if (!last || !next || !CUT.test(next.text)) return
  const clusters = clustersOf(last.text + next.text)
  let kept = ''
  for (const cluster of clusters) {
    if (kept.length + cluster.length > last.text.length) break
    kept += cluster
  }
  if (kept === '') return
  next.text = last.text.slice(kept.length) + next.text
  next.width = widthOf(next.text, next)
  line.inlineWidths -= last.width
  last.text = kept
  last.width = widthOf(kept, last)
  line.inlineWidths += last.width
}

/**
 * Puts the pieces of a line where they are seen, and leaves them in the order in which they are read: a document
 * is read by machines in the order in which it was written. Neighbours of one style become one piece.
 */
export function arrangeLine(line: Line): void {
  line.inlines = line.inlines.some(inline => inline.bidiLevel !== undefined)
    ? inDirections(line.inlines)
    : joined(line.inlines)
  for (const inline of line.inlines) {
    if (inline.actual !== undefined || !REORDERED.test(inline.text)) continue
    inline.actual = inline.text.replaceAll(WORD_END, '')
    inline.text = withLowRing(inline.text)
  }
}

/** The ring of a Thai am stands below a tone mark, which is written before it: the shaper does not know. */
function withLowRing(text: string): string {
  return text.replace(/([\u0e48-\u0e4b])\u0e33/g, '\u0e4d$1\u0e32')
}

function joined(inlines: readonly Inline[]): Inline[] {
  const made: Inline[] = []
  for (const inline of inlines) {
    const before = made.at(-1)
    if (before && fits(before, inline)) {
      before.text += inline.text
      before.width += inline.width
    } else made.push(inline)
  }
  return made
}

function fits(before: Inline, inline: Inline): boolean {
  return (
    before.actual === undefined &&
    inline.actual === undefined &&
    inline._pageNodeRef === undefined &&
    before._pageNodeRef === undefined &&
    STYLE.every(name => before[name] === inline[name])
  )
}

/** The line's words in order of reading, each at its place; spaces at the end of the line stay at its right. */
function inDirections(inlines: readonly Inline[]): Inline[] {
  const words = inlines.flatMap(wordsOf)
  const blankFrom = words.findLastIndex(word => word.text.trim() !== '') + 1
  const order = visualOrder(words.slice(0, blankFrom).map(word => word.bidiLevel ?? 0))
  let x = inlines[0]!.x
  for (const word of [...order.map(index => words[index]!), ...words.slice(blankFrom)]) {
    word.x = x
    x += word.width
  }
  return words
}

/** A piece that runs from right to left, word by word: what shapes it knows no order of words. */
function wordsOf(inline: Inline): Inline[] {
  const level = inline.bidiLevel ?? 0
  const texts = level % 2 === 1 ? inline.text.split(/(\s+)/).filter(Boolean) : [inline.text]
  return texts.map(text => {
    const drawn = drawnText(text, level)
    return { ...inline, text: drawn, width: widthOf(drawn, inline) }
  })
}

function widthOf(text: string, { font, fontSize, fontFeatures, characterSpacing }: Inline): number {
  return font.widthOfString(text, fontSize, fontFeatures) + characterSpacing * (text.length - 1)
}
