import type { z } from 'zod'
import type { Invoice, InvoiceFilter, InvoiceRow } from '#shared/contract/billing/invoices.ts'

/** An invoice as lists have it. */
export type Row = z.infer<typeof InvoiceRow>
/** An invoice with its lines and its history. */
export type Full = z.infer<typeof Invoice>
export type Filter = z.infer<typeof InvoiceFilter>

/** The grid of the review, under which its arrangement and its selection are kept. */
export const GRID = 'billing.invoice.review'
