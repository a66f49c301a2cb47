import { demoCostValues } from '#engines/demo/bills.ts'
import { demoCompany } from '#engines/demo/company.ts'
import { focusCsv } from '#engines/demo/focus-csv.ts'

/**
 * The demo's bills as the text of one FOCUS file, header first, in pieces: for those who want a file to import.
 * @param endMonth the last month of bills, `YYYY-MM`
 * @param months how many months up to it; at most the demo's two years
 */
export function demoFocusText(seed: string, endMonth: string, months: number): Generator<string> {
  const company = demoCompany(seed, endMonth)
  return focusCsv(rowsOf(company, months))
}

function* rowsOf(company: ReturnType<typeof demoCompany>, months: number) {
  for (const month of company.months.slice(-months)) yield* demoCostValues(company, month)
}
