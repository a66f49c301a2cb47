/**
 * Texts by number, kept as UTF-8 bytes in one array: no string object for each entry, equal bytes have equal
 * numbers, numbers count up from 0 in order of arrival. A plain record, worked on by the functions below.
 */
export interface ByteDictionary {
  size: number
  bytes: Uint8Array
  /** Entry i is `bytes[offsets[i], offsets[i + 1])`. */
  offsets: Uint32Array
  hashes: Uint32Array
  /** Open addressing, linear probing; 0 is empty, else number + 1. Its length is a power of two. */
  table: Int32Array
}

/** An empty dictionary; everything in it grows by doubling. */
export function byteDictionary(): ByteDictionary {
  return {
    size: 0,
    bytes: new Uint8Array(256),
    offsets: new Uint32Array(17),
    hashes: new Uint32Array(16),
    table: new Int32Array(32),
  }
}

/** Takes every entry out and keeps the room. */
export function clearDictionary(dictionary: ByteDictionary): void {
  dictionary.size = 0
  dictionary.table.fill(0)
}

/** The hash that dictionaries are built on; it is stored beside the entries, so its meaning is frozen. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = (end - start) ^ 0x165667b1
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    hash = Math.imul(hash ^ word, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x85ebca77)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae3d)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The number of the text `bytes[start, end)`, which is added when it is new. */
export function internBytes(
  dictionary: ByteDictionary,
  bytes: Uint8Array,
  start: number,
  end: number,
  hash = hashBytes(bytes, start, end),
): number {
  const slot = probe(dictionary, bytes, start, end, hash)
  const entry = dictionary.table[slot]!
  return entry !== 0 ? entry - 1 : add(dictionary, bytes, start, end, hash, slot)
}

/** The number of the text `bytes[start, end)`, or -1 when it is not in the dictionary. */
export function findBytes(
  dictionary: ByteDictionary,
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): number {
  return dictionary.table[probe(dictionary, bytes, start, end, hashBytes(bytes, start, end))]! - 1
}

/** The slot of the table that holds the text, or the empty one where it would go. */
function probe(
  dictionary: ByteDictionary,
  bytes: Uint8Array,
  start: number,
  end: number,
  hash: number,
): number {
  const { table, offsets, hashes } = dictionary
  const mask = table.length - 1
  let slot = hash & mask
  for (let entry = table[slot]!; entry !== 0; entry = table[slot]!) {
    if (hashes[entry - 1] === hash && equalsEntry(dictionary.bytes, offsets, entry - 1, bytes, start, end))
      break
    slot = (slot + 1) & mask
  }
  return slot
}

/** Texts as a stored column holds them. */
export interface Texts {
  readonly bytes: Uint8Array
  readonly offsets: Uint32Array
  readonly hashes: Uint32Array
}

/**
 * The numbers of many texts at once, each added when it is new: what joining the dictionaries of segments spends
 * its time on. Texts are compared four bytes at a time.
 */
export function internAll(dictionary: ByteDictionary, texts: Texts, count: number, out: Uint32Array): void {
  const { bytes, offsets, hashes } = texts
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let own = new DataView(dictionary.bytes.buffer)
  for (let i = 0; i < count; i++) {
    const hash = hashes[i]!
    const start = offsets[i]!
    const length = offsets[i + 1]! - start
    const { table } = dictionary
    const mask = table.length - 1
    let slot = hash & mask
    let entry = table[slot]!
    for (; entry !== 0; entry = table[slot]!) {
      if (dictionary.hashes[entry - 1] === hash) {
        const from = dictionary.offsets[entry - 1]!
        if (dictionary.offsets[entry]! - from === length && equalBytes(own, from, view, start, length)) break
      }
      slot = (slot + 1) & mask
    }
    if (entry !== 0) out[i] = entry - 1
    else {
      out[i] = add(dictionary, bytes, start, start + length, hash, slot)
      if (own.buffer !== dictionary.bytes.buffer) own = new DataView(dictionary.bytes.buffer)
    }
  }
}

function equalBytes(a: DataView, from: number, b: DataView, start: number, length: number): boolean {
  let i = 0
  for (; i + 4 <= length; i += 4) if (a.getInt32(from + i) !== b.getInt32(start + i)) return false
  for (; i < length; i++) if (a.getUint8(from + i) !== b.getUint8(start + i)) return false
  return true
}

/** Whether entry `entry` is the text `bytes[start, end)`. */
function equalsEntry(
  own: Uint8Array,
  offsets: Uint32Array,
  entry: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const from = offsets[entry]!
  const length = end - start
  if (offsets[entry + 1]! - from !== length) return false
  for (let i = 0; i < length; i++) if (own[from + i] !== bytes[start + i]) return false
  return true
}

function add(
  dictionary: ByteDictionary,
  bytes: Uint8Array,
  start: number,
  end: number,
  hash: number,
  slot: number,
): number {
  const number = dictionary.size
  const at = dictionary.offsets[number]!
  const stop = at + end - start
  if (stop > dictionary.bytes.length) dictionary.bytes = grow(dictionary.bytes, stop)
  if (end - start < 64) {
    for (let i = start, j = at; i < end; i++, j++) dictionary.bytes[j] = bytes[i]!
  } else {
    dictionary.bytes.set(bytes.subarray(start, end), at)
  }
  if (number === dictionary.hashes.length) {
    dictionary.hashes = doubled(dictionary.hashes, number * 2)
    dictionary.offsets = doubled(dictionary.offsets, number * 2 + 1)
  }
  dictionary.hashes[number] = hash
  dictionary.offsets[number + 1] = stop
  dictionary.size = number + 1
  if (dictionary.size * 2 > dictionary.table.length) rehash(dictionary)
  else dictionary.table[slot] = number + 1
  return number
}

function rehash(dictionary: ByteDictionary): void {
  const table = new Int32Array(dictionary.table.length * 2)
  const mask = table.length - 1
  for (let number = 0; number < dictionary.size; number++) {
    let slot = dictionary.hashes[number]! & mask
    while (table[slot] !== 0) slot = (slot + 1) & mask
    table[slot] = number + 1
  }
  dictionary.table = table
}

/** The same bytes with room for at least `least`. */
function grow(bytes: Uint8Array, least: number): Uint8Array {
  let length = bytes.length * 2
  while (length < least) length *= 2
  const grown = new Uint8Array(length)
  grown.set(bytes)
  return grown
}

function doubled(words: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(length)
  grown.set(words)
  return grown
}

const decoder = new TextDecoder()

/** The text of an entry. */
export function textOf(dictionary: Pick<ByteDictionary, 'bytes' | 'offsets'>, entry: number): string {
  return decoder.decode(dictionary.bytes.subarray(dictionary.offsets[entry]!, dictionary.offsets[entry + 1]!))
}

/** Bytes that the dictionary holds in memory. */
export function dictionaryBytes(dictionary: ByteDictionary): number {
  const { bytes, offsets, hashes, table } = dictionary
  return bytes.byteLength + offsets.byteLength + hashes.byteLength + table.byteLength
}
