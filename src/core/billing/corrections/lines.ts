import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { invoiceDigest } from '#engines/billing/invoice-totals.ts'
import { taxBasisOf } from '../invoices/tax-text.ts'

/** Rows at a time: databases limit the parameters of a statement. */
const PAGE = 200

/** Rows in pages that fit into a statement. */
export function paged<T>(rows: readonly T[]): T[][] {
  const pages: T[][] = []
  for (let from = 0; from < rows.length; from += PAGE) pages.push(rows.slice(from, from + PAGE))
  return pages
}

/** Gives the ordinals of further lines of items: those of void invoices are taken too. */
export async function nextOrdinals(tx: Tx, items: readonly string[]): Promise<(item: string) => bigint> {
  const next = new Map<string, bigint>()
  for (const some of paged(items)) {
    const taken = await tx.db
      .selectFrom('invoice_lines')
      .select(eb => ['item', eb.fn.max('ordinal').as('last')])
      .where('item', 'in', some)
      .groupBy('item')
      .execute()
    for (const { item, last } of taken) next.set(item, BigInt(last) + 1n)
  }
  return item => {
    const ordinal = next.get(item) ?? 0n
    next.set(item, ordinal + 1n)
    return ordinal
  }
}

/** The digest of an invoice by its stored rows. */
export function digestOf(
  invoice: Pick<Row<'invoices'>, 'id' | 'customer_id' | 'currency' | 'period' | 'period_from' | 'period_to'>,
  lines: readonly Row<'invoice_lines'>[],
): string {
  return invoiceDigest({
    ...{ invoiceId: invoice.id, customerId: invoice.customer_id, currency: invoice.currency },
    ...{ period: invoice.period, span: { from: invoice.period_from, to: invoice.period_to } },
    lines: lines.map(row => ({
      ...{ item: row.item, ordinal: Number(row.ordinal), kind: row.kind, priceId: row.price_id },
      ...{ name: row.name, unit: row.unit, service: { from: row.service_from, to: row.service_to } },
      ...{ quantity: row.quantity, scale: Number(row.scale), exact: row.exact, amount: row.amount },
      ...{ taxRate: row.tax_rate, tax: row.tax, taxBasis: taxBasisOf(row.tax_basis) },
    })),
  })
}
