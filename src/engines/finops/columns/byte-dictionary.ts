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
  /**
   * Open addressing, linear probing. A slot is two words side by side, so that looking at both costs one access of
   * memory: number + 1 (0 where it is empty), and the hash. The slots are a power of two.
   */
  table: Int32Array
}

/** An empty dictionary; everything in it grows by doubling. */
export function byteDictionary(): ByteDictionary {
  return {
    size: 0,
    bytes: new Uint8Array(256),
    offsets: new Uint32Array(17),
    hashes: new Uint32Array(16),
    table: new Int32Array(64),
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
  const { table, offsets } = dictionary
  const last = table.length - 2
  const word = hash | 0
  let slot = (hash << 1) & last
  for (let entry = table[slot]!; entry !== 0; entry = table[slot]!) {
    if (table[slot + 1] === word && equalsEntry(dictionary.bytes, offsets, entry - 1, bytes, start, end))
      break
    slot = (slot + 2) & last
  }
  return slot
}

/** Texts as a stored column holds them. */
export interface Texts {
  readonly bytes: Uint8Array
  readonly offsets: Uint32Array
  readonly hashes: Uint32Array
}

/** Texts that are looked up side by side. */
const AT_ONCE = 512
const candidates = new Int32Array(AT_ONCE)
const places = new Int32Array(AT_ONCE)
const lengths = new Int32Array(AT_ONCE)
const ends = new Int32Array(AT_ONCE)

/**
 * The numbers of many texts at once, each added when it is new: what joining the dictionaries of segments spends
 * its time on. A large dictionary lies outside of the processor's nearest caches, and each step of a look-up would
 * wait for the one before; so each step is taken for some hundred texts before the next, and their waits overlap.
 */
export function internAll(dictionary: ByteDictionary, texts: Texts, count: number, out: Uint32Array): void {
  const { bytes, offsets, hashes } = texts
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let own = new DataView(dictionary.bytes.buffer)
  for (let at = 0; at < count; at += AT_ONCE) {
    const some = Math.min(AT_ONCE, count - at)
    findCandidates(dictionary.table, hashes, at, some)
    findPlaces(dictionary.offsets, some)
    readEnds(dictionary.bytes, some)
    for (let i = 0; i < some; i++) {
      const start = offsets[at + i]!
      const length = offsets[at + i + 1]! - start
      const seen = candidates[i]! >= 0 && lengths[i] === length && ends[i] === endsOf(bytes, start, length)
      if (seen && equalBytes(own, places[i]!, view, start, length)) {
        out[at + i] = candidates[i]!
        continue
      }
      // A new text, or one whose hash another has too.
      out[at + i] = internBytes(dictionary, bytes, start, start + length, hashes[at + i]!)
      if (own.buffer !== dictionary.bytes.buffer) own = new DataView(dictionary.bytes.buffer)
    }
  }
}

/** The first entry of each hash, -1 for none. */
function findCandidates(table: Int32Array, hashes: Uint32Array, at: number, count: number): void {
  const last = table.length - 2
  for (let i = 0; i < count; i++) {
    const hash = hashes[at + i]! | 0
    let slot = (hash << 1) & last
    let entry = table[slot]!
    while (entry !== 0 && table[slot + 1] !== hash) {
      slot = (slot + 2) & last
      entry = table[slot]!
    }
    candidates[i] = entry - 1
  }
}

function findPlaces(offsets: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const entry = Math.max(0, candidates[i]!)
    places[i] = offsets[entry]!
    lengths[i] = offsets[entry + 1]! - offsets[entry]!
  }
}

/** Reads the first and the last byte of each candidate: to compare them, and to have the others near by then. */
function readEnds(bytes: Uint8Array, count: number): void {
  for (let i = 0; i < count; i++) ends[i] = endsOf(bytes, places[i]!, lengths[i]!)
}

function endsOf(bytes: Uint8Array, start: number, length: number): number {
  return bytes[start]! | (bytes[start + Math.max(0, length - 1)]! << 8)
}

function equalBytes(a: DataView, from: number, b: DataView, start: number, length: number): boolean {
  let i = 0
  for (; i + 16 <= length; i += 16) {
    const one = a.getInt32(from + i, true) ^ b.getInt32(start + i, true)
    const two = a.getInt32(from + i + 4, true) ^ b.getInt32(start + i + 4, true)
    const three = a.getInt32(from + i + 8, true) ^ b.getInt32(start + i + 8, true)
    const four = a.getInt32(from + i + 12, true) ^ b.getInt32(start + i + 12, true)
    if ((one | two | three | four) !== 0) return false
  }
  for (; i + 4 <= length; i += 4) if (a.getInt32(from + i, true) !== b.getInt32(start + i, true)) return false
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
  dictionary.table[slot] = number + 1
  dictionary.table[slot + 1] = hash
  // At most three quarters of the slots: a smaller table stays nearer to the processor.
  if (dictionary.size * 8 > dictionary.table.length * 3) rehash(dictionary)
  return number
}

function rehash(dictionary: ByteDictionary): void {
  const table = new Int32Array(dictionary.table.length * 2)
  const last = table.length - 2
  for (let number = 0; number < dictionary.size; number++) {
    const hash = dictionary.hashes[number]!
    let slot = (hash << 1) & last
    while (table[slot] !== 0) slot = (slot + 2) & last
    table[slot] = number + 1
    table[slot + 1] = hash
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
