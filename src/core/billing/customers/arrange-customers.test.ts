import { describe, expect, it } from 'vitest'
import { narrowCustomers, sortCustomers } from './arrange-customers.ts'

const row = (name: string, more: Partial<Parameters<typeof sortCustomers>[0][number]> = {}) => ({
  ...{
    id: `id-${name}`,
    key: name.toLowerCase(),
    name,
    email: '',
    country: 'US',
    currency: 'USD',
    zone: 'UTC',
  },
  ...{ createdAt: 0n, plan: null, state: null, lastTotal: null, closedUntil: null },
  ...more,
})
const rows = [
  row('Zoë', { plan: 'Starter', state: 'active', lastTotal: 500n, closedUntil: 20n }),
  row('acme', { plan: 'Free + Starter', state: 'trialing', currency: 'JPY', lastTotal: 90_000n }),
  row('Émile', { plan: 'Enterprise', state: 'active', lastTotal: 700n, closedUntil: 10n, country: 'FR' }),
  row('Bold', { state: null }),
]
const names = (found: readonly { name: string }[]) => found.map(({ name }) => name)

describe('customers under a filter', () => {
  it('have a text anywhere, in any case and without its marks', () => {
    expect(names(narrowCustomers(rows, { plan: 'STARTER' }))).toEqual(['Zoë', 'acme'])
    expect(names(narrowCustomers(rows, { name: 'em' }))).toEqual(['Émile'])
    expect(names(narrowCustomers(rows, { name: 'zoe', currency: 'usd' }))).toEqual(['Zoë'])
    expect(names(narrowCustomers(rows, { plan: 'starter', currency: 'eur' }))).toEqual([])
    // A text that was taken away again narrows nothing.
    expect(names(narrowCustomers(rows, { plan: undefined, name: 'bo' }))).toEqual(['Bold'])
  })

  it('have one of the states, of which one is to have none', () => {
    expect(names(narrowCustomers(rows, { states: ['active'] }))).toEqual(['Zoë', 'Émile'])
    expect(names(narrowCustomers(rows, { states: ['none', 'trialing'] }))).toEqual(['acme', 'Bold'])
  })
})

describe('the order of customers', () => {
  it('by name takes letters with marks for their letter', () => {
    expect(names(sortCustomers(rows, { by: 'name', descending: false }))).toEqual([
      'acme',
      'Bold',
      'Émile',
      'Zoë',
    ])
    expect(names(sortCustomers(rows, { by: 'name', descending: true }))).toEqual([
      'Zoë',
      'Émile',
      'Bold',
      'acme',
    ])
  })

  it('puts what has no value last, either way', () => {
    for (const descending of [false, true])
      expect(names(sortCustomers(rows, { by: 'closedUntil', descending })).slice(2)).toEqual(['acme', 'Bold'])
    expect(names(sortCustomers(rows, { by: 'closedUntil', descending: false }))[0]).toBe('Émile')
  })

  it('compares amounts within a currency only', () => {
    expect(names(sortCustomers(rows, { by: 'lastTotal', descending: true }))).toEqual([
      'acme',
      'Émile',
      'Zoë',
      'Bold',
    ])
    expect(names(sortCustomers(rows, { by: 'lastTotal', descending: false }))).toEqual([
      'acme',
      'Zoë',
      'Émile',
      'Bold',
    ])
  })

  it('of the same value is that of the names, and of the same name that of the ids', () => {
    const same = [
      row('b', { plan: 'Pro' }),
      row('Á', { plan: 'pro', id: 'id-2' }),
      row('a', { plan: 'Pro', id: 'id-1' }),
      row('a', { plan: 'Pro', id: 'id-3' }),
    ]
    for (const descending of [false, true])
      expect(sortCustomers(same, { by: 'plan', descending }).map(one => one.id)).toEqual([
        'id-1',
        'id-2',
        'id-3',
        'id-b',
      ])
    const twice = [same[2]!, { ...same[2]!, key: 'other' }]
    expect(sortCustomers(twice, { by: 'plan', descending: false })).toEqual(twice)
  })
})
