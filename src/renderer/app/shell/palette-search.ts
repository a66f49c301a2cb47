/** Something that the palette can find. */
export interface Findable {
  readonly label: string
  readonly keywords: readonly string[]
}

/**
 * How well a text answers what was typed; 0 for not at all. Each word that was typed must be found: at the
 * beginning of the text, at the beginning of a word, within a word, or as the first letters of the words.
 */
export function score(typed: string, text: string): number {
  const words = typed
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter(word => word !== '')
  if (words.length === 0) return 1
  const within = text.toLocaleLowerCase()
  let sum = 0
  for (const word of words) {
    const found = scoreWord(word, within)
    if (found === 0) return 0
    sum += found
  }
  return sum / words.length
}

function scoreWord(word: string, text: string): number {
  const at = text.indexOf(word)
  if (at === 0) return 100
  if (at > 0) {
    const wordStart = text.split(/[^\p{L}\p{N}]+/u).some(part => part.startsWith(word))
    return wordStart ? 80 : 40
  }
  if (word.length < 2) return 0
  const initials = text
    .split(/[^\p{L}\p{N}]+/u)
    .map(part => part[0] ?? '')
    .join('')
  return initials.startsWith(word) ? 20 : 0
}

/** From here on something was found as it was typed, and first letters are no answer any more. */
const AS_TYPED = 30

/** What answers best, the best first; what answers equally well keeps its order. */
export function find<T extends Findable>(typed: string, items: readonly T[], limit: number): readonly T[] {
  const scored = items
    .map((item, place) => ({
      item,
      place,
      score: Math.max(
        score(typed, item.label),
        ...item.keywords.map(word => score(typed, word) * 0.9),
        score(typed, `${item.label} ${item.keywords.join(' ')}`) * 0.8,
      ),
    }))
    .filter(entry => entry.score > 0)
    .sort((a, b) => b.score - a.score || a.place - b.place)
  const best = scored[0]?.score ?? 0
  return scored
    .filter(entry => best < AS_TYPED || entry.score >= AS_TYPED)
    .slice(0, limit)
    .map(entry => entry.item)
}
