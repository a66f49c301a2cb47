/** How long the account numbers of a country are, by the registry of ISO 13616. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{
      AD: 24,
      AE: 23,
      AL: 28,
      AT: 20,
      AZ: 28,
      BA: 20,
      BE: 16,
      BG: 22,
      BH: 22,
      BR: 29,
      BY: 28,
      CH: 21,
      CR: 22,
    },
    ...{
      CY: 28,
      CZ: 24,
      DE: 22,
      DK: 18,
      DO: 28,
      EE: 20,
      EG: 29,
      ES: 24,
      FI: 18,
      FO: 18,
      FR: 27,
      GB: 22,
      GE: 22,
    },
    ...{
      GI: 23,
      GL: 18,
      GR: 27,
      GT: 28,
      HR: 21,
      HU: 28,
      IE: 22,
      IL: 23,
      IQ: 23,
      IS: 26,
      IT: 27,
      JO: 30,
      KW: 30,
    },
    ...{
      KZ: 20,
      LB: 28,
      LC: 32,
      LI: 21,
      LT: 20,
      LU: 20,
      LV: 21,
      LY: 25,
      MC: 27,
      MD: 24,
      ME: 22,
      MK: 19,
      MR: 27,
    },
    ...{
      MT: 31,
      MU: 30,
      NL: 18,
      NO: 15,
      PK: 24,
      PL: 28,
      PS: 29,
      PT: 25,
      QA: 29,
      RO: 24,
      RS: 22,
      SA: 24,
      SC: 31,
    },
    ...{
      SE: 24,
      SI: 19,
      SK: 24,
      SM: 27,
      ST: 25,
      SV: 28,
      TL: 23,
      TN: 24,
      TR: 26,
      UA: 29,
      VA: 22,
      VG: 24,
      XK: 20,
    },
  }),
)

export type IbanFault = 'characters' | 'country' | 'length' | 'check-digits'

/** An account number without spaces, in capitals. */
export function plainIban(text: string): string {
  return text.replace(/[\s\u00a0]/g, '').toUpperCase()
}

/** What is wrong with an international account number (ISO 13616: length of its country, remainder 1 of 97); null for nothing. */
export function ibanFault(text: string): IbanFault | null {
  const iban = plainIban(text)
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(iban)) return 'characters'
  const length = LENGTHS.get(iban.slice(0, 2))
  if (length === undefined) return 'country'
  if (iban.length !== length) return 'length'
  return remainderOf97(iban.slice(4) + iban.slice(0, 4)) === 1 ? null : 'check-digits'
}

/** ISO 7064 MOD 97-10, letters counted from A = 10. */
export function remainderOf97(text: string): number {
  let remainder = 0
  for (const letter of text) {
    const value = Number.parseInt(letter, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder
}

/**
 * What is wrong with a creditor identifier of SEPA (EPC AT-C002): country, check digits, business code of three
 * letters that does not count, and the national part; null for nothing.
 */
export function creditorIdFault(text: string): 'characters' | 'check-digits' | null {
  const id = plainIban(text)
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$/.test(id)) return 'characters'
  return remainderOf97(id.slice(7) + id.slice(0, 4)) === 1 ? null : 'check-digits'
}
