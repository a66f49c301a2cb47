import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { waitsInMonth } from '#engines/billing/contracts/billing-cycle.ts'
import { endOfContract } from '#engines/billing/contracts/contract-term.ts'
import type { ContractFacts, InvoicedLine } from '#shared/contract/billing/contract-facts.ts'
import { monthIn } from '../close/month.ts'
import { TOP_UP } from '../invoices/apart.ts'
import { type ContractRow, storedContract, termsOf } from './contract-rows.ts'

/** Contracts in force of customers as the close of a month needs them, by customer. */
export async function contractFacts(
  reader: Reader,
  customerIds: readonly string[],
  period: string,
): Promise<Map<string, ContractFacts[]>> {
  const rows = await reader.db
    .selectFrom('contracts')
    .selectAll()
    .where('customer_id', 'in', customerIds)
    .where('state', '=', 'active')
    .orderBy('from_at')
    .orderBy('id')
    .execute()
  if (rows.length === 0) return new Map()
  const measuring = rows.filter(row => {
    const { volume, minimum } = termsOf(row)
    return volume.length > 0 || minimum !== null
  })
  const invoiced = await invoicedLines(reader, measuring, period)
  const facts = rows.map(row => ({
    customerId: row.customer_id,
    one: factsOf(row, invoiced.get(`${row.customer_id}/${row.currency}`) ?? []),
  }))
  return new Map(
    [...Map.groupBy(facts, fact => fact.customerId)].map(([id, own]) => [id, own.map(({ one }) => one)]),
  )
}

/** A contract as the engine knows it. */
export function factsOf(row: ContractRow, invoiced: readonly InvoicedLine[]): ContractFacts {
  const { number, currency, subscriptionId, from, until, renewMonths, terminatedAt } = storedContract(row)
  return {
    ...{ id: row.id, number, currency, subscriptionId, from, until, renewMonths, terminatedAt },
    ...{ terms: termsOf(row), invoiced },
  }
}

/** What the month's invoices that stand say, by customer and currency. */
async function invoicedLines(
  reader: Reader,
  rows: readonly ContractRow[],
  period: string,
): Promise<Map<string, InvoicedLine[]>> {
  if (rows.length === 0) return new Map()
  const lines = await reader.db
    .selectFrom('invoices as invoice')
    .innerJoin('invoice_lines as line', 'line.invoice_id', 'invoice.id')
    .select(['invoice.customer_id', 'invoice.currency', 'line.item', 'line.kind', 'line.subscription_id'])
    .select(['line.price_id', 'line.metric_id', 'line.service_from', 'line.quantity', 'line.scale'])
    .select('line.amount')
    .where('invoice.customer_id', 'in', [...new Set(rows.map(row => row.customer_id))])
    .where('invoice.period', '=', period)
    .where('invoice.state', '!=', 'void')
    .where('invoice.apart', '!=', TOP_UP)
    // A credit note gives back what is billed: it stays billed.
    .where('line.item', 'not like', 'credit/%')
    .execute()
  return new Map(
    [...Map.groupBy(lines, line => `${line.customer_id}/${line.currency}`)].map(([key, own]) => [
      key,
      own.map(line => ({
        ...{ item: line.item, kind: line.kind, subscriptionId: line.subscription_id },
        ...{ priceId: line.price_id, metricId: line.metric_id, from: line.service_from },
        ...{ quantity: line.quantity, scale: Number(line.scale), amount: line.amount },
      })),
    ]),
  )
}

/**
 * Days to pay an invoice where a contract says so that holds in its month: one for all of the customer before one for
 * a subscription that all of its lines are of. Null where none does.
 */
export async function agreedPaymentDays(
  reader: Pick<Reader, 'db'>,
  invoice: Pick<Row<'invoices'>, 'id' | 'customer_id' | 'currency' | 'period_from' | 'period_to'>,
): Promise<number | null> {
  const rows = await reader.db
    .selectFrom('contracts')
    .selectAll()
    .where('customer_id', '=', invoice.customer_id)
    .where('currency', '=', invoice.currency)
    .where('state', '=', 'active')
    .where('payment_days', 'is not', null)
    .execute()
  const holding = rows.filter(row => {
    const stored = storedContract(row)
    const end = endOfContract(stored)
    return stored.from < invoice.period_to && (end === null || invoice.period_from < end)
  })
  if (holding.length === 0) return null
  const lines = await reader.db
    .selectFrom('invoice_lines')
    .select('subscription_id')
    .distinct()
    .where('invoice_id', '=', invoice.id)
    .execute()
  const found =
    holding.find(row => row.subscription_id === null) ??
    holding.find(row =>
      lines.every(line => line.subscription_id === row.subscription_id || line.subscription_id === row.id),
    )
  return found ? Number(found.payment_days) : null
}

/** Customers whose contract has no invoice in a month: what came about in it is on a later one. */
export async function waitingCustomers(reader: Reader, period: string): Promise<string[]> {
  const rows = await reader.db
    .selectFrom('contracts as contract')
    .innerJoin('customers as customer', 'customer.id', 'contract.customer_id')
    .selectAll('contract')
    .select('customer.zone')
    .where('contract.state', '=', 'active')
    .execute()
  return rows
    .filter(row => waitsInMonth(factsOf(row, []), period, monthIn(period, row.zone), row.zone))
    .map(row => row.customer_id)
}
