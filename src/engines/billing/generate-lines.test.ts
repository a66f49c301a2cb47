import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Metric } from '#shared/contract/billing/catalog.ts'
import type { Charge } from '#shared/contract/billing/prices.ts'
import type { Phase } from '#shared/contract/billing/subscriptions.ts'
import { whatIsDue } from './due-items.ts'
import { exactFromText, roundHalfUp } from './exact.ts'
import { addBilled, generateLines } from './generate-lines.ts'
import { totalsOf } from './invoice-totals.ts'
import type {
  BilledItem,
  DueItem,
  GeneratedLine,
  PlanPrice,
  SubscriptionFacts,
  UsageQuantity,
} from './model.ts'

const at = (iso: string) => BigInt(Date.parse(`${iso}T00:00:00Z`))
const DAY = 86_400_000n
const METRIC: Metric = {
  ...{ id: 'm', key: 'storage', name: 'Storage', unit: 'GB', scale: 3, aggregation: 'sum' },
  ...{ excess: 'round', groupBy: [], active: true },
  ...{ property: null, rounding: null, carries: false },
}

function price(id: string, planVersionId: string, charge: Charge, minimum: string | null = null): PlanPrice {
  const isFee = charge.model === 'flat'
  return {
    ...{ planVersionId, metric: isFee ? null : METRIC },
    price: {
      ...{ id, key: id, name: `The ${id}`, metricId: isFee ? null : 'm', currency: 'USD', charge, minimum },
      ...{ maximum: null, due: isFee ? 'advance' : 'arrears', proration: 'second' },
    },
  }
}
const PRICES = [
  price('fee', 'A', { model: 'flat', amount: '62' }),
  price('use', 'A', { model: 'standard', unit: '0.5', free: '10' }),
  price('least', 'B', { model: 'standard', unit: '0.5', free: '0' }, '20'),
  price('none', 'B', { model: 'flat', amount: '0' }),
  price('dear', 'B', { model: 'flat', amount: '310' }),
]
const active = (planVersionId: string, from: string, to: string | null = null): Phase => ({
  ...{ id: '', planVersionId, quantity: 1n, kind: 'active', from: at(from), to: to === null ? null : at(to) },
})
const facts = (phases: Phase[], endedAt: bigint | null = null): SubscriptionFacts => ({
  ...{ id: 's', currency: 'USD', interval: 'month', alignment: 'calendar', zone: 'UTC', phases, endedAt },
  ...{ anchorAt: phases[0]!.from, billFrom: phases[0]!.from },
})
const NOTHING: ReadonlyMap<string, BilledItem> = new Map()

interface Run {
  readonly from: string
  readonly target: string
  readonly billed?: ReadonlyMap<string, BilledItem>
  readonly taxRate?: string
  /** By price: what was used. */
  readonly used?: Readonly<Record<string, bigint>>
}

function run(
  subscription: SubscriptionFacts,
  { from, target, billed = NOTHING, taxRate = '0', used = {} }: Run,
) {
  const { items, considered } = whatIsDue(subscription, PRICES, at(from), at(target))
  const quantities = new Map<string, UsageQuantity>()
  for (const { item, seats, terms } of items)
    if (seats === null) quantities.set(item, { quantity: used[terms.price.id] ?? 0n, events: 1 })
  return generateLines({ items, quantities, billed, taxRate, considered })
}
const brief = (lines: readonly GeneratedLine[]) =>
  lines.map(({ kind, priceKey, ordinal, amount }) => `${kind} ${priceKey} #${ordinal} ${amount}`)

describe('the generator', () => {
  const simple = facts([active('A', '2026-10-01')])
  const october = { from: '2026-10-01', target: '2026-11-01', taxRate: '0.1' }

  test('first lines of fees and usage, with tax and steps', () => {
    const lines = run(simple, { ...october, used: { use: 12_345n } })
    // Fees of October and November; 2.345 GB above the free 10 at 0.50 are 1.1725.
    expect(brief(lines)).toEqual(['fee fee #0 6200', 'usage use #0 117', 'fee fee #0 6200'])
    expect(lines[1]).toMatchObject({
      ...{
        metricId: 'm',
        unit: 'GB',
        quantity: 12_345n,
        scale: 3,
        exact: '1.1725',
        taxRate: '0.1',
        tax: 12n,
      },
      ...{ name: 'The use', service: { from: at('2026-10-01'), to: at('2026-11-01') } },
    })
    expect(lines[0]).toMatchObject({ unit: '', metricId: null, quantity: 1n, scale: 0 })
    expect(lines[1]!.steps.map(({ step }) => step)).toEqual(['normalise', 'price', 'round'])
  })

  test('on its own result it gives nothing', () => {
    const used = { use: 12_345n }
    const billed = addBilled(NOTHING, run(simple, { ...october, used }), 'USD')
    expect(run(simple, { ...october, used, billed })).toEqual([])
  })

  test('usage within the free units is a line of zero; no usage and a fee of zero are none', () => {
    expect(brief(run(simple, { ...october, used: { use: 9000n } }))[1]).toBe('usage use #0 0')
    expect(brief(run(simple, october))).toEqual(['fee fee #0 6200', 'fee fee #0 6200'])
    const b = facts([active('B', '2026-10-01')])
    // A minimum is due without usage.
    expect(brief(run(b, october))).toEqual(['fee dear #0 31000', 'usage least #0 2000', 'fee dear #0 31000'])
    expect(
      brief(generateLines({ ...whole(b), quantities: new Map(), billed: NOTHING, taxRate: '0' })),
    ).toEqual(['fee dear #0 31000', 'usage least #0 2000', 'fee dear #0 31000'])
  })

  function whole(subscription: SubscriptionFacts) {
    return whatIsDue(subscription, PRICES, at('2026-10-01'), at('2026-11-01'))
  }

  test('late usage is an adjustment, less usage a credit, of the difference', () => {
    let billed = addBilled(NOTHING, run(simple, { ...october, used: { use: 12_345n } }), 'USD')
    const late = run(simple, { ...october, used: { use: 20_000n }, billed })
    expect(brief(late)).toEqual(['adjustment use #1 383']) // 5.00 − 1.17
    expect(late[0]).toMatchObject({ quantity: 7655n, tax: 38n, exact: '3.83' })
    expect(late[0]!.steps.at(-1)).toEqual({ step: 'billed', billed: '1.17', amount: '3.83' })
    billed = addBilled(billed, late, 'USD')
    const less = run(simple, { ...october, used: { use: 11_000n }, billed })
    expect(brief(less)).toEqual(['credit use #2 -450']) // 0.50 − 5.00
    // Usage that changes no amount makes no line.
    expect(run(simple, { ...october, used: { use: 20_001n }, billed })).toEqual([])
  })

  test('an upgrade credits what was actually billed of the old plan', () => {
    const billed = addBilled(NOTHING, run(simple, { from: '2026-10-01', target: '2026-10-01' }), 'USD')
    const upgraded = facts([active('A', '2026-10-01', '2026-10-11'), active('B', '2026-10-11')])
    // 10 of 31 days of 62.00 are 20.00; 21 of 31 days of 310.00 are 210.00.
    expect(brief(run(upgraded, { from: '2026-10-01', target: '2026-10-15', billed }))).toEqual([
      'credit fee #1 -4200',
      'fee dear #0 21000',
    ])
  })

  test('what is no longer owed is given back as it was billed, with its tax and at its rate', () => {
    const taxed = { from: '2026-10-01', target: '2026-11-01', taxRate: '0.0825' }
    const billed = addBilled(NOTHING, run(simple, taxed), 'USD')
    const ended = facts([active('A', '2026-10-01')], at('2026-10-01') + 1n)
    const lines = run(ended, { ...taxed, billed, taxRate: '0.2' })
    // The fee of October comes to a millisecond of it, which rounds to nothing; November's is not owed at all.
    expect(brief(lines)).toEqual(['credit fee #1 -6200', 'credit fee #1 -6200'])
    // 8.25 % of 62.00 is 5.115: 5.12 each way, whatever the rate is now.
    expect(lines.map(({ tax, taxRate }) => [tax, taxRate])).toEqual([
      [-512n, '0.0825'],
      [-512n, '0.0825'],
    ])
    expect(lines[1]).toMatchObject({ quantity: -1n, exact: '-62', name: 'The fee', priceId: 'fee' })
    expect(lines[1]!.steps.map(({ step }) => step)).toEqual(['normalise', 'round', 'billed'])
    const after = addBilled(billed, lines, 'USD')
    expect(totalsOf([...after.values()])).toEqual({ net: 0n, tax: 0n, total: 0n })
    expect(run(ended, { ...taxed, billed: after, taxRate: '0.2' })).toEqual([])
  })

  test('money comes back at the rate at which it was taken, and more is taken at the rate of today', () => {
    const taxed = { ...october, taxRate: '0.2' }
    const billed = addBilled(NOTHING, run(simple, { ...taxed, used: { use: 30_000n } }), 'USD')
    const less = run(simple, { ...taxed, taxRate: '0', used: { use: 20_000n }, billed })
    expect(less.map(({ amount, taxRate, tax }) => [amount, taxRate, tax])).toEqual([[-500n, '0.2', -100n]])
    const more = run(simple, { ...taxed, taxRate: '0', used: { use: 40_000n }, billed })
    expect(more.map(({ amount, taxRate, tax }) => [amount, taxRate, tax])).toEqual([[500n, '0', 0n]])
  })

  test('what was taken in two lines comes back in one, with the tax of both', () => {
    // 5 % of 0.10 is half a cent: a cent on each line, two for both, where 5 % of 0.20 would be one.
    const taxed = { ...october, taxRate: '0.05' }
    const first = addBilled(NOTHING, run(simple, { ...taxed, used: { use: 10_200n } }), 'USD')
    const both = addBilled(first, run(simple, { ...taxed, used: { use: 10_400n }, billed: first }), 'USD')
    const back = run(simple, { ...taxed, used: { use: 10_000n }, billed: both })
    expect(back.map(({ kind, amount, tax }) => [kind, amount, tax])).toEqual([['credit', -20n, -2n]])
  })

  test('what was given back whole and is owed again is billed as what it is', () => {
    const first = addBilled(NOTHING, run(simple, { from: '2026-10-01', target: '2026-10-01' }), 'USD')
    const ended = facts([active('A', '2026-10-01')], at('2026-10-01'))
    const nothing = addBilled(
      first,
      run(ended, { from: '2026-10-01', target: '2026-10-01', billed: first }),
      'USD',
    )
    expect(brief(run(simple, { from: '2026-10-01', target: '2026-10-01', billed: nothing }))).toEqual([
      'fee fee #2 6200',
    ])
  })

  test('what a credit gave away wrongly comes back as an adjustment', () => {
    const billed = addBilled(NOTHING, run(simple, { from: '2026-10-01', target: '2026-10-01' }), 'USD')
    const credited = new Map([...billed].map(([item, one]) => [item, { ...one, amount: -100n, tax: -10n }]))
    const { considered } = whatIsDue(simple, PRICES, at('2026-10-01'), at('2026-10-01'))
    const lines = generateLines({
      items: [],
      quantities: new Map(),
      billed: credited,
      taxRate: '0.1',
      considered: considered.map(period => ({ ...period, waiting: [] })),
    })
    expect(brief(lines)).toEqual(['adjustment fee #1 100'])
  })

  test('what is owed later or lies in a period that nobody looked at stays', () => {
    const billed = addBilled(NOTHING, run(simple, { ...october, used: { use: 50_000n } }), 'USD')
    // A target in the middle of October: its usage is not due yet, and was billed all the same.
    expect(run(simple, { from: '2026-10-01', target: '2026-10-15', billed })).toEqual([])
    const ended = facts([active('A', '2026-10-01')], at('2026-10-01') + 1n)
    const { items, considered } = whatIsDue(ended, PRICES, at('2026-11-01'), at('2026-11-01'))
    const lines = generateLines({ items, quantities: new Map(), billed, taxRate: '0', considered })
    expect(brief(lines)).toEqual(['credit fee #1 -6200'])
  })
})

describe('for any history', () => {
  const start = at('2026-01-10')
  const piece = fc.record({
    length: fc.bigInt(1n, 50n * DAY),
    kind: fc.constantFrom<Phase['kind']>('trial', 'active', 'active', 'paused'),
    planVersionId: fc.constantFrom('A', 'B'),
    quantity: fc.bigInt(1n, 3n),
  })
  const story = fc.array(piece, { minLength: 1, maxLength: 5 }).map(pieces => {
    const phases: Phase[] = []
    let from = start
    for (const { length, ...rest } of pieces) {
      phases.push({ id: '', ...rest, from, to: from + length })
      from += length
    }
    return facts(phases, from)
  })
  const usage = fc.array(
    fc.record({ at: fc.bigInt(start, start + 200n * DAY), quantity: fc.bigInt(0n, 100_000n) }),
    { maxLength: 20 },
  )
  const target = fc.bigInt(start, start + 300n * DAY)

  type Events = readonly { readonly at: bigint; readonly quantity: bigint }[]
  const measure = (items: readonly DueItem[], events: Events) =>
    new Map(
      items
        .filter(({ seats }) => seats === null)
        .map(({ item, service }) => {
          const own = events.filter(event => event.at >= service.from && event.at < service.to)
          const quantity = own.reduce((sum, event) => sum + event.quantity, 0n)
          return [item, { quantity, events: own.length }] as const
        }),
    )
  function close(
    subscription: SubscriptionFacts,
    events: Events,
    until: bigint,
    billed: ReadonlyMap<string, BilledItem>,
    from = start,
  ) {
    const { items, considered } = whatIsDue(subscription, PRICES, from, until)
    return generateLines({ items, quantities: measure(items, events), billed, taxRate: '0.077', considered })
  }

  test('twice is once: after any close, the same close gives nothing', () => {
    fc.assert(
      fc.property(story, usage, target, (subscription, events, until) => {
        const billed = addBilled(NOTHING, close(subscription, events, until, NOTHING), 'USD')
        expect(close(subscription, events, until, billed)).toEqual([])
      }),
    )
  })

  test('whatever was believed before, the next close brings every item to what it should be', () => {
    fc.assert(
      fc.property(story, story, usage, usage, target, (believed, real, early, all, until) => {
        const before = addBilled(NOTHING, close(believed, early, until, NOTHING), 'USD')
        const corrected = addBilled(before, close(real, all, until, before), 'USD')
        const fresh = addBilled(NOTHING, close(real, all, until, NOTHING), 'USD')
        const { considered } = whatIsDue(real, PRICES, start, until)
        const later = new Set(considered.flatMap(({ waiting }) => waiting.map(({ item }) => item)))
        for (const [item, { amount }] of corrected)
          if (!later.has(item)) expect(amount).toBe(fresh.get(item)?.amount ?? 0n)
      }),
    )
  })

  test('month by month or all at once, the customer pays the same', () => {
    fc.assert(
      fc.property(story, usage, fc.array(target, { maxLength: 5 }), (subscription, events, targets) => {
        const end = start + 400n * DAY
        let billed = NOTHING
        let from = start
        for (const until of [...targets.sort((a, b) => (a < b ? -1 : 1)), end]) {
          billed = addBilled(billed, close(subscription, events, until, billed, from), 'USD')
          from = until
        }
        const atOnce = addBilled(NOTHING, close(subscription, events, end, NOTHING), 'USD')
        const amounts = (all: ReadonlyMap<string, BilledItem>) =>
          [...all].map(([item, { amount }]) => [item, amount]).sort()
        expect(amounts(billed)).toEqual(amounts(atOnce))
      }),
    )
  })

  test('every line is within half a cent of its exact amount, and the total is the sum of the lines', () => {
    fc.assert(
      fc.property(story, usage, target, (subscription, events, until) => {
        const lines = close(subscription, events, until, NOTHING)
        for (const { exact, amount } of lines) expect(roundHalfUp(exactFromText(exact), 2)).toBe(amount)
        const totals = totalsOf(lines)
        expect(totals.total).toBe(lines.reduce((sum, { amount, tax }) => sum + amount + tax, 0n))
        expect(totals.total).toBe(totals.net + totals.tax)
      }),
    )
  })
})
