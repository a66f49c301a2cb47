import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { refuse } from '#shared/errors.ts'
import { inputFaults } from '#shared/input-words.ts'
import { type AuthenticateParts, askingOf } from '../authenticate.ts'
import { checkText } from '../json-body.ts'
import { jsonText } from '../json-text.ts'
import { sendJson, sendRevalidated } from '../send-json.ts'
import type { FileAnswer, KnownRoute } from './known-route.ts'
import { missingRoutes, wordsOf } from './missing.ts'
import { knownTable } from './table.ts'

/** The routes that users of earlier systems know; a slash at the end of an address means nothing. */
export function knownRoutes(app: FastifyInstance, parts: AuthenticateParts): void {
  for (const known of knownTable)
    app.route({
      method: known.method,
      url: urlOf(known.path),
      handler: (request, reply) => answer(known, request, reply, parts),
    })
  for (const { method, path, engine } of missingRoutes)
    app.route({
      method,
      url: urlOf(path),
      handler: async () => {
        throw refuse('HTTP_NOT_YET', { missing: engine }, wordsOf(engine))
      },
    })
}

/** `/billing/plans/{id}` as the router writes it. */
export function urlOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

class File {
  readonly answer: FileAnswer
  constructor(answer: FileAnswer) {
    this.answer = answer
  }
}

async function answer(
  known: KnownRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: AuthenticateParts,
) {
  const path = request.params as Readonly<Record<string, string>>
  Object.values(path).forEach(checkText)
  const query = readQuery(known, request.query as Readonly<Record<string, unknown>>)
  const body = bodyOf(known, request.body)
  const asking = await askingOf(request, parts)
  const given = {
    ...{ path, query, body, asking },
    prefers: (type: string) => request.headers.accept?.split(',')[0]?.trim() === type,
    file: (one: FileAnswer) => new File(one) as never,
  }
  const output = await known.answer(given as never).finally(() => {
    if (asking.replayed()) reply.header('idempotency-replayed', 'true')
  })
  if (output instanceof File) return sendFile(reply, output.answer)
  if (known.method === 'GET') return sendRevalidated(request, reply, jsonText(output))
  return sendJson(reply, jsonText(output, true), known.status ?? 200)
}

function bodyOf({ body, read }: KnownRoute, given: unknown): unknown {
  if (read) return read(given)
  return body ? parse(body, given) : undefined
}

function readQuery({ query }: KnownRoute, given: Readonly<Record<string, unknown>>): unknown {
  for (const [name, value] of Object.entries(given))
    for (const text of [name, value].flat()) checkText(String(text))
  const strange = Object.keys(given).filter(name => !query || !Object.hasOwn(query.shape, name))
  if (strange.length > 0)
    throw invalid(strange.map(path => ({ path, message: 'there is no such parameter' })))
  return query ? parse(query, given) : {}
}

/** @throws Refusal `WORKSPACE_BAD_INPUT` with the places */
function parse(schema: z.ZodType, given: unknown): unknown {
  const parsed = schema.safeParse(given)
  if (!parsed.success) throw invalid(inputFaults(parsed.error.issues))
  return parsed.data
}

function invalid(issues: readonly { path: string; message: string }[]) {
  return refuse('WORKSPACE_BAD_INPUT', { issues })
}

function sendFile(reply: FastifyReply, { fileName, type, bytes }: FileAnswer): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`)
    .type(type)
    .send(bytes)
}
