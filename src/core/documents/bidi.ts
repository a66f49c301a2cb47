import bidiFactory from 'bidi-js'

const bidi = bidiFactory()

/** Letters and digits of the scripts that are written from right to left, and the marks that set a direction. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/
const NO_SCRIPT = /[\p{Script=Common}\p{Script=Inherited}]/u
const RTL_SCRIPT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u

const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * The level of each UTF-16 unit of a text, odd where it runs from right to left; null where nothing does. Each
 * paragraph takes its direction from its first letter, so that a name is ordered as its bearer writes it.
 */
export function levelsOf(text: string): Uint8Array | null {
  return RIGHT_TO_LEFT.test(text) ? bidi.getEmbeddingLevels(text, 'auto').levels : null
}

/** The places of pieces of a line from left to right, by their levels (rule L2 of the algorithm). */
export function visualOrder(levels: readonly number[]): number[] {
  const order = levels.map((_, index) => index)
  for (let level = Math.max(0, ...levels); level > 0; level--) {
    for (let start = 0; start < order.length; start++) {
      if (levels[order[start]!]! < level) continue
      let end = start
      while (end < order.length && levels[order[end]!]! >= level) end++
      order.splice(start, end - start, ...order.slice(start, end).reverse())
      start = end
    }
  }
  return order
}

/**
 * What to hand to the shaper so that a piece without spaces is seen in its direction. The shaper turns a piece
 * round when its script runs from right to left, whatever its level is: digits of Persian run the other way, and
 * signs alone do not turn by themselves.
 */
export function drawnText(text: string, level: number): string {
  const turned = level % 2 === 1
  const mirrored = turned
    ? Array.from(text, character => bidi.getMirroredCharacter(character) ?? character).join('')
    : text
  const first = Array.from(text).find(character => !NO_SCRIPT.test(character))
  const turnsItself = first !== undefined && RTL_SCRIPT.test(first)
  return turned === turnsItself ? mirrored : clustersOf(mirrored).reverse().join('')
}

/** What people take for one character each, with its marks. */
export function clustersOf(text: string): string[] {
  return Array.from(clusters.segment(text), ({ segment }) => segment)
}
