import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'
import type { z } from 'zod'
import {
  decode,
  encode,
  MOST_MESSAGE,
  NotOurs,
  Problem,
  SYNC_MEDIA_TYPE,
  SYNC_PATH,
} from '#core/sync/wire.ts'
import { refuse } from '#shared/errors.ts'
import { networkFailure, notOurs, redirected } from './failures.ts'

const zstd = promisify(zstdCompress)
/** Below this many bytes compressing costs more than it saves. */
const SMALL = 1400

/** What proves that this machine is the enrolled one. */
export interface DeviceSession {
  /** Headers of a request; begins a session where there is none. */
  headers(): Promise<Readonly<Record<string, string>>>
  /** The server does not take the session any more: the next call begins a new one. */
  forget(): void
}

export interface TransportOptions {
  /** The address of the server, without a slash at its end. */
  readonly url: string
  /** Null before the machine is enrolled. */
  readonly session: DeviceSession | null
  readonly fetch?: typeof fetch
  /** Ends every question that is under way. */
  readonly signal?: AbortSignal
  /** Milliseconds after which a question counts as not answered. */
  readonly patience?: number
}

export interface Question<T> {
  readonly path: string
  readonly method?: 'GET' | 'POST' | 'PUT'
  /** A message; `bytes` instead are sent as they are. */
  readonly message?: unknown
  readonly bytes?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly answer: z.ZodType<T>
  readonly patience?: number
}

const PATIENCE = 30_000

/**
 * Questions over HTTPS. An answer counts only when it comes from where it was asked, with our media type, and
 * is of the agreed form: neither redirects nor other people's pages are ever taken for one.
 */
export function createTransport(options: TransportOptions) {
  const { url, session, patience = PATIENCE } = options
  const send = options.fetch ?? fetch

  const ending = (milliseconds: number) =>
    AbortSignal.any([AbortSignal.timeout(milliseconds), ...(options.signal ? [options.signal] : [])])

  async function once<T>(question: Question<T>): Promise<T> {
    const address = `${url}${SYNC_PATH}${question.path}`
    const { body, encoding } = await bodyOf(question)
    const headers = {
      ...(await session?.headers()),
      accept: SYNC_MEDIA_TYPE,
      'accept-encoding': 'zstd, gzip',
      ...(body === undefined ? {} : { 'content-type': SYNC_MEDIA_TYPE }),
      ...(encoding === null ? {} : { 'content-encoding': encoding }),
      ...question.headers,
    }
    let response: Response
    let bytes: Uint8Array
    try {
      response = await send(address, {
        method: question.method ?? 'POST',
        headers,
        redirect: 'manual',
        signal: ending(question.patience ?? patience),
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      })
      check(response, address, SYNC_MEDIA_TYPE)
      bytes = new Uint8Array(await response.arrayBuffer())
    } catch (error) {
      if (error instanceof Error && error.name === 'Refusal') throw error
      throw networkFailure(error, address)
    }
    if (bytes.length > MOST_MESSAGE) throw notOurs(address, response.status)
    try {
      if (response.ok) return decode(question.answer, bytes)
      const { code, message, data } = decode(Problem, bytes)
      throw refuse(code, data, message)
    } catch (error) {
      if (error instanceof NotOurs) throw notOurs(address, response.status)
      throw error
    }
  }

  return {
    url,
    /**
     * Asks, with a new session where the old one has ended.
     * @throws Refusal what the server refused, or why it could not be asked
     */
    async ask<T>(question: Question<T>): Promise<T> {
      try {
        return await once(question)
      } catch (error) {
        if (!session || (error as { code?: unknown }).code !== 'ACCESS_SESSION_INVALID') throw error
        session.forget()
        return once(question)
      }
    },
    /** Opens a stream of events; the caller ends it with the signal. */
    async open(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
      const address = `${url}${SYNC_PATH}${path}`
      try {
        const response = await send(address, {
          headers: { ...(await session?.headers()), accept: 'text/event-stream' },
          redirect: 'manual',
          signal,
        })
        if (response.status === 401) session?.forget()
        check(response, address, 'text/event-stream')
        if (!response.body) throw notOurs(address, response.status)
        return response.body
      } catch (error) {
        if (error instanceof Error && error.name === 'Refusal') throw error
        throw networkFailure(error, address)
      }
    },
  }
}

export type Transport = ReturnType<typeof createTransport>

async function bodyOf({ message, bytes }: Question<unknown>) {
  if (bytes) return { body: bytes, encoding: null }
  if (message === undefined) return { body: undefined, encoding: null }
  const text = encode(message)
  if (text.length < SMALL) return { body: text, encoding: null }
  const body: Uint8Array = await zstd(text, { params: { [constants.ZSTD_c_compressionLevel]: 3 } })
  return { body, encoding: 'zstd' }
}

/** @throws Refusal when this is not what we asked */
function check(response: Response, address: string, mediaType: string): void {
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400))
    throw redirected(address, response.headers.get('location'))
  const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== mediaType) {
    void response.body?.cancel().catch(() => {})
    throw notOurs(address, response.status)
  }
}
