import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { HostProblem } from '#shared/browser-host-protocol.ts'
import { SECURITY_HEADERS } from '#shared/csp.ts'

const STATUS: Record<HostProblem['code'], number> = {
  HOST_TOKEN_INVALID: 401,
  HOST_SESSION_INVALID: 401,
  HOST_ORIGIN_REFUSED: 403,
  HOST_NOT_FOUND: 404,
  HOST_METHOD_REFUSED: 405,
  HOST_BODY_INVALID: 400,
  HOST_FILE_TOO_LARGE: 413,
  HOST_DISK_FULL: 507,
  HOST_FAILED: 500,
}

/** An answer that is not a success, thrown by a route and sent by the server. */
export class Problem extends Error {
  readonly code: HostProblem['code']

  constructor(code: HostProblem['code'], message: string) {
    super(message)
    this.code = code
  }
}

export function sendProblem(response: ServerResponse, problem: HostProblem): void {
  if (response.headersSent) response.destroy()
  else sendJson(response, problem, STATUS[problem.code])
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  })
  response.end(text)
}

/** Puts the headers on an answer that every answer has. */
export function secure(response: ServerResponse): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
}

/**
 * Whether a request was meant for this server by a page of this server. The host defeats a name that an
 * attacker points at 127.0.0.1; the origin defeats a page of another address. A request without an origin
 * comes from no page, or is a navigation, which carries no secret.
 */
export function isOurs(request: IncomingMessage, port: number): boolean {
  const { host, origin } = request.headers
  const names = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (host === undefined || !names.includes(host)) return false
  if (origin !== undefined && !names.map(name => `http://${name}`).includes(origin)) return false
  const site = request.headers['sec-fetch-site']
  // A link on another site may open the page; nothing else may come from another site.
  return site !== 'cross-site' || request.headers['sec-fetch-mode'] === 'navigate'
}

/** Reads a JSON body of a schema. Only `application/json` is read: another page cannot send that unasked. */
export async function readJson<S extends z.ZodType>(
  request: IncomingMessage,
  schema: S,
  limit = 64 * 1024,
): Promise<z.infer<S>> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new Problem('HOST_BODY_INVALID', 'The body must be application/json.')
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > limit) throw new Problem('HOST_BODY_INVALID', 'The body is too large.')
    parts.push(part)
  }
  try {
    return schema.parse(JSON.parse(Buffer.concat(parts).toString('utf8')))
  } catch {
    throw new Problem('HOST_BODY_INVALID', 'The body does not have the expected form.')
  }
}
