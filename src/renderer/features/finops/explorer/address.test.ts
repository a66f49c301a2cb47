import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHART_KINDS, DEFAULT_STATE, type ExplorerState, fromAddress, toAddress } from './address.ts'

const dimension = fc.oneof(
  fc.constantFrom('provider' as const, 'service' as const, 'customer' as const),
  fc.string({ minLength: 1 }).map(key => `tag:${key}` as const),
)
const state: fc.Arbitrary<ExplorerState> = fc.record({
  measure: fc.constantFrom('billed', 'effective', 'list', 'contracted', 'quantity'),
  by: fc.array(dimension, { maxLength: 2 }),
  grain: fc.constantFrom('hour', 'day', 'week', 'month', 'none'),
  filters: fc.array(
    fc.oneof(
      fc.record({
        dimension,
        op: fc.constantFrom('is' as const, 'is-not' as const, 'contains' as const),
        values: fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ dimension, op: fc.constantFrom('is-empty' as const, 'is-not-empty' as const) }),
      fc.record({
        measure: fc.constantFrom('billed' as const, 'quantity' as const),
        min: fc.constantFrom('10', '-0.5', null),
        max: fc.constantFrom('20.25', null),
      }),
    ),
    { maxLength: 4 },
  ),
  compare: fc.constantFrom('none', 'length', 'calendar'),
  chart: fc.constantFrom(...CHART_KINDS),
  lines: fc.boolean(),
  currency: fc.constantFrom(null, 'EUR'),
})

describe('the address of the explorer', () => {
  it('brings back every state, whatever names and values hold', () => {
    fc.assert(
      fc.property(state, one => {
        expect(fromAddress(new URLSearchParams(toAddress(one).toString()))).toEqual(one)
      }),
    )
  })

  it('is empty for the usual state', () => {
    expect(toAddress(DEFAULT_STATE).toString()).toBe('')
  })

  it('opens with what it understands when it was mistyped', () => {
    const params = new URLSearchParams(
      'measure=gross&by=service~nonsense&where=region~is&where=%&where=billed~between~x~',
    )
    expect(fromAddress(params)).toEqual(DEFAULT_STATE)
  })
})
