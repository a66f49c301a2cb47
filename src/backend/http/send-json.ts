import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Sends a text of JSON that nobody keeps. */
export function sendJson(reply: FastifyReply, text: string, status = 200): FastifyReply {
  return reply
    .status(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(text)
}

/** Sends an answer that a client may keep and ask for again: the same one is not sent twice. */
export function sendRevalidated(request: FastifyRequest, reply: FastifyReply, text: string): FastifyReply {
  // Weak, because the same text goes out compressed in several ways.
  const tag = `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  reply
    .header('etag', tag)
    .header('cache-control', 'private, no-cache')
    .header('vary', 'authorization, cookie')
  const known = request.headers['if-none-match']
  if (known?.split(',').some(one => one.trim() === tag || one.trim() === '*')) return reply.status(304).send()
  return reply.type('application/json; charset=utf-8').send(text)
}
