import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LifeChange, Lifeline } from '#shared/contract/billing/subscription-life.ts'
import { whatIsDue } from './due-items.ts'
import { addBilled, generateLines } from './generate-lines.ts'
import {
  applyChange,
  firstLife,
  firstLifeDifference,
  isWithinItsPeriod,
  keepsPaid,
  periodEnd,
  replay,
} from './life-changes.ts'
import type { BilledItem, PlanPrice, SubscriptionFacts } from './model.ts'

const at = (day: string) => BigInt(Date.parse(`${day.length > 10 ? day : `${day}T00:00`}Z`))
const cadence = { interval: 'month', alignment: 'calendar', anchorAt: at('2026-01-01') } as const
const yearly = { ordinal: 1, interval: 'year', alignment: 'anniversary' } as const
const begun = (more: Partial<Parameters<typeof firstLife>[0]> = {}) =>
  firstLife({
    ...{ planVersionId: 'a', quantity: 1n, at: at('2026-01-01'), zone: 'UTC', cadence, trialDays: 0 },
    ...{ card: true, afterTrial: 'convert' },
    ...more,
  })
const ADD_ON = { id: 'x', ordinal: 2, planVersionId: 'support', priceId: null, ...cadence }
const addOn = (day: string, more: Partial<Extract<LifeChange, { kind: 'add-on' }>> = {}): LifeChange => ({
  ...{ kind: 'add-on', at: at(day), addOn: ADD_ON, quantity: 1n, until: null },
  ...more,
})
const cancel = (day: string, settlement: Lifeline['settlement'] = 'credit'): LifeChange => ({
  ...{ kind: 'cancel', at: at(day), settlement, reason: 'cancelled' },
})

function living(life: Lifeline, ...changes: LifeChange[]): Lifeline {
  const result = replay(life, changes, 'UTC')
  if (!result.ok) throw new Error(`${result.index}: ${result.refusal.reason}`)
  return result.life
}
function refused(life: Lifeline, ...changes: LifeChange[]) {
  const result = replay(life, changes, 'UTC')
  return result.ok ? 'fits' : `${result.index} ${result.refusal.state} ${result.refusal.reason}`
}

function price(planVersionId: string, amount: string, more: Partial<PlanPrice['price']> = {}): PlanPrice {
  return {
    ...{ planVersionId, metric: null },
    price: {
      ...{ id: `p-${planVersionId}`, key: 'fee', name: planVersionId, metricId: null, currency: 'USD' },
      ...{ charge: { model: 'flat', amount }, minimum: null, maximum: null, due: 'advance' },
      ...{ proration: 'second' },
      ...more,
    } as PlanPrice['price'],
  }
}
const PRICES = [price('a', '31'), price('b', '62'), price('y', '365'), price('support', '310')]

function factsOf(life: Lifeline, zone = 'UTC'): SubscriptionFacts {
  return {
    ...{ id: 's', currency: 'USD', ...life.cadences[0]!, billFrom: life.startedAt, zone },
    ...{ endedAt: life.endedAt, phases: life.phases, cadences: life.cadences, addOns: life.addOns },
    keepsPaid: keepsPaid(life),
  }
}
function linesOf(
  life: Lifeline,
  until: bigint,
  billed: ReadonlyMap<string, BilledItem> = new Map(),
  prices = PRICES,
  zone = 'UTC',
) {
  const due = whatIsDue(factsOf(life, zone), prices, life.startedAt, until)
  return generateLines({ ...due, quantities: new Map(), billed, taxRate: '0' })
}
const texts = (...of: Parameters<typeof linesOf>) =>
  linesOf(...of).map(line => {
    const day = (at: bigint) => new Date(Number(at)).toISOString().slice(0, 10)
    return `${line.kind} ${line.name} ${day(line.service.from)} ${day(line.service.to)} ${line.amount}`
  })

describe('a change of rhythm', () => {
  const JAN31 = at('2026-01-31T23:59')
  it('ends the months and begins a year with an anchor of its own', () => {
    const change: LifeChange = {
      ...{ kind: 'terms', at: at('2026-01-11'), planVersionId: 'y' },
      cadence: { ...yearly, anchorAt: at('2026-01-11'), from: at('2026-01-11') },
    }
    const before = linesOf(begun(), JAN31)
    const billed = addBilled(new Map(), before, 'USD')
    expect(texts(living(begun(), change), JAN31, billed)).toEqual([
      // Ten of thirty-one days stay.
      'credit a 2026-01-01 2026-01-11 -2100',
      'fee y 2026-01-11 2027-01-11 36500',
    ])
    expect(firstLifeDifference(begun(), living(begun(), change))).toBe(at('2026-01-11'))
  })

  it('with the anchor kept bills the part of the year that is left', () => {
    const change: LifeChange = {
      ...{ kind: 'terms', at: at('2026-01-11'), planVersionId: 'y' },
      cadence: { ...yearly, anchorAt: at('2026-01-01'), from: at('2026-01-11') },
    }
    expect(texts(living(begun(), change), JAN31)).toEqual([
      'fee a 2026-01-01 2026-01-11 1000',
      'fee y 2026-01-11 2027-01-01 35500',
    ])
  })

  it('that is taken back gives back all that was billed in it, and bills the months again', () => {
    const change: LifeChange = {
      ...{ kind: 'terms', at: at('2026-01-11'), planVersionId: 'y' },
      cadence: { ...yearly, anchorAt: at('2026-01-11'), from: at('2026-01-11') },
    }
    const billed = addBilled(new Map(), linesOf(living(begun(), change), JAN31), 'USD')
    expect(texts(begun(), JAN31, billed)).toEqual([
      'adjustment a 2026-01-01 2026-02-01 2100',
      'credit y 2026-01-11 2027-01-11 -36500',
    ])
  })

  it('in the middle of a date does not bill the date twice where days are counted', () => {
    const days = PRICES.map(one => ({ ...one, price: { ...one.price, proration: 'day' as const } }))
    const change: LifeChange = {
      ...{ kind: 'terms', at: at('2026-01-11T12:00'), planVersionId: 'y' },
      cadence: { ...yearly, anchorAt: at('2026-01-01'), from: at('2026-01-11T12:00') },
    }
    // Eleven dates in the months, 354 in the year.
    expect(texts(living(begun(), change), JAN31, new Map(), days)).toEqual([
      'fee a 2026-01-01 2026-01-11 1100',
      'fee y 2026-01-12 2027-01-01 35400',
    ])
  })

  it('replaces rhythms that were planned for later, also the first one', () => {
    const from = (day: string, ordinal: number) => ({
      ...{ kind: 'terms' as const, at: at(day), planVersionId: 'y' },
      cadence: { ...yearly, ordinal, anchorAt: at(day), from: at(day) },
    })
    const life = living(begun(), from('2026-06-01', 1), from('2026-03-01', 2))
    expect(life.cadences.map(one => one.ordinal)).toEqual([0, 2])
    const whole = living(begun(), from('2026-01-01', 3))
    expect(whole.cadences.map(one => one.ordinal)).toEqual([3])
    expect(texts(whole, JAN31)).toEqual(['fee y 2026-01-01 2027-01-01 36500'])
    expect(firstLifeDifference(begun(), whole)).toBe(at('2026-01-01'))
  })
})

describe('add-ons', () => {
  it('are billed for their own time, and rise and fall within it', () => {
    const life = living(
      begun(),
      addOn('2026-01-11'),
      { kind: 'add-on-quantity', at: at('2026-01-21'), addOnId: 'x', quantity: 3n },
      { kind: 'add-on-end', at: at('2026-01-31'), addOnId: 'x' },
    )
    expect(texts(life, at('2026-01-31'))).toEqual([
      'fee a 2026-01-01 2026-02-01 3100',
      'fee support 2026-01-11 2026-01-21 10000',
      'fee support 2026-01-21 2026-01-31 30000',
    ])
    // A number that was planned for later goes with the stretch that it was planned for.
    const planned = living(begun(), addOn('2026-03-01'), {
      ...{ kind: 'add-on-quantity', at: at('2026-03-01'), addOnId: 'x', quantity: 2n },
    })
    expect(planned.addOns[0]!.stretches).toEqual([{ quantity: 2n, from: at('2026-03-01'), to: null }])
    const taken = living(planned, { kind: 'add-on-end', at: at('2026-03-01'), addOnId: 'x' })
    expect(taken.addOns[0]!.stretches).toEqual([])
    const two = living(life, addOn('2026-02-10', { until: at('2026-03-01') }))
    expect(two.addOns).toHaveLength(2)
    const one = living(begun(), addOn('2026-01-11'), {
      ...{ kind: 'add-on-quantity', at: at('2026-01-21'), addOnId: 'x', quantity: 3n },
    })
    expect(
      living(one, { kind: 'add-on-quantity', at: at('2026-01-25'), addOnId: 'x', quantity: 4n }).addOns[0]!
        .stretches,
    ).toHaveLength(3)
  })

  it('of one price take only that price', () => {
    const prices = [...PRICES, price('support', '5', { id: 'extra', key: 'extra', name: 'extra' })]
    const life = living(begun(), addOn('2026-01-01', { addOn: { ...ADD_ON, priceId: 'extra' } }))
    expect(texts(life, at('2026-01-01'), new Map(), prices)).toEqual([
      'fee a 2026-01-01 2026-02-01 3100',
      'fee extra 2026-01-01 2026-02-01 500',
    ])
  })

  it('cost nothing in a trial and in a pause, and end with their subscription', () => {
    const life = living(
      begun({ trialDays: 14 }),
      addOn('2026-01-01'),
      { kind: 'pause', at: at('2026-01-20'), until: at('2026-01-25') },
      cancel('2026-01-28'),
    )
    expect(texts(life, at('2026-01-31'))).toEqual([
      'fee a 2026-01-15 2026-01-20 500',
      'fee a 2026-01-25 2026-01-28 300',
      'fee support 2026-01-15 2026-01-20 5000',
      'fee support 2026-01-25 2026-01-28 3000',
    ])
  })

  it('are refused twice, before the start, after the end, inverted, and where there is none', () => {
    const life = begun()
    expect(refused(life, addOn('2026-01-11'), addOn('2026-02-01'))).toBe('1 active add-on-twice')
    expect(
      refused(life, addOn('2026-01-11'), addOn('2026-02-01', { addOn: { ...ADD_ON, priceId: 'p' } })),
    ).toBe('1 active add-on-twice')
    const one = { ...ADD_ON, priceId: 'p' }
    expect(
      refused(
        life,
        addOn('2026-01-11', { addOn: one }),
        addOn('2026-01-11', { addOn: { ...one, priceId: 'q' } }),
      ),
    ).toBe('fits')
    const own = addOn('2026-01-11', { addOn: { ...ADD_ON, planVersionId: 'a' } })
    expect(refused(life, own)).toBe('0 active add-on-twice')
    expect(refused(life, addOn('2025-12-01'))).toBe('0 scheduled before-start')
    expect(refused(life, cancel('2026-02-01'), addOn('2026-02-01'))).toBe('1 cancelled ended')
    expect(refused(life, addOn('2026-02-01', { until: at('2026-01-15') }))).toBe('0 active inverted')
    const end = (day: string): LifeChange => ({ kind: 'add-on-end', at: at(day), addOnId: 'x' })
    expect(refused(life, end('2026-01-05'))).toBe('0 active add-on-unknown')
    expect(refused(life, addOn('2026-01-11'), end('2026-01-05'))).toBe('1 active before-start')
    expect(refused(life, addOn('2026-01-11'), end('2026-01-12'), end('2026-01-12'))).toBe(
      '2 active add-on-ended',
    )
    expect(refused(life, addOn('2026-01-11'), cancel('2026-02-01'), end('2026-02-03'))).toBe(
      '2 cancelled add-on-ended',
    )
    const later = addOn('2026-02-01')
    expect(refused(life, addOn('2026-01-11', { until: at('2026-02-01') }), later)).toBe('fits')
  })

  it('that differ are looked at from where they differ', () => {
    const life = living(begun(), addOn('2026-01-11'))
    expect(firstLifeDifference(begun(), life)).toBe(at('2026-01-11'))
    expect(firstLifeDifference(life, life)).toBeNull()
    expect(firstLifeDifference(null, life)).toBe(at('2026-01-01'))
    expect(firstLifeDifference(life, null)).toBe(at('2026-01-01'))
  })
})

describe('an end', () => {
  const JAN31 = at('2026-01-31T23:59')
  it('gives back what was billed in advance, or keeps it', () => {
    const billed = addBilled(new Map(), linesOf(begun(), JAN31), 'USD')
    expect(texts(living(begun(), cancel('2026-01-11')), JAN31, billed)).toEqual([
      'credit a 2026-01-01 2026-01-11 -2100',
    ])
    const kept = living(begun(), cancel('2026-01-11', 'none'))
    expect(texts(kept, at('2026-03-01'), billed)).toEqual([])
    expect(firstLifeDifference(living(begun(), cancel('2026-01-11')), kept)).toBe(at('2026-01-11'))
  })

  it('is taken away within its period as if it had never been, and not later', () => {
    const ended = living(begun(), cancel('2026-01-11'))
    const back = living(ended, { kind: 'reactivate', at: at('2026-01-20') })
    expect(back).toEqual(begun())
    expect(isWithinItsPeriod(ended, at('2026-01-31'), 'UTC')).toBe(true)
    expect(isWithinItsPeriod(ended, at('2026-02-01'), 'UTC')).toBe(false)
    expect(isWithinItsPeriod(begun(), at('2026-02-01'), 'UTC')).toBe(false)
    expect(refused(ended, { kind: 'reactivate', at: at('2026-02-01') })).toBe('0 cancelled period-over')
    expect(refused(begun(), { kind: 'reactivate', at: at('2026-02-01') })).toBe('0 active not-ended')
    expect(refused(begun(), cancel('2026-01-01'), { kind: 'reactivate', at: at('2026-01-02') })).toBe(
      '1 cancelled never-began',
    )
    expect(periodEnd(begun(), at('2026-01-11'), 'UTC')).toBe(at('2026-02-01'))
  })

  it('refuses what comes after it', () => {
    const ended = living(begun(), cancel('2026-01-11'))
    expect(refused(ended, { kind: 'terms', at: at('2026-01-20'), quantity: 2n })).toBe('0 cancelled ended')
    expect(refused(begun(), { kind: 'terms', at: at('2025-01-20'), quantity: 2n })).toBe(
      '0 scheduled before-start',
    )
    expect(refused(begun(), { kind: 'resume', at: at('2026-01-20') })).toBe('0 active not-paused')
    const pause: LifeChange = { kind: 'pause', at: at('2026-01-20'), until: at('2026-01-20') }
    expect(refused(begun(), pause)).toBe('0 active inverted')
    expect(refused(begun({ trialDays: 30 }), { ...pause, until: at('2026-01-30') })).toBe(
      '0 trialing in-trial',
    )
  })
})

describe('a payment method', () => {
  const trial = (afterTrial: 'convert' | 'pause' | 'expire', card = false) =>
    begun({ trialDays: 14, card, afterTrial })
  const card = (day: string, onFile = true): LifeChange => ({ kind: 'card', at: at(day), onFile })

  it('that comes in before the end of a trial lets it go on', () => {
    for (const what of ['expire', 'pause'] as const) {
      const life = living(trial(what), card('2026-01-10'))
      expect(life).toEqual(trial(what, true))
      // Taken away again, it is as before.
      expect(living(life, card('2026-01-12', false))).toEqual(trial(what))
    }
    expect(living(trial('convert'), card('2026-01-10')).phases).toEqual(trial('convert').phases)
  })

  it('that comes too late, or goes after the trial, changes nothing but itself', () => {
    const expired = trial('expire')
    expect(living(expired, card('2026-01-15'))).toEqual({ ...expired, card: true })
    const running = trial('expire', true)
    expect(living(running, card('2026-02-01', false))).toEqual({ ...running, card: false })
    const ended = living(running, cancel('2026-01-10'))
    expect(living(ended, card('2026-01-05', false))).toEqual({ ...ended, card: false })
  })

  it('a trial that ran out goes on within its period as what it was a trial of', () => {
    const back = living(trial('expire'), { kind: 'reactivate', at: at('2026-01-20') })
    expect(back.phases.map(phase => [phase.kind, phase.from, phase.to])).toEqual([
      ['trial', at('2026-01-01'), at('2026-01-15')],
      ['active', at('2026-01-15'), null],
    ])
    expect(back.endedAt).toBeNull()
  })
})

describe('for any changes', () => {
  const HOUR = 3_600_000n
  const ZONES = ['UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe']
  const someChange = fc
    .record({
      hours: fc.integer({ min: 0, max: 24 * 400 }),
      kind: fc.constantFrom('terms', 'seats', 'rhythm', 'pause', 'resume', 'add-on', 'add-on-end', 'cancel'),
      quantity: fc.bigInt({ min: 1n, max: 9n }),
      version: fc.constantFrom('a', 'b'),
      settlement: fc.constantFrom('credit' as const, 'none' as const),
    })
    .map(({ hours, kind, quantity, version, settlement }): LifeChange => {
      const when = at('2026-01-01') + BigInt(hours) * HOUR
      if (kind === 'terms') return { kind, at: when, planVersionId: version }
      if (kind === 'seats') return { kind: 'terms', at: when, quantity }
      if (kind === 'rhythm')
        return {
          ...{ kind: 'terms', at: when, planVersionId: version === 'a' ? 'y' : 'b' },
          cadence: {
            ordinal: 10 + hours,
            interval: version === 'a' ? 'year' : 'quarter',
            ...{ alignment: 'anniversary', anchorAt: version === 'a' ? when : at('2026-01-31') },
            from: when,
          },
        }
      if (kind === 'pause')
        return { kind, at: when, until: settlement === 'none' ? when + 900n * HOUR : null }
      if (kind === 'resume') return { kind, at: when }
      if (kind === 'add-on') return { ...addOn('2026-01-01'), at: when } as LifeChange
      if (kind === 'add-on-end') return { kind, at: when, addOnId: 'x' }
      return { kind: 'cancel', at: when, settlement, reason: 'cancelled' }
    })
  /** No two rhythms of a subscription have one number, also where they begin at the same time. */
  const numbered = (changes: readonly LifeChange[]): LifeChange[] =>
    changes.map((one, place) =>
      one.kind === 'terms' && one.cadence
        ? { ...one, cadence: { ...one.cadence, ordinal: one.cadence.ordinal * 10 + place } }
        : one,
    )
  const someChanges = fc.array(someChange, { maxLength: 6 }).map(numbered)
  const zones = fc.constantFrom(...ZONES)
  const modes = fc.constantFrom('second' as const, 'day' as const, 'day-30' as const, 'full' as const)
  const TARGET = at('2027-03-01')

  const fold = (changes: readonly LifeChange[], zone: string) => {
    let life = begun({ zone })
    const taken: LifeChange[] = []
    for (const change of changes) {
      const next = applyChange(life, change, zone)
      if (!next.ok) continue
      life = next.life
      taken.push(change)
    }
    return { life, taken }
  }
  const sum = (lines: readonly { readonly amount: bigint }[]) =>
    lines.reduce((total, line) => total + line.amount, 0n)

  it('billing step by step comes to what billing at the end comes to, and twice is once', () => {
    fc.assert(
      fc.property(someChanges, zones, modes, (changes, zone, proration) => {
        const prices = PRICES.map(one => ({ ...one, price: { ...one.price, proration } }))
        const { life, taken } = fold(changes, zone)
        // As it was entered: billed after each change for all that was due by then.
        let billed: ReadonlyMap<string, BilledItem> = new Map()
        let paid = 0n
        let then = begun({ zone })
        for (const change of taken) {
          const next = applyChange(then, change, zone)
          if (next.ok) then = next.life
          const lines = linesOf(then, change.at, billed, prices, zone)
          billed = addBilled(billed, lines, 'USD')
          paid += sum(lines)
        }
        const rest = linesOf(then, TARGET, billed, prices, zone)
        expect(then).toEqual(life)
        expect(linesOf(life, TARGET, addBilled(billed, rest, 'USD'), prices, zone)).toEqual([])
        expect(paid + sum(rest)).toBe(sum(linesOf(life, TARGET, new Map(), prices, zone)))
      }),
      { numRuns: 150 },
    )
  })

  it('a pause over all that was billed gives it back, also where the same item is due again later', () => {
    const year = { kind: 'terms', at: at('2026-01-01'), planVersionId: 'y' } as const
    const cadence = {
      ...{ ordinal: 10, interval: 'year', alignment: 'anniversary' },
      ...{ anchorAt: year.at, from: year.at },
    } as const
    const pause = { kind: 'pause', at: at('2027-01-22'), until: at('2027-04-01') } as const
    let life = begun()
    let billed: ReadonlyMap<string, BilledItem> = new Map()
    let paid = 0n
    for (const change of [
      { ...year, cadence },
      pause,
      { ...pause, at: year.at, until: null },
    ] as LifeChange[]) {
      const next = applyChange(life, change, 'UTC')
      if (next.ok) life = next.life
      const lines = linesOf(life, change.at, billed, PRICES, 'UTC')
      billed = addBilled(billed, lines, 'USD')
      paid += sum(lines)
    }
    const back = linesOf(life, TARGET, billed, PRICES, 'UTC')
    expect(paid + sum(back)).toBe(0n)
    // At the end of the pause the rest of the year is due, once.
    const rest = linesOf(life, at('2027-05-01'), addBilled(billed, back, 'USD'), PRICES, 'UTC')
    expect(sum(rest)).toBe(sum(linesOf(life, at('2027-05-01'), new Map(), PRICES, 'UTC')))
    expect(sum(rest)).toBeGreaterThan(0n)
  })

  it('whatever was billed before all changes are taken back comes back to what it would have been', () => {
    fc.assert(
      fc.property(someChanges, zones, modes, (changes, zone, proration) => {
        const prices = PRICES.map(one => ({ ...one, price: { ...one.price, proration } }))
        const { life } = fold(changes, zone)
        const lines = linesOf(life, TARGET, new Map(), prices, zone)
        const billed = addBilled(new Map(), lines, 'USD')
        const back = linesOf(begun({ zone }), TARGET, billed, prices, zone)
        const never = linesOf(begun({ zone }), TARGET, new Map(), prices, zone)
        expect(sum(lines) + sum(back)).toBe(sum(never))
      }),
      { numRuns: 150 },
    )
  })

  it('the first difference is where the bills begin to differ', () => {
    fc.assert(
      fc.property(fc.array(someChange, { minLength: 1, maxLength: 5 }), changes => {
        const { life } = fold(changes, 'UTC')
        const since = firstLifeDifference(begun(), life)
        const items = (of: Lifeline) =>
          whatIsDue(factsOf(of), PRICES, of.startedAt, TARGET)
            .items.filter(item => since === null || item.period.to <= since)
            .map(item => [item.item, item.service, item.seats])
        expect(items(life)).toEqual(items(begun()))
      }),
      { numRuns: 150 },
    )
  })
})
