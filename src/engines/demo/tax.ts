import type { BillContext } from './bills.ts'
import { instantOf } from './days.ts'
import { type Amount, amountFrom, amountText, toMinorUnit } from './decimal.ts'
import { AT, type DemoValues } from './focus-columns.ts'
import { blankRow, setService } from './row-parts.ts'

const COSTS = ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'] as const

/** The sums of a bill's four costs, exactly. */
export type Totals = Record<(typeof COSTS)[number], Amount>

export function emptyTotals(): Totals {
  return { BilledCost: 0n, EffectiveCost: 0n, ListCost: 0n, ContractedCost: 0n }
}

export function addTo(totals: Totals, row: DemoValues): void {
  for (const cost of COSTS) totals[cost] += amountFrom(row[AT[cost]]!)
}

/**
 * The tax on a bill, as its last line: each cost's tax is the rate times the sum of that cost, rounded half up
 * to the currency's minor unit. Null where the account pays none, and while the
 * month is still running.
 */
export function taxRow(context: BillContext, totals: Totals): DemoValues | null {
  const { account, start, end, until } = context
  if (account.tax === null || until < end) return null
  const values = blankRow(context)
  setService(values, account, {
    key: 'tax',
    name: 'Tax',
    category: 'Other',
    subcategory: 'Other (Other)',
  })
  values[AT.ChargeCategory] = 'Tax'
  values[AT.ChargeFrequency] = 'Recurring'
  values[AT.ChargeDescription] = account.tax.description
  values[AT.ChargePeriodStart] = instantOf(start)
  values[AT.ChargePeriodEnd] = instantOf(end)
  for (const cost of COSTS) {
    const tax = toMinorUnit((totals[cost] * BigInt(account.tax.perMille)) / 1000n, account.decimals)
    values[AT[cost]] = amountText(tax)
  }
  return values
}
