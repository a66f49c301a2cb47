import { describe, expect, it } from 'vitest'
import { demoCompany } from './company.ts'
import { TIER_WEIGHT } from './customers.ts'

const company = demoCompany('quarterdeck', '2026-10')

/** How often each value occurs. */
function count<T>(values: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

describe('the demo company', () => {
  it('is the same for the same seed and month, and another for another seed', () => {
    expect(demoCompany('quarterdeck', '2026-10')).toEqual(company)
    expect(demoCompany('other', '2026-10').customers).not.toEqual(company.customers)
  })

  it('has 240 customers with names, keys and addresses of their own', () => {
    for (const field of ['name', 'key', 'email'] as const) {
      expect(new Set(company.customers.map(customer => customer[field])).size, field).toBe(240)
    }
    expect(company.customers.every(({ key }) => /^[a-z0-9][a-z0-9-]+$/.test(key))).toBe(true)
  })

  it.each(['a', 'b', 'c'])('keeps them unique with seed %j', seed => {
    const { customers } = demoCompany(seed, '2025-02')
    expect(new Set(customers.map(customer => customer.key)).size).toBe(240)
    expect(new Set(customers.map(customer => customer.name)).size).toBe(240)
  })

  it('bills them in five currencies, with none, two and three decimals', () => {
    expect([...count(company.customers.map(customer => customer.currency)).keys()].sort()).toEqual([
      'EUR',
      'GBP',
      'JPY',
      'KWD',
      'USD',
    ])
  })

  it('has names in many scripts, and some that no column was made for', () => {
    const names = company.customers.map(customer => customer.name)
    for (const script of ['Han', 'Arabic', 'Hangul', 'Greek', 'Cyrillic', 'Devanagari', 'Katakana']) {
      expect(
        names.some(name => new RegExp(`\\p{Script=${script}}`, 'u').test(name)),
        script,
      ).toBe(true)
    }
    expect(names.filter(name => name.length > 90).length).toBeGreaterThanOrEqual(3)
  })

  it('has customers of every size, and some that left', () => {
    const tiers = count(company.customers.map(customer => customer.tier))
    for (const tier of Object.keys(TIER_WEIGHT)) expect(tiers.get(tier as 'free')).toBeGreaterThan(20)
    const churned = company.customers.filter(customer => customer.churnDay !== null)
    expect(churned.length).toBeGreaterThan(15)
    expect(churned.length).toBeLessThan(50)
    for (const { signupDay, churnDay, signedUpOn, churnedOn } of churned) {
      expect(churnDay! - signupDay).toBeGreaterThanOrEqual(90)
      expect(churnedOn! > signedUpOn).toBe(true)
    }
  })

  it('knows real time zones only', () => {
    const zones = [...company.customers, ...company.people].map(item => item.timeZone)
    for (const zone of new Set(zones)) {
      expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow()
    }
  })

  it('has people for every role, two where a decision needs two', () => {
    const roles = count(company.people.map(person => person.role))
    expect([...roles.keys()].sort()).toEqual(['admin', 'analyst', 'approver', 'auditor', 'ops'])
    expect(roles.get('approver')).toBe(2)
    expect(new Set(company.people.map(person => person.email)).size).toBe(company.people.length)
  })

  it('uses 40 to 60 services of five vendors', () => {
    const services = new Set(company.streams.map(({ account, service }) => account.vendor + service.name))
    expect(services.size).toBeGreaterThanOrEqual(40)
    expect(services.size).toBeLessThanOrEqual(60)
    expect(new Set(company.streams.map(({ account }) => account.vendor)).size).toBe(5)
  })

  it('grows with its customers, by half or more in the two years', () => {
    expect(company.growth.length).toBe(company.span.end - company.span.start)
    expect(company.growth[0]).toBe(1)
    expect(company.growth.at(-1)).toBeGreaterThan(1.5)
    expect(company.growth.at(-1)).toBeLessThan(3)
  })

  it('names no stream twice, and gives resources only to customers that are there', () => {
    expect(new Set(company.streams.map(stream => stream.key)).size).toBe(company.streams.length)
    const active = new Set(company.customers.filter(item => item.churnDay === null).map(item => item.key))
    const owners = company.streams.flatMap(({ customer }) => (customer === null ? [] : [customer]))
    expect(new Set(owners).size).toBeGreaterThan(15)
    expect(owners.every(owner => active.has(owner))).toBe(true)
  })

  it('refuses an end that is not a month', () => {
    expect(() => demoCompany('quarterdeck', '2026-10-31')).toThrow(RangeError)
  })
})
