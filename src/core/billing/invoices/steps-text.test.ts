import { describe, expect, it } from 'vitest'
import type { RatingStep } from '#shared/contract/billing/prices.ts'
import { stepsOf, stepsText } from './steps-text.ts'

const all: RatingStep[] = [
  { step: 'normalise', aggregation: null, events: null, quantity: '1' },
  { step: 'normalise', aggregation: 'sum', events: 0, quantity: '-1.5' },
  {
    ...{ step: 'price', model: 'graduated', formula: '100 × 0.05 + 1' },
    parts: [
      { tier: 1, above: null, upTo: '100', quantity: '100', unit: '0.05', flat: null, amount: '5' },
      { tier: null, above: '100', upTo: null, quantity: '0', unit: null, flat: '1', amount: '1' },
    ],
    amount: '6',
  },
  {
    ...{ step: 'price', model: 'percentage', formula: '2.9% × 100', amount: '2.9' },
    parts: [
      {
        ...{ tier: null, above: null, upTo: null, quantity: '100', unit: null, flat: null, amount: '2.9' },
        ...{ percent: '2.9', events: null },
      },
    ],
    filter: { name: 'Cards', quantity: '100', events: 3 },
  },
  { step: 'sum', amount: '8.9' },
  { step: 'override', reason: 'Launch partner' },
  { step: 'true-up', minimum: '10.00', charged: '8.90', amount: '1.10' },
  { step: 'prorate', mode: 'day', used: '3', whole: '31', unit: 'day', amount: '18/31' },
  { step: 'discount', percent: '12.5', off: '1', amount: '7' },
  { step: 'maximum', limit: '100', applied: false, amount: '7' },
  { step: 'minimum', limit: '10', applied: true, amount: '10' },
  { step: 'round', rule: 'half-up', places: 2, exact: '10', amount: '10.00' },
  { step: 'billed', billed: '4.00', amount: '6.00' },
]

describe('steps of a line as text', () => {
  it('come back as they were', () => expect(stepsOf(stepsText(all))).toEqual(all))

  it('come back from the rows of earlier versions', () => expect(stepsOf(JSON.stringify(all))).toEqual(all))
})
