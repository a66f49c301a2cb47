import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { openForDownload, type StagedFiles } from '#serving/files/staged-files.ts'
import { createTickets } from '#serving/files/tickets.ts'
import { type GuardOptions, guardSocket, parseText } from '#serving/guarded-socket.ts'
import type { LogLine } from '#serving/log-line.ts'
import { openStaticFiles } from '#serving/static-files.ts'
import {
  ExportRequest,
  FILE_NAME_HEADER,
  PATHS,
  SESSION_HEADER,
  type SessionReply,
  SessionRequest,
  TOKEN_FRAGMENT,
  WsClose,
  WsHello,
} from '#shared/browser-host-protocol.ts'
import { contentSecurityPolicy } from '#shared/csp.ts'
import { isRefusal } from '#shared/errors.ts'
import { isOurs, Problem, readJson, secure, sendJson, sendProblem } from './http.ts'
import { listen } from './listen.ts'
import { type BrowserSession, createSessions } from './sessions.ts'

export interface BrowserServerOptions {
  /** 0 lets the system choose. */
  readonly port: number
  readonly rendererDir: string
  readonly workspaceName: string
  readonly files: StagedFiles
  /** Attaches the core to a signed-in WebSocket. */
  readonly attach: (ws: WebSocket, session: BrowserSession) => void
  readonly log: LogLine
  /** For durations, in milliseconds. */
  readonly monotonic: () => number
  readonly guard?: Omit<GuardOptions, 'codes'>
}

export interface BrowserServer {
  readonly port: number
  /** A fresh address with a one-time token in its fragment. */
  address(): string
  /** For tests and diagnostics. */
  counts(): { sessions: number; sockets: number }
  close(): Promise<void>
}

/**
 * Serves the interface on 127.0.0.1 and nowhere else. Every request is checked for host and origin; everything
 * but the page itself asks for the session's secret, which a one-time token in the address is exchanged for.
 * @throws Refusal `HOST_RENDERER_MISSING`, `HOST_PORT_TAKEN`
 */
export async function startBrowserServer(options: BrowserServerOptions): Promise<BrowserServer> {
  const { files, log } = options
  const sessions = createSessions(options.monotonic)
  const tickets = createTickets(options.monotonic)
  const page = openStaticFiles(options.rendererDir)
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 32 * 1024 * 1024,
    perMessageDeflate: false,
  })
  const http = createServer((request, response) => void answer(request, response))
  http.headersTimeout = 10_000
  http.requestTimeout = 60 * 60_000
  let port = 0

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    secure(response)
    try {
      if (!isOurs(request, port)) throw new Problem('HOST_ORIGIN_REFUSED', 'This address is not for you.')
      await route(request, response, new URL(request.url ?? '/', 'http://host').pathname)
    } catch (error) {
      fail(error, request, response)
    }
  }

  async function route(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const method = request.method ?? 'GET'
    const [, top, handle, more] = path.split('/')
    const under = (base: string) => `/${top}` === base
    if (path === PATHS.session) {
      allow(method, 'POST')
      const { token } = await readJson(request, SessionRequest)
      const exchanged = sessions.exchange(token)
      if (!exchanged) throw new Problem('HOST_TOKEN_INVALID', 'This address was used already, or is too old.')
      const { secret, session } = exchanged
      log('info', 'a page signed in', { page: session.id })
      return sendJson(response, {
        session: secret,
        workspace: { name: options.workspaceName },
      } satisfies SessionReply)
    }
    if (path === PATHS.token) {
      allow(method, 'POST')
      signedIn(request)
      return sendJson(response, { token: sessions.newToken() })
    }
    if (path === PATHS.files) {
      allow(method, 'POST')
      signedIn(request)
      const announced = Number(request.headers['content-length'] ?? 0)
      return sendJson(response, await files.upload(fileName(request), request, announced))
    }
    if (under(PATHS.files) && handle !== undefined && more === undefined) {
      allow(method, 'DELETE')
      signedIn(request)
      files.release(handle)
      return sendJson(response, {})
    }
    if (path === PATHS.exports) {
      allow(method, 'POST')
      signedIn(request)
      const { handle: made, name } = files.forExport((await readJson(request, ExportRequest)).name)
      return sendJson(response, { handle: made, name })
    }
    if (under(PATHS.exports) && handle !== undefined && more === 'ticket') {
      allow(method, 'POST')
      signedIn(request)
      files.find(handle, 'write')
      return sendJson(response, { url: `${PATHS.download}/${tickets.issue(handle)}` })
    }
    if (under(PATHS.download)) {
      allow(method, 'GET')
      return download(response, tickets.take(handle ?? ''))
    }
    allow(method, 'GET', 'HEAD')
    if (page.send(path, response, method === 'HEAD')) return
    // Addresses of the interface have no file type; what looks like a file and is not listed does not exist.
    if (/\.[A-Za-z0-9]+$/.test(path) && path !== '/index.html')
      throw new Problem('HOST_NOT_FOUND', 'Not found.')
    sendPage(response, method === 'HEAD')
  }

  function sendPage(response: ServerResponse, headOnly: boolean): void {
    const nonce = randomBytes(18).toString('base64')
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': contentSecurityPolicy({
        nonce,
        connect: [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`],
      }),
    })
    response.end(headOnly ? undefined : page.page(nonce))
  }

  function download(response: ServerResponse, handle: string | undefined): void {
    const facts = handle === undefined ? undefined : files.find(handle, 'write')
    const file = facts && openForDownload(facts)
    if (!facts || !file)
      throw new Problem('HOST_NOT_FOUND', 'This download was begun already, or is too old.')
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': file.size,
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(facts.name)}`,
      'Cache-Control': 'no-store',
    })
    pipeline(file.stream(), response, () => {})
  }

  function signedIn(request: IncomingMessage): BrowserSession {
    const secret = request.headers[SESSION_HEADER]
    const session = sessions.find(typeof secret === 'string' ? secret : undefined)
    if (!session) throw new Problem('HOST_SESSION_INVALID', 'This page is not signed in (any more).')
    return session
  }

  function fail(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    // The rest of a refused body is not waited for.
    if (!request.complete && !response.headersSent) response.setHeader('Connection', 'close')
    if (error instanceof Problem) sendProblem(response, { code: error.code, message: error.message })
    else if (isRefusal(error))
      sendProblem(response, {
        code: error.code === 'FILE_DISK_FULL' ? 'HOST_DISK_FULL' : 'HOST_NOT_FOUND',
        message: error.message,
      })
    else if (!request.destroyed || request.complete) {
      const reference = randomBytes(6).toString('hex')
      log('error', 'a request failed', { reference, method: request.method, path: request.url, error })
      sendProblem(response, { code: 'HOST_FAILED', message: 'Unexpected failure.', reference })
    }
  }

  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => {})
    if (isOurs(request, port) && request.url === PATHS.ws) sockets.handleUpgrade(request, socket, head, greet)
    else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })

  function greet(ws: WebSocket): void {
    const accept = (text: string): boolean => {
      const hello = parseText(WsHello, text)
      if (hello === undefined) return false
      const session = sessions.find(hello.session)
      if (session === undefined) {
        ws.close(WsClose.unauthorised, 'not signed in')
        return true
      }
      session.connections++
      ws.on('close', () => {
        session.connections--
        session.lastSeen = options.monotonic()
      })
      options.attach(ws, session)
      return true
    }
    guardSocket(ws, accept, { ...options.guard, codes: WsClose })
  }

  port = await listen(http, options.port)
  return {
    port,
    address: () => `http://127.0.0.1:${port}/#${TOKEN_FRAGMENT}=${sessions.newToken()}`,
    counts: () => ({ sessions: sessions.count(), sockets: sockets.clients.size }),
    async close() {
      const closed = new Promise<void>(resolve => http.close(() => resolve()))
      for (const ws of sockets.clients) ws.close(WsClose.goingAway, 'the host stops')
      http.closeIdleConnections()
      const hurry = setTimeout(() => {
        for (const ws of sockets.clients) ws.terminate()
        http.closeAllConnections()
      }, 1000)
      await closed
      clearTimeout(hurry)
    },
  }
}

function allow(method: string, ...methods: readonly string[]): void {
  if (!methods.includes(method))
    throw new Problem('HOST_METHOD_REFUSED', `This address takes ${methods.join(' or ')}.`)
}

function fileName(request: IncomingMessage): string {
  const name = request.headers[FILE_NAME_HEADER]
  try {
    return decodeURIComponent(typeof name === 'string' ? name : 'file')
  } catch {
    throw new Problem('HOST_BODY_INVALID', 'The name of the file is not encoded as it should be.')
  }
}
