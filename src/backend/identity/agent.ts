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
