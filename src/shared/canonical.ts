import canonicalize from 'canonicalize'

/**
 * JSON as canonical text (RFC 8785), for storage and for digests. What JSON does not have is tagged, so that
 * `fromCanonical` gives back what went in: a bigint is `{"$int":"12"}`, bytes are `{"$bytes":"<hex>"}`.
 * Members that are undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  return canonicalize(tag(value)) ?? 'null'
}

/** Reads text written by `canonicalJson`. Throws a SyntaxError when it is not JSON. */
export function fromCanonical<T = unknown>(text: string): T {
  return untag(JSON.parse(text)) as T
}

function tag(value: unknown): unknown {
  if (typeof value === 'bigint') return { $int: value.toString() }
  if (value instanceof Uint8Array) return { $bytes: hex(value) }
  if (Array.isArray(value)) return value.map(item => (item === undefined ? null : tag(item)))
  if (value !== null && typeof value === 'object') {
    const out: Record<string, unknown> = {}
    for (const [key, member] of Object.entries(value)) if (member !== undefined) out[key] = tag(member)
    return out
  }
  return value
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
