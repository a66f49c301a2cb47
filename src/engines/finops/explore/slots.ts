/**
 * Numbers pairs of keys from 0 in order of arrival, or looks up pairs that were numbered before: open
 * addressing with linear probing over plain arrays, because it runs once for every row.
 */
export interface PairTable {
  size: number
  first: Int32Array
  second: Int32Array
  /** 0 is empty, else number + 1. */
  table: Int32Array
}

export function pairTable(): PairTable {
  return { size: 0, first: new Int32Array(1024), second: new Int32Array(1024), table: new Int32Array(4096) }
}

/** The number of the pair, which gets one when it has none. */
export function pairNumber(pairs: PairTable, a: number, b: number): number {
  const slot = probe(pairs, a, b)
  const entry = pairs.table[slot]!
  return entry !== 0 ? entry - 1 : add(pairs, a, b, slot)
}

/** The number of the pair, or -1. */
export function findPair(pairs: PairTable, a: number, b: number): number {
  return pairs.table[probe(pairs, a, b)]! - 1
}

function probe({ table, first, second }: PairTable, a: number, b: number): number {
  const mask = table.length - 1
  let slot = hash(a, b) & mask
  for (let entry = table[slot]!; entry !== 0; entry = table[slot]!) {
    if (first[entry - 1] === a && second[entry - 1] === b) break
    slot = (slot + 1) & mask
  }
  return slot
}

function hash(a: number, b: number): number {
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

function add(pairs: PairTable, a: number, b: number, slot: number): number {
  const number = pairs.size
  if (number === pairs.first.length) {
    pairs.first = doubled(pairs.first)
    pairs.second = doubled(pairs.second)
  }
  pairs.first[number] = a
  pairs.second[number] = b
  pairs.size = number + 1
  pairs.table[slot] = number + 1
  if (pairs.size * 2 > pairs.table.length) rehash(pairs)
  return number
}

function rehash(pairs: PairTable): void {
  const table = new Int32Array(pairs.table.length * 2)
  const mask = table.length - 1
  for (let number = 0; number < pairs.size; number++) {
    let slot = hash(pairs.first[number]!, pairs.second[number]!) & mask
    while (table[slot] !== 0) slot = (slot + 1) & mask
    table[slot] = number + 1
  }
  pairs.table = table
}

function doubled(words: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(words.length * 2)
  grown.set(words)
  return grown
}
