import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { missingRoutes } from '#backend/http/known-routes/missing.ts'
import { knownTable } from '#backend/http/known-routes/table.ts'
import { openApiDocument } from '#backend/http/openapi/document.ts'
import { offeredCapabilities } from '#backend/http/rest/offered.ts'

const { default: Ajv } = createRequire(import.meta.url)('ajv/dist/2020') as typeof import('ajv/dist/2020')

// biome-ignore lint/suspicious/noExplicitAny: a document of JSON
const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3', null))) as any
const METHODS = ['get', 'post', 'put', 'delete']
const operations = Object.entries<Record<string, never>>(document.paths).flatMap(([path, methods]) =>
  // biome-ignore lint/suspicious/noExplicitAny: a document of JSON
  Object.entries(methods as Record<string, Record<string, any>>).map(([method, operation]) => ({
    path,
    method,
    operation,
  })),
)

describe('the OpenAPI document', () => {
  test('holds every capability that is offered, every known route, and nothing twice', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { id } of offeredCapabilities()) expect(ids).toContain(id)
    for (const { method, path } of [...knownTable, ...missingRoutes])
      expect(document.paths[path]?.[method.toLowerCase()], `${method} ${path}`).toBeDefined()
    for (const { method } of operations) expect(METHODS).toContain(method)
  })

  test('states its parameters, its roles, and what it can refuse', () => {
    for (const { path, operation } of operations) {
      const named = (operation.parameters ?? []).filter((one: { in?: string }) => one.in === 'path')
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(named.map((one: { name: string }) => one.name)).toEqual(inPath)
      expect(operation.summary.length).toBeGreaterThan(0)
    }
    const { approve } = Object.fromEntries(
      operations.map(({ operation }) => [operation.operationId.split('.').at(-1), operation]),
    )
    expect(approve['x-quarterdeck-roles']).toEqual(['analyst'])
    expect(Object.keys(approve.responses)).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '404', '409', '429']),
    )
    expect(JSON.stringify(approve.responses[409])).toContain('BILLING_INVOICE_CHANGED')
  })

  test('has schemas that a validator of JSON Schema 2020-12 takes, and references that lead somewhere', () => {
    const text = JSON.stringify(document)
    for (const [, reference] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
      const found = (reference as string)
        .replace('#/', '')
        .split('/')
        .reduce((node, name) => node?.[name], document)
      expect(found, reference).toBeDefined()
    }
    const ajv = new Ajv({ strict: false, formats: FORMATS })
    ajv.addSchema({ $id: 'https://quarterdeck.test/', components: document.components })
    for (const { operation } of operations) for (const schema of schemasIn(operation)) ajv.compile(schema)
  })

  test('has an example for every known route, and each body fits its schema', () => {
    for (const known of knownTable) {
      const operation = document.paths[known.path][known.method.toLowerCase()]
      expect(operation.responses[known.status ?? 200].content['application/json'].example).toBeDefined()
      if (known.body) expect(known.body.safeParse(known.example.body).error, known.path).toBeUndefined()
      if (known.query)
        expect(known.query.safeParse(known.example.query ?? {}).error, known.path).toBeUndefined()
    }
  })

  test('says that an int64 is a string', () => {
    const ajv = new Ajv({ strict: false, formats: FORMATS })
    const { schema } =
      document.paths['/api/v1/billing/customer/get'].get.responses[200].content['application/json']
    const createdAt = schema.properties.createdAt
    expect(ajv.validate(createdAt, '1795219200000')).toBe(true)
    expect(ajv.validate(createdAt, 1795219200000)).toBe(false)
    const body =
      document.paths['/api/v1/billing/subscription/start'].post.requestBody.content['application/json'].schema
    for (const at of ['1795219200000', 1795219200000]) expect(ajv.validate(body.properties.at, at)).toBe(true)
    for (const at of ['soon', 1.5, 2 ** 60]) expect(ajv.validate(body.properties.at, at)).toBe(false)
  })
})

const FORMATS = { int64: true, uuid: true, uri: true, email: true, 'date-time': true } as const

/** The schemas of an operation, wherever they stand. */
function schemasIn(node: unknown): object[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([name, child]) =>
    name === 'schema' && typeof child === 'object' ? [withRoot(child as object)] : schemasIn(child),
  )
}

function withRoot(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"https://quarterdeck.test/#/'))
}
