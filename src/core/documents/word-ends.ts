/** Where a line may end in a script without spaces. It has no shape. */
export const WORD_END = '\u200b'

const THAI = /\p{Script=Thai}/u
const words = new Intl.Segmenter('th', { granularity: 'word' })

/** A text whose Thai words can be told apart by what breaks lines, which knows no dictionary. */
export function withWordEnds(text: string): string {
  if (!THAI.test(text)) return text
  let made = ''
  for (const { segment } of words.segment(text)) {
    const between = THAI.test(made.slice(-1)) && THAI.test(segment.slice(0, 1))
    made += between ? WORD_END + segment : segment
  }
  return made
}
