import { describe, expect, it } from 'vitest'
import { demoBills } from './bills.ts'
import { demoCompany } from './company.ts'
import { demoFiles, demoFileValues } from './files.ts'
import { AT } from './focus-columns.ts'

const company = demoCompany('quarterdeck', '2026-10')
const files = demoFiles(company)

describe('the files of the demo', () => {
  it('hold every bill once', () => {
    const names = files.flatMap(file => file.bills.map(bill => bill.fileName))
    expect(names.toSorted()).toEqual(
      demoBills(company)
        .map(bill => bill.fileName)
        .toSorted(),
    )
  })

  it('are a history of each account and its last three months', () => {
    expect(files.map(file => file.fileName).filter(name => name.startsWith('focus-google-japan'))).toEqual([
      'focus-google-japan-until-2026-07.csv',
      'focus-google-japan-2026-08.csv',
      'focus-google-japan-2026-09.csv',
      'focus-google-japan-2026-10.csv',
    ])
    expect(new Set(files.map(file => file.fileName)).size).toBe(6 * 4)
  })

  it('give the lines of their bills, in order', () => {
    const file = files.find(item => item.fileName.startsWith('focus-google-japan'))!
    const months = [...demoFileValues(company, file)].map(row => row[AT.BillingPeriodStart]!.slice(0, 7))
    expect(months).toEqual(months.toSorted())
    expect([...new Set(months)]).toEqual(file.bills.map(bill => bill.month))
  })
})
