import type { FastifyError } from 'fastify'
import { isRefusal, type Refusal } from '#shared/errors.ts'
import { jsonText } from './json-text.ts'

/** The media type of every answer that is not a success (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json'

export interface Problem {
  readonly status: number
  readonly code: string
  readonly detail?: string
  readonly data?: unknown
}

/** Statuses of refusals by code; what is not here was understood and not done: 422. */
const STATUS: Readonly<Record<string, number>> = {
  ACCESS_NEEDED: 401,
  ACCESS_SESSION_INVALID: 401,
  ACCESS_DEVICE_REVOKED: 403,
  ACCESS_CHALLENGE: 401,
  ACCESS_TOO_MANY: 429,
  ACCESS_ORIGIN: 403,
  ACCESS_NOT_FOR_DEVICES: 403,
  WORKSPACE_NOBODY: 401,
  WORKSPACE_PASSPHRASE_NEEDED: 401,
  WORKSPACE_FORBIDDEN: 403,
  WORKSPACE_NOT_FOUND: 404,
  WORKSPACE_BAD_INPUT: 400,
  WORKSPACE_COMMAND_REUSED: 422,
  HTTP_NOT_FOUND: 404,
  HTTP_METHOD_NOT_ALLOWED: 405,
  HTTP_CURSOR_INVALID: 400,
  HTTP_KEY_INVALID: 400,
  HTTP_BODY_INVALID: 400,
  HTTP_BODY_TOO_DEEP: 400,
  HTTP_BODY_TOO_LARGE: 413,
  HTTP_MEDIA_TYPE: 415,
  HTTP_TOO_MANY_REQUESTS: 429,
  HTTP_NOT_YET: 501,
  HTTP_TIMEOUT: 503,
  HTTP_STOPPING: 503,
  INTERNAL: 500,
}

/** Somebody was quicker, or it is not in the state for it: look again and decide anew. */
const CONFLICT =
  /_(STATE|CHANGED|TAKEN|OVERLAP|RUNNING|ALREADY_UNDONE|UNDO_OVERTAKEN|REPLACED|OVER|NOT_READY)$/

/** The HTTP status that goes with a code. */
export function statusOf(code: string): number {
  return STATUS[code] ?? (CONFLICT.test(code) ? 409 : 422)
}

/** `BILLING_INVOICE_CHANGED` → `Billing invoice changed`: words for a reader of logs. */
export function titleOf(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The body of a problem; `instance` names the request, which the log has too. */
export function problemText({ status, code, detail, data }: Problem, requestId: string): string {
  return jsonText({
    type: `urn:quarterdeck:problem:${code}`,
    title: titleOf(code),
    status,
    ...(detail === undefined || detail === code ? {} : { detail }),
    instance: `urn:quarterdeck:request:${requestId}`,
    code,
    ...(data === undefined ? {} : { data }),
  })
}

/** Failures of Fastify itself, by its own codes. */
const OURS: Readonly<Record<string, { code: string; detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'HTTP_BODY_TOO_LARGE',
    detail: 'The body is larger than this address takes.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'HTTP_MEDIA_TYPE', detail: 'Send application/json.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'HTTP_BODY_INVALID', detail: 'The body is empty.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'HTTP_BODY_INVALID',
    detail: 'The body is not as long as its Content-Length says.',
  },
  FST_ERR_HANDLER_TIMEOUT: {
    code: 'HTTP_TIMEOUT',
    detail: 'This takes too long. What was begun may still end; ask again with the same Idempotency-Key.',
  },
  FST_CP_ERR_INVALID_CONTENT_ENCODING: {
    code: 'HTTP_MEDIA_TYPE',
    detail: 'The body is compressed in a way that is not understood: use gzip, br, zstd or deflate.',
  },
  FST_CP_ERR_INVALID_CONTENT: { code: 'HTTP_BODY_INVALID', detail: 'The body cannot be decompressed.' },
}

/**
 * What a client is told of an error: a refusal in full, a mistake of the request in general words, and of
 * anything else nothing but that it happened. Null for the last.
 */
export function problemOf(error: Error | Refusal | FastifyError): Problem | null {
  if (isRefusal(error))
    return { status: statusOf(error.code), code: error.code, detail: error.message, data: error.data }
  const known = 'code' in error ? OURS[error.code] : undefined
  if (known) return { status: statusOf(known.code), ...known }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (status === 404) return { status, code: 'HTTP_NOT_FOUND' }
  if (status >= 400 && status < 500)
    return { status, code: 'HTTP_BODY_INVALID', detail: 'This request cannot be read.' }
  return null
}
