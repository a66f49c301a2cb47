import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { refuse } from '#shared/errors.ts'
import { type AuthenticateParts, askingOf } from '../authenticate.ts'
import { checkText } from '../json-body.ts'
import { jsonText } from '../json-text.ts'
import { sendJson, sendRevalidated } from '../send-json.ts'
import { bare, decoderOf, definitionOf, fromParameter, isRecord, membersOf } from './input.ts'
import { type Offered, offeredCapabilities, schemasOf } from './offered.ts'
import { cursorOf, type Paging, pagingOf, placeOf, questionOf } from './paging.ts'

type Members = Readonly<Record<string, z.core.$ZodType>>

/**
 * The contract over HTTP. A query is asked by GET with its input as parameters, or by POST with it as the body;
 * a command or a service is called by POST.
 */
export function restRoutes(app: FastifyInstance, parts: AuthenticateParts): void {
  for (const offered of offeredCapabilities()) {
    const endpoint = endpointOf(offered, parts)
    if (offered.capability.kind === 'query')
      app.get(offered.path, (request, reply) => endpoint.query(request, reply, endpoint.parameters(request)))
    if (offered.capability.kind === 'query')
      app.post(offered.path, (request, reply) => endpoint.query(request, reply, request.body))
    else app.post(offered.path, (request, reply) => endpoint.call(request, reply, request.body))
  }
}

function endpointOf(offered: Offered, parts: AuthenticateParts) {
  const { id, leaf, capability } = offered
  const { input: schema } = schemasOf(leaf)
  const members = membersOf(schema)
  const paging = pagingOf(offered)
  const takes = parameterNames(members, paging)
  const decode = (schema && decoderOf(schema)) ?? (value => value)
  const closed = schema !== undefined && definitionOf(bare(schema)).shape !== undefined

  /** The input as the core takes it. */
  function read(given: unknown = {}, place: object = {}): unknown {
    if (isRecord(given) && (closed || schema === undefined)) {
      const strange = Object.keys(given).filter(name => !takes.has(name))
      if (strange.length > 0) throw unknown(strange)
    }
    if (schema === undefined) return undefined
    if (!isRecord(given)) return decode(given)
    const { cursor: _, ...rest } = given
    return decode({ ...(paging ? rest : given), ...place })
  }

  async function query(request: FastifyRequest, reply: FastifyReply, given: unknown) {
    const asking = await askingOf(request, parts)
    const asked = isRecord(given) ? given : {}
    const question = paging ? questionOf(id, asked) : ''
    const place = paging && asked.cursor !== undefined ? placeOf(question, asked.cursor, paging) : {}
    const input = read(given, place)
    const output = await asking.ask(id, input)
    if (!paging) return sendRevalidated(request, reply, jsonText(output))
    const shown = output as Readonly<Record<string, unknown>>
    const parsed = (schema?.safeParse(input).data ?? {}) as Readonly<Record<string, unknown>>
    const next = paging.next(parsed, shown)
    return sendRevalidated(request, reply, jsonText({ ...shown, next: next && cursorOf(question, next) }))
  }

  async function call(request: FastifyRequest, reply: FastifyReply, given: unknown) {
    const secrets = capability.secret.map(name => (isRecord(given) ? given[name] : undefined))
    const asking = await askingOf(request, parts, secrets.length === 0 ? '' : ` ${jsonText(secrets)}`)
    const input = read(given)
    if (capability.kind === 'service') return sendJson(reply, jsonText(await asking.serve(id, input)))
    const output = await asking.run(id, input).finally(() => {
      if (asking.replayed()) reply.header('idempotency-replayed', 'true')
    })
    return sendJson(reply, jsonText(output, true))
  }

  const parameters = (request: FastifyRequest): unknown => readParameters(request, { ...members })
  return { query, call, parameters }
}

/** The names that an input may have from outside. */
export function parameterNames(members: Members, paging: Paging | null): ReadonlySet<string> {
  const names = Object.keys(members).filter(name => !paging?.instead.includes(name))
  return new Set(paging ? [...names, 'cursor'] : names)
}

/** The parameters of an address, as the members of an input say that they are to be read. */
export function readParameters(request: FastifyRequest, members: Members): Record<string, unknown> {
  const given = request.query as Readonly<Record<string, string | readonly string[]>>
  const entries = Object.entries(given).map(([name, value]) => {
    const schema = Object.hasOwn(members, name) ? members[name] : undefined
    for (const text of [name, value].flat()) checkText(text)
    if (schema === undefined) return [name, value] as const
    const { element } = definitionOf(bare(schema))
    if (!element) {
      if (typeof value !== 'string')
        throw refuse('WORKSPACE_BAD_INPUT', { issues: [{ path: name, message: 'said more than once' }] })
      return [name, fromParameter(schema, value)] as const
    }
    const isJson = typeof value === 'string' && value.startsWith('[')
    return [
      name,
      isJson ? fromParameter(schema, value) : [value].flat().map(one => fromParameter(element, one)),
    ] as const
  })
  return Object.fromEntries(entries)
}

function unknown(names: readonly string[]) {
  return refuse('WORKSPACE_BAD_INPUT', {
    issues: names.map(path => ({ path, message: 'there is no such member' })),
  })
}
