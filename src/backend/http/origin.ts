import type { FastifyRequest } from 'fastify'
import { refuse } from '#shared/errors.ts'

/**
 * Whether a page of this server sent a request. A browser sends cookies along with what other sites ask it to
 * send; what it says of the origin, they cannot change.
 * @param publicUrl the address under which people reach this server; null: the one that they asked for
 */
export function isOwnOrigin(request: FastifyRequest, publicUrl: string | null): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (site !== undefined && site !== 'same-origin') return false
  if (origin === undefined) return site === 'same-origin'
  if (publicUrl !== null) return origin === new URL(publicUrl).origin
  return URL.canParse(origin) && new URL(origin).host === request.host
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what changes something and comes with a secret that the browser added by itself, unless a page of
 * ours sent it.
 * @throws Refusal `ACCESS_ORIGIN`
 */
export function demandOwnOrigin(request: FastifyRequest, publicUrl: string | null): void {
  if (SAFE.has(request.method) || isOwnOrigin(request, publicUrl)) return
  throw refuse('ACCESS_ORIGIN', {}, 'This request was not sent by a page of this server.')
}
