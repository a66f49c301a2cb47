import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEMO_COLUMNS } from './focus-columns.ts'
import { csvRecord, focusCsv } from './focus-csv.ts'

describe('the FOCUS file', () => {
  it('is read back by a CSV reader as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 5 })), rows => {
        const text = rows.map(csvRecord).join('')
        expect(parse(text, { relax_column_count: true, record_delimiter: '\n' })).toEqual(rows)
      }),
    )
  })

  it('has its header even without rows', () => {
    expect([...focusCsv([])].join('')).toBe(`${DEMO_COLUMNS.join(',')}\n`)
  })

  it('comes in pieces that join to the whole', () => {
    const rows = Array.from({ length: 1200 }, (_, index) => DEMO_COLUMNS.map(() => `${index}`))
    const pieces = [...focusCsv(rows)]
    expect(pieces.length).toBe(3)
    expect(pieces.join('').trimEnd().split('\n').length).toBe(1201)
    expect([...focusCsv(rows.slice(0, 1000))].length).toBe(2)
  })
})
