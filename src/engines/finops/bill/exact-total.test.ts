import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDecimalCell, decimalText, readDecimalText, tenTo } from './decimal-cell.ts'
import {
  addToSum,
  addToTotal,
  createExactTotal,
  createStoredCost,
  mergeTotal,
  proveTotal,
  roundToCost,
  sumValue,
} from './exact-total.ts'

function round(text: string, costScale: 6 | 9 = 9) {
  const cell = createDecimalCell()
  const cost = createStoredCost()
  readDecimalText(cell, text)
  if (!roundToCost(cost, cell, costScale)) return 'does not fit'
  return [
    (cost.big ?? BigInt(cost.mantissa)).toString(),
    decimalText(cost.residualBig ?? BigInt(cost.residual), cost.residualScale),
  ]
}

describe('roundToCost', () => {
  it.each([
    ['0.00001605990', ['16060', '-0.0000000001']],
    ['0.0000000005', ['1', '-0.0000000005']],
    ['-0.0000000005', ['-1', '0.0000000005']],
    ['0.0000000004', ['0', '0.0000000004']],
    ['-0.0000000004', ['0', '-0.0000000004']],
    ['12.5', ['12500000000', '0']],
    ['9007199.254740993', ['9007199254740993', '0']],
    ['9223372036.854775807', ['9223372036854775807', '0']],
    ['-9223372036.854775807', ['-9223372036854775807', '0']],
    ['9223372036.854775808', 'does not fit'],
    ['-9223372036.854775808', 'does not fit'],
    ['1e30', 'does not fit'],
    ['0.00000000012345678901234567890123456789', ['0', '0.00000000012345678901234567890123456789']],
    ['1.00000000050000000000000000000000000001', ['1000000001', '-0.00000000049999999999999999999999999999']],
    ['1e-60', ['0', `0.${'0'.repeat(59)}1`]],
  ])('%s is stored as %j', (text, stored) => {
    expect(round(text)).toEqual(stored)
  })

  it('counts small units in millionths', () => {
    expect(round('1234.5678905', 6)).toEqual(['1234567891', '-0.0000005'])
  })
})

describe('sums', () => {
  it('stay exact beyond 2^53', () => {
    const sum = { low: 0, high: 0n }
    for (const value of [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 5, -3]) addToSum(sum, value)
    expect(sumValue(sum)).toBe(BigInt(Number.MAX_SAFE_INTEGER) * 2n + 2n)
    addToSum(sum, -Number.MAX_SAFE_INTEGER)
    addToSum(sum, -Number.MAX_SAFE_INTEGER)
    addToSum(sum, -Number.MAX_SAFE_INTEGER)
    expect(sumValue(sum)).toBe(-BigInt(Number.MAX_SAFE_INTEGER) + 2n)
  })

  it('stored + residual is the exact total of the file, in one piece or merged from two', () => {
    const amount = fc.tuple(
      fc.oneof(
        fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
        fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
      ),
      fc.nat(30),
    )
    fc.assert(
      fc.property(fc.array(amount), fc.constantFrom(6 as const, 9 as const), (amounts, costScale) => {
        const parts = [createExactTotal(costScale), createExactTotal(costScale)] as const
        const cell = createDecimalCell()
        const cost = createStoredCost()
        let expected = 0n
        let stored = 0n
        let count = 0
        amounts.forEach(([mantissa, scale], index) => {
          readDecimalText(cell, decimalText(mantissa, scale))
          if (!roundToCost(cost, cell, costScale)) return
          addToTotal(index % 2 === 0 ? parts[0] : parts[1], cell, cost)
          expected += mantissa * tenTo(40 - scale)
          stored += cost.big ?? BigInt(cost.mantissa)
          count++
        })
        const whole = createExactTotal(costScale)
        mergeTotal(whole, parts[0])
        mergeTotal(whole, parts[1])
        const proof = proveTotal(whole)
        expect(proof).toMatchObject({ balanced: true, storedUnits: stored, count })
        expect(proof.exact).toBe(decimalText(expected, 40))
      }),
    )
  })

  it('says so when the sums do not agree', () => {
    const total = createExactTotal(9)
    const cell = createDecimalCell()
    const cost = createStoredCost()
    readDecimalText(cell, '0.0000000015')
    roundToCost(cost, cell, 9)
    addToTotal(total, cell, cost)
    expect(proveTotal(total)).toEqual({
      exact: '0.0000000015',
      storedUnits: 2n,
      stored: '0.000000002',
      residual: '-0.0000000005',
      balanced: true,
      count: 1,
    })
    addToSum(total.stored, 1)
    expect(proveTotal(total).balanced).toBe(false)
  })
})
