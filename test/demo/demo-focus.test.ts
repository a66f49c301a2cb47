import { describe, expect, it } from 'vitest'
import { demoFocusText } from '#core/workspace/demo/demo-focus.ts'
import { demoCostRows } from '#engines/demo/bills.ts'
import { demoCompany } from '#engines/demo/company.ts'
import { DEMO_COLUMNS } from '#engines/demo/focus-columns.ts'

describe('the file to practise with', () => {
  it('holds the last months of the demo, header first', () => {
    const company = demoCompany('quarterdeck', '2026-10')
    const count = (month: string): number => [...demoCostRows(company, month)].length
    const one = [...demoFocusText('quarterdeck', '2026-10', 1)].join('').trimEnd().split('\n')
    expect(one[0]).toBe(DEMO_COLUMNS.join(','))
    expect(one.length).toBe(1 + count('2026-10'))
    const two = [...demoFocusText('quarterdeck', '2026-10', 2)].join('').trimEnd().split('\n')
    expect(two.length).toBe(1 + count('2026-09') + count('2026-10'))
  })
})
