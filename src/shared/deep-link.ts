/**
 * `quarterdeck://…` addresses. Anyone can put one into a mail or a web page, so a link names a screen and
 * nothing else: following it navigates, and never changes anything. The parser accepts a narrow form and
 * refuses everything it does not know, instead of repairing it.
 *
 * `quarterdeck://open/finops/explorer?group=service&grain=month` shows `/finops/explorer?group=service&grain=month`.
 */

export const DEEP_LINK_SCHEME = 'quarterdeck'

/** The features whose screens a link may name, as the first segment of a route. */
export const LINKED_FEATURES = ['billing', 'finops', 'support', 'health', 'workspace'] as const

const MAX_LENGTH = 2000
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/
const KEY = /^[A-Za-z][A-Za-z0-9_]{0,39}$/
const MAX_SEGMENTS = 8
const MAX_PARAMETERS = 24

/**
 * Turns a link into a route of the renderer, or into nothing when any part of it is not exactly as expected.
 * @returns a path that starts with `/<feature>`, with the query encoded anew; null when refused
 */
export function parseDeepLink(link: string): string | null {
  if (link.length > MAX_LENGTH || !isPrintableAscii(link)) return null
  const match = /^quarterdeck:\/\/open((?:\/[^/?#]+)+)\/?(?:\?([^#]*))?$/i.exec(link)
  if (match === null) return null
  const segments = match[1]!.slice(1).split('/')
  if (segments.length > MAX_SEGMENTS || !segments.every(isSafeSegment)) return null
  if (!(LINKED_FEATURES as readonly string[]).includes(segments[0]!)) return null
  const query = parseQuery(match[2] ?? '')
  if (query === null) return null
  return `/${segments.join('/')}${query === '' ? '' : `?${query}`}`
}

/** The link that shows a route, or null for a route that no link may name. */
export function toDeepLink(route: string): string | null {
  if (!route.startsWith('/')) return null
  const link = `${DEEP_LINK_SCHEME}://open${route}`
  return parseDeepLink(link) === null ? null : link
}

/**
 * An address of the application, as a saved view keeps it: a path with its parameters, encoded anew. Null for
 * anything that could lead elsewhere or that no link may name.
 */
export function inAppAddress(route: string): string | null {
  return route.startsWith('/') ? parseDeepLink(`${DEEP_LINK_SCHEME}://open${route}`) : null
}

/** The first link among the arguments of a process, as the operating system passes it to a second instance. */
export function deepLinkOf(args: readonly string[]): string | null {
  for (const argument of args) {
    const route = parseDeepLink(argument)
    if (route !== null) return route
  }
  return null
}

function isPrintableAscii(text: string): boolean {
  return /^[!-~]+$/.test(text)
}

/** No percent escapes, so there is nothing to decode twice; no dot segments. */
function isSafeSegment(segment: string): boolean {
  return SEGMENT.test(segment) && !segment.includes('..')
}

function parseQuery(query: string): string | null {
  if (query === '') return ''
  const given = query.split('&')
  if (given.length > MAX_PARAMETERS) return null
  const result = new URLSearchParams()
  for (const pair of given) {
    const at = pair.indexOf('=')
    const key = at < 0 ? pair : pair.slice(0, at)
    if (!KEY.test(key)) return null
    const value = decode(at < 0 ? '' : pair.slice(at + 1))
    if (value === null) return null
    result.append(key, value)
  }
  return result.toString()
}

function decode(text: string): string | null {
  try {
    const value = decodeURIComponent(text.replaceAll('+', ' '))
    // Control characters and direction marks can make an address look like another one.
    return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(value) ? null : value
  } catch {
    return null
  }
}
