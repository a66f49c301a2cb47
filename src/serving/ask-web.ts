import { type IncomingMessage, request as plain } from 'node:http'
import { request as secret } from 'node:https'
import type { NoAnswer, WebAnswer, WebPort, WebQuestion } from '#core/outside/web-port.ts'

/** Milliseconds for the whole of a question. */
const LIMIT = 20_000

/** Thrown where an answer ends before its time. */
class Ended extends Error {
  readonly reason: NoAnswer
  constructor(reason: NoAnswer) {
    super(reason)
    this.reason = reason
  }
}

/**
 * The way to public services. Nothing is sent before somebody of the workspace allowed it; the addresses can be those
 * of a gateway: `QUARTERDECK_VIES_URL`, `QUARTERDECK_ECB_URL`.
 * @param trusted certificates besides the system's, PEM
 */
export function createWeb(
  environment: Readonly<Record<string, string | undefined>>,
  options: { readonly limit?: number; readonly trusted?: readonly string[] } = {},
): WebPort {
  return {
    places: {
      vies: environment.QUARTERDECK_VIES_URL || 'https://ec.europa.eu/taxation_customs/vies/rest-api',
      ecb: environment.QUARTERDECK_ECB_URL || 'https://www.ecb.europa.eu/stats/eurofxref',
    },
    async ask(question) {
      try {
        return await exchange(question, options.limit ?? LIMIT, options.trusted)
      } catch (error) {
        return { reached: false, reason: error instanceof Ended ? error.reason : 'network' }
      }
    },
  }
}

/** One request over a connection of its own; a redirect is an answer like any other. */
function exchange(
  { url: text, body, most }: WebQuestion,
  limit: number,
  trusted: readonly string[] | undefined,
): Promise<WebAnswer> {
  return new Promise((resolve, reject) => {
    const url = new URL(text)
    const start = url.protocol === 'https:' ? secret : plain
    const sent = start(
      url,
      {
        ...{ method: body === undefined ? 'GET' : 'POST', agent: false },
        headers: {
          Accept: body === undefined ? 'application/xml, text/xml' : 'application/json',
          'User-Agent': 'Quarterdeck',
          ...(body === undefined
            ? {}
            : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
        },
        ...(trusted ? { ca: [...trusted] } : {}),
      },
      answer => {
        read(answer, most).then(
          found => resolve({ reached: true, status: answer.statusCode ?? 0, text: found }),
          reject,
        )
      },
    )
    const late = setTimeout(() => {
      const error = new Ended('slow')
      reject(error)
      sent.destroy(error)
    }, limit)
    sent.on('close', () => clearTimeout(late))
    sent.on('error', reject)
    sent.end(body)
  })
}

async function read(answer: IncomingMessage, most: number): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length
    if (length > most) throw new Ended('too-long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
