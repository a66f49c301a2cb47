import type { FastifyReply, FastifyRequest } from 'fastify'
import { WEB_SESSION } from '#core/identity/lives.ts'
import { isRefusal } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import { FLOW_COOKIE, readCookie, SESSION_COOKIE, setCookie } from '../cookies.ts'
import { PAGE_POLICY } from '../pages/layout.ts'
import type { Account, IdentityParts } from '../parts.ts'
import type { Authenticator, Principal } from '../principal.ts'
import type { ProviderJourney } from '../provider.ts'
import type { Method, Origin } from '../sign-in.ts'

/** What a browser keeps, sealed, between the steps of a sign-in. */
export type Flow =
  | {
      readonly stage: 'choose'
      readonly accounts: readonly (Account & { readonly name: string })[]
      readonly method: Method
      readonly next: string
    }
  | { readonly stage: 'code'; readonly account: Account; readonly method: Method; readonly next: string }
  | {
      readonly stage: 'enrol'
      readonly account: Account
      readonly method: Method
      readonly next: string
      readonly secret: string
    }
  /** Somebody who is signed in sets up one-time codes. */
  | { readonly stage: 'anew'; readonly account: Account; readonly secret: string }
  | {
      readonly stage: 'provider'
      readonly journey: ProviderJourney
      readonly next: string
      /** The invitation that the account at the provider is to be linked by. */
      readonly link: string | null
    }

const FLOW_MINUTES = 10n

/** What pages need to know of the browser that asks. */
export function createBrowser(
  parts: Pick<IdentityParts, 'sealer' | 'now' | 'https'> & {
    readonly authenticator: Authenticator
    readonly publicUrl: string | null
  },
) {
  const { sealer, now, https, authenticator } = parts

  return {
    /** The address of this server as the browser knows it, without a slash at its end. */
    base: (request: FastifyRequest): string => parts.publicUrl ?? `${request.protocol}://${request.host}`,

    origin: (request: FastifyRequest): Origin => ({
      address: request.ip,
      agent: request.headers['user-agent'],
    }),

    /** Who is signed in here; null for nobody, and for whoever was. */
    async signedIn(request: FastifyRequest): Promise<(Principal & { readonly person: Id }) | null> {
      const principal = await authenticator.authenticate(request.headers).catch(error => {
        if (isRefusal(error)) return null
        throw error
      })
      if (principal?.kind !== 'person' || principal.person === null) return null
      return { ...principal, person: principal.person }
    },

    flow(request: FastifyRequest): Flow | null {
      const text = readCookie(request.headers.cookie, FLOW_COOKIE, https)
      return text === null ? null : sealer.open<Flow>('sign-in', text, now())
    },

    keepFlow(reply: FastifyReply, flow: Flow): void {
      const sealed = sealer.seal('sign-in', flow, now() + FLOW_MINUTES * 60_000n)
      reply.header('set-cookie', setCookie(FLOW_COOKIE, sealed, https, Number(FLOW_MINUTES) * 60))
    },

    endFlow(reply: FastifyReply): void {
      reply.header('set-cookie', setCookie(FLOW_COOKIE, '', https, 0))
    },

    keepSession(reply: FastifyReply, secret: string): void {
      reply.header('set-cookie', setCookie(SESSION_COOKIE, secret, https, Number(WEB_SESSION.life / 1000n)))
    },

    endSession(reply: FastifyReply): void {
      reply.header('set-cookie', setCookie(SESSION_COOKIE, '', https, 0))
    },

    send(reply: FastifyReply, page: string, status = 200): FastifyReply {
      return reply
        .status(status)
        .headers({
          'content-security-policy': PAGE_POLICY,
          // With no referrer at all browsers would also keep the origin of a form to themselves.
          'referrer-policy': 'same-origin',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
        })
        .type('text/html; charset=utf-8')
        .send(page)
    },
  }
}

export type Browser = ReturnType<typeof createBrowser>

/** A place of this server to go to; the beginning for anything that would lead elsewhere. */
export function placeOf(next: unknown): string {
  if (typeof next !== 'string' || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next)) return '/'
  const base = 'http://here.invalid'
  if (!URL.canParse(next, base)) return '/'
  const { origin, pathname, search } = new URL(next, base)
  return origin === base ? pathname + search : '/'
}

/** A field of a form; empty where it is not there. */
export function said(request: FastifyRequest, name: string): string {
  const body = request.body as Record<string, unknown> | null | undefined
  const value = body && Object.hasOwn(body, name) ? body[name] : ''
  return typeof value === 'string' ? storable(value) : ''
}

/** A parameter of the address. */
export function asked(request: FastifyRequest, name: string): string {
  const query = request.query as Record<string, unknown>
  const value = Object.hasOwn(query, name) ? query[name] : ''
  return typeof value === 'string' ? storable(value) : ''
}

/** No database keeps the character of zero bits, and nobody means it. */
function storable(text: string): string {
  return text.replaceAll('\0', '')
}

/** For people: how long to wait. */
export function waitWords(milliseconds: bigint): string {
  const seconds = (milliseconds + 999n) / 1000n
  const time = seconds < 120n ? `${seconds} seconds` : `${(seconds + 59n) / 60n} minutes`
  return `Too many wrong tries. Try again in ${time}.`
}
