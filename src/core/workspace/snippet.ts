/** Characters of a snippet, about. */
const LENGTH = 160
const BEFORE = 40

/** The piece of a text round the first of the words that it holds, on one line; the beginning where it holds none. */
export function snippetOf(text: string, words: readonly string[]): string {
  const line = text.replace(/\s+/g, ' ').trim()
  if (line.length <= LENGTH) return line
  const folded = fold(line)
  const places = words.map(word => folded.indexOf(fold(word))).filter(place => place >= 0)
  const first = places.length > 0 ? Math.min(...places) : 0
  const from = first <= BEFORE ? 0 : startOfWord(line, first - BEFORE)
  const cut = line.slice(from, from + LENGTH)
  const to = from + LENGTH < line.length ? cut.lastIndexOf(' ') : cut.length
  return `${from > 0 ? '… ' : ''}${cut.slice(0, to > 0 ? to : cut.length)}${from + LENGTH < line.length ? ' …' : ''}`
}

/** As the search compares, with every character at its place: case and marks above letters do not count. */
function fold(text: string): string {
  return Array.from(
    { length: text.length },
    (_, index) => text[index]!.normalize('NFD')[0]!.toLowerCase()[0]!,
  ).join('')
}

function startOfWord(line: string, at: number): number {
  const space = line.indexOf(' ', at)
  return space < 0 ? at : space + 1
}
