type Header = string | readonly string[] | undefined

const LONGEST = 300

/** What a browser says it is, as far as it is kept. */
export function agentOf(header: Header): string {
  return (typeof header === 'string' ? header : '').slice(0, LONGEST)
}

/** The same without version numbers: a browser that was brought up to date is still the same. */
export function agentKindOf(header: Header): string {
  return agentOf(header).replaceAll(/\d+([._]\d+)*/g, '#')
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** A browser in two words, for lists of sessions; the text itself for what is not known. */
export function agentWords(agent: string): string {
  const named = (list: typeof BROWSERS) => list.find(([pattern]) => pattern.test(agent))?.[1]
  const words = [named(BROWSERS), named(SYSTEMS)].filter(word => word !== undefined)
  return words.length > 0 ? words.join(', ') : agent.slice(0, 60)
}
