import { NotOurs, type Problem } from '#core/sync/wire.ts'
import { isRefusal } from '#shared/errors.ts'

/** The HTTP status of refusals that a desk has to tell apart before it reads them; others are 422. */
const STATUS: Readonly<Record<string, number>> = {
  ACCESS_SESSION_INVALID: 401,
  SYNC_DEVICE_NEEDED: 401,
  ACCESS_DEVICE_REVOKED: 403,
  WORKSPACE_FORBIDDEN: 403,
  WORKSPACE_NOT_FOUND: 404,
  FILE_UNKNOWN: 404,
}

/** How a failure is said: with a problem where it was to be expected, without one where it is a bug. */
export function statusOf(error: unknown): { status: number; problem: Problem | null } {
  if (isRefusal(error))
    return {
      status: STATUS[error.code] ?? 422,
      problem: { code: error.code, message: error.message, data: error.data ?? {} },
    }
  if (error instanceof NotOurs)
    return { status: 400, problem: { code: 'SYNC_BAD_MESSAGE', message: error.message, data: {} } }
  // What the HTTP library refuses itself: too long, of another media type, broken off.
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return {
      status: statusCode,
      problem: { code: 'SYNC_BAD_MESSAGE', message: String(message), data: {} },
    }
  return { status: 500, problem: null }
}
