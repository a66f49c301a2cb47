import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProrateInput } from '#shared/contract/billing/prorate.ts'
import { exactFromText, roundHalfUp } from './exact.ts'
import { PricingRefusal } from './pricing-refusal.ts'
import { prorateInput } from './prorate-input.ts'

type Given = Record<string, unknown>
const usual = { currency: 'USD', amount: '310', anchor: '2026-10-01T00:00:00Z' }
const of = (more: Given) => prorateInput(ProrateInput.parse({ ...usual, ...more }))
const on = (day: string, amount: string | null) => ({ at: `2026-10-${day}T00:00:00Z`, amount })
const brief = (more: Given) => of(more).pieces.map(({ formula, amount }) => `${formula} = ${amount}`)

describe('proration of changes', () => {
  test('each fee for its part, and what is still due after the whole first one', () => {
    expect(of({ mode: 'day', changes: [on('16', '620')] })).toEqual({
      ...{ currency: 'USD', mode: 'day', zone: 'UTC', total: '470.00', billed: '310.00', due: '160.00' },
      period: { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' },
      pieces: [
        {
          ...{ from: '2026-10-01T00:00:00.000Z', to: '2026-10-16T00:00:00.000Z', fee: '310' },
          ...{ used: '15', whole: '31', unit: 'day', exact: '150', amount: '150.00' },
          formula: '310 × 15 ÷ 31',
        },
        {
          ...{ from: '2026-10-16T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z', fee: '620' },
          ...{ used: '16', whole: '31', unit: 'day', exact: '320', amount: '320.00' },
          formula: '620 × 16 ÷ 31',
        },
      ],
    })
    expect(of({ mode: 'day', changes: [on('21', null)] })).toMatchObject({ total: '200.00', due: '-110.00' })
    expect(of({ changes: [on('01', '620')], billed: '100' })).toMatchObject({ due: '520.00' })
  })

  /** From the 16th on there are 16 of 31 days: 310.00 × 16 ÷ 31 = 160.00; before it nothing was billed. */
  test('without a change it is what a fee comes to that began within its period', () => {
    const begun = { mode: 'day', from: '2026-10-16T09:00:00Z', changes: [] }
    expect(of({ ...begun, billed: '0' })).toMatchObject({ total: '160.00', due: '160.00' })
    expect(of({ mode: 'day', changes: [] })).toMatchObject({
      ...{ period: { from: '2026-10-01T00:00:00.000Z' }, total: '310.00', due: '0.00' },
    })
    const later = { ...begun, from: '2026-12-16T00:00:00Z', billed: '0' }
    expect(of(later)).toMatchObject({ period: { from: '2026-12-01T00:00:00.000Z' }, total: '160.00' })
  })

  test('by day a date belongs to whatever had it first', () => {
    const noon = { at: '2026-10-16T12:00:00Z', amount: '620' }
    expect(brief({ mode: 'day', changes: [noon] })).toEqual([
      '310 × 16 ÷ 31 = 160.00',
      '620 × 15 ÷ 31 = 300.00',
    ])
  })

  test('modes, calendar periods, a beginning within the period, zones', () => {
    expect(brief({ mode: 'none', changes: [on('16', '620')] })).toEqual([
      '310 × 0 ÷ 2678400 = 0.00',
      '620 × 0 ÷ 2678400 = 0.00',
    ])
    expect(brief({ mode: 'full', changes: [on('16', '620')] })).toEqual(['310 = 310.00', '620 = 620.00'])
    const begun = { from: '2026-10-11T00:00:00Z', mode: 'day', changes: [on('21', null)] }
    expect(brief(begun)).toEqual(['310 × 10 ÷ 31 = 100.00'])
    const year = of({
      interval: 'year',
      alignment: 'calendar',
      zone: 'Asia/Tokyo',
      changes: [on('16', null)],
    })
    expect(year.period).toEqual({ from: '2025-12-31T15:00:00.000Z', to: '2026-12-31T15:00:00.000Z' })
    expect(of({ currency: 'JPY', amount: '100', changes: [on('16', null)] })).toMatchObject({ total: '48' })
  })

  test('input that makes no sense', () => {
    const fault = (more: Given) => {
      try {
        of(more)
      } catch (error) {
        if (error instanceof PricingRefusal) return `${error.path} ${error.reason}`
        throw error
      }
      return 'none'
    }
    const changes = [on('16', '620')]
    expect(fault({ currency: 'XXX', changes })).toBe('currency currency-unknown')
    expect(fault({ zone: 'Nowhere', changes })).toBe('zone zone-unknown')
    expect(fault({ changes: [on('16', '1'), on('15', '2')] })).toBe('changes.1.at changes-out-of-order')
    expect(fault({ changes: [on('16', null), on('17', '2')] })).toBe('changes.1.at change-after-end')
    expect(fault({ changes: [on('16', '1'), { at: '2026-11-01T00:00:00Z', amount: '2' }] })).toBe(
      'changes.1.at change-outside-period',
    )
    expect(fault({ from: '2026-11-01T00:00:00Z', changes })).toBe('from change-outside-period')
    expect(fault({ changes, billed: '1.005' })).toBe('billed more-places-than-the-currency')
    expect(fault({ amount: '999999999999999999', changes: [on('16', '999999999999999999')] })).toBe(
      'amount amount-too-large',
    )
  })

  test('the pieces of an unchanged fee add up to it, wherever it is cut', () => {
    const day = fc.integer({ min: 2, max: 31 }).map(number => String(number).padStart(2, '0'))
    fc.assert(
      fc.property(
        fc.uniqueArray(day, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('second', 'day', 'day-30'),
        fc.constantFrom('JPY', 'USD', 'KWD'),
        fc.bigInt(0n, 1_000_000n),
        (days, mode, currency, amount) => {
          const changes = days.sort().map(number => on(number, String(amount)))
          const { pieces, due } = of({ currency, amount: String(amount), mode, changes })
          const exact = pieces.reduce((sum, piece) => sum + roundHalfUp(exactFromText(piece.exact), 20), 0n)
          expect(Math.abs(Number(exact - amount * 10n ** 20n))).toBeLessThanOrEqual(pieces.length)
          // Each is rounded once: off by at most half of a minor unit each.
          const places = { JPY: 0, USD: 2, KWD: 3 }[currency]
          expect(Math.abs(Number(due)) * 10 ** places!).toBeLessThanOrEqual(pieces.length / 2 + 1e-6)
        },
      ),
    )
  })
})
