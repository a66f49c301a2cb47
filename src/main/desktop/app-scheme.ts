import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { contentSecurityPolicy, injectNonce, SECURITY_HEADERS } from '#shared/csp.ts'
import { unlockPage } from './unlock-page.ts'

export const SCHEME = 'app'
/** The host of the application's pages. */
export const PAGE_HOST = 'quarterdeck'
/** The host of the page that asks for a key: another origin, with other channels. */
export const UNLOCK_HOST = 'unlock'

export const PAGE_ORIGIN = `${SCHEME}://${PAGE_HOST}`
export const UNLOCK_ORIGIN = `${SCHEME}://${UNLOCK_HOST}`

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** For what is not a page: opened as one, it may do nothing. */
const BARE_HEADERS = { ...SECURITY_HEADERS, 'Content-Security-Policy': "default-src 'none'" }

/** True for an address of this origin. Custom schemes have no `URL.origin` in Node, so parts are compared. */
export function isOfOrigin(url: string, origin: string): boolean {
  try {
    const { protocol, host, username, password } = new URL(url)
    return `${protocol}//${host}` === origin && username === '' && password === ''
  } catch {
    return false
  }
}

/**
 * Answers requests for `app://`: files of the built renderer, and the page that asks for a key. Nothing outside `rendererDir` can be named.
 */
export function serveApp(rendererDir: string): (request: Request) => Promise<Response> {
  return async request => {
    const url = parse(request.url)
    if (url === null) return refusal(400)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405)
    if (url.host === UNLOCK_HOST) return url.pathname === '/' ? page(unlockPage(), false) : refusal(404)
    if (url.host !== PAGE_HOST) return refusal(404)
    const path = fileOf(url.pathname)
    if (path === null) return refusal(400)
    // Routes stand behind `#`, so there is one page and it is the root.
    const file = path === '.' ? 'index.html' : path
    const extension = extname(file)
    try {
      const bytes = await readFile(join(rendererDir, file))
      if (extension === '.html') return page(bytes.toString('utf8'), true)
      const type = TYPES[extension] ?? 'application/octet-stream'
      return new Response(new Uint8Array(bytes), { headers: { ...BARE_HEADERS, 'Content-Type': type } })
    } catch {
      return refusal(404)
    }
  }
}

function parse(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** A relative path inside the renderer's directory, or null when the request tries to leave it. */
function fileOf(pathname: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (decoded.includes('\0') || decoded.includes('\\') || decoded.split('/').includes('..')) return null
  const path = normalize(decoded.replace(/^\/+/, ''))
  return path.startsWith('..') || path.startsWith(sep) || path.includes(':') ? null : path
}

function page(html: string, scripts: boolean): Response {
  const nonce = randomBytes(16).toString('base64')
  const policy = contentSecurityPolicy({ nonce })
  return new Response(injectNonce(html.replaceAll('%NONCE%', nonce), nonce), {
    headers: {
      ...SECURITY_HEADERS,
      'Content-Type': TYPES['.html']!,
      'Cache-Control': 'no-store',
      'Content-Security-Policy': scripts ? policy : policy.replace(/script-src [^;]+/, "script-src 'none'"),
    },
  })
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: BARE_HEADERS })
}
