import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { createServer } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { guardSocket, parseText } from '#serving/guarded-socket.ts'
import type { WorkspacePaths } from '../workspace/layout.ts'
import { chooseEndpoint, clearEndpoint } from './endpoint.ts'
import { ClientHello, type OwnerWelcome } from './hello.ts'
import { removeOwnerRecord, writeOwnerRecord } from './owner-record.ts'

/** Why an owner closed a client's connection. */
export const OwnerClose = { unauthorised: 4401, badHello: 4400, slow: 4408, goingAway: 1001 } as const

export interface ServeClientsOptions {
  readonly paths: WorkspacePaths
  readonly host: string
  readonly version: string
  readonly now: () => string
  /** Attaches the core to a client's connection. */
  readonly attach: (ws: WebSocket, client: ClientHello) => void
}

/** The owner's side of the local socket. */
export interface ClientServer {
  readonly endpoint: string
  /** How many clients are connected. */
  count(): number
  close(): Promise<void>
}

/**
 * Listens for later hosts of this account. The caller holds the lock, so what is found at the address is
 * what a killed owner left. The record that leads clients here is written once the socket listens.
 */
export async function serveClients(options: ServeClientsOptions): Promise<ClientServer> {
  const { paths, host, version } = options
  const endpoint = chooseEndpoint(paths.run)
  clearEndpoint(endpoint)
  const secret = randomBytes(32).toString('base64url')
  const http = createServer((_, response) => response.writeHead(404).end())
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 64 * 1024 * 1024,
    perMessageDeflate: false,
  })
  http.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, ws => greet(ws, secret, options))
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(endpoint, () => {
      http.off('error', reject)
      resolve()
    })
  })
  if (process.platform !== 'win32') chmodSync(endpoint, 0o600)
  writeOwnerRecord(paths.owner, {
    endpoint,
    secret,
    pid: process.pid,
    host,
    version,
    startedAt: options.now(),
  })
  return {
    endpoint,
    count: () => sockets.clients.size,
    async close() {
      removeOwnerRecord(paths.owner)
      for (const ws of sockets.clients) ws.close(OwnerClose.goingAway, 'the owner stops')
      const stopped = new Promise<void>(resolve => http.close(() => resolve()))
      const hurry = setTimeout(() => {
        for (const ws of sockets.clients) ws.terminate()
        http.closeAllConnections()
      }, 500)
      await stopped
      clearTimeout(hurry)
      clearEndpoint(endpoint)
    },
  }
}

function greet(ws: WebSocket, secret: string, { host, version, attach }: ServeClientsOptions): void {
  guardSocket(
    ws,
    text => {
      const hello = parseText(ClientHello, text)
      if (hello === undefined) return false
      if (!sameSecret(hello.secret, secret)) {
        ws.close(OwnerClose.unauthorised, 'not the secret of this workspace')
        return true
      }
      ws.send(JSON.stringify({ ready: true, host, version } satisfies OwnerWelcome))
      attach(ws, hello)
      return true
    },
    { codes: OwnerClose },
  )
}

/** Compares two secrets in a time that does not depend on where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
