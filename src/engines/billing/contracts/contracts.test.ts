import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Commitment, ContractFacts, VolumeDiscount } from '#shared/contract/billing/contract-facts.ts'
import { exactOf, exactText, scaled } from '../exact.ts'
import { addBilled } from '../generate-lines.ts'
import { totalsOf } from '../invoice-totals.ts'
import type { BilledItem, GeneratedLine } from '../model.ts'
import { taxOn } from '../rate.ts'
import { waitsInMonth } from './billing-cycle.ts'
import { commitmentPeriods, countedIn, outcomeOf, shareOf } from './commitments.ts'
import { isMinimum, minimumItem, ofVolume, volumeItem } from './contract-item.ts'
import { type AgreedInput, invoiceLines } from './contract-lines.ts'
import { endOfContract, noticeBy, reminderOf, standingOf, termAt } from './contract-term.ts'
import { rampedOverrides, termsIn } from './ramp.ts'
import { volumeShare } from './volume-discount.ts'

const at = (text: string) => BigInt(Date.parse(`${text}T00:00:00Z`))
const DAY = 86_400_000n

function contract(
  more: Partial<ContractFacts> = {},
  terms: Partial<ContractFacts['terms']> = {},
): ContractFacts {
  return {
    ...{ id: 'c', number: 'C-1', currency: 'USD', subscriptionId: null, from: at('2026-01-01'), until: null },
    ...{ renewMonths: null, terminatedAt: null, invoiced: [] },
    terms: { phases: [], volume: [], commitments: [], minimum: null, ...terms },
    ...more,
  }
}

function commitment(more: Partial<Commitment> = {}): Commitment {
  return {
    ...{ key: 'k', name: 'Spend', amount: 100_000n, every: 'quarter', alignment: 'calendar', from: null },
    ...{ to: null, prorate: true, planIds: null, metricIds: null, overagePercent: null, ...more },
  }
}

function line(item: string, amount: bigint, more: Partial<GeneratedLine> = {}): GeneratedLine {
  return {
    ...{ item, ordinal: 0, kind: 'usage', subscriptionId: 's', priceId: item, priceKey: item, name: item },
    ...{
      metricId: 'm',
      unit: '',
      service: { from: at('2026-03-01'), to: at('2026-04-01') },
      quantity: amount,
    },
    ...{ scale: 0, exact: '0', amount, taxRate: '0.19', tax: taxOn(amount, '0.19'), steps: [], ...more },
  }
}

function agreed(more: Partial<AgreedInput>): GeneratedLine[] {
  return invoiceLines({
    ...{ currency: 'USD', period: '2026-03', zone: 'UTC', regular: [], once: [] },
    taxOf: () => ({ rate: '0.19', basis: null }),
    month: { from: at('2026-03-01'), to: at('2026-04-01') },
    ...{ contracts: [], coupons: [], billed: new Map(), history: new Map(), considered: [], complete: true },
    planOf: () => 'pro',
    ...more,
  })
}
const shown = (lines: readonly GeneratedLine[]) => lines.map(one => `${one.kind} ${one.name} ${one.amount}`)

describe('how long a contract holds', () => {
  const year = contract({ until: at('2027-01-31') })

  it('ends with its last term, goes on where it renews itself, or is ended early', () => {
    expect(endOfContract(year)).toBe(at('2027-01-31'))
    expect(endOfContract({ ...year, renewMonths: 1 })).toBeNull()
    expect(endOfContract({ ...year, renewMonths: 1, terminatedAt: at('2026-05-01') })).toBe(at('2026-05-01'))
    expect(endOfContract({ ...year, terminatedAt: at('2028-01-01') })).toBe(at('2027-01-31'))
    expect(endOfContract({ ...year, terminatedAt: at('2026-05-01') })).toBe(at('2026-05-01'))
    expect(['2025-12-31', '2026-01-01', '2027-01-31'].map(day => standingOf(year, at(day)))).toEqual([
      'upcoming',
      'active',
      'ended',
    ])
    expect(standingOf({ ...year, terminatedAt: at('2026-05-01') }, at('2026-05-01'))).toBe('terminated')
    expect(standingOf(contract(), at('2030-01-01'))).toBe('active')
  })

  it('counts renewals from the first end, never from the one before', () => {
    const monthly = { ...year, renewMonths: 1 }
    expect(termAt(monthly, at('2027-03-01'), 'UTC')).toEqual({
      ...{ number: 2, from: at('2027-02-28'), to: at('2027-03-31') },
    })
    expect(termAt(contract(), at('2027-03-01'), 'UTC')).toBeNull()
    expect(noticeBy(monthly, 30, at('2026-06-01'), 'UTC')).toBe(at('2027-01-01'))
    expect(noticeBy(contract(), 30, at('2026-06-01'), 'UTC')).toBeNull()
  })
})

describe('what people are told of contracts', () => {
  const year = contract({ until: at('2027-01-01') })
  const on = (day: string, one = year) => reminderOf(one, 60, at(day), 'UTC')

  it('is that they end, or until when notice can be given, for thirty days before', () => {
    expect(on('2026-12-02')).toEqual({ kind: 'end', by: at('2027-01-01') })
    const renewing = { ...year, renewMonths: 12 }
    expect(on('2026-10-03', renewing)).toEqual({ kind: 'notice', by: at('2026-11-02') })
    expect(on('2027-10-03', renewing)).toEqual({ kind: 'notice', by: at('2027-11-02') })
  })

  it('is nothing before, nothing once it is too late, and nothing of what does not end', () => {
    expect([on('2026-12-01'), on('2027-01-01'), on('2026-12-02', contract())]).toEqual([null, null, null])
    expect(on('2026-11-02', { ...year, renewMonths: 12 })).toBeNull()
    expect(on('2026-12-02', { ...year, terminatedAt: at('2026-12-20') })).toBeNull()
  })
})

describe('an invoice every so many months', () => {
  const month = (period: string) => {
    const from = at(`${period}-01`)
    return { from, to: from + 28n * DAY }
  }
  const waits = (period: string, cycle: ContractFacts['terms']['cycle'], more: Partial<ContractFacts> = {}) =>
    waitsInMonth(contract({ from: at('2026-02-01'), ...more }, { cycle }), period, month(period), 'UTC')

  it('waits until the last of them, counted from January or from the first of the contract', () => {
    const quarter = { months: 3, alignment: 'calendar' } as const
    expect(['2026-02', '2026-03', '2026-04'].map(one => waits(one, quarter))).toEqual([true, false, true])
    const own = { months: 3, alignment: 'contract' } as const
    expect(['2026-02', '2026-03', '2026-04', '2027-01'].map(one => waits(one, own))).toEqual([
      ...[true, true, false, false],
    ])
  })

  it('waits neither before the contract nor in the month in which it ends, nor without such a thing', () => {
    const quarter = { months: 3, alignment: 'calendar' } as const
    expect(waits('2026-01', quarter, { from: at('2026-03-01') })).toBe(false)
    expect(waits('2026-04', quarter, { until: at('2026-04-15') })).toBe(false)
    expect([waits('2026-02', null), waits('2026-02', undefined)]).toEqual([false, false])
  })
})

describe('prices by phases', () => {
  const price = { planId: 'pro', priceKey: 'calls', currency: 'USD', subscriptionId: 's' }
  const phase = {
    name: 'Year 1',
    from: at('2026-01-01'),
    to: at('2027-01-01'),
    discountPercent: '20',
    prices: [],
  }
  const terms = { discountPercent: '50' }
  const own = (from: string, to: string | null) => ({
    ...{ id: from, from: at(from), to: to === null ? null : at(to), reason: 'own', terms },
  })

  it('hold where no price of the customer alone does', () => {
    const one = contract({}, { phases: [phase] })
    const spans = (...all: ReturnType<typeof own>[]) =>
      rampedOverrides([one], all, price).map(({ from, to, reason }) => [from, to, reason])
    expect(spans()).toEqual([[at('2026-01-01'), at('2027-01-01'), 'C-1: Year 1']])
    expect(spans(own('2026-03-01', '2026-05-01'))).toEqual([
      [at('2026-01-01'), at('2026-03-01'), 'C-1: Year 1'],
      [at('2026-03-01'), at('2026-05-01'), 'own'],
      [at('2026-05-01'), at('2027-01-01'), 'C-1: Year 1'],
    ])
    expect(spans(own('2025-03-01', null))).toHaveLength(1)
    expect(rampedOverrides([contract({ subscriptionId: 'x' }, { phases: [phase] })], [], price)).toEqual([])
    const open = { ...phase, to: null }
    const ended = contract({ terminatedAt: at('2025-06-01') }, { phases: [open] })
    expect(rampedOverrides([ended], [], price)).toEqual([])
    expect(
      rampedOverrides([contract({}, { phases: [open] })], [own('2026-03-01', '2026-05-01')], price)[2],
    ).toMatchObject({
      ...{ from: at('2026-05-01'), to: null },
    })
  })

  it('say nothing of a price that they neither name nor take anything off', () => {
    const named = { ...phase, discountPercent: null, prices: [{ planId: 'pro', priceKey: 'calls', terms }] }
    expect(termsIn(named, price)).toEqual(terms)
    expect(termsIn(named, { ...price, priceKey: 'other' })).toBeNull()
    expect(rampedOverrides([contract({}, { phases: [named] })], [], { ...price, priceKey: 'other' })).toEqual(
      [],
    )
  })
})

describe('periods of commitments', () => {
  it('parts of a period that follow each other come to exactly the whole', () => {
    const year = fc.integer({ min: 1, max: 364 })
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 12n), year, (amount, days) => {
        const cut = at('2026-01-01') + BigInt(days) * DAY
        const all = contract()
        const of = (from: bigint | null, to: bigint | null) =>
          commitmentPeriods(all, commitment({ amount, every: 'year', from, to }), 'UTC', at('2027-01-01'))
        const [first] = of(null, cut)
        const [second] = of(cut, null)
        expect(first!.committed + second!.committed).toBe(amount)
        expect(first!.days!.used + second!.days!.used).toBe(365n)
      }),
    )
  })

  it('what was charged for a service is shared out without a rest', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 364 }), { maxLength: 6 })
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 12n), 10n ** 12n), cuts, (amount, days) => {
        const service = { from: at('2026-01-01'), to: at('2027-01-01') }
        const edges = [0, ...days.sort((a, b) => a - b), 365].map(day => service.from + BigInt(day) * DAY)
        const parts = edges
          .slice(1)
          .map((to, index) => shareOf({ amount, service }, { from: edges[index]!, to }))
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(amount)
      }),
    )
    const none = { from: at('2026-01-01'), to: at('2026-01-01') }
    expect(shareOf({ amount: 5n, service: none }, { from: none.from, to: none.from + 1n })).toBe(5n)
    expect(shareOf({ amount: 5n, service: none }, { from: none.from - 1n, to: none.from })).toBe(0n)
  })

  it('are whole where they shall not count by their days, and one for each term', () => {
    const until = at('2027-01-01')
    const short = contract({ terminatedAt: at('2026-02-01') })
    const [whole] = commitmentPeriods(short, commitment({ prorate: false }), 'UTC', until)
    expect(whole).toMatchObject({ committed: 100_000n, days: null, span: { to: at('2026-02-01') } })
    const term = commitment({ every: 'term' })
    const years = contract({ until, renewMonths: 12 })
    const of = (one: ContractFacts, to: bigint, open = false) =>
      commitmentPeriods(one, term, 'UTC', to, open).map(period => [period.number, period.span.to])
    expect(of(years, at('2028-06-01'))).toEqual([
      [0, until],
      [1, at('2028-01-01')],
    ])
    expect(of(years, at('2028-06-01'), true)).toHaveLength(3)
    expect(of(contract({ until }), at('2028-06-01'))).toEqual([[0, until]])
    expect(of(contract(), at('2028-06-01'))).toEqual([])
    expect(commitmentPeriods(years, commitment(), 'UTC', at('2025-06-01'), true)).toEqual([])
    const later = commitment({ every: 'term', from: at('2027-03-01') })
    expect(commitmentPeriods(years, later, 'UTC', at('2028-01-01')).map(one => one.number)).toEqual([1])
    // Before it begins nothing of it runs; in its first instant its first period does.
    expect(commitmentPeriods(contract(), commitment(), 'UTC', at('2026-01-01'))).toEqual([])
    expect(commitmentPeriods(contract(), commitment(), 'UTC', at('2026-01-01'), true)).toHaveLength(1)
  })

  it('a shortfall with what was used is the commitment, wherever less was used', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 12n), fc.bigInt(-1000n, 10n ** 12n), (committed, counted) => {
        const { shortfall, over, overage } = outcomeOf({ overagePercent: '-10' }, committed, counted)
        const used = counted > 0n ? counted : 0n
        if (used <= committed) expect(used + shortfall).toBe(committed)
        else expect(used - over).toBe(committed)
        expect(shortfall >= 0n && over >= 0n && overage <= 0n && overage >= -over).toBe(true)
      }),
    )
    expect(outcomeOf({ overagePercent: null }, 10n, 30n)).toEqual({ shortfall: 0n, over: 20n, overage: 0n })
  })

  it('count what they are for', () => {
    const span = { from: at('2026-01-01'), to: at('2026-04-01') }
    const items = [
      line('a', 100n),
      line('b', 10n, { metricId: null }),
      line('c', 1n, { subscriptionId: 'x' }),
    ]
    const count = (only: object, subscriptionId: string | null = null) =>
      countedIn(items, { subscriptionId }, { planIds: null, metricIds: null, ...only }, span, id =>
        id === 'a' ? 'pro' : null,
      )
    expect([count({}), count({}, 's'), count({ metricIds: ['m'] }), count({ planIds: ['pro'] })]).toEqual([
      ...[111n, 110n, 101n, 100n],
    ])
  })
})

describe('discounts by volume', () => {
  const tiers = [
    { upTo: '1000', percent: '0' },
    { upTo: '2000', percent: '10' },
    { upTo: null, percent: '20' },
  ]
  const discount = (more: Partial<VolumeDiscount> = {}): VolumeDiscount => ({
    ...{ name: 'Volume', basis: 'spend', mode: 'graduated', planIds: null, metricIds: null, tiers, ...more },
  })

  it('are each part at its tier, or all at the tier reached, whose end is inclusive', () => {
    const share = (mode: 'graduated' | 'whole', measure: string) =>
      exactText(volumeShare({ mode, tiers }, exactOf(measure)))
    expect(['0', '1000', '2000', '4000'].map(one => share('graduated', one))).toEqual([
      '0',
      '0',
      '0.05',
      '0.125',
    ])
    expect(['0', '1000', '2000', '2001'].map(one => share('whole', one))).toEqual(['0', '0', '0.1', '0.2'])
    const bounded = [{ upTo: '10', percent: '5' }]
    expect(exactText(volumeShare({ mode: 'whole', tiers: bounded }, scaled(11n)))).toBe('0')
  })

  it('never bring a line below zero, whatever stands together', () => {
    const percent = fc.integer({ min: 0, max: 100 }).map(String)
    const some = fc.array(fc.bigInt(-5000n, 500_000n), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(some, percent, percent, percent, (amounts, first, second, coupon) => {
        const flat = (one: string) => [{ upTo: null, percent: one }]
        const one = contract(
          {},
          { volume: [discount({ tiers: flat(first) }), discount({ tiers: flat(second), mode: 'whole' })] },
        )
        const off = { kind: 'percent' as const, percent: coupon }
        const coupons = [
          {
            ...{ redemptionId: 'r', code: 'R', off, subscriptionId: null, planIds: null, metricIds: null },
            ...{ from: 0n, endedAt: null, months: null, usedMonths: 0, usedNow: false, givenNow: {} },
          },
        ]
        const regular = amounts.map((amount, index) => line(`i${index}`, amount))
        const stands = regular
          .filter(({ amount }) => amount < 0n)
          .map(({ item, amount }) => line(item, -2n * amount))
        const billed = addBilled(new Map(), stands, 'USD')
        const lines = agreed({ regular, contracts: [one], coupons, billed })
        for (const { item, amount } of regular.filter(own => own.amount > 0n)) {
          const all = lines.filter(own => own.item === item || own.item.endsWith(`/${item}`))
          const left = totalsOf(all)
          expect(left.net >= 0n && left.net <= amount).toBe(true)
          expect(left.net === 0n ? left.tax : 0n).toBe(0n)
        }
      }),
    )
  })

  it('measure usage, and leave out what was taken off in the month before', () => {
    const one = contract(
      {
        invoiced: [
          { ...line('before', 150_000n), from: at('2026-03-01') },
          { ...line(volumeItem('c', 0, 'before'), -2500n, { kind: 'discount' }), from: at('2026-03-01') },
        ],
      },
      { volume: [discount({ basis: 'quantity', metricIds: ['m'], mode: 'whole' })] },
    )
    const regular = [line('now', 50_000n, { quantity: 3000n }), line('other', 10_000n, { metricId: 'x' })]
    const lines = agreed({ regular, contracts: [one] })
    // A fifth of 2,000.00 are 400.00; 25.00 were taken off before.
    expect(shown(lines).slice(2)).toEqual(['discount Volume: now -37500'])
    expect(lines[2]!.steps).toMatchObject([
      { step: 'volume', taken: '25.00', percent: '20', measure: '153000' },
    ])
    // Whoever is in another subscription, after the contract, or of another plan has none of it.
    const none = [
      line('a', 300_000n, { subscriptionId: 'x' }),
      line('b', 300_000n, { service: { from: at('2027-01-01'), to: at('2027-02-01') } }),
    ]
    const narrow = { volume: [discount({ planIds: ['pro'] })] }
    const ended = contract({ subscriptionId: 's', until: at('2027-01-01') }, narrow)
    expect(agreed({ regular: none, contracts: [ended] })).toHaveLength(2)
    expect(agreed({ regular: [line('a', 300_000n)], contracts: [ended], planOf: () => null })).toHaveLength(1)
    expect(agreed({ regular: [line('a', 300_000n)], contracts: [ended] })).toHaveLength(2)
  })

  it('are taken back with the line that they were taken off', () => {
    const one = contract({}, { volume: [discount({ tiers: [{ upTo: null, percent: '10' }] })] })
    const first = agreed({ regular: [line('a', 100_000n)], contracts: [one] })
    expect(totalsOf(first).net).toBe(90_000n)
    const billed = addBilled(new Map(), first, 'USD')
    const back = agreed({ regular: [line('a', -100_000n, { kind: 'credit' })], contracts: [one], billed })
    expect(totalsOf([...first, ...back])).toEqual({ net: 0n, tax: 0n, total: 0n })
    expect(back[1]!.steps).toEqual([
      { step: 'volume-back', contract: 'C-1', given: '100.00', amount: '100.00' },
    ])
  })
})

describe('what a contract asks for itself', () => {
  const promise = contract({}, { commitments: [commitment()] })
  const bill = (regular: readonly GeneratedLine[], more: Partial<AgreedInput> = {}) =>
    agreed({ regular, contracts: [promise], ...more })
  const adding = (history: ReadonlyMap<string, BilledItem>, lines: readonly GeneratedLine[]) =>
    addBilled(history, lines, 'USD')

  it('comes to the commitment with what was used, once, and follows what comes later', () => {
    const used = fc.bigInt(1n, 200_000n)
    fc.assert(
      fc.property(used, used, (early, late) => {
        const first = bill([line('a', early)])
        const history = adding(new Map(), first)
        const net = totalsOf(first).net
        expect(net).toBe(early < 100_000n ? 100_000n : early)
        expect(bill([], { history })).toEqual([])
        const second = bill([line('b', late)], { history })
        const all = early + late
        expect(net + totalsOf(second).net).toBe(all < 100_000n ? 100_000n : all)
        expect(bill([], { history: adding(history, second) })).toEqual([])
      }),
    )
  })

  it('gives the whole of it back with its own tax where nothing of it is owed any more', () => {
    const first = bill([line('a', 33_333n)], { taxOf: () => ({ rate: '0.07', basis: null }) })
    const history = adding(new Map(), first)
    const back = agreed({ contracts: [contract()], history })
    expect(shown(back)).toEqual(['credit Spend (shortfall) -66667'])
    expect(back[0]!.tax).toBe(-first[1]!.tax)
    expect(back[0]!.taxRate).toBe('0.07')
    // Once more after that: its number goes on.
    const again = bill([], { history: adding(history, back) })
    expect(again[0]).toMatchObject({ kind: 'fee', ordinal: 2, amount: 66_667n })
    const credited = new Map(
      [...history].map(([item, one]) => [item, { ...one, credited: { amount: one.amount, tax: one.tax } }]),
    )
    expect(agreed({ contracts: [contract()], history: credited })).toEqual([])
  })

  it('leaves what a later month billed alone, when an earlier month is closed again', () => {
    const history = adding(new Map(), bill([line('a', 33_333n)]))
    // The first quarter's shortfall is billed with March; a close of February says nothing of it.
    const february = { period: '2026-02', month: { from: at('2026-02-01'), to: at('2026-03-01') } }
    expect(bill([], { history, ...february })).toEqual([])
    expect(agreed({ contracts: [contract()], history, ...february })).toEqual([])
  })

  it('waits for usage that is not billed yet, and is not looked at without usage', () => {
    const period = { from: at('2026-03-15'), to: at('2026-04-15') }
    const considered = [{ subscriptionId: 's', number: 2, period, waiting: [{ item: 'x', service: period }] }]
    expect(shown(bill([line('a', 1n)], { considered }))).toEqual(['usage a 1'])
    expect(bill([line('a', 1n)], { considered: [{ ...considered[0]!, waiting: [] }] })).toHaveLength(2)
    const other = [{ ...considered[0]!, subscriptionId: 'x' }]
    const own = contract({ subscriptionId: 's' }, { commitments: [commitment()] })
    expect(bill([line('a', 1n)], { considered: other, contracts: [own] })).toHaveLength(2)
    expect(shown(bill([line('a', 1n)], { complete: false }))).toEqual(['usage a 1'])
  })

  it('counts a volume discount where its line counts, and no coupon', () => {
    const off = [{ upTo: null, percent: '10' }]
    const volume = [
      {
        name: 'V',
        basis: 'spend' as const,
        mode: 'whole' as const,
        planIds: null,
        metricIds: null,
        tiers: off,
      },
    ]
    const one = contract({}, { volume, commitments: [commitment({ metricIds: ['m'] })] })
    const lines = bill([line('a', 50_000n), line('b', 50_000n, { metricId: null })], { contracts: [one] })
    expect(shown(lines).at(-1)).toBe('fee Spend (shortfall) 55000')
    const history = adding(new Map(), lines)
    expect(bill([], { contracts: [one], history })).toEqual([])
    // Of another currency nothing counts.
    const euros = new Map([...history].map(([item, each]) => [item, { ...each, currency: 'EUR' }]))
    expect(
      shown(bill([], { contracts: [one], history: new Map([...euros].filter(([item]) => item === 'a')) })),
    ).toEqual(['fee Spend (shortfall) 100000'])
  })

  it('makes up the minimum of a month that has something to bill, and of no other', () => {
    const least = contract({}, { minimum: 10_000n })
    const of = (regular: readonly GeneratedLine[], more: Partial<AgreedInput> = {}) =>
      shown(agreed({ regular, contracts: [least], ...more }))
    expect(of([line('a', 4000n)])).toEqual(['usage a 4000', 'fee Minimum invoice (C-1) 6000'])
    expect(of([line('a', 10_000n)])).toHaveLength(1)
    expect(of([])).toEqual([])
    expect(of([line('a', 4000n)], { complete: false })).toHaveLength(1)
    expect(
      of([line('a', -4000n, { kind: 'credit' })], { billed: adding(new Map(), [line('a', 9000n)]) }),
    ).toHaveLength(1)
    const later = contract({ from: at('2026-05-01') }, { minimum: 10_000n })
    expect(agreed({ regular: [line('a', 4000n)], contracts: [later] })).toHaveLength(1)
    expect([isMinimum(minimumItem('c', '2026-03')), isMinimum('s/p/0/0'), ofVolume('s/p/0/0')]).toEqual([
      true,
      false,
      null,
    ])
  })
})
