/**
 * Gives every distinct cell of a column a small code, straight from bytes, so that a cell that was seen before
 * costs no string. Code 0 is null. A dictionary grows to a bound and is then emptied by its owner.
 */
export type TextDictionary = {
  /** The text of each code; index 0 is null, and so is each text that means null. */
  values: (string | null)[]
  slots: Int32Array
  hashes: Int32Array
  starts: Int32Array
  /** Length in bytes, doubled, plus one where the cell held doubled quotes. */
  lengths: Int32Array
  keys: Uint8Array
  keyView: DataView
  keyEnd: number
  last: number
}

export const maxDictionaryEntries = 1 << 16
const maxKeyBytes = 1 << 24

export function createTextDictionary(): TextDictionary {
  const keys = new Uint8Array(1 << 10)
  return {
    values: [null],
    slots: new Int32Array(64),
    hashes: new Int32Array(32),
    starts: new Int32Array(32),
    lengths: new Int32Array(32),
    keys,
    keyView: new DataView(keys.buffer),
    keyEnd: 0,
    last: 0,
  }
}

/** True when the dictionary must be emptied before the next row. */
export function isDictionaryFull(dictionary: TextDictionary): boolean {
  return dictionary.values.length >= maxDictionaryEntries || dictionary.keyEnd >= maxKeyBytes
}

/** Forgets every code. Values handed out before stay what they were: a new list is begun. */
export function resetDictionary(dictionary: TextDictionary): void {
  dictionary.values = [null]
  dictionary.slots.fill(0)
  dictionary.keyEnd = 0
  dictionary.last = 0
}

const strict = new TextDecoder('utf-8', { fatal: true })
const mostCallArguments = 256

/** The text of bytes of UTF-8, or null where they are not UTF-8. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string | null {
  let p = start
  while (p < end && (bytes[p] as number) < 128) p++
  const slice = bytes.subarray(start, end)
  // For short ASCII this is several times faster than a decoder.
  if (p === end && end - start <= mostCallArguments)
    return String.fromCharCode.apply(null, slice as unknown as number[])
  try {
    return strict.decode(slice)
  } catch {
    return null
  }
}

/**
 * The code of a cell, or -1 where its bytes are not UTF-8.
 *
 * @param nulls texts that stand for no value
 * @param escaped 1 where quotes in the cell are doubled
 */
export function encodeCell(
  dictionary: TextDictionary,
  nulls: ReadonlySet<string>,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  escaped: number,
): number {
  const size = end - start
  if (size === 0) return 0
  const length = size * 2 + escaped
  const { keyView, keys, last } = dictionary
  const words = start + (size & ~3)
  if (last > 0 && dictionary.lengths[last] === length) {
    let k = dictionary.starts[last] as number
    let p = start
    while (p < words && view.getInt32(p) === keyView.getInt32(k)) {
      p += 4
      k += 4
    }
    if (p === words) {
      while (p < end && bytes[p] === keys[k]) {
        p++
        k++
      }
      if (p === end) return last
    }
  }
  let hash = length
  let p = start
  for (; p < words; p += 4) {
    hash = Math.imul(hash ^ view.getInt32(p), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; p < end; p++) hash = Math.imul(hash ^ (bytes[p] as number), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash ^= hash >>> 13
  const mask = dictionary.slots.length - 1
  let slot = hash & mask
  for (;;) {
    const code = dictionary.slots[slot] as number
    if (code === 0) return insert(dictionary, nulls, bytes, start, end, escaped, hash, slot)
    if (dictionary.hashes[code] === hash && dictionary.lengths[code] === length) {
      let k = dictionary.starts[code] as number
      for (p = start; p < words && view.getInt32(p) === keyView.getInt32(k); p += 4) k += 4
      if (p === words) {
        while (p < end && bytes[p] === keys[k]) {
          p++
          k++
        }
        if (p === end) {
          dictionary.last = code
          return code
        }
      }
    }
    slot = (slot + 1) & mask
  }
}

function insert(
  dictionary: TextDictionary,
  nulls: ReadonlySet<string>,
  bytes: Uint8Array,
  start: number,
  end: number,
  escaped: number,
  hash: number,
  slot: number,
): number {
  let text = decodeText(bytes, start, end)
  if (text === null) return -1
  if (escaped === 1) text = text.replaceAll('""', '"')
  const code = dictionary.values.push(nulls.has(text) ? null : text) - 1
  if (code === dictionary.hashes.length) growCodes(dictionary)
  const size = end - start
  if (dictionary.keyEnd + size > dictionary.keys.length) {
    const keys = new Uint8Array(Math.max(dictionary.keys.length * 2, dictionary.keyEnd + size))
    keys.set(dictionary.keys.subarray(0, dictionary.keyEnd))
    dictionary.keys = keys
    dictionary.keyView = new DataView(keys.buffer)
  }
  dictionary.keys.set(bytes.subarray(start, end), dictionary.keyEnd)
  dictionary.hashes[code] = hash
  dictionary.starts[code] = dictionary.keyEnd
  dictionary.lengths[code] = size * 2 + escaped
  dictionary.keyEnd += size
  dictionary.slots[slot] = code
  dictionary.last = code
  if (code * 2 > dictionary.slots.length) growSlots(dictionary)
  return code
}

function growCodes(dictionary: TextDictionary): void {
  for (const name of ['hashes', 'starts', 'lengths'] as const) {
    const larger = new Int32Array(dictionary[name].length * 2)
    larger.set(dictionary[name])
    dictionary[name] = larger
  }
}

function growSlots(dictionary: TextDictionary): void {
  const slots = new Int32Array(dictionary.slots.length * 2)
  const mask = slots.length - 1
  for (let code = 1; code < dictionary.values.length; code++) {
    let slot = (dictionary.hashes[code] as number) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = code
  }
  dictionary.slots = slots
}
