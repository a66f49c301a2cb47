import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Digest, query, service, Uuid } from '../define.ts'

/** Electronic invoices of EN 16931: UBL (Peppol BIS), CII, a PDF that holds the CII (Factur-X, ZUGFeRD), XRechnung. */
export const EInvoiceFormat = z.enum(['ubl', 'cii', 'factur-x', 'xrechnung-ubl', 'xrechnung-cii'])
export type EInvoiceFormat = z.infer<typeof EInvoiceFormat>
/** `none`: no electronic invoice goes out. */
export const EInvoiceChoice = z.enum(['none', ...EInvoiceFormat.options])
export type EInvoiceChoice = z.infer<typeof EInvoiceChoice>

/** What an electronic invoice lacks, in the order in which a person would put it right. */
export const EInvoiceProblem = z.enum([
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
])
export type EInvoiceProblem = z.infer<typeof EInvoiceProblem>

const Of = z.object({ customerId: Uuid })

export const eInvoices = {
  /** What goes out to a customer with its invoices; null: as the workspace says. */
  get: query('billing.eInvoice.get', { roles: EVERYONE })
    .input(Of)
    .output(
      z.object({
        format: EInvoiceChoice.nullable(),
        workspace: EInvoiceChoice,
        /** What the customer wants its invoices to name; empty for nothing. */
        buyerReference: z.string(),
      }),
    ),
  /** What the customer wants its electronic invoices to name (BT-10), such as a Leitweg-ID; empty for nothing. */
  setReference: command('billing.eInvoice.setReference', { roles: ['analyst'] })
    .input(Of.extend({ buyerReference: z.string().trim().max(100) }))
    .output(z.object({ customerId: Uuid }))
    .errors({ BILLING_LEITWEG_ID: { data: z.object({ reference: z.string() }) } }),
  choose: command('billing.eInvoice.choose', { roles: ['analyst'] })
    .input(Of.extend({ format: EInvoiceChoice.nullable() }))
    .output(z.object({ customerId: Uuid })),
}

const One = z.object({ invoiceId: Uuid })

/** Of one invoice. */
export const invoiceEInvoices = {
  /** What goes out with it, or would if it were issued now, and what each format lacks. */
  eInvoiceState: query('billing.invoice.eInvoiceState', { roles: EVERYONE })
    .input(One)
    .output(
      z.object({
        /** Of an issued one: what was fixed at its issue. */
        format: EInvoiceFormat.nullable(),
        issued: z.boolean(),
        problems: z.record(EInvoiceFormat, z.array(EInvoiceProblem)),
      }),
    ),
  /** The electronic invoice of an issued one: what was stored at its issue, or made of its facts. Base64. */
  eInvoice: service('billing.invoice.eInvoice', { roles: EVERYONE })
    .input(One.extend({ format: EInvoiceFormat }))
    .output(
      z.object({
        fileName: z.string(),
        mediaType: z.string(),
        /** Whether these are the bytes that were stored when it was issued. */
        stored: z.boolean(),
        digest: Digest,
        base64: z.string(),
        missing: z.array(z.string()),
      }),
    )
    .errors({
      BILLING_E_INVOICE_INCOMPLETE: {
        data: z.object({ format: EInvoiceFormat, problems: z.array(EInvoiceProblem) }),
      },
    }),
}
