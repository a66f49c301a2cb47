import { expect, it } from 'vitest'
import { DEMO_RATE, TAX_RULES } from './tax-rules.ts'

it('no rate of the demo can be taken for advice, and none of a state for all that is due there', () => {
  expect(TAX_RULES.filter(({ source }) => !source.endsWith(`(${DEMO_RATE})`))).toEqual([])
  const states = TAX_RULES.filter(({ country, region }) => country === 'US' && region !== '')
  expect(states.map(({ region, rate }) => `${region} ${rate}`)).toEqual(['NY 0.04', 'PA 0.06', 'WA 0.065'])
  expect(states.every(({ note }) => note.includes('counties'))).toBe(true)
})
