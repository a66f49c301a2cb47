/**
 * JSON as canonical text (RFC 8785), for storage and for digests. What JSON does not have is tagged, so that
 * `fromCanonical` gives back what went in: a bigint is `{"$int":"12"}`, bytes are `{"$bytes":"<hex>"}`.
 * Members that are undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  return written(value) ?? 'null'
}

/** Reads text written by `canonicalJson`. Throws a SyntaxError when it is not JSON. */
export function fromCanonical<T = unknown>(text: string): T {
  return untag(JSON.parse(text)) as T
}

/**
 * The text of a value, undefined where JSON leaves it out. Values are tagged while they are written: a close
 * writes hundreds of thousands of them, and a tagged copy of each took as long again.
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
  // By code units of UTF-16, as RFC 8785 asks.
  for (const key of Object.keys(value).sort()) {
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
