import { commitmentRows } from './commitment-rows.ts'
import type { DemoCompany } from './company.ts'
import { coverageOf } from './coverage.ts'
import { type Day, firstDay, type Month, monthPlus } from './days.ts'
import { extraRows } from './extra-rows.ts'
import { type DemoRow, type DemoValues, rowOf } from './focus-columns.ts'
import type { BillingAccount } from './model.ts'
import { addTo, emptyTotals, taxRow } from './tax.ts'
import { usageRows } from './usage-rows.ts'

/** One bill: an account's cost lines of one month, as the vendor's file would hold them. */
export interface DemoBill {
  account: BillingAccount
  month: Month
  /** A name for the file, unique in the demo. */
  fileName: string
}

/**
 * A bill and the days that it covers; `end` is exclusive, and so is `until`, up to which there are costs: before
 * `end` for a month that is still running, whose bill is not issued yet.
 */
export interface BillContext {
  company: DemoCompany
  account: BillingAccount
  month: Month
  start: Day
  end: Day
  until: Day
}

/** Every bill of the demo, oldest month first. An account without use in a month has no bill for it. */
export function demoBills(company: DemoCompany): DemoBill[] {
  return company.months.flatMap(month =>
    company.accounts
      .filter(account =>
        company.streams.some(
          stream =>
            stream.account === account &&
            stream.from < Math.min(firstDay(monthPlus(month, 1)), company.span.until),
        ),
      )
      .map(account => ({ account, month, fileName: `focus-${account.key}-${month}.csv` })),
  )
}

/** The cost lines of one bill as values in the order of `DEMO_COLUMNS`: what an import reads. */
export function* demoBillValues(
  company: DemoCompany,
  bill: Pick<DemoBill, 'account' | 'month'>,
): Generator<DemoValues> {
  const end = firstDay(monthPlus(bill.month, 1))
  const context: BillContext = {
    company,
    account: bill.account,
    month: bill.month,
    start: firstDay(bill.month),
    end,
    until: Math.min(end, company.span.until),
  }
  const coverage = coverageOf(context)
  const totals = emptyTotals()
  for (const rows of [usageRows(context, coverage), commitmentRows(context, coverage), extraRows(context)]) {
    for (const row of rows) {
      if (bill.account.tax !== null) addTo(totals, row)
      yield row
    }
  }
  const tax = taxRow(context, totals)
  if (tax !== null) yield tax
}

/** The cost lines of all bills of one month, by column name. */
export function* demoCostRows(company: DemoCompany, month: Month): Generator<DemoRow> {
  for (const values of demoCostValues(company, month)) yield rowOf(values)
}

/** The cost lines of all bills of one month as values in the order of `DEMO_COLUMNS`. */
export function* demoCostValues(company: DemoCompany, month: Month): Generator<DemoValues> {
  for (const bill of demoBills(company)) if (bill.month === month) yield* demoBillValues(company, bill)
}
