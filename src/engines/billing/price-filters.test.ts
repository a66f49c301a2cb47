import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PriceFilter, PriceTerms } from '#shared/contract/billing/prices.ts'
import { RatingStep } from '#shared/contract/billing/prices.ts'
import { checkPrice, checkTerms, type PriceDraft } from './check-price.ts'
import { scaled } from './exact.ts'
import { chargeOfEvent, chargesOf, overlaps } from './price-filters.ts'
import { rate } from './rate.ts'

const filter = (name: string, values: PriceFilter['values'], unit = '1'): PriceFilter => ({
  ...{ name, values, charge: { model: 'standard', unit, free: '0' } },
})
const LARGE = filter('Large', { model: ['large'] }, '0.03')
const SMALL_EU = filter('Small in Europe', { model: ['small', 'tiny'], region: ['eu'] }, '0.02')
const terms: PriceTerms = {
  ...{
    currency: 'USD',
    charge: { model: 'standard', unit: '0.01', free: '0' },
    minimum: null,
    maximum: null,
  },
  ...{ proration: 'second', discountPercent: '0', filters: [LARGE, SMALL_EU] },
}
const part = (quantity: bigint, events = 1) => ({ quantity: scaled(quantity), events })

describe('filters of a price', () => {
  test('an event has the charge of the filter that it fits, all others the price’s own', () => {
    const filters = [LARGE, SMALL_EU]
    expect(chargeOfEvent(filters, { model: 'large', region: 'us' })).toBe(0)
    expect(chargeOfEvent(filters, { model: 'tiny', region: 'eu' })).toBe(1)
    expect(chargeOfEvent(filters, { model: 'tiny' })).toBe(2)
    expect(chargeOfEvent(filters, {})).toBe(2)
    expect(chargesOf(terms).map(({ name }) => name)).toEqual(['Large', 'Small in Europe', null])
    expect(chargesOf({ charge: terms.charge })).toHaveLength(1)
  })

  test('overlap where some event could fit both', () => {
    expect(overlaps(LARGE, SMALL_EU)).toBe(false)
    expect(overlaps(LARGE, filter('x', { region: ['eu'] }))).toBe(true)
    expect(overlaps(SMALL_EU, filter('x', { model: ['tiny'], region: ['us'] }))).toBe(false)
    expect(overlaps(SMALL_EU, filter('x', { model: ['tiny'], region: ['us', 'eu'] }))).toBe(true)
  })

  test('are rated each on its own and added up', () => {
    const rated = rate({
      ...{ terms, quantity: scaled(600n), metric: { aggregation: 'sum' }, events: 6 },
      parts: [part(100n, 1), part(200n, 2), part(300n, 3)],
    })
    expect(rated.amount).toBe(1000n) // 100 × 0.03 + 200 × 0.02 + 300 × 0.01
    expect(rated.steps.slice(1)).toMatchObject([
      { step: 'price', amount: '3', filter: { name: 'Large', quantity: '100', events: 1 } },
      { step: 'price', amount: '4', filter: { name: 'Small in Europe', quantity: '200', events: 2 } },
      { step: 'price', amount: '3', filter: { name: null, quantity: '300', events: 3 } },
      { step: 'sum', amount: '10' },
      { step: 'round', amount: '10.00' },
    ])
    for (const step of rated.steps) expect(RatingStep.parse(step)).toEqual(step)
    // What has no usage has no step, and a quantity of which nothing is said is all others'.
    expect(rate({ terms, quantity: scaled(5n) }).steps.map(({ step }) => step)).toEqual([
      ...['normalise', 'price', 'sum', 'round'],
    ])
    expect(rate({ terms, quantity: scaled(5n), parts: [part(5n)] }).amount).toBe(15n)
  })

  test('refusals: overlapping, empty, named twice, on a fee, a fee in one, a property that is not kept apart', () => {
    const faults = (filters: PriceFilter[], charge = terms.charge) =>
      checkTerms({ ...terms, charge, filters }).map(({ path, reason }) => `${path} ${reason}`)
    expect(faults([LARGE, SMALL_EU])).toEqual([])
    expect(faults([LARGE, filter('x', { region: ['eu'] })])).toEqual(['filters.1.values filters-overlap'])
    expect(faults([filter('x', {})])).toEqual(['filters.0.values filter-empty'])
    expect(faults([LARGE, { ...SMALL_EU, name: 'Large' }])).toEqual(['filters.1.name filter-name-twice'])
    expect(faults([LARGE], { model: 'flat', amount: '1' })).toEqual(['filters filter-on-fee'])
    expect(faults([{ ...LARGE, charge: { model: 'flat', amount: '1' } }])).toEqual([
      'filters.0.charge filter-charge-fee',
    ])
    const gone = { ...LARGE, charge: { model: 'package' as const, size: '0', amount: '1', free: '0' } }
    expect(faults([gone])).toEqual(['filters.0.charge.size package-empty'])

    const price: PriceDraft = {
      ...{ key: 'k', name: 'K', metricId: 'm', currency: 'USD', charge: terms.charge, minimum: null },
      ...{ maximum: null, due: 'arrears', proration: 'second', filters: [LARGE, SMALL_EU] },
    }
    const kept = (groupBy: string[]) =>
      checkPrice(price, new Map([['m', { key: 'm', active: true, groupBy }]])).map(one => one.path)
    expect(kept(['model', 'region'])).toEqual([])
    expect(kept(['model'])).toEqual(['filters.1.values'])
    expect(checkPrice(price, new Map([['m', { key: 'm', active: true }]]))).toHaveLength(2)
  })

  test('no event is billed twice or dropped: whatever filters do not overlap', () => {
    const value = fc.constantFrom('a', 'b', 'c')
    const values = fc.uniqueArray(value, { minLength: 1, maxLength: 2 })
    const any = fc
      .array(
        fc.record({ x: fc.option(values, { nil: undefined }), y: fc.option(values, { nil: undefined }) }),
        { maxLength: 5 },
      )
      .map(list => {
        const filters: PriceFilter[] = []
        for (const [index, { x, y }] of list.entries()) {
          const next = filter(`f${index}`, { ...(x && { x }), ...(y && { y }) })
          const empty = Object.keys(next.values).length === 0
          if (!empty && filters.every(one => !overlaps(one, next))) filters.push(next)
        }
        return filters
      })
    const event = fc.record({ x: value, y: value }, { requiredKeys: [] })
    fc.assert(
      fc.property(any, fc.array(event, { maxLength: 20 }), (filters, events) => {
        const counts = chargesOf({ charge: terms.charge, filters }).map(() => 0)
        for (const properties of events) {
          const fitting = filters.filter(({ values: own }) =>
            Object.entries(own).every(([key, all]) => all.includes(properties[key as 'x' | 'y'] ?? '–')),
          )
          expect(fitting.length).toBeLessThanOrEqual(1)
          const at = chargeOfEvent(filters, properties as Record<string, string>)
          expect(at).toBe(fitting[0] ? filters.indexOf(fitting[0]) : filters.length)
          counts[at]!++
        }
        expect(counts.reduce((a, b) => a + b, 0)).toBe(events.length)
        // One unit of one price for each: the parts come to what all of it would.
        const one = { ...terms, charge: filter('', {}).charge, filters }
        const rated = rate({
          ...{ terms: one, quantity: scaled(BigInt(events.length)), events: events.length },
          parts: counts.map(count => part(BigInt(count), count)),
        })
        expect(rated.amount).toBe(BigInt(events.length) * 100n)
      }),
    )
  })
})

describe('a minimum that is made up on its own', () => {
  const least: PriceTerms = { ...terms, filters: [], minimum: '50', trueUp: true }
  const of = (quantity: bigint, more: Partial<PriceTerms> = {}) =>
    rate({ terms: { ...least, ...more }, quantity: scaled(quantity) })

  test('is the rounded minimum less the rounded charge', () => {
    const rated = of(1234n)
    expect(rated).toMatchObject({ amount: 5000n, trueUp: 3766n })
    expect(rated.steps.slice(-2)).toEqual([
      { step: 'round', rule: 'half-up', places: 2, exact: '12.34', amount: '12.34' },
      { step: 'true-up', minimum: '50.00', charged: '12.34', amount: '37.66' },
    ])
    expect(of(6000n)).toMatchObject({ amount: 6000n, trueUp: 0n })
    // Both rounded first: 2.5 yen are 3, of a minimum of 10.4 that is 10.
    const yen = of(5n, {
      ...{ currency: 'JPY', minimum: '10.4', charge: { model: 'standard', unit: '0.5', free: '0' } },
    })
    expect(yen).toMatchObject({ amount: 10n, trueUp: 7n })
  })

  test('for a part of its period it is prorated, and comes to the same as the minimum that raises', () => {
    const at = (iso: string) => BigInt(Date.parse(iso))
    const period = { from: at('2026-10-01T00:00:00Z'), to: at('2026-11-01T00:00:00Z') }
    fc.assert(
      fc.property(
        fc.bigInt(0n, 20_000n),
        fc.bigInt(0n, 10_000n),
        fc.constantFrom('JPY', 'USD', 'KWD'),
        fc.bigInt(0n, 30n),
        fc.constantFrom<PriceTerms['proration']>('second', 'day', 'day-30', 'none', 'full'),
        (quantity, minimum, currency, day, proration) => {
          const service = { from: period.from + day * 86_400_000n, to: period.to }
          const both = { ...least, currency, minimum: `${minimum}.125`, proration }
          const request = { quantity: scaled(quantity), proration: { period, service, zone: 'UTC' } }
          const own = rate({ ...request, terms: both })
          const raised = rate({ ...request, terms: { ...both, trueUp: false } })
          expect(own.amount).toBe(raised.amount)
          expect(own.trueUp).toBeGreaterThanOrEqual(0n)
          expect(rate({ ...request, terms: both, billed: own.amount }).amount).toBe(0n)
        },
      ),
    )
  })
})

test('minimum ≤ amount ≤ maximum, whatever the price', () => {
  const amount = fc
    .bigInt(0n, 100_000n)
    .map(units => `${units / 100n}.${String(units % 100n).padStart(2, '0')}`)
  fc.assert(
    fc.property(
      amount,
      amount,
      amount,
      fc.bigInt(0n, 5000n),
      fc.boolean(),
      (a, b, unit, quantity, trueUp) => {
        const [minimum, maximum] = Number(a) <= Number(b) ? [a, b] : [b, a]
        const charge = { model: 'standard' as const, unit, free: '0' }
        const rated = rate({
          terms: { ...terms, filters: [], charge, minimum, maximum, trueUp },
          quantity: scaled(quantity),
        })
        expect(rated.amount).toBeGreaterThanOrEqual(BigInt(Math.round(Number(minimum) * 100)))
        expect(rated.amount).toBeLessThanOrEqual(BigInt(Math.round(Number(maximum) * 100)))
      },
    ),
  )
})
