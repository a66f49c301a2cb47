import type { GivenLine, TaxCategory } from '#engines/billing/e-invoice/compose.ts'
import type { CheckedFacts } from '#engines/billing/e-invoice/problems.ts'
import { findCurrency } from '#shared/currencies.ts'
import type { DocumentLine, InvoiceFacts } from '../invoice-document.ts'

export interface EInvoiceLine extends DocumentLine {
  /** `discount` is what a coupon takes off. */
  readonly kind: string
  readonly taxCategory: TaxCategory
  /** Why no tax is charged; empty where some is. */
  readonly exemption: string
}

/** Everything that an electronic invoice says: what the document says, and what only a program reads. */
export interface EInvoiceFacts extends InvoiceFacts {
  readonly lines: readonly EInvoiceLine[]
  /** Where money is paid to; null where no account of the currency has an IBAN. */
  readonly payTo: { readonly iban: string; readonly bic: string; readonly holder: string } | null
  /** When what it corrects was issued. */
  readonly correctsIssuedAt: bigint | null
  /** Whom to ask of the seller; empty where nobody said it. */
  readonly contact: { readonly name: string; readonly phone: string }
  /** What the buyer wants named, such as a Leitweg-ID; empty for nothing. */
  readonly buyerReference: string
}

/** What is looked at before an electronic invoice is made. */
export function checkedFacts(facts: EInvoiceFacts): CheckedFacts {
  const { kind, number, seller, buyer, contact, buyerReference, payTo } = facts
  return {
    ...{
      kind,
      number,
      seller,
      buyer,
      contact,
      buyerReference,
      payable: payTo !== null,
      places: placesOf(facts.currency),
      lines: givenLines(facts),
    },
  }
}

export function givenLines({ lines }: EInvoiceFacts): GivenLine[] {
  return lines.map(line => ({
    ...{ name: line.name, kind: line.kind, quantity: line.quantity, unit: line.unit },
    ...{ amount: line.amount, tax: line.tax, taxRate: line.taxRate, service: line.service },
    ...{ category: line.taxCategory, exemption: line.exemption },
  }))
}

/** Decimal places of a currency. */
export function placesOf(currency: string): number {
  return findCurrency(currency)?.minorDigits ?? 2
}
