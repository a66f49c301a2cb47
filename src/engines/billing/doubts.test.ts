import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Doubt } from '#shared/contract/billing/invoices.ts'
import { type DoubtInput, doubtsOf, weightOf } from './doubts.ts'
import type { InvoiceSummary, SummarisedLine } from './invoice-summary.ts'
import { totalsOf } from './invoice-totals.ts'

function line(priceKey: string, amount: bigint, more: Partial<SummarisedLine> = {}): SummarisedLine {
  return {
    ...{ kind: 'usage', priceKey, name: priceKey.toUpperCase(), quantity: amount, scale: 0, amount, tax: 0n },
    ...more,
  }
}
function earlier(prices: Record<string, bigint>, plan = 'Starter'): InvoiceSummary {
  return {
    ...{ period: '2026-01', plan, corrections: 0n, total: 1n },
    prices: Object.entries(prices).map(([key, amount]) => ({
      ...{ key, name: key.toUpperCase(), quantity: amount, scale: 0, amount },
    })),
  }
}
function doubts(lines: SummarisedLine[], history: InvoiceSummary[], more: Partial<DoubtInput> = {}) {
  const { total } = totalsOf(lines)
  const found = doubtsOf({ lines, plan: 'Starter', total, places: 2, history, ...more })
  for (const doubt of found) expect(Doubt.parse(doubt)).toEqual(doubt)
  return found
}
const codes = (found: Doubt[]) => found.map(({ code, about }) => (about === null ? code : `${code} ${about}`))
const usual = (...amounts: bigint[]) => amounts.map(amount => earlier({ api: amount }))

describe('doubts', () => {
  test('an invoice like the ones before is clean', () => {
    expect(doubts([line('api', 10_500n)], usual(10_000n, 11_000n, 9000n, 10_000n))).toEqual([])
    expect(weightOf([])).toBe(0)
  })

  test('what is usual is what was so on the same plan, without a break', () => {
    const starter = usual(100_00n, 110_00n, 90_00n, 100_00n)
    const professional = (amount: bigint) => earlier({ api: amount }, 'Professional')
    const now = [line('api', 500_00n)]
    expect(codes(doubts(now, starter))).toEqual(['jump API'])
    expect(codes(doubts(now, starter, { plan: 'Professional' }))).toEqual(['plan-change'])
    // The second month after the change: nobody can say yet what is usual.
    expect(doubts(now, [professional(480_00n), ...starter], { plan: 'Professional' })).toEqual([])
    // Back on the old plan after a while on another: those months are too long ago.
    expect(doubts([line('api', 500_00n)], [usual(480_00n)[0]!, professional(1n), ...starter])).toEqual([])
  })

  test('the first invoice, zero, negative, credits and adjustments', () => {
    expect(codes(doubts([line('api', 100n)], []))).toEqual(['first-invoice'])
    expect(codes(doubts([], usual(0n)))).toEqual(['zero'])
    const credit = line('fee', -500n, { kind: 'credit' })
    expect(doubts([line('api', 100n), credit], usual(100n))).toEqual([
      { code: 'negative', about: null, now: -400n, usual: null, deviations: null },
      { code: 'credit', about: 'FEE', now: -500n, usual: null, deviations: null },
    ])
    const late = [line('api', 30n, { kind: 'adjustment' }), line('gb', 40n, { kind: 'adjustment' })]
    expect(doubts([line('api', 100n), ...late], usual(100n))).toEqual([
      { code: 'adjustment', about: null, now: 70n, usual: null, deviations: null },
    ])
  })

  test('a price that is new, and one that is gone or without usage', () => {
    const history = [earlier({ api: 100n, gb: 50n, idle: 0n, still: 70n })]
    expect(doubts([line('api', 100n), line('cpu', 30n), line('still', 0n)], history)).toEqual([
      { code: 'new-metric', about: 'CPU', now: 30n, usual: null, deviations: null },
      { code: 'gone-metric', about: 'GB', now: 0n, usual: 50n, deviations: null },
      { code: 'gone-metric', about: 'STILL', now: 0n, usual: 70n, deviations: null },
    ])
    // Usage that costs nothing is usage.
    expect(
      doubts([line('api', 100n), line('gb', 0n, { quantity: 5n }), line('still', 70n)], history),
    ).toEqual([])
  })

  test('another plan is one doubt, and not one for each of its prices', () => {
    expect(codes(doubts([line('fee', 100n)], [earlier({ api: 10n }, 'Free')]))).toEqual(['plan-change'])
  })

  test('a jump: more than three median deviations, with what is usual', () => {
    // Median 10,000; deviations 0, 500, 500, 1,000: median 500, times 1.4826 is 741.3, three of them 2,223.9.
    const history = usual(10_000n, 10_500n, 9500n, 11_000n, 10_000n)
    expect(doubts([line('api', 12_223n)], history)).toEqual([])
    expect(doubts([line('api', 12_224n)], history)).toEqual([
      { code: 'jump', about: 'API', now: 12_224n, usual: 10_000n, deviations: 3 },
    ])
    expect(doubts([line('api', 2000n)], history)).toEqual([
      { code: 'jump', about: 'API', now: 2000n, usual: 10_000n, deviations: -10.8 },
    ])
  })

  test('who always pays the same is not in doubt over a few percent or a coin', () => {
    const same = usual(10_000n, 10_000n, 10_000n, 10_000n)
    expect(doubts([line('api', 11_500n)], same)).toEqual([]) // 5 % of 10,000 is 500, three times that 1,500
    expect(codes(doubts([line('api', 11_501n)], same))).toEqual(['jump API'])
    const tiny = usual(10n, 10n, 10n, 10n)
    expect(doubts([line('api', 310n)], tiny)).toEqual([])
    expect(codes(doubts([line('api', 311n)], tiny))).toEqual(['jump API'])
    expect(codes(doubts([line('api', 14n)], tiny, { places: 0 }))).toEqual(['jump API'])
  })

  test('three values say nothing; of a long history the last twelve count', () => {
    expect(doubts([line('api', 99_999n)], usual(10n, 10n, 10n))).toEqual([])
    const grown = usual(
      ...Array.from({ length: 12 }, () => 50_000n),
      ...Array.from({ length: 20 }, () => 10n),
    )
    expect(doubts([line('api', 50_000n)], grown)).toEqual([])
  })

  test('the heaviest doubt first, further jumps before nearer ones', () => {
    const history = [
      earlier({ a: 1000n, b: 1000n, c: 5n }),
      ...Array.from({ length: 5 }, () => earlier({ a: 1000n, b: 1000n })),
    ]
    const found = doubts([line('a', 2000n), line('b', 9000n), line('d', 5n)], history)
    expect(codes(found)).toEqual(['jump B', 'jump A', 'new-metric D', 'gone-metric C'])
    expect(weightOf(found)).toBe(80 + 50 + 80 + 10 + 40 + 30)
  })

  test('any draft with a jump weighs more than one without, and a clean one nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, 10n ** 9n), { minLength: 5, maxLength: 12 }), ([now, ...before]) => {
        const found = doubts([line('api', now!)], usual(...before))
        expect(weightOf(found) >= 80).toBe(found.some(({ code }) => code === 'jump'))
        expect(weightOf(found) === 0).toBe(found.length === 0)
      }),
    )
  })
})
