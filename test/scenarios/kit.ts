import { Temporal } from 'temporal-polyfill'
import { expect } from 'vitest'
import { rollUp, usageOf } from '#engines/billing/aggregate.ts'
import { whatIsDue } from '#engines/billing/due-items.ts'
import {
  decimalText,
  exactFromText,
  exactOf,
  moneyText,
  roundHalfUp,
  scaled,
} from '#engines/billing/exact.ts'
import { addBilled, generateLines } from '#engines/billing/generate-lines.ts'
import { totalsOf } from '#engines/billing/invoice-totals.ts'
import {
  applyChange,
  firstLife,
  firstLifeDifference,
  keepsPaid,
  periodEnd,
  replay,
} from '#engines/billing/life-changes.ts'
import { lifeStateAt } from '#engines/billing/life-cycle.ts'
import type { BilledItem, GeneratedLine, PlanPrice, SubscriptionFacts } from '#engines/billing/model.ts'
import { placesOf } from '#engines/billing/rate.ts'
import { standingOf } from '#engines/billing/standing.ts'
import { cadenceAt } from '#engines/billing/strands.ts'
import type { Metric, Price } from '#shared/contract/billing/catalog.ts'
import type { Charge, Tier } from '#shared/contract/billing/prices.ts'
import type {
  AfterTrial,
  LifeChange,
  Lifeline,
  Settlement,
} from '#shared/contract/billing/subscription-life.ts'

/** A plan of a story: its version and its prices. */
export interface StoryPlan {
  readonly name: string
  readonly version: string
  readonly prices: readonly PlanPrice[]
  readonly interval: SubscriptionFacts['interval']
  readonly alignment: SubscriptionFacts['alignment']
}

type PriceOptions = Partial<Pick<Price, 'minimum' | 'maximum' | 'due' | 'proration' | 'currency'>>
type DraftPrice = Omit<PlanPrice, 'planVersionId'>

/** A metric of a story. Everything else of it does not matter there. */
export function metric(name: string, unit: string, more: Partial<Metric> = {}): Metric {
  return {
    ...{ id: name, key: name.toLowerCase().replaceAll(' ', '-'), name, unit, scale: 0, aggregation: 'sum' },
    ...{ excess: 'refuse', groupBy: [], active: true },
    ...{ property: null, rounding: null, carries: false },
    ...more,
  }
}

/** A monthly fee in advance, by second, in US dollars, where nothing else is said. */
export function fee(name: string, amount: string, options: PriceOptions = {}): DraftPrice {
  return draft(name, null, { model: 'flat', amount }, { due: 'advance', ...options })
}

/** A price on usage, in arrears. */
export function usage(of: Metric, charge: Charge, options: PriceOptions = {}): DraftPrice {
  return draft(of.name, of, charge, { due: 'arrears', ...options })
}

/** Tiers from `[end, unit price, flat fee]`; the last has no end. */
export function tiers(...rows: readonly (readonly [string | null, string, string?])[]): Tier[] {
  return rows.map(([upTo, unit, flat = '0']) => ({ upTo, unit, flat }))
}

function draft(name: string, of: Metric | null, charge: Charge, options: PriceOptions): DraftPrice {
  const key = name.toLowerCase().replaceAll(' ', '-')
  return {
    metric: of,
    price: {
      ...{ id: key, key, name, metricId: of?.id ?? null, currency: 'USD', charge },
      ...{ minimum: null, maximum: null, due: 'arrears', proration: 'second' },
      ...options,
    },
  }
}

/** A version of a plan. */
export function plan(
  name: string,
  prices: readonly DraftPrice[],
  { interval = 'month', alignment = 'calendar' }: Partial<Pick<StoryPlan, 'interval' | 'alignment'>> = {},
): StoryPlan {
  const version = name
  return {
    ...{ name, version, interval, alignment },
    prices: prices.map(({ price, metric: of }) => ({
      ...{ planVersionId: version, metric: of },
      price: { ...price, id: `${version}:${price.key}` },
    })),
  }
}

interface CustomerOptions {
  readonly currency?: string
  readonly zone?: string
  readonly taxRate?: string
}

/** One customer's life. Dates are on the customer's own calendar: `2026-01-10` or `2026-01-10T10:00`. */
export interface Story {
  subscribes(
    plan: StoryPlan,
    on: string,
    options?: { trialDays?: number; seats?: bigint; card?: boolean; afterTrial?: AfterTrial },
  ): Story
  /** With another interval periods begin anew, unless the anchor is kept. */
  changes(on: string, to: { plan?: StoryPlan; seats?: bigint; anchor?: 'keep' | 'reset' }): Story
  /** The same at the end of the billing period of a day. */
  plans(inPeriodOf: string, to: { plan?: StoryPlan; seats?: bigint; anchor?: 'keep' | 'reset' }): Story
  /** Takes back what was changed last but so many. */
  takesBack(butLast?: number): Story
  adds(name: string, plan: StoryPlan, on: string, options?: { quantity?: bigint; until?: string }): Story
  changesAddOn(name: string, on: string, quantity: bigint): Story
  endsAddOn(name: string, on: string): Story
  pauses(on: string, until?: string): Story
  resumes(on: string): Story
  cancels(on: string, settlement?: Settlement): Story
  /** As if it had never ended. */
  reactivates(on: string): Story
  hasCard(on: string): Story
  /** An invoice is due on a day and not paid; days of grace are seven. */
  owes(dueOn: string): Story
  pays(): Story
  /** The state at the beginning of a day, or at a time. */
  isIn(state: string, at: string): Story
  /** A quantity in the metric's unit. What comes in for a month that was closed is late. */
  uses(of: Metric, quantity: string, at: string): Story
  /** Closes a month, as the month close does: what is missing up to its end. */
  closes(month: string): Story
  /** The lines of the last close: `kind name (quantity) from – to = amount`. */
  expects(...lines: string[]): Story
  /** Net, tax and total of the last close. */
  expectsTotal(total: { net: string; tax: string; total: string }): Story
  /** All that was ever billed. */
  expectsPaid(total: string): Story
  /** The formula and the exact amount of a line of the last close, by its place. */
  expectsWhy(line: number, formula: string, exact: string): Story
}

const GRACE_DAYS = 7

/** A customer without a past. Every close is checked for what must hold of any. */
export function customer({ currency = 'USD', zone = 'UTC', taxRate = '0' }: CustomerOptions = {}): Story {
  const places = placesOf(currency)
  const prices = new Map<string, PlanPrice>()
  const events: { metricId: string; id: string; quantity: bigint; at: bigint }[] = []
  /** One after the other; the last one is the one that is spoken of. */
  const lives: { readonly id: string; life: Lifeline; readonly first: Lifeline; made: LifeChange[] }[] = []
  let due: bigint[] = []
  let billed: ReadonlyMap<string, BilledItem> = new Map()
  let closedUntil: bigint | null = null
  let rerateFrom: bigint | null = null
  let lines: readonly GeneratedLine[] = []
  let paid = 0n

  const instant = (text: string) =>
    BigInt(Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds)
  const date = (at: bigint) => {
    const there = Temporal.Instant.fromEpochMilliseconds(Number(at)).toZonedDateTimeISO(zone)
    const time = there.toPlainTime().toString({ smallestUnit: 'minute' })
    return time === '00:00' ? there.toPlainDate().toString() : `${there.toPlainDate()}T${time}`
  }
  const running = () => {
    const last = lives.at(-1)
    if (last === undefined) throw new Error('the customer has no subscription yet')
    return last
  }
  const factsOf = ({ id, life }: { id: string; life: Lifeline }): SubscriptionFacts => ({
    ...{ id, currency, zone, billFrom: life.startedAt, endedAt: life.endedAt, keepsPaid: keepsPaid(life) },
    ...{ ...life.cadences[0]!, phases: life.phases, cadences: life.cadences, addOns: life.addOns },
  })
  const mark = (at: bigint) => {
    if (closedUntil !== null && at < closedUntil && (rerateFrom === null || at < rerateFrom)) rerateFrom = at
  }
  const reprice = (to: StoryPlan) => {
    for (const price of to.prices) prices.set(price.price.id, price)
  }
  const becomes = (change: LifeChange) => {
    const now = running()
    const decision = applyChange(now.life, change, zone)
    if (!decision.ok) throw new Error(`refused: ${decision.refusal.reason}`)
    const first = firstLifeDifference(now.life, decision.life)
    now.life = decision.life
    now.made.push(change)
    if (first !== null) mark(first)
  }
  const terms = (at: bigint, { plan: to, seats, anchor }: Parameters<Story['changes']>[1]) => {
    if (to !== undefined) reprice(to)
    const current = cadenceAt(running().life.cadences, at)
    const interval = to?.interval ?? current.interval
    const anew = anchor === 'reset' || (anchor === undefined && interval !== current.interval)
    const cadence = {
      ...{ ordinal: running().made.length + 1, interval, from: at, anchorAt: anew ? at : current.anchorAt },
      alignment: anew ? ('anniversary' as const) : current.alignment,
    }
    becomes({
      ...{ kind: 'terms', at },
      ...(to === undefined ? {} : { planVersionId: to.version }),
      ...(seats === undefined ? {} : { quantity: seats }),
      ...(anew || interval !== current.interval ? { cadence } : {}),
    })
  }
  /** What a close up to an instant would add to what was billed. */
  const missing = (target: bigint): GeneratedLine[] => {
    const from = rerateFrom ?? closedUntil ?? lives[0]!.life.startedAt
    const all = lives.map(one => whatIsDue(factsOf(one), [...prices.values()], from, target))
    const items = all.flatMap(one => one.items)
    const considered = all.flatMap(one => one.considered)
    const quantities = new Map(
      items.flatMap(({ item, terms, service }) => {
        const of = terms.metric
        if (of === null) return []
        const own = events.filter(
          event => event.metricId === of.id && event.at >= service.from && event.at < service.to,
        )
        return [[item, usageOf(of, rollUp(own))] as const]
      }),
    )
    return generateLines({ items, quantities, billed, taxRate, considered })
  }
  const asText = ({ kind, name, quantity, scale, service, amount, metricId }: GeneratedLine) => {
    const count = metricId === null && quantity === 1n ? '' : ` (${decimalText(quantity, scale)})`
    return `${kind} ${name}${count} ${date(service.from)} – ${date(service.to)} = ${moneyText(amount, places)}`
  }

  const story: Story = {
    subscribes(to, on, { trialDays = 0, seats = 1n, card = true, afterTrial = 'convert' } = {}) {
      const at = instant(on)
      reprice(to)
      const life = firstLife({
        ...{ planVersionId: to.version, quantity: seats, at, trialDays, zone, card, afterTrial },
        cadence: { interval: to.interval, alignment: to.alignment, anchorAt: at },
      })
      const id = lives.length === 0 ? 'subscription' : `subscription-${lives.length + 1}`
      lives.push({ id, life, first: life, made: [] })
      mark(at)
      return story
    },
    changes(on, to) {
      terms(instant(on), to)
      return story
    },
    plans(inPeriodOf, to) {
      terms(periodEnd(running().life, instant(inPeriodOf), zone), to)
      return story
    },
    takesBack(butLast = 0) {
      const now = running()
      now.made.splice(now.made.length - 1 - butLast, 1)
      const decision = replay(now.first, now.made, zone)
      if (!decision.ok) throw new Error(`refused: ${decision.refusal.reason}`)
      const first = firstLifeDifference(now.life, decision.life)
      now.life = decision.life
      if (first !== null) mark(first)
      return story
    },
    adds(name, to, on, { quantity = 1n, until } = {}) {
      reprice(to)
      const at = instant(on)
      const { alignment, anchorAt } = cadenceAt(running().life.cadences, at)
      const of = { id: name, ordinal: running().made.length + 1, planVersionId: to.version, priceId: null }
      becomes({
        ...{ kind: 'add-on', at, addOn: { ...of, interval: to.interval, alignment, anchorAt }, quantity },
        until: until === undefined ? null : instant(until),
      })
      return story
    },
    changesAddOn(addOnId, on, quantity) {
      becomes({ kind: 'add-on-quantity', at: instant(on), addOnId, quantity })
      return story
    },
    endsAddOn(addOnId, on) {
      becomes({ kind: 'add-on-end', at: instant(on), addOnId })
      return story
    },
    pauses(on, until) {
      becomes({ kind: 'pause', at: instant(on), until: until === undefined ? null : instant(until) })
      return story
    },
    resumes(on) {
      becomes({ kind: 'resume', at: instant(on) })
      return story
    },
    cancels(on, settlement = 'credit') {
      becomes({ kind: 'cancel', at: instant(on), settlement, reason: 'cancelled' })
      return story
    },
    reactivates(on) {
      becomes({ kind: 'reactivate', at: instant(on) })
      return story
    },
    hasCard(on) {
      becomes({ kind: 'card', at: instant(on), onFile: true })
      return story
    },
    owes(dueOn) {
      due.push(instant(dueOn))
      return story
    },
    pays() {
      due = []
      return story
    },
    isIn(state, at) {
      const standing = standingOf(
        due.map(dueAt => ({ dueAt })),
        GRACE_DAYS,
        zone,
      )
      expect(`${at} ${lifeStateAt(running().life, standing, instant(at))}`).toBe(`${at} ${state}`)
      return story
    },
    uses(of, quantity, on) {
      const at = instant(on)
      const id = `event-${String(events.length).padStart(6, '0')}`
      events.push({ metricId: of.id, id, quantity: roundHalfUp(exactOf(quantity), of.scale), at })
      mark(at)
      return story
    },
    closes(month) {
      const target = instant(
        Temporal.PlainYearMonth.from(month).add({ months: 1 }).toPlainDate({ day: 1 }).toString(),
      )
      lines = missing(target)
      // Preview and the real thing are the same computation.
      expect(missing(target)).toEqual(lines)
      for (const { exact, amount } of lines) {
        const off =
          roundHalfUp(exactFromText(exact), places + 6) - roundHalfUp(scaled(amount, places), places + 6)
        expect(Math.abs(Number(off))).toBeLessThanOrEqual(500_000)
      }
      billed = addBilled(billed, lines, currency)
      // Closing again adds nothing.
      expect(missing(target)).toEqual([])
      paid += totalsOf(lines).total
      if (closedUntil === null || target > closedUntil) closedUntil = target
      rerateFrom = null
      return story
    },
    expects(...expected) {
      expect(lines.map(asText)).toEqual(expected)
      return story
    },
    expectsTotal(expected) {
      const { net, tax, total } = totalsOf(lines)
      const text = (minor: bigint) => moneyText(minor, places)
      expect({ net: text(net), tax: text(tax), total: text(total) }).toEqual(expected)
      return story
    },
    expectsPaid(total) {
      expect(moneyText(paid, places)).toBe(total)
      return story
    },
    expectsWhy(index, formula, exact) {
      const line = lines[index]!
      const step = line.steps.find(one => one.step === 'price')
      expect([step?.step === 'price' ? step.formula : null, line.exact]).toEqual([formula, exact])
      return story
    },
  }
  return story
}
