/**
 * JSON as canonical text (RFC 8785), for storage and for digests. What JSON does not have is tagged, so that
 * `fromCanonical` gives back what went in: a bigint is `{"$int":"12"}`, bytes are `{"$bytes":"<hex>"}`.
 * Members that are undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  const copied = copyOf(value)
  if (copied === UNORDERED) return written(value) ?? 'null'
  const text = JSON.stringify(copied)
  if (text === undefined) return 'null'
  // Half of a surrogate pair is written as such an escape.
  return text.includes('\\ud') ? (written(value) ?? 'null') : text
}

/** Reads text written by `canonicalJson`. Throws a SyntaxError when it is not JSON. */
export function fromCanonical<T = unknown>(text: string): T {
  return untag(JSON.parse(text)) as T
}

const UNORDERED = Symbol('unordered')
/** Members that come first in every object, whenever they were set, or that are no members when they are set. */
const UNORDERABLE = /^(?:\d+|__proto__)$/

/**
 * A value's copy, tagged and with its members in order: the engine writes it in a third of the time in which we write
 * the value. UNORDERED where no object has its members in that order, or no JSON stands for it.
 */
function copyOf(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return { $int: value.toString() }
    case 'number':
      return Number.isFinite(value) ? value : UNORDERED
    case 'object': {
      if (value === null) return null
      if (value instanceof Uint8Array) return { $bytes: hex(value) }
      return Array.isArray(value) ? listOf(value) : membersOf(value as Readonly<Record<string, unknown>>)
    }
    case 'function':
    case 'symbol':
      return undefined
    default:
      return value
  }
}

function listOf(values: readonly unknown[]): unknown {
  const copies = new Array<unknown>(values.length)
  for (let i = 0; i < values.length; i++) {
    const copy = copyOf(values[i])
    if (copy === UNORDERED) return UNORDERED
    copies[i] = copy
  }
  return copies
}

function membersOf(value: Readonly<Record<string, unknown>>): unknown {
  const copies: Record<string, unknown> = {}
  for (const key of inOrder(Object.keys(value))) {
    const copy = UNORDERABLE.test(key) ? UNORDERED : copyOf(value[key])
    if (copy === UNORDERED) return UNORDERED
    copies[key] = copy
  }
  return copies
}

/** By code units of UTF-16, as RFC 8785 asks. */
function inOrder(keys: string[]): string[] {
  for (let i = 1; i < keys.length; i++) if ((keys[i] as string) < (keys[i - 1] as string)) return keys.sort()
  return keys
}

/**
 * The text of a value, piece by piece, undefined where JSON leaves it out.
 * @throws Error for what no JSON text stands for: NaN, infinity, half of a surrogate pair
 */
function written(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new Error('Lone surrogate is not allowed')
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) throw new Error(`${value} is not allowed`)
      return JSON.stringify(value)
    case 'bigint':
      return `{"$int":"${value}"}`
    case 'object':
      return value === null ? 'null' : container(value)
    default:
      return JSON.stringify(value)
  }
}

function container(value: object): string {
  if (value instanceof Uint8Array) return `{"$bytes":"${hex(value)}"}`
  if (Array.isArray(value)) return `[${value.map(item => written(item) ?? 'null').join(',')}]`
  let text = ''
  for (const key of inOrder(Object.keys(value))) {
    const member = written((value as Record<string, unknown>)[key])
    if (member !== undefined) text += `${text === '' ? '' : ','}${written(key)}:${member}`
  }
  return `{${text}}`
}

function untag(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untag)
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
    const [first] = entries
    if (entries.length === 1 && first && typeof first[1] === 'string') {
      if (first[0] === '$int') return BigInt(first[1])
      if (first[0] === '$bytes') return unhex(first[1])
    }
    return Object.fromEntries(entries.map(([key, member]) => [key, untag(member)]))
  }
  return value
}

function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

function unhex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16)
  return bytes
}
