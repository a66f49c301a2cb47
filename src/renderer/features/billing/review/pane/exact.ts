/**
 * An exact amount for reading: a decimal as it is, a fraction `a/b` as a decimal of so many places, cut off and
 * marked as such, with the fraction beside it.
 */
export function readable(
  exact: string,
  places = 8,
): { readonly decimal: string; readonly fraction: string | null } {
  const match = /^(-?)(\d+)\/(\d+)$/.exec(exact)
  if (!match) return { decimal: exact, fraction: null }
  const [, sign, above, below] = match
  const units = (BigInt(above!) * 10n ** BigInt(places)) / BigInt(below!)
  const digits = units.toString().padStart(places + 1, '0')
  const cut = digits.length - places
  return { decimal: `${sign}${digits.slice(0, cut)}.${digits.slice(cut)}`, fraction: exact }
}
