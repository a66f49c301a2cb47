import { type DemoBill, demoBills, demoBillValues } from './bills.ts'
import type { DemoCompany } from './company.ts'
import type { Month } from './days.ts'
import type { DemoValues } from './focus-columns.ts'

/** A file as a vendor delivers it: the bills of one account, oldest first. */
export interface DemoFile {
  /** Unique in the demo. */
  fileName: string
  bills: readonly DemoBill[]
}

/** So many of the last months came in as files of their own; what was before them came as one. */
export const MONTHLY = 3

/**
 * The files that the demo's bills come in: for each account the history as one file, as a company brings it along
 * when it begins, and each of the last months as its own. Ordered by their last month, the smaller accounts first,
 * so that there is soon something to see.
 */
export function demoFiles(company: DemoCompany): DemoFile[] {
  const monthly = new Set<Month>(company.months.slice(-MONTHLY))
  const bills = demoBills(company)
  const histories = company.accounts.toReversed().map(account => {
    const own = bills.filter(bill => bill.account === account && !monthly.has(bill.month))
    return { fileName: `focus-${account.key}-until-${own.at(-1)!.month}.csv`, bills: own }
  })
  const recent = bills
    .filter(bill => monthly.has(bill.month))
    .map(bill => ({ fileName: bill.fileName, bills: [bill] }))
  return [...histories, ...recent]
}

/** The cost lines of a file as values in the order of `DEMO_COLUMNS`. */
export function* demoFileValues(company: DemoCompany, file: DemoFile): Generator<DemoValues> {
  for (const bill of file.bills) yield* demoBillValues(company, bill)
}
