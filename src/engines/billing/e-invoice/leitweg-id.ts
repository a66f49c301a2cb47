/** How a Leitweg-ID looks: 2 to 12 figures, as much as 30 characters of fine address, 2 check digits. */
const FORM = /^(\d{2,12})(?:-([A-Za-z0-9]{1,30}))?-(\d{2})$/

/**
 * Whether a buyer's reference has the form of a Leitweg-ID and its check digits are wrong. The digits are those of
 * ISO/IEC 7064 MOD 97-10, with letters as 10 to 35 (Leitweg-ID, format specification 2.0.2). Another reference is
 * none of ours to judge.
 */
export function leitwegFault(reference: string): boolean {
  const found = FORM.exec(reference.trim())
  if (!found) return false
  const [, coarse = '', fine = '', check = ''] = found
  let rest = 0
  for (const sign of `${coarse}${fine}${check}`.toUpperCase()) {
    const value = Number.parseInt(sign, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest !== 1
}
