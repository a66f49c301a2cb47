import { z } from 'zod'
import { capabilityOf } from '#core/runtime/handlers.ts'
import type { Capability } from '#shared/contract/define.ts'
import type { KnownRoute, MissingRoute } from '../known-routes/known-route.ts'
import { wordsOf } from '../known-routes/missing.ts'
import { statusOf, titleOf } from '../problems.ts'
import { isScalar, membersOf } from '../rest/input.ts'
import { type Offered, schemasOf } from '../rest/offered.ts'
import { pagingOf } from '../rest/paging.ts'
import { parameterNames } from '../rest/rest-routes.ts'
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts'

type Errors = Readonly<Record<string, { readonly data?: z.ZodType }>>

/** What HTTP itself can refuse, at any address. */
const ALWAYS: Errors = {
  ACCESS_NEEDED: {},
  ACCESS_SESSION_INVALID: {},
  ACCESS_ORIGIN: {},
  HTTP_TOO_MANY_REQUESTS: { data: z.object({ seconds: z.int() }) },
  HTTP_TIMEOUT: {},
}
const WITH_BODY: Errors = {
  HTTP_BODY_INVALID: {},
  HTTP_BODY_TOO_DEEP: { data: z.object({ most: z.int() }) },
  HTTP_BODY_TOO_LARGE: {},
  HTTP_MEDIA_TYPE: {},
  HTTP_KEY_INVALID: {},
}
const CURSOR: JsonSchema = {
  name: 'cursor',
  in: 'query',
  description: 'The `next` of the page before.',
  schema: { type: 'string' },
}
const KEY = { $ref: '#/components/parameters/IdempotencyKey' }

/** The operation of asking a query by its parameters. */
export function getOperation(offered: Offered): JsonSchema {
  const { input } = schemasOf(offered.leaf)
  const paging = pagingOf(offered)
  const members = membersOf(input)
  const shown = input
    ? (jsonSchemaOf(input, 'input') as { properties?: Record<string, JsonSchema>; required?: string[] })
    : {}
  const names = [...parameterNames(members, paging)].filter(name => name in members)
  return {
    ...wordsOfCapability(offered),
    operationId: offered.id,
    parameters: [
      ...names.map(name => ({
        name,
        in: 'query',
        ...(shown.required?.includes(name) ? { required: true } : {}),
        ...parameterShape(members[name] as z.ZodType, shown.properties?.[name] ?? {}),
      })),
      ...(paging ? [CURSOR] : []),
    ],
    responses: responses(answerOf(offered), {
      ...errorsOf(offered),
      ...(paging ? { HTTP_CURSOR_INVALID: {} } : {}),
    }),
  }
}

/** A word stands as it is, a list is said several times, anything else is JSON. */
function parameterShape(schema: z.ZodType, shown: JsonSchema): JsonSchema {
  if (isScalar(schema)) return { schema: shown }
  if (shown.type === 'array' && isScalar((schema as unknown as z.ZodArray).element ?? z.unknown()))
    return { schema: shown, style: 'form', explode: true }
  return { content: { 'application/json': { schema: shown } } }
}

/** The operation of calling with a body. */
export function postOperation(offered: Offered): JsonSchema {
  const { id, leaf, capability } = offered
  const { input } = schemasOf(leaf)
  const isQuery = capability.kind === 'query'
  const paging = pagingOf(offered)
  return {
    ...wordsOfCapability(offered),
    operationId: isQuery ? `${id}:body` : id,
    ...(isQuery ? {} : { parameters: [KEY] }),
    ...(input
      ? { requestBody: { required: true, content: { 'application/json': { schema: bodyOf(offered) } } } }
      : {}),
    responses: responses(answerOf(offered), {
      ...errorsOf(offered),
      ...WITH_BODY,
      ...(paging ? { HTTP_CURSOR_INVALID: {} } : {}),
    }),
  }
}

function bodyOf(offered: Offered): JsonSchema {
  const { input } = schemasOf(offered.leaf)
  const shown = jsonSchemaOf(input as z.ZodType, 'input') as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  const paging = pagingOf(offered)
  if (!paging || !shown.properties) return shown
  const left = Object.entries(shown.properties).filter(([name]) => !paging.instead.includes(name))
  return { ...shown, properties: { ...Object.fromEntries(left), cursor: { type: 'string' } } }
}

function answerOf(offered: Offered): JsonSchema {
  const { output } = schemasOf(offered.leaf)
  const shown = (output ? jsonSchemaOf(output, 'output') : {}) as {
    properties?: Record<string, JsonSchema>
    required?: string[]
    additionalProperties?: boolean
  }
  if (!pagingOf(offered)) return shown
  return {
    ...shown,
    properties: {
      ...shown.properties,
      next: { type: ['string', 'null'], description: 'The cursor of the next page.' },
    },
    required: [...(shown.required ?? []), 'next'],
  }
}

function errorsOf({ leaf, capability }: Offered): Errors {
  const { errors } = schemasOf(leaf)
  const { SYNC_REQUESTED: _, SYNC_AUTHORITY_ONLY: __, SYNC_COMMAND_VERSION: ___, ...own } = errors
  const { WORKSPACE_COMMAND_REUSED: reused, ...rest } = own
  return {
    ...ALWAYS,
    ...rest,
    ...(capability.kind === 'command' && reused ? { WORKSPACE_COMMAND_REUSED: reused } : {}),
  }
}

function wordsOfCapability({ id, capability }: Offered): JsonSchema {
  const words = id.split('.')
  const last = (words.at(-1) ?? '').replace(/([A-Z])/g, ' $1').toLowerCase()
  return {
    tags: [words.slice(0, 2).join('.')],
    summary: `${words.slice(1, -1).join(' ')} ${last}`.trim(),
    description: describe(capability),
    'x-quarterdeck-capability': id,
    'x-quarterdeck-roles': capability.roles,
  }
}

function describe({ kind, roles, open, vote, heavy, version }: Capability): string {
  const who = open
    ? 'Whoever belongs to the workspace may.'
    : `Who may: ${roles.join(', ')}${vote || roles.includes('admin') ? '' : ', admin'}; a token whose scopes name it.`
  const what = {
    query: 'A question: reads one state of the workspace and changes nothing.',
    command: `A command (version ${version} of its input): done whole or not at all, and in the log.`,
    service: 'A service: needs more than the database.',
    stream: '',
  }[kind]
  return `${what} ${who}${heavy ? ' It may take a while.' : ''}`
}

/** The operation of a route that users of earlier systems know. */
export function knownOperation(known: KnownRoute): JsonSchema {
  const errors = Object.assign(
    {},
    ...known.calls.map(leaf => errorsOf({ leaf, capability: capabilityOf(leaf), id: '', path: '' })),
  ) as Errors
  const { example } = known
  const roles = [...new Set(known.calls.flatMap(leaf => capabilityOf(leaf).roles))]
  const query = known.query
    ? (jsonSchemaOf(known.query, 'input') as { properties?: Record<string, JsonSchema> })
    : {}
  const isGet = known.method === 'GET'
  return {
    tags: ['routes of earlier systems'],
    operationId: operationIdOf(known),
    summary: known.summary,
    description: `Calls ${known.calls.map(leaf => `\`${capabilityOf(leaf).id}\``).join(', ')}.`,
    'x-quarterdeck-roles': roles,
    parameters: [
      ...pathParameters(known.path, example.path),
      ...Object.entries(query.properties ?? {}).map(([name, schema]) => ({
        name,
        in: 'query',
        schema,
        ...(example.query?.[name] === undefined ? {} : { example: example.query[name] }),
      })),
      ...(isGet ? [] : [KEY]),
    ],
    ...(known.body
      ? {
          requestBody: {
            content: {
              'application/json': { schema: jsonSchemaOf(known.body, 'input'), example: example.body },
            },
          },
        }
      : {}),
    responses: responses({}, { ...errors, ...(isGet ? {} : WITH_BODY) }, known.status ?? 200, example.answer),
  }
}

/** A route that is known and not answered yet. */
export function missingOperation(missing: MissingRoute): JsonSchema {
  return {
    tags: ['not in this version'],
    operationId: operationIdOf(missing),
    summary: wordsOf(missing.engine),
    parameters: pathParameters(missing.path),
    responses: {
      501: problemResponse({ HTTP_NOT_YET: { data: z.object({ missing: z.literal(missing.engine) }) } }),
    },
  }
}

function operationIdOf({ method, path }: { method: string; path: string }): string {
  return `${method.toLowerCase()}:${path.replace(/^\//, '').replace(/\//g, '.')}`
}

function pathParameters(path: string, example: Readonly<Record<string, string>> = {}): JsonSchema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...(example[name as string] === undefined ? {} : { example: example[name as string] }),
  }))
}

function responses(answer: JsonSchema, errors: Errors, status = 200, example?: unknown): JsonSchema {
  const byStatus = Map.groupBy(Object.entries(errors), ([code]) => statusOf(code))
  const ok = { schema: answer, ...(example === undefined ? {} : { example }) }
  return {
    [status]: { description: 'Done.', content: { 'application/json': ok } },
    ...Object.fromEntries(
      [...byStatus].map(([failed, some]) => [failed, problemResponse(Object.fromEntries(some))]),
    ),
  }
}

function problemResponse(errors: Errors): JsonSchema {
  const schemas = Object.entries(errors).map(([code, { data }]) => ({
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      {
        properties: { code: { const: code }, ...(data ? { data: jsonSchemaOf(data, 'output') } : {}) },
        required: ['code'],
      },
    ],
  }))
  return {
    description: Object.keys(errors).map(titleOf).join('; '),
    content: {
      'application/problem+json': { schema: schemas.length === 1 ? schemas[0] : { oneOf: schemas } },
    },
  }
}
