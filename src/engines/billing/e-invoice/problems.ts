import { type Composed, compose, type GivenLine } from './compose.ts'

/** In which an electronic invoice is written. `factur-x` (ZUGFeRD) is a PDF that holds the CII. */
export const E_INVOICE_FORMATS = ['ubl', 'cii', 'factur-x'] as const
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
] as const
export type EInvoiceProblem = (typeof E_INVOICE_PROBLEMS)[number]

export interface CheckedFacts {
  readonly kind: 'invoice' | 'credit-note'
  readonly number: string | null
  readonly seller: { readonly country: string; readonly taxId: string; readonly email: string }
  readonly buyer: { readonly country: string; readonly taxId: string; readonly email: string }
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
  const categories = new Set(lines.map(line => line.category))
  const found: (EInvoiceProblem | false)[] = [
    facts.number === null && 'not-issued',
    seller.country === '' && 'seller-country',
    seller.taxId === '' && 'seller-tax-id',
    format === 'ubl' && seller.email === '' && 'seller-email',
    buyer.country === '' && 'buyer-country',
    format === 'ubl' && buyer.email === '' && 'buyer-email',
    (categories.has('AE') || categories.has('K')) && buyer.taxId === '' && 'buyer-vat-id',
    facts.places > 2 && 'currency-places',
    !roundsAsAllowed(compose(facts.kind, lines), facts.places) && 'tax-rounding',
    categories.has('O') && categories.size > 1 && 'mixed-outside',
  ]
  return found.filter(problem => problem !== false)
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
