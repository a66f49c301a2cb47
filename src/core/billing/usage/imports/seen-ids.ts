/** How many ids of one file are compared with each other before anything is stored. */
export const MOST_SEEN = 8_000_000

/** Remembers ids with their contents as hashes, in 12 bytes each: a file may have millions. */
export interface SeenIds {
  /** Whether an id is new, was there with the same content, or with another. */
  add(id: string, content: string): 'new' | 'same' | 'other'
}

/** FNV-1a over code units, with a seed, mixed at the end. */
function hashOf(text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Ids are told apart by 63 bits: among eight million the chance that any two different ones look alike is below
 * four in a million. Beyond `most` ids nothing is compared, and all are new.
 */
export function createSeenIds(most = MOST_SEEN): SeenIds {
  let slots = 1 << 12
  let low = new Uint32Array(slots)
  let high = new Uint32Array(slots)
  let contents = new Uint32Array(slots)
  let count = 0

  function place(a: number, b: number): number {
    let at = a & (slots - 1)
    while ((high[at] !== 0 || low[at] !== 0) && (low[at] !== a || high[at] !== b)) at = (at + 1) & (slots - 1)
    return at
  }

  function grow(): void {
    const [lows, highs, all] = [low, high, contents]
    slots *= 2
    low = new Uint32Array(slots)
    high = new Uint32Array(slots)
    contents = new Uint32Array(slots)
    for (let i = 0; i < lows.length; i++) {
      if (highs[i] === 0 && lows[i] === 0) continue
      const at = place(lows[i] as number, highs[i] as number)
      low[at] = lows[i] as number
      high[at] = highs[i] as number
      contents[at] = all[i] as number
    }
  }

  return {
    add(id, content) {
      const a = hashOf(id, 0x811c9dc5)
      // Never zero, which marks a free slot.
      const b = (hashOf(id, 0x1234567) | 1) >>> 0
      const c = hashOf(content, 0x2f0b4a5d)
      const at = place(a, b)
      if (high[at] !== 0) return contents[at] === c ? 'same' : 'other'
      if (count >= most) return 'new'
      low[at] = a
      high[at] = b
      contents[at] = c
      count++
      if (count * 4 > slots * 3) grow()
      return 'new'
    },
  }
}
