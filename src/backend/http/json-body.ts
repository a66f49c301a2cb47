import { isUtf8 } from 'node:buffer'
import { refuse } from '#shared/errors.ts'

/** Containers within containers that a body may have. */
export const DEEPEST = 32

const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST, QUOTE, BACKSLASH] = [...Buffer.from('{}[]"\\')]

/**
 * Reads a JSON body. Its depth is counted before anything is made of it, and names that would reach into
 * prototypes are refused.
 * @throws Refusal `HTTP_BODY_INVALID`, `HTTP_BODY_TOO_DEEP`
 */
export function readJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  if (!isUtf8(bytes)) throw refuse('HTTP_BODY_INVALID', {}, 'The body is not UTF-8.')
  if (depthOf(bytes) > DEEPEST)
    throw refuse('HTTP_BODY_TOO_DEEP', { most: DEEPEST }, `The body is nested more than ${DEEPEST} deep.`)
  const text = bytes.toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse('HTTP_BODY_INVALID', {}, 'The body is not JSON.')
  }
  // Only an escape can bring half of a character, the character 0, or a disguised name in: most bodies have none.
  if (text.includes('\\u') || text.includes('__proto__')) checkTexts(value)
  return value
}

/** How deep the containers of a JSON text are nested; stops counting where it is too deep. */
function depthOf(bytes: Buffer): number {
  let depth = 0
  let deepest = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth++
      if (depth > deepest) deepest = depth
      if (deepest > DEEPEST) return deepest
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth--
  }
  return deepest
}

/** @throws Refusal `HTTP_BODY_INVALID` for texts that no database keeps as they are */
function checkTexts(value: unknown): void {
  if (typeof value === 'string') checkText(value)
  else if (Array.isArray(value)) value.forEach(checkTexts)
  else if (value !== null && typeof value === 'object')
    for (const [name, member] of Object.entries(value)) {
      checkText(name)
      if (name === '__proto__')
        throw refuse('HTTP_BODY_INVALID', {}, 'A member has a name that is not allowed.')
      checkTexts(member)
    }
}

/** @throws Refusal `HTTP_BODY_INVALID` for the character 0 and for halves of characters */
export function checkText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed())
    throw refuse('HTTP_BODY_INVALID', {}, 'A text holds the character 0 or half of a character.')
}
