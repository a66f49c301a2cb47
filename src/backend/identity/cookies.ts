/*
 * Cookies of this server. Over https their names begin with `__Host-`: then no other host and no plain
 * connection can have set them, and they go to this host only.
 */

export const SESSION_COOKIE = 'quarterdeck-session'
/** What a browser keeps between the steps of a sign-in. */
export const FLOW_COOKIE = 'quarterdeck-sign-in'

const PREFIX = '__Host-'

type Header = string | readonly string[] | undefined

/** The name of a cookie on this server. */
export function cookieName(name: string, https: boolean): string {
  return https ? PREFIX + name : name
}

/**
 * The value of `Set-Cookie`. Never readable by scripts, never sent along with what another site posts; `Lax`
 * and not `Strict`, because people come back from their provider and follow links.
 * @param seconds how long the browser keeps it; 0 removes it
 */
export function setCookie(name: string, value: string, https: boolean, seconds: number): string {
  return [
    `${cookieName(name, https)}=${value}`,
    'Path=/',
    `Max-Age=${seconds}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(https ? ['Secure'] : []),
  ].join('; ')
}

/** The value of a cookie that a request carries. Over https only the one with `__Host-` counts. */
export function readCookie(header: Header, name: string, https: boolean): string | null {
  const wanted = `${cookieName(name, https)}=`
  const pairs = (typeof header === 'string' ? header : '').split(';').map(pair => pair.trim())
  return pairs.find(pair => pair.startsWith(wanted))?.slice(wanted.length) ?? null
}

/** The secret that a request shows: as a bearer, or as a cookie, which the browser added by itself. */
export function sessionSecretOf(
  headers: Readonly<Record<string, Header>>,
  https: boolean,
): { readonly secret: string; readonly ambient: boolean } | null {
  const { authorization, cookie } = headers
  if (typeof authorization === 'string') {
    const bearer = /^Bearer +(\S+)$/i.exec(authorization)
    return { secret: bearer?.[1] ?? '', ambient: false }
  }
  const secret = readCookie(cookie, SESSION_COOKIE, https)
  return secret === null || secret === '' ? null : { secret, ambient: true }
}
