import { lookup as resolve } from 'node:dns'
import { type ClientRequest, type IncomingMessage, request as plain } from 'node:http'
import { request as secret } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { type Outcome, webFailure, webOutcome } from '#engines/notify/outcome.ts'
import { isPrivateAddress } from './private-address.ts'

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Whether it may lead into private networks, and be unencrypted there. */
  readonly allowPrivate: boolean
  /** Milliseconds since the epoch, against which a pause that is asked for is measured. */
  readonly now: bigint
  /** Certificates to trust besides the system's: PEM. */
  readonly trusted?: readonly string[]
}

/** Milliseconds for the whole of it, and how much of an answer is read. */
const LIMIT = 20_000
const MOST_READ = 4096

/** An address that this host does not go to. */
class Forbidden extends Error {
  readonly code = 'NOTIFY_WEB_PRIVATE'
}

/**
 * Posts JSON to an address that somebody gave us. It goes to the very address that was checked (a name cannot mean
 * another one a moment later), follows no redirect, and never throws for what the other side does.
 */
export async function post(request: Post, limit = LIMIT): Promise<Outcome> {
  let url: URL
  try {
    url = checkedUrl(request)
  } catch (error) {
    if (error instanceof Forbidden) return { kind: 'failed', code: error.code, message: error.message }
    return { kind: 'failed', code: 'NOTIFY_WEB_ADDRESS', message: 'the address cannot be read' }
  }
  let handedOver = false
  try {
    const { status, text, retryAfter } = await exchange(url, request, limit, () => {
      handedOver = true
    })
    return webOutcome(status, text, retryAfter, request.now)
  } catch (error) {
    if (error instanceof Forbidden) return { kind: 'failed', code: error.code, message: error.message }
    const { code, message } = error as NodeJS.ErrnoException
    return webFailure(code ?? null, message, handedOver)
  }
}

function checkedUrl({ url: text, allowPrivate }: Post): URL {
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowPrivate))
    throw new Forbidden('only https addresses are called')
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  if (!allowPrivate && isIP(literal) && isPrivateAddress(literal))
    throw new Forbidden(`${literal} is an address of a private network`)
  return url
}

/** Finds the addresses of a name, and fails where one of them is private and must not be. */
function guarded(allowPrivate: boolean): LookupFunction {
  return (name, options, done) => {
    resolve(name, { ...options, all: true }, (problem, found) => {
      if (problem) return done(problem, [])
      const inside = allowPrivate ? undefined : found.find(one => isPrivateAddress(one.address))
      if (inside) return done(new Forbidden(`${name} leads to ${inside.address}, a private network`), [])
      if (options.all) return done(null, found)
      const [first] = found
      done(null, first!.address, first!.family)
    })
  }
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly retryAfter: string | null
}

function exchange(
  url: URL,
  { headers, body, allowPrivate, trusted }: Post,
  limit: number,
  onHandedOver: () => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? secret : plain
    const sent: ClientRequest = start(
      url,
      {
        method: 'POST',
        agent: false,
        lookup: guarded(allowPrivate),
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          'User-Agent': 'Quarterdeck',
          ...headers,
        },
        ...(trusted ? { ca: [...trusted] } : {}),
      },
      answer => {
        read(answer).then(text => {
          resolve({
            status: answer.statusCode ?? 0,
            text,
            retryAfter: answer.headers['retry-after'] ?? null,
          })
        }, reject)
      },
    )
    const late = () => {
      const error = Object.assign(new Error('the other side took too long'), { code: 'ETIMEDOUT' })
      // Once the answer was read, nothing hears it.
      sent.destroy(error)
      reject(error)
    }
    AbortSignal.timeout(limit).addEventListener('abort', late, { once: true })
    sent.on('finish', onHandedOver)
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The beginning of an answer; the rest is let go. */
async function read(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part)
    length += part.length
    if (length >= MOST_READ) break
  }
  return Buffer.concat(parts).subarray(0, MOST_READ).toString('utf8')
}
