import { CHECKS } from './vat-checks.ts'

/** A VAT number that has the form of its country's. */
export interface VatNumber {
  /** ISO 3166 alpha-2: GR for numbers that begin with EL. */
  readonly country: string
  /** What it begins with, as documents write it. */
  readonly prefix: string
  /** Without it. */
  readonly rest: string
  /** Both together. */
  readonly number: string
}

export type VatReading =
  | ({ readonly ok: true } & VatNumber)
  /** No VAT number of a country that is known here; one of its country's form; one whose check digit is right. */
  | { readonly ok: false; readonly reason: 'country' | 'form' | 'digit' }

/**
 * How numbers look after their prefix, as the VIES service of the European Commission, HMRC and the Swiss UID register
 * publish it.
 */
const FORMS: Readonly<Record<string, RegExp>> = {
  AT: /^U\d{8}$/,
  BE: /^[01]\d{9}$/,
  BG: /^\d{9,10}$/,
  CHE: /^\d{9}(MWST|TVA|IVA)?$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^[1-9]\d{8}$/,
  DK: /^[1-9]\d{7}$/,
  EE: /^\d{9}$/,
  EL: /^\d{9}$/,
  ES: /^[A-Z0-9]\d{7}[A-Z0-9]$/,
  FI: /^\d{8}$/,
  FR: /^[A-HJ-NP-Z0-9]{2}\d{9}$/,
  GB: /^(\d{9}|\d{12}|GD[0-4]\d\d|HA[5-9]\d\d)$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^(\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])$/,
  IT: /^\d{11}$/,
  LT: /^(\d{9}|\d{12})$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^\d{9}B\d\d$/,
  PL: /^\d{10}$/,
  PT: /^[1-9]\d{8}$/,
  RO: /^[1-9]\d{1,9}$/,
  SE: /^\d{10}01$/,
  SI: /^[1-9]\d{7}$/,
  SK: /^[1-9]\d{9}$/,
  XI: /^(\d{9}|\d{12}|GD[0-4]\d\d|HA[5-9]\d\d)$/,
}

/** Whose prefix is not the code of the country. */
const COUNTRIES: Readonly<Record<string, string>> = { EL: 'GR', CHE: 'CH', XI: 'GB' }

/**
 * Reads a VAT number as people type it: with or without spaces, dots and dashes, in any case. Where its country has a
 * published check digit, that is computed; a number that passes has the right form, and whether somebody has it only
 * a service can say.
 * @param home where the number is from, if it has no country in front: ISO 3166 alpha-2
 */
export function readVatNumber(text: string, home?: string): VatReading {
  const plain = text.toUpperCase().replace(/[\s.\-/]/g, '')
  const prefix = prefixOf(plain) ?? Object.keys(FORMS).find(one => countryOf(one) === home)
  if (prefix === undefined) return { ok: false, reason: 'country' }
  const rest = plain.startsWith(prefix) ? plain.slice(prefix.length) : plain
  if (!FORMS[prefix]!.test(rest)) return { ok: false, reason: 'form' }
  if (!(CHECKS[prefix]?.(rest) ?? true)) return { ok: false, reason: 'digit' }
  return { ok: true, country: countryOf(prefix), prefix, rest, number: prefix + rest }
}

/** The prefix of a number, where it begins with one. */
function prefixOf(plain: string): string | undefined {
  const known = (length: number) =>
    Object.hasOwn(FORMS, plain.slice(0, length)) ? plain.slice(0, length) : undefined
  return known(3) ?? known(2)
}

function countryOf(prefix: string): string {
  return COUNTRIES[prefix] ?? prefix
}
