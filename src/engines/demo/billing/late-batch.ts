import { decimalText } from '#engines/billing/exact.ts'
import { monthPlus } from '../days.ts'
import { DEMO_METRICS } from './price-list.ts'
import type { BillingSpan } from './span.ts'
import type { DemoUsage } from './usage-events.ts'

/** A file of usage that came in after its month was closed. */
export interface LateBatch {
  readonly fileName: string
  readonly text: string
}

const SCALE = new Map(DEMO_METRICS.map(({ key, scale }) => [key, scale]))

/** What a collector held back for some days, as the CSV file that it sent in the end. */
export function lateBatch({ series, late }: DemoUsage, span: BillingSpan): LateBatch {
  const rows = late.ids.map((id, index) => {
    const { customer, metric } = series[late.series[index]!]!
    const quantity = decimalText(late.quantities[index]!, SCALE.get(metric)!)
    return `${id},${customer},${metric},${quantity},${new Date(Number(late.at[index])).toISOString()}`
  })
  return {
    fileName: lateFileName(span),
    text: ['id,customer,metric,quantity,at', ...rows, ''].join('\n'),
  }
}

/** The name of the file of late usage, for data whose open month is known. */
export function lateFileName({ open }: Pick<BillingSpan, 'open'>): string {
  return `usage-late-eu-${monthPlus(open, -1)}.csv`
}
