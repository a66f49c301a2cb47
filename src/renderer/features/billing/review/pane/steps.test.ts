import { describe, expect, it } from 'vitest'
import { createI18n } from '#renderer/i18n/i18n.ts'
import { groupDecimal } from '#renderer/ui/format/decimal.ts'
import type { Format } from '#renderer/ui/format/use-format.tsx'
import type { RatingStep } from '#shared/contract/billing/prices.ts'
import { stepText } from './steps.tsx'

const { t } = createI18n('en')
const format = {
  decimal: (text: string) => groupDecimal(text, 'comma-point'),
  integer: (value: number | bigint) => groupDecimal(value.toString(), 'comma-point'),
} as Format
const say = (step: Parameters<typeof stepText>[0], unit = 'calls') => stepText(step, unit, t, format)

describe('the steps of a rating in words', () => {
  it('name quantity, events and aggregation', () => {
    expect(say({ step: 'normalise', aggregation: 'sum', events: 1, quantity: '1234.5' })).toBe(
      'Sum of 1 event: 1,234.5 calls.',
    )
    expect(say({ step: 'normalise', aggregation: null, events: null, quantity: '3' }, '')).toBe('Quantity 3.')
  })

  it('write the figures of a formula as the person reads them', () => {
    const step: Omit<Extract<RatingStep, { step: 'price' }>, 'formula'> = {
      step: 'price',
      model: 'graduated',
      parts: [],
      amount: '30',
    }
    expect(say({ ...step, formula: '100000 × 0.0002 + 50000 × 0.0001' })).toBe(
      'Each part at its tier: 100,000 × 0.0002 + 50,000 × 0.0001',
    )
  })

  it('say what rounding did, fractions too', () => {
    expect(say({ step: 'round', rule: 'half-up', places: 2, exact: '200/7', amount: '28.57' })).toBe(
      'Half-up to 2 places: 28.57142857… becomes 28.57.',
    )
  })

  it('say whether a minimum was reached', () => {
    expect(say({ step: 'minimum', limit: '50', applied: true, amount: '50' })).toContain('raised')
    expect(say({ step: 'minimum', limit: '50', applied: false, amount: '80' })).toContain('reached already')
  })
})
