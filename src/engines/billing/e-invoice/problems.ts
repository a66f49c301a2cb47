import { type Composed, compose, type GivenLine } from './compose.ts'

/**
 * In which an electronic invoice is written. `factur-x` (ZUGFeRD) is a PDF that holds the CII. XRechnung is
 * what German authorities want, in either syntax.
 */
export const E_INVOICE_FORMATS = ['ubl', 'cii', 'factur-x', 'xrechnung-ubl', 'xrechnung-cii'] as const
export type EInvoiceFormat = (typeof E_INVOICE_FORMATS)[number]

/** Why an electronic invoice cannot be made. */
export const E_INVOICE_PROBLEMS = [
  'not-issued',
  'seller-country',
  'seller-tax-id',
  'seller-email',
  'buyer-country',
  'buyer-email',
  'buyer-vat-id',
  'currency-places',
  'tax-rounding',
  'mixed-outside',
  'buyer-reference',
  'seller-contact',
  'seller-phone',
  'seller-town',
  'buyer-town',
  'pay-to',
] as const
export type EInvoiceProblem = (typeof E_INVOICE_PROBLEMS)[number]

interface CheckedParty {
  readonly address: readonly string[]
  readonly country: string
  readonly taxId: string
  readonly email: string
}

export interface CheckedFacts {
  readonly kind: 'invoice' | 'credit-note'
  readonly number: string | null
  readonly seller: CheckedParty
  readonly buyer: CheckedParty
  /** Of the seller. */
  readonly contact: { readonly name: string; readonly phone: string }
  readonly buyerReference: string
  /** There is an account that it is paid to. */
  readonly payable: boolean
  /** Decimal places of the currency. */
  readonly places: number
  readonly lines: readonly GivenLine[]
}

/**
 * What is missing for a document of EN 16931, in the order in which a person would put it right. The rules meant:
 * BR-02, BR-09, BR-S-02, BR-11, BR-AE-02, BR-IC-02, BR-DEC, BR-CO-17, BR-O-11; the e-mail addresses are what UBL of
 * Peppol is delivered to (BT-34, BT-49).
 */
export function eInvoiceProblems(facts: CheckedFacts, format: EInvoiceFormat): EInvoiceProblem[] {
  const { seller, buyer, lines } = facts
  const delivered = format === 'ubl' || isXRechnung(format)
  const categories = new Set(lines.map(line => line.category))
  const found: (EInvoiceProblem | false)[] = [
    facts.number === null && 'not-issued',
    seller.country === '' && 'seller-country',
    seller.taxId === '' && 'seller-tax-id',
    delivered && seller.email === '' && 'seller-email',
    buyer.country === '' && 'buyer-country',
    delivered && buyer.email === '' && 'buyer-email',
    (categories.has('AE') || categories.has('K')) && buyer.taxId === '' && 'buyer-vat-id',
    facts.places > 2 && 'currency-places',
    !roundsAsAllowed(compose(facts.kind, lines), facts.places) && 'tax-rounding',
    categories.has('O') && categories.size > 1 && 'mixed-outside',
    ...(isXRechnung(format) ? xRechnungProblems(facts) : []),
  ]
  return found.filter(problem => problem !== false)
}

/** Whether a format is one of those that German authorities take. */
export function isXRechnung(format: EInvoiceFormat): boolean {
  return format === 'xrechnung-ubl' || format === 'xrechnung-cii'
}

/**
 * What XRechnung 3.0 wants besides (KoSIT): the buyer's reference (BR-DE-15, for authorities the Leitweg-ID), a person,
 * a telephone number and an e-mail address of the seller (BR-DE-5 to 7), post codes and towns (BR-DE-3, 4, 8, 9), and
 * where an invoice is paid to (BR-DE-1).
 */
function xRechnungProblems(facts: CheckedFacts): (EInvoiceProblem | false)[] {
  const { kind, seller, buyer, contact, buyerReference, payable } = facts
  return [
    buyerReference === '' && 'buyer-reference',
    contact.name === '' && 'seller-contact',
    contact.phone === '' && 'seller-phone',
    townOf(seller.address) === null && 'seller-town',
    townOf(buyer.address) === null && 'buyer-town',
    kind === 'invoice' && !payable && 'pay-to',
  ]
}

/** A post code and a town, as the last line of an address that begins with figures: `10115 Berlin`, `D-10115 Berlin`. */
export function townOf(
  address: readonly string[],
): { readonly code: string; readonly town: string; readonly line: number } | null {
  for (let line = address.length - 1; line >= 0; line--) {
    const found = /^(?:[A-Z]{1,3}-)?(\d{3,6}(?: ?[A-Z]{2}(?= ))?(?:[ -]\d{2,4})?)\s+(\D.*)$/.exec(
      address[line]!.trim(),
    )
    if (found) return { code: found[1]!, town: found[2]!.trim(), line }
  }
  return null
}

/**
 * BR-CO-17: the tax of a category is its taxable amount times the rate. Ours is rounded on each line, which the
 * rule's published test allows up to less than one unit of the currency.
 */
function roundsAsAllowed({ breakdown }: Composed, places: number): boolean {
  const unit = 10n ** BigInt(places)
  return breakdown.every(({ taxable, tax, percent }) => {
    const [whole = '0', part = ''] = percent.split('.')
    const scale = 100n * 10n ** BigInt(part.length)
    const difference = taxable * BigInt(whole + part) - tax * scale
    return (difference < 0n ? -difference : difference) < unit * scale
  })
}
