import { describe, expect, it } from 'vitest'
import { focusText, readText } from '#engines/finops/bill/testing/read-text.ts'
import { countsOf, proveImport } from './receipt.ts'

const { summary } = readText(focusText([{ BilledCost: '1.0000000005' }, { BillingCurrency: 'JPY' }]))
const sums = (billed: bigint) =>
  new Map([
    ['USD', { billed, effective: 1_250_000_000n, list: 0n, contracted: 0n }],
    ['JPY', { billed: 1_500_000_000n, effective: 1_250_000_000n, list: 0n, contracted: 0n }],
  ])

describe('proveImport', () => {
  it('states what is stored, what rounding took away and what the file has', () => {
    expect(proveImport(summary, sums(1_000_000_001n))).toContainEqual({
      ...{
        currency: 'USD',
        measure: 'billed',
        stored: '1.000000001',
        residual: '-0.0000000005',
        file: '1.0000000005',
      },
    })
  })

  it('refuses sums of the database that are not those of the file', () => {
    expect(() => proveImport(summary, sums(1_000_000_002n))).toThrow('USD billed do not agree')
    expect(() => proveImport(summary, new Map())).toThrow('do not agree')
  })
})

describe('countsOf', () => {
  it('lists the most frequent first', () => {
    expect(countsOf({ counts: { 'nul-byte': 1, 'cost-missing': 5, 'cost-overflow': 1 } })).toEqual([
      { code: 'cost-missing', count: 5 },
      { code: 'cost-overflow', count: 1 },
      { code: 'nul-byte', count: 1 },
    ])
  })
})
