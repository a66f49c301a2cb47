import { describe, expect, test } from 'vitest'
import type { PriceTerms } from '#shared/contract/billing/prices.ts'
import { monthSpan } from './month-span.ts'
import {
  curveOf,
  FIRST,
  paramsOf,
  problemOf,
  quantitiesTo,
  reachOf,
  simulate,
  simulationOf,
} from './simulation.ts'

const flat: PriceTerms = { ...FIRST, charge: { model: 'standard', unit: '0.5', free: '0' } }

describe('a simulation', () => {
  test('is what its address says, and back', () => {
    for (const usage of [
      { kind: 'quantity', quantity: '12.5' },
      { kind: 'events', events: '[]' },
      { kind: 'customer', customerId: 'c', metricId: 'm', month: '2026-10' },
    ] as const)
      expect(simulationOf(paramsOf({ prices: [FIRST, flat], usage }))).toEqual({
        prices: [FIRST, flat],
        usage,
      })
    expect(simulationOf(new URLSearchParams())).toMatchObject({
      prices: [FIRST, null],
      usage: { quantity: '2500' },
    })
    expect(simulationOf(new URLSearchParams({ a: '{"no":1}', b: 'no' })).prices).toEqual([null, null])
    expect(simulationOf(new URLSearchParams({ customer: 'c', metric: 'm', month: 'x' })).usage.kind).toBe(
      'quantity',
    )
  })

  test('rates a quantity and events, and says what is wrong', () => {
    expect(simulate(FIRST, { kind: 'quantity', quantity: '2500' })).toMatchObject({
      rated: { amount: '220.00' },
    })
    const event = { quantity: '4', at: '2026-10-01T00:00:00Z' }
    expect(simulate(flat, { kind: 'events', events: JSON.stringify([event]) })).toMatchObject({
      rated: { amount: '2.00' },
    })
    expect(simulate(flat, { kind: 'events', events: '[' })).toEqual({
      ok: false,
      path: 'events',
      reason: null,
    })
    expect(simulate(flat, { kind: 'quantity', quantity: 'x' })).toEqual({
      ok: false,
      path: 'quantity',
      reason: null,
    })
    const dynamic: PriceTerms = { ...flat, charge: { model: 'dynamic', property: 'price', per: 'event' } }
    expect(simulate(dynamic, { kind: 'quantity', quantity: '1' })).toMatchObject({ reason: 'events-missing' })
    expect(problemOf(flat)).toBeNull()
    expect(problemOf({ ...flat, trueUp: true })?.reason).toBe('true-up-without-minimum')
  })

  test('a curve reaches past the quantity and the last tier', () => {
    expect(reachOf([FIRST, null], 10)).toBe(20_000)
    expect(reachOf([flat], 800)).toBe(900)
    const quantities = quantitiesTo(100)
    expect([quantities[0], quantities[1], quantities.at(-1)]).toEqual(['0', '2.5', '100'])
    expect(curveOf(flat, ['0', '3', '100'])).toEqual([0, 1.5, 50])
  })

  test('a month in a zone', () => {
    expect(monthSpan('2026-10', 'Europe/Berlin').from).toBe(BigInt(Date.parse('2026-09-30T22:00:00Z')))
  })
})
