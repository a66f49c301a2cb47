import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BridgePart } from '#shared/contract/billing/invoices.ts'
import { type BridgedLine, bridgeOf } from './bridge.ts'
import { totalsOf } from './invoice-totals.ts'

function line(
  priceKey: string,
  quantity: bigint,
  amount: bigint,
  more: Partial<BridgedLine> = {},
): BridgedLine {
  return {
    ...{
      kind: 'usage',
      priceKey,
      terms: `${priceKey}-1`,
      name: priceKey.toUpperCase(),
      quantity,
      scale: 0,
    },
    ...{ amount, tax: 0n, prorated: false },
    ...more,
  }
}
const brief = (before: BridgedLine[], now: BridgedLine[]) =>
  bridgeOf(before, now).map(({ cause, name, amount }) => `${cause} ${name} ${amount}`)

describe('the bridge', () => {
  test('nothing changed: no parts', () => {
    expect(bridgeOf([line('api', 10n, 100n)], [line('api', 10n, 100n)])).toEqual([])
  })

  test('volume at the price before, and mix for what tiers make of it', () => {
    // 10 for 1.00 each; now 15 for 14.00: five more at 1.00, and 1.00 less through a tier.
    expect(bridgeOf([line('api', 10n, 1000n)], [line('api', 15n, 1400n)])).toEqual([
      { cause: 'volume', name: 'API', amount: 500n, before: 1000n, now: 1400n },
      { cause: 'mix', name: 'API', amount: -100n, before: 1000n, now: 1400n },
    ])
  })

  test('price where it is of another version', () => {
    expect(brief([line('api', 10n, 1000n)], [line('api', 10n, 1200n, { terms: 'api-2' })])).toEqual([
      'price API 200',
    ])
    expect(brief([line('api', 10n, 1000n)], [line('api', 5n, 600n, { terms: 'api-2' })])).toEqual([
      'volume API -500',
      'price API 100',
    ])
  })

  test('quantities of different scales are compared in their unit', () => {
    expect(brief([line('gb', 10n, 1000n)], [line('gb', 12_500n, 1250n, { scale: 3 })])).toEqual([
      'volume GB 250',
    ])
    expect(brief([line('gb', 10_000n, 1000n, { scale: 3 })], [line('gb', 20n, 2000n)])).toEqual([
      'volume GB 1000',
    ])
  })

  test('from no usage at all, or to a price without usage', () => {
    expect(brief([line('api', 0n, 0n)], [line('api', 10n, 500n)])).toEqual(['volume API 500'])
    expect(brief([line('min', 0n, 100n)], [line('min', 0n, 200n)])).toEqual(['mix MIN 100'])
    expect(brief([line('odd', -2n, -100n)], [line('odd', -4n, -200n)])).toEqual(['volume ODD -100'])
  })

  test('new, gone, prorated parts and corrections', () => {
    expect(brief([line('a', 1n, 100n)], [line('b', 1n, 300n)])).toEqual(['new B 300', 'gone A -100'])
    const part = line('fee', 1n, 50n, { kind: 'fee', prorated: true })
    expect(brief([part], [line('fee', 1n, 99n, { kind: 'fee' })])).toEqual(['one-off FEE 49'])
    expect(brief([line('fee', 1n, 99n)], [part, line('fee', 1n, 99n)])).toEqual(['one-off FEE 50'])
    expect(brief([part], [])).toEqual(['one-off FEE -50'])
    const late = line('api', 3n, 30n, { kind: 'adjustment' })
    const credit = line('api', -3n, -10n, { kind: 'credit' })
    expect(bridgeOf([late], [credit, credit])).toEqual([
      { cause: 'one-off', name: 'API', amount: -50n, before: 30n, now: -20n },
    ])
    expect(brief([late], [])).toEqual(['one-off API -30'])
  })

  test('tax as one part', () => {
    expect(bridgeOf([line('api', 1n, 100n, { tax: 8n })], [line('api', 1n, 100n, { tax: 19n })])).toEqual([
      { cause: 'tax', name: null, amount: 11n, before: 8n, now: 19n },
    ])
  })

  test('the parts add up to the difference of the totals, exactly', () => {
    const any = fc.record<BridgedLine>({
      kind: fc.constantFrom('fee', 'usage', 'adjustment', 'credit'),
      priceKey: fc.constantFrom('a', 'b', 'c'),
      terms: fc.constantFrom('1', '2'),
      name: fc.constantFrom('A', 'B', 'C'),
      quantity: fc.bigInt(-1000n, 10n ** 9n),
      scale: fc.integer({ min: 0, max: 3 }),
      amount: fc.bigInt(-(10n ** 9n), 10n ** 9n),
      tax: fc.bigInt(-(10n ** 6n), 10n ** 6n),
      prorated: fc.boolean(),
    })
    const lines = fc.array(any, { maxLength: 12 })
    fc.assert(
      fc.property(lines, lines, (before, now) => {
        const parts = bridgeOf(before, now)
        const sum = parts.reduce((total, { amount }) => total + amount, 0n)
        expect(sum).toBe(totalsOf(now).total - totalsOf(before).total)
        for (const part of parts) {
          expect(BridgePart.parse(part)).toEqual(part)
          expect(part.amount).not.toBe(0n)
        }
      }),
    )
  })
})
