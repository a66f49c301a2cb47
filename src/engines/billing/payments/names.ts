/** How payers write names and numbers: shortened, spaced and without marks. */

/** Letters and digits only: payers leave out dashes and put spaces in. */
export function squeezed(text: string): string {
  return text
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** Whether a text names a number, and not a longer one that begins with it or ends in it. */
export function namesNumber(text: string, number: string): boolean {
  const wanted = squeezed(number)
  if (wanted.length < 4) return false
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const after = text[at + wanted.length]
    const before = text[at - 1]
    const cutsAfter = after !== undefined && /\p{N}/u.test(after) && /\p{N}$/u.test(wanted)
    const cutsBefore = before !== undefined && /\p{N}/u.test(before) && /^\p{N}/u.test(wanted)
    if (!cutsAfter && !cutsBefore) return true
  }
  return false
}

/** Words of the law, which banks shorten as they like. */
const FORMS = new Set(
  'GMBH AG KG OHG SE UG MBH CO LTD LIMITED INC LLC CORP CORPORATION COMPANY PLC SA SAS SARL SL SRL SPA BV NV AB AS APS OY KK PTY THE AND UND ET'.split(
    ' ',
  ),
)

/** The telling words of a name, without its form of law. */
export function words(name: string): ReadonlySet<string> {
  const all = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '')
  const telling = all.filter(word => !FORMS.has(word) && word.length > 1)
  return new Set(telling.length > 0 ? telling : all)
}

/** Whether all words of the shorter name are in the longer, and they are most of it. */
export function isSameName(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size === 0 || b.size === 0) return false
  const [short, long] = a.size <= b.size ? [a, b] : [b, a]
  return short.size * 2 >= long.size && [...short].every(word => long.has(word))
}
