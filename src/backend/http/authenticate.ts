import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isRefusal, refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { Authenticator, Principal } from '../identity/principal.ts'
import { noteWithin } from '../telemetry/within.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import { type Asking, askerOf, createAsking } from './asking.ts'
import type { Gathering } from './gather-events.ts'
import { intentionOf } from './idempotency.ts'
import type { RateLimits } from './limits.ts'
import { demandOwnOrigin } from './origin.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose request it is; null where the address answers everybody. */
    principal: Principal | null
  }
}

export interface AuthenticateParts {
  readonly authenticator: Authenticator
  readonly workspaces: Pick<Workspaces, 'open'>
  readonly limits: RateLimits
  readonly gathering: Gathering
  readonly publicUrl: string | null
  readonly now: () => number
  readonly newId: () => Id
}

/**
 * Who sent a request, counted against their limits.
 * @throws Refusal `ACCESS_NEEDED`, `ACCESS_NOT_FOR_DEVICES`, `ACCESS_ORIGIN`, `HTTP_TOO_MANY_REQUESTS`, and what
 *   the authenticator refuses
 */
export async function principalOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { authenticator, limits, publicUrl }: AuthenticateParts,
): Promise<Principal> {
  const principal = await authenticator.authenticate(request.headers).catch(async error => {
    if (isRefusal(error)) await limits.countRefused(request, reply)
    throw error
  })
  if (principal === null) {
    await limits.countRefused(request, reply)
    throw refuse('ACCESS_NEEDED', {}, 'Sign in, or send a token: Authorization: Bearer …')
  }
  noteWithin({ workspace: principal.workspace, principal: nameOf(principal) })
  if (principal.kind === 'device')
    throw refuse('ACCESS_NOT_FOR_DEVICES', {}, 'A desk speaks the protocol of sync and nothing else.')
  if (principal.ambient) demandOwnOrigin(request, publicUrl)
  await limits.countPrincipal(request, reply, principal)
  return principal
}

/** Every route of the instance asks who sends the request. */
export function authenticateAll(app: FastifyInstance, parts: AuthenticateParts): void {
  app.addHook('onRequest', async (request, reply) => {
    request.principal = await principalOf(request, reply, parts)
  })
}

/**
 * What a request of `authenticateAll` can ask of the core of its workspace.
 * @param apart what the log cannot tell apart, because it keeps no secrets: its key then means something else
 */
export async function askingOf(
  request: FastifyRequest,
  parts: AuthenticateParts,
  apart = '',
): Promise<Asking> {
  const { principal } = request
  if (!principal) throw new Error('this route does not authenticate')
  const key = request.headers['idempotency-key']
  const intention =
    key === undefined ? null : intentionOf(askerOf(principal) + apart, String(key), parts.now())
  return createAsking(
    principal,
    await parts.workspaces.open(principal.workspace),
    intention,
    parts.gathering,
    parts.newId,
    parts.now,
  )
}

/** A principal's name in log lines: an id, never a secret. */
function nameOf({ kind, person, session, device }: Principal): string {
  if (kind === 'device') return `device:${device}`
  return person === null ? `service:${session}` : `person:${person}`
}
