import { describe, expect, it } from 'vitest'
import { createRowFingerprints } from './row-fingerprints.ts'

function adder(bound?: number) {
  const fingerprints = createRowFingerprints(bound)
  return {
    ...fingerprints,
    add: (text: string) => {
      const bytes = new TextEncoder().encode(text)
      return fingerprints.add(bytes, new DataView(bytes.buffer), 0, bytes.length)
    },
  }
}

describe('row fingerprints', () => {
  it('find repeated rows and no others', () => {
    const rows = adder()
    for (let i = 0; i < 20_000; i++) expect(rows.add(`row ${i},${i * 7}`)).toBe(false)
    expect(rows.add('row 17,119')).toBe(true)
    expect(rows.add('')).toBe(false)
    expect(rows.add('')).toBe(true)
    expect(rows.summary()).toEqual({ repeated: 2, compared: 20_001 })
  })

  it('compare with the first rows only, beyond their bound', () => {
    const rows = adder(2)
    expect(['a', 'b', 'c', 'c', 'b'].map(row => rows.add(row))).toEqual([false, false, false, false, true])
    expect(rows.summary()).toEqual({ repeated: 1, compared: 2 })
  })
})
