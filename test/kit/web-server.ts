import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { LOCALHOST } from './certificates.ts'

export interface TakenPost {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How the server behaves to the next posts. */
export interface WebManners {
  status?: number
  text?: string
  headers?: Record<string, string>
  /** Hangs up once it has the whole request, without a word. */
  drop?: boolean
  /** Never answers. */
  silent?: boolean
}

/** A web server on loopback that takes posts and behaves badly on demand. */
export async function webServer(certificate?: typeof LOCALHOST) {
  const taken: TakenPost[] = []
  const manners: WebManners = {}
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      taken.push({
        ...{ path: request.url ?? '', headers: request.headers },
        body: Buffer.concat(parts).toString('utf8'),
      })
      if (manners.drop) request.socket.destroy()
      else if (!manners.silent) {
        response.writeHead(manners.status ?? 200, manners.headers)
        response.end(manners.text ?? 'ok')
      }
    })
  }
  const server = certificate
    ? createSecureServer({ key: certificate.key, cert: certificate.cert }, answer)
    : createServer(answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    taken,
    manners,
    port,
    url: `${certificate ? 'https' : 'http'}://localhost:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

export type WebServer = Awaited<ReturnType<typeof webServer>>
