import { z } from 'zod'
import { InvoiceState } from '#shared/contract/billing/invoices.ts'
import { Month } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import { cursorOf, placeOf, questionOf } from '../rest/paging.ts'
import { ask, type KnownRequest, type KnownRoute, route } from './known-route.ts'
import { customerOf, idOf, Paged } from './values.ts'

const { invoice, customer } = contract.billing

const Query = z.object({
  ...Paged,
  customer: z.string().max(64).optional(),
  state: InvoiceState.optional(),
  period: Month.optional(),
})
type Query = z.infer<typeof Query>

/** Invoices by the newest month, a page at a time. */
export async function invoicePage(
  request: KnownRequest<Query>,
  states?: readonly z.infer<typeof InvoiceState>[],
) {
  const { limit, cursor, customer: of, state, period } = request.query
  const question = questionOf('invoices', { of, state, period, states })
  const { offset = 0 } =
    cursor === undefined ? {} : placeOf(question, cursor, { instead: ['offset'], next: () => null })
  const from = Number(offset)
  const { invoices, count } = await ask(request, invoice.list, {
    filter: {
      search: '',
      ...(of === undefined ? {} : { customerId: await customerOf(request, of) }),
      ...(state ? { states: [state] } : states ? { states: [...states] } : {}),
      ...(period ? { period } : {}),
    },
    sort: { by: 'period', descending: true },
    offset: from,
    limit,
  })
  const end = from + invoices.length
  const next = end < count && invoices.length > 0 ? cursorOf(question, { offset: end }) : null
  return { invoices, count, next }
}

export const INVOICE = {
  id: '019aa5c2-7c00-7aaa-8aaa-000000000004',
  customerId: '019aa5c2-7c00-7aaa-8aaa-000000000003',
  customer: 'Northwind',
  state: 'issued',
  number: 'INV-2026-0042',
  period: '2026-10',
  currency: 'USD',
  net: '12900',
  tax: '1032',
  total: '13932',
}

export const invoiceRoutes: readonly KnownRoute[] = [
  route({
    method: 'GET',
    path: '/billing/invoices',
    summary: 'Invoices, the newest month first',
    calls: [invoice.list, customer.find],
    query: Query,
    example: {
      query: { customer: 'northwind', state: 'issued', limit: '50' },
      answer: { invoices: [INVOICE], count: 1, next: null },
    },
    answer: request => invoicePage(request as never),
  }),
  route({
    method: 'GET',
    path: '/billing/invoices/{id}',
    summary: 'An invoice with its lines and its history',
    calls: [invoice.get],
    example: { path: { id: INVOICE.id }, answer: { ...INVOICE, lineItems: [], history: [] } },
    answer: request => ask(request, invoice.get, { invoiceId: idOf(request.path.id, 'invoice') }),
  }),
  route({
    method: 'POST',
    path: '/billing/invoices/{id}/generate-pdf',
    summary: 'The document of an invoice: base64 in JSON, or the PDF itself with Accept: application/pdf',
    calls: [invoice.pdf],
    example: {
      path: { id: INVOICE.id },
      answer: {
        fileName: 'INV-2026-0042.pdf',
        stored: true,
        digest: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
        base64: 'JVBERi0xLjc=',
        missing: [],
      },
    },
    async answer(request) {
      const made = await ask(request, invoice.pdf, { invoiceId: idOf(request.path.id, 'invoice') })
      if (!request.prefers('application/pdf')) return made
      const bytes = Buffer.from(made.base64, 'base64')
      return request.file({ fileName: made.fileName, type: 'application/pdf', bytes })
    },
  }),
]
