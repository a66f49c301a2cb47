/**
 * The content security policy of every page that Quarterdeck serves, from `app://` in Electron and from the
 * browser host's loopback address. One builder, so that a page that works in one works in the other.
 */

const NONCE = /^[A-Za-z0-9+/_-]{16,}={0,2}$/
const META = /<meta\s[^>]*property=["']csp-nonce["'][^>]*>\s*/gi

export interface CspOptions {
  /** Base64 of at least 12 random bytes, new for every page load. */
  readonly nonce: string
  /** Origins besides the page's own that it may connect to, such as the WebSocket of its host. */
  readonly connect?: readonly string[]
}

/**
 * The value of the `Content-Security-Policy` header. No inline script or style without the nonce, nothing
 * from another origin, no frames, no forms, no plug-ins.
 * @throws RangeError when the nonce or an origin could break out of its directive
 */
export function contentSecurityPolicy({ nonce, connect = [] }: CspOptions): string {
  if (!NONCE.test(nonce)) throw new RangeError('A nonce is base64 of at least 12 bytes')
  for (const origin of connect) {
    if (!/^(https?|wss?):\/\/[\w.:[\]-]+$/.test(origin)) throw new RangeError(`Not an origin: ${origin}`)
  }
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ["connect-src 'self'", ...connect].join(' '),
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/**
 * Puts the nonce where the page finds it: `<meta property="csp-nonce" nonce="…">`, first in `<head>`. Vite's
 * loader reads it there, and the page gives it to the libraries that make style elements.
 * @throws RangeError when the text has no `<head>`
 */
export function injectNonce(html: string, nonce: string): string {
  if (!NONCE.test(nonce)) throw new RangeError('A nonce is base64 of at least 12 bytes')
  const bare = html.replace(META, '')
  const head = /<head[^>]*>/i.exec(bare)
  if (head === null) throw new RangeError('The page has no head')
  const at = head.index + head[0].length
  return `${bare.slice(0, at)}<meta property="csp-nonce" nonce="${nonce}">${bare.slice(at)}`
}

/** Headers that go with the policy on every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=(), payment=()',
}
