/*
 * The check digits of VAT numbers, by prefix, for countries that publish how theirs are computed. Each gets a number
 * that has the form of its country, without the prefix.
 */

const digitsOf = (text: string) => [...text].map(Number)

/** The sum of digits times weights, position by position. */
function weighted(text: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(text[index]), 0)
}

/** Luhn's sum: every second digit from the right twice, with both digits of what that gives. */
function luhn(text: string): boolean {
  const sum = digitsOf(text)
    .reverse()
    .reduce((all, digit, index) => all + (index % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)), 0)
  return sum % 10 === 0
}

/** ISO 7064, MOD 11,10. */
function mod11To10(text: string): boolean {
  const product = digitsOf(text.slice(0, -1)).reduce((before, digit) => {
    const sum = (before + digit) % 10 || 10
    return (2 * sum) % 11
  }, 10)
  return (11 - product) % 10 === Number(text.at(-1))
}

/** The rest of a number of any length, whose letters count from A = 10. */
function mod97(text: string): bigint {
  return BigInt([...text].map(sign => Number.parseInt(sign, 36)).join('')) % 97n
}

/** Nine digits of the United Kingdom: weights 8 to 2 and the last two come to 0 modulo 97, since 2010 to 42. */
function unitedKingdom(text: string): boolean {
  if (!/^\d/.test(text)) return true
  const sum = weighted(text, [8, 7, 6, 5, 4, 3, 2]) + Number(text.slice(7, 9))
  return sum % 97 === 0 || (sum + 55) % 97 === 0
}

/** The last digit is 11 less the rest modulo 11; what has no digit of its own is `none`. */
function modulo11(text: string, weights: readonly number[], ten: number, eleven: number): boolean {
  const digit = 11 - (weighted(text, weights) % 11)
  return (digit === 10 ? ten : digit === 11 ? eleven : digit) === Number(text[weights.length])
}

export const CHECKS: Readonly<Record<string, (rest: string) => boolean>> = {
  AT: rest => {
    const sum = digitsOf(rest.slice(1, 8)).reduce((all, digit, index) => {
      const twice = digit * 2
      return all + (index % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice)
    }, 4)
    return (10 - (sum % 10)) % 10 === Number(rest[8])
  },
  BE: rest => 97 - (Number(rest.slice(0, 8)) % 97) === Number(rest.slice(8)),
  CHE: rest => modulo11(rest, [5, 4, 3, 2, 7, 6, 5, 4], -1, 0),
  DE: mod11To10,
  DK: rest => weighted(rest, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
  EE: rest => weighted(rest, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
  EL: rest => (weighted(rest, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === Number(rest[8]),
  FI: rest => modulo11(rest, [7, 9, 10, 5, 8, 4, 2], -1, 0),
  FR: rest => {
    // Old keys are digits; new ones have letters and are computed otherwise.
    if (!/^\d\d/.test(rest)) return true
    return Number(BigInt(`${rest.slice(2)}12`) % 97n) === Number(rest.slice(0, 2))
  },
  GB: unitedKingdom,
  HR: mod11To10,
  HU: rest => weighted(rest, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0,
  IT: luhn,
  LU: rest => Number(rest.slice(0, 6)) % 89 === Number(rest.slice(6)),
  MT: rest => 37 - (weighted(rest, [3, 4, 6, 7, 8, 9]) % 37) === Number(rest.slice(6)),
  NL: rest => weighted(rest, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 === Number(rest[8]) || mod97(`NL${rest}`) === 1n,
  PL: rest => weighted(rest, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(rest[9]),
  PT: rest => modulo11(rest, [9, 8, 7, 6, 5, 4, 3, 2], 0, 0),
  SE: rest => luhn(rest.slice(0, 10)),
  SI: rest => modulo11(rest, [8, 7, 6, 5, 4, 3, 2], 0, -1),
  XI: unitedKingdom,
}
