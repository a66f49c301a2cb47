import arabic from '@fontsource/noto-sans-arabic/unicode.json' with { type: 'json' }
import devanagari from '@fontsource/noto-sans-devanagari/unicode.json' with { type: 'json' }
import hebrew from '@fontsource/noto-sans-hebrew/unicode.json' with { type: 'json' }
import jp from '@fontsource/noto-sans-jp/unicode.json' with { type: 'json' }
import kr from '@fontsource/noto-sans-kr/unicode.json' with { type: 'json' }
import sc from '@fontsource/noto-sans-sc/unicode.json' with { type: 'json' }
import thai from '@fontsource/noto-sans-thai/unicode.json' with { type: 'json' }

/**
 * The faces beside the main one. Each is cut into slices, files that hold a hundred or a few hundred characters,
 * so that a name loads the few that it is written with and not the tens of thousands that a script has.
 */
const SLICES = { jp, kr, sc, arabic, devanagari, hebrew, thai } satisfies Record<
  string,
  Readonly<Record<string, string>>
>

export type Face = keyof typeof SLICES

/** In the order in which they are asked for a character. */
export const FACES = Object.keys(SLICES) as Face[]

/** Scripts that the main face has, and formulas: not packed. */
const LEFT_OUT = new Set([
  ...['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext', 'greek-ext', 'vietnamese'],
  ...['math', 'symbols'],
])

interface Ranges {
  /** Sorted. */
  readonly first: Uint32Array
  readonly last: Uint32Array
  readonly slice: readonly string[]
}

const ranges = new Map<Face, Ranges>()

/** The names of a face's slices. */
export function slicesOf(face: Face): string[] {
  return Object.keys(SLICES[face])
    .map(nameOf)
    .filter(name => !LEFT_OUT.has(name))
}

/**
 * The slice of a face that should have a character; null when none has. A few characters are promised and not
 * there: only the slice itself knows.
 */
export function sliceFor(face: Face, codePoint: number): string | null {
  const { first, last, slice } = rangesOf(face)
  let low = 0
  let high = first.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (codePoint < first[middle]!) high = middle - 1
    else if (codePoint > last[middle]!) low = middle + 1
    else return slice[middle]!
  }
  return null
}

function rangesOf(face: Face): Ranges {
  const known = ranges.get(face)
  if (known) return known
  const all = Object.entries(SLICES[face])
    .filter(([name]) => !LEFT_OUT.has(nameOf(name)))
    .flatMap(([name, text]) => text.split(',').map(range => ({ ...bounds(range), slice: nameOf(name) })))
    .sort((a, b) => a.first - b.first)
  const made: Ranges = {
    first: Uint32Array.from(all, range => range.first),
    last: Uint32Array.from(all, range => range.last),
    slice: all.map(range => range.slice),
  }
  ranges.set(face, made)
  return made
}

/** `U+4e00` or `U+4e00-4eff`. */
function bounds(range: string): { first: number; last: number } {
  const [first, last] = range.trim().slice(2).split('-')
  return { first: Number.parseInt(first!, 16), last: Number.parseInt(last ?? first!, 16) }
}

/** Numbered slices are written `[12]` in the list and `12` in the names of files. */
function nameOf(name: string): string {
  return name.replace(/[[\]]/g, '')
}
