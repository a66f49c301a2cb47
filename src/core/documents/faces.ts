import { clustersOf, levelsOf } from './bidi.ts'
import { FACES, type Face, sliceFor } from './font-slices.ts'
import { withWordEnds } from './word-ends.ts'

/** The face of everything that it has the characters for. */
export const MAIN_FACE = 'Roboto'

/** Whose shapes Han characters take: the same character is drawn differently in each. */
export type Han = 'jp' | 'kr' | 'sc'

/** A part of a text in one face and one direction. */
export interface Run {
  readonly text: string
  /** `Roboto`, or a slice as `sliceFont` names it. */
  readonly font: string
  /** Of the bidirectional algorithm; only where something in the text runs from right to left. */
  readonly bidiLevel?: number
  /** What stands there in truth, where a substitute is drawn because no face has it. */
  readonly actual?: string
}

/** Drawn in place of what no face has. The empty box of a font is no character, and PDF/A forbids it. */
const SUBSTITUTE = '\ufffd'
/** Nearly all texts are of these alone: the main face has them, and they run from left to right. */
const PLAIN = /^[\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f]*$/
/** Signs that have an effect and no shape. */
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}]/u
const VARIATION = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u
const HAN = /^\p{Script=Han}/u
const BLANK = /^\s+$/
const NEW_LINE = /[\n\v\f\r\u0085\u2028\u2029]/

/** Where the shapes of a country's Han characters come from. Others, and unknown ones, have the Chinese shapes. */
export function hanOfCountry(country: string): Han {
  return country === 'JP' ? 'jp' : country === 'KR' ? 'kr' : 'sc'
}

/** The shapes that a text asks for by the letters beside its Han characters; null when it has none of them. */
export function hanOfText(text: string): Han | null {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'jp'
  return /\p{Script=Hangul}/u.test(text) ? 'kr' : null
}

/** The name under which a slice of a face is asked for as a font. */
export function sliceFont(face: Face, slice: string): string {
  return `${face}/${slice}`
}

/** The face and slice that `sliceFont` named; null for the main face. */
export function sliceOfFont(font: string): { face: Face; slice: string } | null {
  const [face, slice] = font.split('/')
  return slice === undefined ? null : { face: face as Face, slice }
}

export interface Faces {
  /** Cuts a text into runs, in logical order. `han` is for Han characters that stand without kana or hangul. */
  runsOf(text: string, han: Han): Run[]
  /** What no face had so far. */
  readonly missing: ReadonlySet<string>
}

/** @param hasGlyph whether a font, by its name, has a character; it opens the font when it is the first to ask */
export function createFaces(hasGlyph: (font: string, codePoint: number) => boolean): Faces {
  const missing = new Set<string>()

  function fontOf(cluster: string, han: Han, before: string | undefined): string | null {
    const visible = Array.from(cluster).filter(character => !IGNORABLE.test(character))
    const has = (font: string) => visible.every(character => hasGlyph(font, character.codePointAt(0)!))
    if (visible.length === 0) return before ?? MAIN_FACE
    // A space stays with the word before it, where it can.
    if (BLANK.test(cluster) && before !== undefined && has(before)) return before
    if (has(MAIN_FACE)) return MAIN_FACE
    for (const face of new Set<Face>([han, ...FACES])) {
      const slice = sliceFor(face, visible[0]!.codePointAt(0)!)
      if (slice !== null && has(sliceFont(face, slice))) return sliceFont(face, slice)
    }
    return null
  }

  /** What the shaper is given: signs without a shape only in scripts that are shaped by them. */
  function drawable(cluster: string, font: string): string {
    if (cluster === '\n' || !IGNORABLE.test(cluster)) return cluster
    return Array.from(cluster)
      .filter(
        character =>
          !IGNORABLE.test(character) ||
          (font !== MAIN_FACE && (VARIATION.test(character) || hasGlyph(font, character.codePointAt(0)!))),
      )
      .join('')
  }

  /** Every end of a line as the library knows it, and a tab as a space: faces have neither. */
  function spaced(cluster: string): string {
    return NEW_LINE.test(cluster) ? '\n' : cluster === '\t' ? ' ' : cluster
  }

  return {
    missing,
    runsOf(whole, han) {
      if (PLAIN.test(whole)) return [{ text: whole, font: MAIN_FACE }]
      const text = withWordEnds(whole)
      const levels = levelsOf(text)
      const shapes = hanOfText(text) ?? han
      const runs: { -readonly [key in keyof Run]: Run[key] }[] = []
      let at = 0
      for (const cluster of clustersOf(text)) {
        const level = levels === null ? {} : { bidiLevel: levels[at]! }
        at += cluster.length
        const before = runs.at(-1)
        // Composed letters are what faces have; a Han character would lose the shape that was chosen for it.
        const composed = HAN.test(cluster) ? cluster : spaced(cluster).normalize('NFC')
        const font = fontOf(composed, shapes, before?.font)
        if (font === null) {
          for (const character of composed) if (!IGNORABLE.test(character)) missing.add(character)
          runs.push({ text: SUBSTITUTE, font: MAIN_FACE, actual: cluster, ...level })
          continue
        }
        const drawn = drawable(composed, font)
        if (before?.font === font && before.actual === undefined && before.bidiLevel === level.bidiLevel) {
          before.text += drawn
        } else if (drawn !== '') {
          runs.push({ text: drawn, font, ...level })
        }
      }
      return runs
    },
  }
}
