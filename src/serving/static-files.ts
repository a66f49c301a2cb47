import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { extname, join, posix } from 'node:path'
import { pipeline } from 'node:stream'
import { HOST_META } from '#shared/browser-host-protocol.ts'
import { injectNonce } from '#shared/csp.ts'
import { refuse } from '#shared/errors.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}
/** Vite puts a hash of the content into these names. */
const HASHED = /^\/assets\//

/** A file of the interface, on the disk. */
export interface StaticFile {
  readonly file: string
  readonly size: number
  readonly type: string
  /** How long a browser may keep it. */
  readonly cache: string
}

export interface StaticFiles {
  /**
   * The page with this nonce in it.
   * @param host says in the page what serves it, where that is not the browser host of one machine
   */
  page(nonce: string, host?: 'server'): string
  /** All files but the page, by the path of their address. */
  readonly files: ReadonlyMap<string, StaticFile>
  /** Sends the file of exactly this path; false when there is none. */
  send(path: string, response: ServerResponse, headOnly: boolean): boolean
}

/**
 * The built renderer. Its files are listed once, and a request is looked up in that list: no path of a request
 * ever reaches the file system. Source maps are left out.
 * @throws Refusal `HOST_RENDERER_MISSING` when the renderer is not built
 */
export function openStaticFiles(dir: string): StaticFiles {
  const index = join(dir, 'index.html')
  if (!existsSync(index))
    throw refuse(
      'HOST_RENDERER_MISSING',
      { dir },
      `There is no built interface in ${dir}. Run: npm run build`,
    )
  const html = readFileSync(index, 'utf8')
  const files = new Map<string, StaticFile>()
  const list = (folder: string, prefix: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = posix.join(prefix, entry.name)
      const file = join(folder, entry.name)
      if (entry.isDirectory()) list(file, path)
      const type = TYPES[extname(entry.name)]
      const cache = HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
      if (entry.isFile() && type && file !== index)
        files.set(path, { file, size: statSync(file).size, type, cache })
    }
  }
  list(dir, '/')
  return {
    files,
    page(nonce, host) {
      const page = injectNonce(html, nonce)
      return host === undefined
        ? page
        : page.replace('</head>', `<meta name="${HOST_META}" content="${host}"></head>`)
    },
    send(path, response, headOnly) {
      const found = files.get(path)
      if (found === undefined) return false
      response.writeHead(200, {
        'Content-Type': found.type,
        'Content-Length': found.size,
        'Cache-Control': found.cache,
      })
      if (headOnly) response.end()
      else pipeline(createReadStream(found.file), response, () => {})
      return true
    },
  }
}
