/**
 * A seeded source of chance: the same seed gives the same numbers on every machine. Only integer operations
 * and IEEE multiplication are used, never `Math.exp` or its like, whose last digit an engine may choose.
 */
export interface Random {
  /** An integer in [0, 2^32). */
  next(): number
  /** An integer in [0, limit). */
  below(limit: number): number
  /** An integer in [from, to], both included. */
  between(from: number, to: number): number
  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly T[]): T
  /** A factor around 1, at most `perMille`/1000 away, more often near than far (a triangular spread). */
  around(perMille: number): number
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string
}

/** Chris Doty-Humphrey's sfc32 generator, its state filled from a hash of the seed's text. */
export function randomOf(seed: string): Random {
  let [a, b, c, d] = hash128(seed)
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  const below = (limit: number): number => Math.floor((next() / 4_294_967_296) * limit)
  return {
    next,
    below,
    between: (from, to) => from + below(to - from + 1),
    pick: items => items[below(items.length)]!,
    around: perMille => 1 + ((next() + next()) / 4_294_967_296 - 1) * (perMille / 1000),
    hex: digits => {
      let text = ''
      while (text.length < digits) text += next().toString(16).padStart(8, '0')
      return text.slice(0, digits)
    },
  }
}

/** Four 32-bit words from a text, each mixing every character with another odd constant. */
function hash128(text: string): [number, number, number, number] {
  let h1 = 1_779_033_703
  let h2 = 3_144_134_277
  let h3 = 1_013_904_242
  let h4 = 2_773_480_762
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    h1 = h2 ^ Math.imul(h1 ^ code, 597_399_067)
    h2 = h3 ^ Math.imul(h2 ^ code, 2_869_860_233)
    h3 = h4 ^ Math.imul(h3 ^ code, 951_274_213)
    h4 = h1 ^ Math.imul(h4 ^ code, 2_716_044_179)
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597_399_067)
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2_869_860_233)
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951_274_213)
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2_716_044_179)
  return [h1 ^ h2 ^ h3 ^ h4, h2 ^ h1, h3 ^ h1, h4 ^ h1]
}
