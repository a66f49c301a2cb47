import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Core } from '#core/create-core.ts'
import type { Desk } from '#core/sync/desk.ts'
import { encode, SYNC_MEDIA_TYPE } from '#core/sync/wire.ts'
import type { Principal } from '../identity/principal.ts'
import { compress } from './compression.ts'

/** Who asks, and the core of their workspace. */
export interface Asking {
  readonly principal: Principal
  readonly core: Core
  /** What is known of the desk at this moment. */
  readonly desk: Desk
}

/** Sends a message of the protocol, compressed as the desk takes it. */
export async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  message: unknown,
): Promise<FastifyReply> {
  const accepted = request.headers['accept-encoding']
  const { bytes, encoding } = await compress(
    encode(message),
    typeof accepted === 'string' ? accepted : undefined,
  )
  if (encoding) reply.header('content-encoding', encoding).header('vary', 'accept-encoding')
  return reply.header('cache-control', 'no-store').type(SYNC_MEDIA_TYPE).send(Buffer.from(bytes))
}
