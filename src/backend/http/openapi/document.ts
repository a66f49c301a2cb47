import { missingRoutes } from '../known-routes/missing.ts'
import { knownTable } from '../known-routes/table.ts'
import { isScalar, membersOf } from '../rest/input.ts'
import { type Offered, offeredCapabilities, schemasOf } from '../rest/offered.ts'
import type { JsonSchema } from './json-schema.ts'
import { getOperation, knownOperation, missingOperation, postOperation } from './operations.ts'

const DESCRIPTION = `Billing, cloud cost, support and uptime of one workspace: the one that the secret of a request was made for.

- **Who asks**: \`Authorization: Bearer …\` with a service token, or the cookie of a signed-in page.
- **Numbers**: an int64 is a string of digits, because readers of JSON lose what is larger than 2^53. Money counts the minor units of its currency; instants are milliseconds since the epoch, UTC.
- **Failures** are application/problem+json with a \`code\`, and \`data\` where there is more to say.
- **Again**: send an Idempotency-Key with what changes something, and send the same one when an answer got lost.
- **Lists** go on at \`next\`: send it as \`cursor\`.`

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'RFC 9457.',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'Names the request: the log of the server has it too.' },
    code: { type: 'string', description: 'What programs decide by.' },
    data: {},
  },
  required: ['type', 'title', 'status', 'instance', 'code'],
}

/**
 * The OpenAPI document of everything that programs can ask, made from the contract and from the table of
 * known routes.
 * @param server the address of the server; null: the one that the document came from
 */
export function openApiDocument(version: string, server: string | null): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {}
  const put = (path: string, method: string, operation: JsonSchema): void => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation }
  }
  for (const offered of offeredCapabilities()) {
    if (offered.capability.kind === 'query') put(offered.path, 'GET', getOperation(offered))
    if (offered.capability.kind !== 'query' || needsBody(offered))
      put(offered.path, 'POST', postOperation(offered))
  }
  for (const known of knownTable) put(known.path, known.method, knownOperation(known))
  for (const missing of missingRoutes) put(missing.path, missing.method, missingOperation(missing))
  return {
    openapi: '3.1.0',
    info: { title: 'Quarterdeck', version, description: DESCRIPTION },
    servers: [{ url: server ?? '/' }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A service token.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'quarterdeck-session',
          description: 'A page that is signed in; over https the name begins with `__Host-`.',
        },
      },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          description:
            'Names what is intended, best of all by a UUID of version 7. The same key with the same input gives the first answer again, failures included, for 24 hours at least; with other input it is refused.',
          schema: { type: 'string', minLength: 1, maxLength: 200 },
        },
      },
      schemas: { Problem: PROBLEM },
    },
  }
}

/** A query whose input is more than words: it is asked by a body too. */
function needsBody({ leaf }: Offered): boolean {
  return Object.values(membersOf(schemasOf(leaf).input)).some(member => !isScalar(member))
}
