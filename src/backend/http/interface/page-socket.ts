import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Core, Log } from '#core/create-core.ts'
import { callerOf as saidBy } from '#serving/caller.ts'
import { guardSocket, parseText } from '#serving/guarded-socket.ts'
import { type Serving, serveCoreTo } from '#serving/serve-core.ts'
import { PATHS, WsClose, WsHello } from '#shared/browser-host-protocol.ts'
import type { Id } from '#shared/ids.ts'
import { type Authenticator, callerOf, type Principal } from '../../identity/principal.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'
import { forPages } from './served-core.ts'
import { serverRouter } from './server-router.ts'

export interface PageSocketParts {
  readonly workspaces: Pick<Workspaces, 'open'>
  readonly authenticator: Authenticator
  readonly publicUrl: string | null
  readonly log: Log
  readonly metrics: Metrics
  readonly newId: () => Id
  /** How often it is asked whether whoever opened a socket may still do so, in milliseconds. */
  readonly asksAgain?: number
}

const ASKS_AGAIN = 15_000
const MOST_MESSAGE = 32 * 1024 * 1024

/**
 * The WebSockets of pages. Whoever opens one is who their cookie says, for as long as the session lives; what a
 * page says of itself decides nothing but which command it means.
 */
export function pageSockets(server: Server, parts: PageSocketParts): { close(): void } {
  const { workspaces, authenticator, metrics, log, newId } = parts
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_MESSAGE, perMessageDeflate: false })
  const servings = new WeakMap<Core, Serving<Principal>>()

  function servingOf(core: Core): Serving<Principal> {
    let serving = servings.get(core)
    if (!serving) {
      serving = serveCoreTo<Principal>({ core: forPages(core), log, newId, host: serverRouter() }, callersOf)
      servings.set(core, serving)
    }
    return serving
  }

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {})
    // Other parts of the server may take other addresses.
    if (new URL(request.url ?? '/', 'http://host').pathname !== PATHS.ws) return
    if (!isOwnPage(request, parts.publicUrl)) return turnAway(socket)
    void open(request, socket, head).catch(error => {
      log('error', 'a page was not connected', { error })
      socket.destroy()
    })
  })

  async function open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const principal = await whose(request)
    const core = principal && (await workspaces.open(principal.workspace).catch(() => null))
    sockets.handleUpgrade(request, socket, head, ws => {
      if (principal && core) greet(ws, request, principal, core)
      // Said in words that the page understands: it is to sign in again.
      else ws.close(WsClose.unauthorised, 'not signed in')
    })
  }

  function greet(ws: WebSocket, request: IncomingMessage, principal: Principal, core: Core): void {
    const accept = (text: string): boolean => {
      if (parseText(WsHello, text) === undefined) return false
      servingOf(core).attachSocket(ws, principal)
      return true
    }
    guardSocket(ws, accept, { codes: WsClose })
    metrics.sockets.inc()
    const asking = setInterval(async () => {
      const now = await whose(request)
      if (now?.session !== principal.session) ws.close(WsClose.unauthorised, 'the session has ended')
    }, parts.asksAgain ?? ASKS_AGAIN)
    asking.unref()
    ws.on('close', () => {
      metrics.sockets.dec()
      clearInterval(asking)
    })
  }

  /** The person whose page opens a socket; null for everybody else. */
  async function whose(request: IncomingMessage): Promise<Principal | null> {
    const principal = await authenticator.authenticate(request.headers).catch(() => null)
    return principal?.kind === 'person' ? principal : null
  }

  return {
    close() {
      for (const ws of sockets.clients) ws.close(WsClose.goingAway, 'the server stops')
      const hurry = setTimeout(() => {
        for (const ws of sockets.clients) ws.terminate()
      }, 1000)
      hurry.unref()
    },
  }
}

/** The person of the session, and of the page's words only which command it means and when. */
function callersOf(principal: Principal) {
  const said = saidBy({ device: principal.device })
  return (headers: Readonly<Record<string, string | undefined>>) => {
    const { commandId, at } = said(headers)
    const caller = callerOf(principal)
    return {
      ...caller,
      ...(commandId === undefined ? {} : { commandId }),
      ...(at === undefined ? {} : { at }),
    }
  }
}

/** A browser always says of what origin the page is that opens a WebSocket, and other programs have the API. */
function isOwnPage({ headers }: IncomingMessage, publicUrl: string | null): boolean {
  const { origin, host } = headers
  if (origin === undefined || !URL.canParse(origin)) return false
  return publicUrl === null ? new URL(origin).host === host : origin === new URL(publicUrl).origin
}

function turnAway(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}
