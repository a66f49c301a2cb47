/** Numbers that look random and are the same for the same seed. */
export function seeded(seed: number) {
  let state = (seed * 2654435761) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    chance: (share: number) => next() < share,
    /** A whole number from 0 to below the bound. */
    upTo: (bound: number) => Math.floor(next() * bound),
    pick: <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T,
  }
}

export type Random = ReturnType<typeof seeded>
