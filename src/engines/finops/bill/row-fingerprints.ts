/**
 * Counts rows that repeat an earlier row byte for byte, in bounded memory, by a fingerprint of 64 bits. With four
 * million rows the chance of one false match is below one in a million.
 */
export type RowFingerprints = {
  /** Looks at a row; true where the same bytes came before. */
  add(bytes: Uint8Array, view: DataView, start: number, end: number): boolean
  /** Rows found to repeat, and rows that later ones are compared with: the first ones up to the bound. */
  summary(): { repeated: number; compared: number }
}

export const maxFingerprintsDefault = 1 << 22

export function createRowFingerprints(maxFingerprints = maxFingerprintsDefault): RowFingerprints {
  let slots = new Int32Array(1 << 12)
  let used = 0
  let repeated = 0

  function grow(): void {
    const old = slots
    slots = new Int32Array(old.length * 2)
    const mask = slots.length / 2 - 1
    for (let i = 0; i < old.length; i += 2) {
      const a = old[i] as number
      if (a === 0) continue
      let slot = a & mask
      while (slots[slot * 2] !== 0) slot = (slot + 1) & mask
      slots[slot * 2] = a
      slots[slot * 2 + 1] = old[i + 1] as number
    }
  }

  return {
    add(bytes, view, start, end) {
      let a = (end - start) | 0
      let b = 0x2545f491
      const words = start + ((end - start) & ~3)
      let p = start
      for (; p < words; p += 4) {
        const word = view.getInt32(p)
        a = Math.imul(a ^ word, 0x9e3779b1)
        a ^= a >>> 15
        b = Math.imul(b + word, 0x85ebca6b)
        b ^= b >>> 13
      }
      for (; p < end; p++) {
        const byte = bytes[p] as number
        a = Math.imul(a ^ byte, 0x01000193)
        b = Math.imul(b + byte, 0xc2b2ae35)
        b ^= b >>> 15
      }
      a = Math.imul(a ^ (a >>> 16), 0x85ebca6b)
      b = Math.imul(b ^ (b >>> 16), 0x9e3779b1)
      a ^= a >>> 13
      if (a === 0) a = 1
      const mask = slots.length / 2 - 1
      let slot = a & mask
      while (slots[slot * 2] !== 0) {
        if (slots[slot * 2] === a && slots[slot * 2 + 1] === b) {
          repeated++
          return true
        }
        slot = (slot + 1) & mask
      }
      if (used < maxFingerprints) {
        slots[slot * 2] = a
        slots[slot * 2 + 1] = b
        used++
        if (used * 4 > slots.length) grow()
      }
      return false
    },
    summary: () => ({ repeated, compared: used }),
  }
}
