import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { contentSecurityPolicy, injectNonce } from '#shared/csp.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}

/** Serves built pages on loopback under the policy that the hosts use. */
export async function servePages(dir: string): Promise<{ readonly origin: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const file = join(dir, path === '/' ? 'index.html' : path)
    readFile(file).then(
      bytes => {
        const nonce = randomBytes(18).toString('base64')
        const type = TYPES[extname(file)] ?? 'application/octet-stream'
        response.writeHead(200, {
          'content-type': type,
          'content-security-policy': contentSecurityPolicy({ nonce }),
        })
        response.end(extname(file) === '.html' ? injectNonce(bytes.toString(), nonce) : bytes)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}
