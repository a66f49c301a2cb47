import { describe, expect, it } from 'vitest'
import { problemsAsCsv } from './save-problems.ts'

describe('the list of problems as CSV', () => {
  it('quotes what needs it and keeps formulas from being run', () => {
    const problem = {
      code: 'amount-unreadable',
      severity: 'refused' as const,
      line: 12,
      at: 3,
      column: 'BilledCost',
      value: '=1+1',
      rows: 1,
      reason: 'not a number, "=1+1"',
    }
    expect(problemsAsCsv([problem, { ...problem, line: null, at: null, column: null, value: null }])).toBe(
      [
        'severity,code,line,position,column,value,rows,reason',
        `refused,amount-unreadable,12,3,BilledCost,'=1+1,1,"not a number, ""=1+1"""`,
        'refused,amount-unreadable,,,,,1,"not a number, ""=1+1"""',
        '',
      ].join('\r\n'),
    )
  })
})
