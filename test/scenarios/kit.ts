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
import type { BilledItem, GeneratedLine, PlanPrice, SubscriptionFacts } from '#engines/billing/model.ts'
import {
  cancelAt,
  changeFrom,
  firstDifference,
  firstPhases,
  type PhaseDecision,
  type Phases,
  pauseFrom,
  resumeFrom,
} from '#engines/billing/phases.ts'
import { placesOf } from '#engines/billing/rate.ts'
import type { Metric, Price } from '#shared/contract/billing/catalog.ts'
import type { Charge, Tier } from '#shared/contract/billing/prices.ts'

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
  subscribes(plan: StoryPlan, on: string, options?: { trialDays?: number; seats?: bigint }): Story
  changes(on: string, to: { plan?: StoryPlan; seats?: bigint }): Story
  pauses(on: string): Story
  resumes(on: string): Story
  cancels(on: string): Story
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

/** A customer without a past. Every close is checked for what must hold of any. */
export function customer({ currency = 'USD', zone = 'UTC', taxRate = '0' }: CustomerOptions = {}): Story {
  const places = placesOf(currency)
  const prices = new Map<string, PlanPrice>()
  const events: { metricId: string; id: string; quantity: bigint; at: bigint }[] = []
  let facts: SubscriptionFacts | undefined
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
  const running = (): SubscriptionFacts => {
    if (facts === undefined) throw new Error('the customer has no subscription yet')
    return facts
  }
  const mark = (at: bigint) => {
    if (closedUntil !== null && at < closedUntil && (rerateFrom === null || at < rerateFrom)) rerateFrom = at
  }
  const reprice = (to: StoryPlan) => {
    for (const price of to.prices) prices.set(price.price.id, price)
  }
  const becomes = (decision: PhaseDecision) => {
    if (!decision.ok) throw new Error(`refused: ${decision.refusal.reason}`)
    const before: Phases = running().phases
    facts = { ...running(), phases: decision.phases }
    const first = firstDifference(before, decision.phases)
    if (first !== null) mark(first)
  }
  /** What a close up to an instant would add to what was billed. */
  const missing = (target: bigint): GeneratedLine[] => {
    const from = rerateFrom ?? closedUntil ?? running().billFrom
    const { items, considered } = whatIsDue(running(), [...prices.values()], from, target)
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
    subscribes(to, on, { trialDays = 0, seats = 1n } = {}) {
      const at = instant(on)
      reprice(to)
      facts = {
        ...{ id: 'subscription', currency, interval: to.interval, alignment: to.alignment, zone },
        ...{ anchorAt: at, billFrom: at, endedAt: null },
        phases: firstPhases({ planVersionId: to.version, quantity: seats, at, trialDays, zone }),
      }
      return story
    },
    changes(on, { plan: to, seats }) {
      if (to !== undefined) reprice(to)
      becomes(changeFrom(running().phases, instant(on), { planVersionId: to?.version, quantity: seats }))
      return story
    },
    pauses(on) {
      becomes(pauseFrom(running().phases, instant(on)))
      return story
    },
    resumes(on) {
      becomes(resumeFrom(running().phases, instant(on)))
      return story
    },
    cancels(on) {
      becomes(cancelAt(running().phases, instant(on)))
      facts = { ...running(), endedAt: instant(on) }
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
