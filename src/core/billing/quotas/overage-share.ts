import { answer } from '#core/runtime/handlers.ts'
import { quotaMeters as leaf } from '#shared/contract/billing/quotas.ts'
import { TOP_UP } from '../invoices/apart.ts'

/** What usage brought in a month beside fees. Credits and corrections count where the line that they correct does. */
export const overageShare = answer(leaf.overageShare, async ({ reader, input }) => {
  const rows = await reader.db
    .selectFrom('invoice_lines as line')
    .innerJoin('invoices as invoice', 'invoice.id', 'line.invoice_id')
    .select(eb => [
      ...(['invoice.currency', 'line.metric_id'] as const),
      eb.cast<bigint>(eb.fn.sum('line.amount'), 'bigint').as('amount'),
    ])
    .where('invoice.period', '=', input.period)
    .where('invoice.state', '!=', 'void')
    // What is paid ahead is no revenue of the month: what it pays for is.
    .where('invoice.apart', '!=', TOP_UP)
    .groupBy(['invoice.currency', 'line.metric_id'])
    .orderBy('invoice.currency')
    .execute()
  const byCurrency = Map.groupBy(rows, row => row.currency)
  return {
    shares: [...byCurrency].map(([currency, own]) => {
      const sum = (isFee: boolean) =>
        own.reduce((all, row) => ((row.metric_id === null) === isFee ? all + BigInt(row.amount) : all), 0n)
      const [fees, usage] = [sum(true), sum(false)]
      const all = fees + usage
      return { currency, fees, usage, share: all === 0n ? null : Number(usage) / Number(all) }
    }),
  }
})
