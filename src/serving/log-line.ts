export type LogLevel = 'info' | 'warn' | 'error'

/** Where hosts and core write what is not for people. It has the shape that the core asks for. */
export type LogLine = (level: LogLevel, message: string, facts?: Record<string, unknown>) => void

/** Names of members whose values never reach a log. */
const SECRET =
  /(secret|passphrase|password|token|recovery_?key|private|authorization|cookie|credential|session)|^key$/i
/** What looks like a secret inside a text: the fragment of a sign-in address, raw database keys. */
const SECRET_TEXT = /(token=|raw:|key=['"]?|Bearer )[A-Za-z0-9+/_=-]{16,}/g
const LONGEST_TEXT = 4000
const DEEPEST = 6

/**
 * One line of a log, as JSON with its newline: no secrets, no bytes, no endless texts.
 * @param at ISO 8601
 */
export function logLine(
  at: string,
  level: LogLevel,
  message: string,
  facts: Record<string, unknown>,
): string {
  return `${JSON.stringify({ at, level, message: clean(message, 0), ...(clean(facts, 0) as object) })}\n`
}

/** Makes any value fit for a line of the log: no secrets, no bytes, no endless texts. */
function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'string') {
    const text = value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value
    return text.replace(SECRET_TEXT, '$1[secret]')
  }
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Error)
    return clean({ name: value.name, code: (value as { code?: unknown }).code, stack: value.stack }, depth)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (depth >= DEEPEST) return '[…]'
  if (Array.isArray(value)) return value.slice(0, 100).map(item => clean(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET.test(name) ? '[secret]' : clean(member, depth + 1),
    ]),
  )
}
