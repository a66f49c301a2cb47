import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuse } from '#shared/errors.ts'
import type { Principal } from '../identity/principal.ts'

/** How much one server takes. Times in milliseconds, sizes in bytes, counts in requests a minute. */
export interface HttpLimits {
  /** Of a person, a program or a desk. */
  readonly perPrincipal: number
  /** Of an address, whoever asks from there; many people may share one. */
  readonly perAddress: number
  /** Requests of an address whose secret was missing or wrong. */
  readonly refusedPerAddress: number
  /** Of a body, after it is decompressed. */
  readonly body: number
  /** Until a request has arrived whole. */
  readonly arrival: number
  /** Until it is answered. */
  readonly answer: number
}

export const DEFAULT_LIMITS: HttpLimits = {
  perPrincipal: 30_000,
  perAddress: 60_000,
  refusedPerAddress: 120,
  body: 2 * 1024 * 1024,
  arrival: 30_000,
  answer: 60_000,
}

const WINDOW = 60_000
type Limited = { readonly max: number; readonly remaining: number; readonly ttl: number }

/** The counters of one server: they are its own, and begin anew with it. */
export interface RateLimits {
  /** @throws Refusal `HTTP_TOO_MANY_REQUESTS` */
  countAddress(request: FastifyRequest, reply: FastifyReply): Promise<void>
  countPrincipal(request: FastifyRequest, reply: FastifyReply, principal: Principal): Promise<void>
  /** A secret that was missing or wrong. */
  countRefused(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

/** Needs the plug-in `@fastify/rate-limit` on the instance. */
export function createRateLimits(app: FastifyInstance, limits: HttpLimits): RateLimits {
  const principals = new WeakMap<FastifyRequest, string>()
  const counter = (max: number, keyGenerator: (request: FastifyRequest) => string) =>
    app.createRateLimit({ max, timeWindow: WINDOW, keyGenerator })
  const address = counter(limits.perAddress, request => `address ${request.ip}`)
  const refused = counter(limits.refusedPerAddress, request => `refused ${request.ip}`)
  const principal = counter(limits.perPrincipal, request => `principal ${principals.get(request)}`)

  async function count(limit: typeof address, request: FastifyRequest, reply: FastifyReply, name: string) {
    const state = await limit(request)
    if (state.isAllowed) return
    tell(reply, name, state)
    if (!state.isExceeded) return
    const seconds = Math.max(1, state.ttlInSeconds)
    reply.header('retry-after', seconds)
    throw refuse('HTTP_TOO_MANY_REQUESTS', { seconds }, `Too many requests: try again in ${seconds} seconds.`)
  }

  return {
    countAddress: (request, reply) => count(address, request, reply, 'address'),
    countRefused: (request, reply) => count(refused, request, reply, 'refused'),
    countPrincipal(request, reply, { workspace, person, session }) {
      principals.set(request, `${workspace}/${person ?? session}`)
      return count(principal, request, reply, 'principal')
    },
  }
}

/** As the draft of the IETF for rate limits says it: the policy, and what is left of it. */
function tell(reply: FastifyReply, name: string, { max, remaining, ttl }: Limited): void {
  const seconds = Math.ceil(ttl / 1000)
  reply.header('ratelimit-policy', `"${name}";q=${max};w=${WINDOW / 1000}`)
  reply.header('ratelimit', `"${name}";r=${remaining};t=${seconds}`)
}
