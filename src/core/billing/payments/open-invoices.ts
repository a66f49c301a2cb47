import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { localDay } from '#engines/billing/calendar.ts'
import { ageOf } from '#engines/billing/payments/aging.ts'
import { payments as leaf, type OpenInvoice } from '#shared/contract/billing/payments.ts'
import { byCurrency } from '../by-currency.ts'
import { settledOf } from './settle.ts'

/**
 * Issued invoices that still ask for something, longest due first.
 * @param now by which it is told how long they are overdue, in whole days of the customer's zone
 */
export async function openInvoices(
  reader: Pick<Reader, 'db'>,
  now: bigint,
  customerId?: string,
): Promise<(OpenInvoice & { readonly zone: string })[]> {
  let query = reader.db
    .selectFrom('invoices as invoice')
    .innerJoin('customers as customer', 'customer.id', 'invoice.customer_id')
    .select(['invoice.id', 'invoice.customer_id', 'customer.name', 'invoice.number', 'invoice.currency'])
    .select(['invoice.total', 'invoice.issued_at', 'invoice.due_at', 'invoice.zone'])
    .where('invoice.state', '=', 'issued')
    .where('invoice.kind', '=', 'invoice')
  if (customerId !== undefined) query = query.where('invoice.customer_id', '=', customerId)
  const rows = await query.orderBy('invoice.due_at').orderBy('invoice.number').execute()
  const settled = await settledOf(
    reader,
    rows.map(row => row.id),
  )
  return rows
    .map(row => {
      // Whatever is issued has a number, a day of issue and a day on which it is due.
      const issuedAt = row.issued_at!
      const dueAt = row.due_at!
      return {
        invoiceId: row.id,
        customerId: row.customer_id,
        customer: row.name,
        number: row.number!,
        currency: row.currency,
        total: row.total,
        open: row.total - (settled.get(row.id) ?? 0n),
        ...{ issuedAt, dueAt, zone: row.zone },
        overdueDays: localDay(now, row.zone) - localDay(dueAt, row.zone),
      }
    })
    .filter(invoice => invoice.open > 0n)
}

export const listOpenInvoices = answer(leaf.open, async ({ reader, input, now }) => {
  const { customerId, overdue, offset, limit } = input
  const all = await openInvoices(reader, now, customerId)
  const found = overdue ? all.filter(invoice => invoice.overdueDays > 0) : all
  const page = found.slice(offset, offset + limit)
  return { invoices: page.map(({ zone: _, ...invoice }) => invoice), count: found.length }
})

const EMPTY = {
  notDue: 0n,
  days30: 0n,
  days60: 0n,
  days90: 0n,
  older: 0n,
  total: 0n,
  invoices: 0,
  onAccount: 0n,
}

export const showAging = answer(leaf.aging, async ({ reader, input, now }) => {
  const sums = new Map<string, typeof EMPTY>()
  for (const { currency, open, overdueDays } of await openInvoices(reader, now, input.customerId)) {
    const sum = sums.get(currency) ?? { ...EMPTY }
    sum[ageOf(overdueDays)] += open
    sum.total += open
    sum.invoices++
    sums.set(currency, sum)
  }
  for (const { currency, left } of await onAccount(reader, input.customerId)) {
    const sum = sums.get(currency) ?? { ...EMPTY }
    sum.onAccount = left
    sums.set(currency, sum)
  }
  const currencies = [...sums].map(([currency, sum]) => ({ currency, ...sum }))
  return { currencies: currencies.sort(byCurrency) }
})

/** What was paid and settles nothing yet, by currency. */
async function onAccount(reader: Reader, customerId: string | undefined) {
  let query = reader.db
    .selectFrom('payments')
    .select(eb => [
      'currency',
      eb.fn.sum<bigint | string>('amount').as('amount'),
      eb.fn.sum<bigint | string>('allocated').as('allocated'),
      eb.fn.sum<bigint | string>('refunded').as('refunded'),
    ])
    .where('state', '=', 'succeeded')
  if (customerId !== undefined) query = query.where('customer_id', '=', customerId)
  const rows = await query.groupBy('currency').execute()
  return rows
    .map(row => ({
      currency: row.currency,
      left: BigInt(row.amount) - BigInt(row.allocated) - BigInt(row.refunded),
    }))
    .filter(({ left }) => left !== 0n)
}
