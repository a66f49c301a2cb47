import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Charge, ProrationMode } from '#shared/contract/billing/prices.ts'
import type { Phase } from '#shared/contract/billing/subscriptions.ts'
import { dueItems, whatIsDue } from './due-items.ts'
import { itemKey, periodOfItem } from './item-key.ts'
import type { PlanPrice, SubscriptionFacts } from './model.ts'

const at = (iso: string) => BigInt(Date.parse(iso.length === 10 ? `${iso}T00:00:00Z` : iso))
const iso = (instant: bigint) => new Date(Number(instant)).toISOString().replace('T00:00:00.000Z', '')

const FLAT: Charge = { model: 'flat', amount: '99' }
const UNIT: Charge = { model: 'standard', unit: '1', free: '0' }

function price(
  id: string,
  planVersionId: string,
  charge: Charge,
  more: { due?: 'advance' | 'arrears'; proration?: ProrationMode; currency?: string } = {},
): PlanPrice {
  return {
    planVersionId,
    metric: null,
    price: {
      ...{ id, key: id, name: id, metricId: null, currency: 'USD', charge, minimum: null, maximum: null },
      ...{ due: charge.model === 'flat' ? 'advance' : 'arrears', proration: 'second' },
      ...more,
    },
  }
}

const PRICES = [
  price('feeA', 'A', FLAT),
  price('useA', 'A', UNIT),
  price('feeB', 'B', FLAT),
  price('useB', 'B', UNIT),
]

function phase(planVersionId: string, from: string, to: string | null, more: Partial<Phase> = {}): Phase {
  return {
    ...{
      id: '',
      planVersionId,
      quantity: 1n,
      kind: 'active',
      from: at(from),
      to: to === null ? null : at(to),
    },
    ...more,
  }
}

function facts(phases: Phase[], more: Partial<SubscriptionFacts> = {}): SubscriptionFacts {
  const start = phases[0]!.from
  return {
    ...{ id: 's', currency: 'USD', interval: 'month', alignment: 'calendar', zone: 'UTC' },
    ...{ anchorAt: start, billFrom: start, endedAt: null, phases },
    ...more,
  }
}

const PERIOD_OCTOBER_2026 = (2026 - 2000) * 12 + 9
/** Items as `price/period/part service seats`, with the period as months after October 2026. */
function due(subscription: SubscriptionFacts, from: string, target: string, prices = PRICES): string[] {
  return dueItems(subscription, prices, at(from), at(target)).map(({ item, service, seats }) => {
    const [, id, number, part] = item.split('/')
    const name = part === '0' ? '' : '+'
    const span = `${iso(service.from)} – ${iso(service.to)}`
    return `${id}${name} ${Number(number) - PERIOD_OCTOBER_2026} ${span}${seats === null ? '' : ` × ${seats}`}`
  })
}

describe('what is due', () => {
  test('fees in advance when their service begins, usage when it ends', () => {
    const simple = facts([phase('A', '2026-10-10', null)])
    expect(due(simple, '2026-10-10', '2026-10-31')).toEqual(['feeA 0 2026-10-10 – 2026-11-01 × 1'])
    expect(due(simple, '2026-10-10', '2026-11-01')).toEqual([
      'feeA 0 2026-10-10 – 2026-11-01 × 1',
      'useA 0 2026-10-10 – 2026-11-01',
      'feeA 1 2026-11-01 – 2026-12-01 × 1',
    ])
    // From a later instant on, only the periods from there.
    expect(due(simple, '2026-11-01', '2026-12-01')).toEqual([
      'feeA 1 2026-11-01 – 2026-12-01 × 1',
      'useA 1 2026-11-01 – 2026-12-01',
      'feeA 2 2026-12-01 – 2027-01-01 × 1',
    ])
  })

  test('a fee in arrears when its service ends', () => {
    const prices = [price('feeA', 'A', FLAT, { due: 'arrears' })]
    expect(due(facts([phase('A', '2026-10-01', null)]), '2026-10-01', '2026-11-01', prices)).toEqual([
      'feeA 0 2026-10-01 – 2026-11-01 × 1',
    ])
  })

  test('a trial costs nothing; a pause no fees, and usage goes on through it as one item', () => {
    const paused = facts([
      phase('A', '2026-09-25', '2026-10-05', { kind: 'trial' }),
      phase('A', '2026-10-05', '2026-10-10'),
      phase('A', '2026-10-10', '2026-10-20', { kind: 'paused' }),
      phase('A', '2026-10-20', null),
    ])
    expect(due(paused, '2026-09-25', '2026-10-31')).toEqual([
      'feeA 0 2026-10-05 – 2026-10-10 × 1',
      'feeA+ 0 2026-10-20 – 2026-11-01 × 1',
    ])
    expect(due(paused, '2026-10-01', '2026-11-01').filter(item => item.startsWith('use'))).toEqual([
      'useA 0 2026-10-05 – 2026-11-01',
    ])
  })

  test('another plan in the middle of a period makes two items, back again three', () => {
    const changed = facts([
      phase('A', '2026-10-01', '2026-10-11'),
      phase('B', '2026-10-11', '2026-10-21'),
      phase('A', '2026-10-21', '2026-11-01'),
    ])
    expect(due(changed, '2026-10-01', '2026-11-01').slice(0, 6)).toEqual([
      'feeA 0 2026-10-01 – 2026-10-11 × 1',
      'feeB 0 2026-10-11 – 2026-10-21 × 1',
      'feeA+ 0 2026-10-21 – 2026-11-01 × 1',
      'useA 0 2026-10-01 – 2026-10-11',
      'useB 0 2026-10-11 – 2026-10-21',
      'useA+ 0 2026-10-21 – 2026-11-01',
    ])
  })

  test('seats: fees apart, usage as one; phases that do not differ are one', () => {
    const seats = facts([
      phase('A', '2026-10-01', '2026-10-05', { quantity: 2n }),
      phase('A', '2026-10-05', '2026-10-11', { quantity: 2n }),
      phase('A', '2026-10-11', null, { quantity: 5n }),
    ])
    expect(due(seats, '2026-10-01', '2026-11-01').slice(0, 3)).toEqual([
      'feeA 0 2026-10-01 – 2026-10-11 × 2',
      'feeA+ 0 2026-10-11 – 2026-11-01 × 5',
      'useA 0 2026-10-01 – 2026-11-01',
    ])
  })

  test('nothing before it is billed from, nothing after it has ended', () => {
    const ended = facts([phase('A', '2026-09-01', null)], {
      billFrom: at('2026-10-11'),
      endedAt: at('2026-10-21'),
    })
    expect(due(ended, '2026-09-01', '2026-12-01')).toEqual([
      'feeA 0 2026-10-11 – 2026-10-21 × 1',
      'useA 0 2026-10-11 – 2026-10-21',
    ])
  })

  test('prices of other plans and currencies are left out', () => {
    const prices = [...PRICES, price('euro', 'A', FLAT, { currency: 'EUR' })]
    expect(due(facts([phase('A', '2026-10-01', null)]), '2026-10-01', '2026-10-01', prices)).toEqual([
      'feeA 0 2026-10-01 – 2026-11-01 × 1',
    ])
  })

  test('by day, a date belongs to the plan that had it first', () => {
    const prices = [
      price('feeA', 'A', FLAT, { proration: 'day' }),
      price('feeB', 'B', FLAT, { proration: 'day-30' }),
    ]
    const changed = facts([
      phase('A', '2026-10-01', '2026-10-11T10:00:00Z'),
      phase('B', '2026-10-11T10:00:00Z', '2026-10-11T12:00:00Z'),
      phase('A', '2026-10-11T12:00:00Z', '2026-10-20'),
      phase('B', '2026-10-20', null),
    ])
    expect(due(changed, '2026-10-01', '2026-10-31', prices)).toEqual([
      'feeA 0 2026-10-01 – 2026-10-11T10:00:00.000Z × 1',
      // B was in force for two hours of a date that A had already.
      'feeA+ 0 2026-10-12 – 2026-10-20 × 1',
      'feeB+ 0 2026-10-20 – 2026-11-01 × 1',
    ])
  })

  test('what is owed later is waiting, so that nobody gives it back', () => {
    const { items, considered } = whatIsDue(
      facts([phase('A', '2026-10-01', null)]),
      PRICES,
      at('2026-10-01'),
      at('2026-10-15'),
    )
    expect(items).toHaveLength(1)
    expect(considered).toEqual([
      {
        ...{ subscriptionId: 's', number: PERIOD_OCTOBER_2026 },
        period: { from: at('2026-10-01'), to: at('2026-11-01') },
        waiting: [
          {
            item: itemKey('s', 'useA', PERIOD_OCTOBER_2026, 0n),
            service: { from: at('2026-10-01'), to: at('2026-11-01') },
          },
        ],
      },
    ])
  })

  test('a change of the zone moves the services and leaves the items their names', () => {
    const berlin = facts([phase('A', '2026-09-01', null)], { zone: 'Europe/Berlin' })
    const names = (subscription: SubscriptionFacts) =>
      dueItems(subscription, PRICES, at('2026-10-15'), at('2026-11-15')).map(({ item }) => item)
    expect(names(berlin)).toEqual(names({ ...berlin, zone: 'America/New_York' }))
  })

  test('an item names its subscription and period', () => {
    expect(periodOfItem(itemKey('s', 'p', -3, 0n))).toEqual({ subscriptionId: 's', number: -3 })
    const own = itemKey('s', 'p', 7, 12n, { interval: 'quarter', trueUp: true })
    expect(own).toBe('s/p/quarter:7/12/true-up')
    expect(periodOfItem(own)).toEqual({ subscriptionId: 's', number: 7, interval: 'quarter', trueUp: true })
    for (const bad of ['s/p/3', 's/p/x/0', '', 's/p/day:3/0', 's/p/3/0/other'])
      expect(() => periodOfItem(bad)).toThrow(RangeError)
  })

  test('services of one price never overlap, lie within their period and the life of the subscription', () => {
    const start = at('2026-01-15')
    const length = fc.bigInt(1n, 40n * 86_400_000n)
    const kind = fc.constantFrom<Phase['kind']>('trial', 'active', 'paused')
    const piece = fc.record({
      length,
      kind,
      planVersionId: fc.constantFrom('A', 'B'),
      quantity: fc.bigInt(1n, 2n),
    })
    const mode = fc.constantFrom<ProrationMode>('second', 'day', 'day-30')
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        mode,
        fc.constantFrom('week', 'month', 'quarter', 'year'),
        fc.constantFrom('calendar', 'anniversary'),
        (pieces, proration, interval, alignment) => {
          const phases: Phase[] = []
          let from = start
          for (const { length: duration, ...rest } of pieces) {
            phases.push({ id: '', ...rest, from, to: from + duration })
            from += duration
          }
          const prices = PRICES.map(terms => ({ ...terms, price: { ...terms.price, proration } }))
          const subscription = facts(phases, { interval, alignment, endedAt: from, zone: 'America/New_York' })
          const { items, considered } = whatIsDue(subscription, prices, start, from + 400n * 86_400_000n)
          expect(considered.every(({ waiting }) => waiting.length === 0)).toBe(true)
          expect(new Set(items.map(({ item }) => item)).size).toBe(items.length)
          for (const item of items) {
            expect(item.service.from).toBeLessThan(item.service.to)
            expect(item.service.from).toBeGreaterThanOrEqual(item.period.from)
            expect(item.service.to).toBeLessThanOrEqual(item.period.to)
            expect(item.service.to).toBeLessThanOrEqual(from)
          }
          for (const one of items)
            for (const other of items) {
              if (one === other || one.terms.price.id !== other.terms.price.id) continue
              const apart = one.service.to <= other.service.from || other.service.to <= one.service.from
              expect(apart).toBe(true)
            }
        },
      ),
      { numRuns: 60 },
    )
  })
})
