/**
 * The pricing engine, alone: rated lines per second for each charge model, with all their steps, beside the same
 * amount computed in plain `number` without any explanation in the same run; and whole customers through the
 * generator. `npx node bench/rate.ts`.
 */
import { type Due, whatIsDue } from '#engines/billing/due-items.ts'
import { divide, type Exact, scaled } from '#engines/billing/exact.ts'
import { generateLines } from '#engines/billing/generate-lines.ts'
import { isWorthInvoicing, totalsOf } from '#engines/billing/invoice-totals.ts'
import type { BilledItem, PlanPrice, SubscriptionFacts, UsageQuantity } from '#engines/billing/model.ts'
import { type RatedPart, rate } from '#engines/billing/rate.ts'
import type { MeasuredEvents } from '#shared/contract/billing/close-facts.ts'
import type { Charge, PriceTerms } from '#shared/contract/billing/prices.ts'
import { type Figure, percentile, record } from './results.ts'

const LINES = 100_000
const RUNS = 7
/** A close of 10,000 customers × 20 lines may spend a tenth of its thirty seconds here. */
const MUST_STANDARD = 100_000
const MUST_TIERS = 40_000

const ENDS = [1000, 5000, 20_000, 100_000] as const
const UNITS = [0.1, 0.08, 0.06, 0.04, 0.02] as const
const tiers = UNITS.map((unit, index) => ({
  ...{ upTo: index < ENDS.length ? String(ENDS[index]) : null, unit: String(unit), flat: '0' },
}))

interface Case {
  readonly what: string
  readonly charge: Charge
  /** The same amount in doubles, rounded to cents. */
  readonly plain: (quantity: number) => number
  readonly must: number
  readonly filters?: PriceTerms['filters']
  readonly measured?: MeasuredEvents
}

const cents = (amount: number) => Math.round(amount * 100)
const PERCENTAGE: Charge = {
  ...{ model: 'percentage', percent: '2.9', fixed: '0.30', freeEvents: null, freeAmount: null },
  ...{ minimumPerEvent: null, maximumPerEvent: null },
}
/** Each part of a quantity at its own tier's price, in doubles. */
function inTiers(quantity: number): number {
  let amount = 0
  let below = 0
  for (let tier = 0; quantity > below && tier < UNITS.length; tier++) {
    const end = ENDS[tier] ?? quantity
    amount += (Math.min(quantity, end) - below) * UNITS[tier]!
    below = end
  }
  return amount
}
const CASES: readonly Case[] = [
  {
    what: 'flat',
    charge: { model: 'flat', amount: '99.5' },
    plain: quantity => cents(quantity * 99.5),
    must: MUST_STANDARD,
  },
  {
    what: 'standard',
    charge: { model: 'standard', unit: '0.0025', free: '1000' },
    plain: quantity => cents(Math.max(0, quantity - 1000) * 0.0025),
    must: MUST_STANDARD,
  },
  {
    what: 'package',
    charge: { model: 'package', size: '1000', amount: '2.5', free: '1000' },
    plain: quantity => cents(Math.ceil(Math.max(0, quantity - 1000) / 1000) * 2.5),
    must: MUST_STANDARD,
  },
  {
    what: 'percentage with a fee for each event',
    charge: PERCENTAGE,
    plain: quantity => cents(quantity * 0.029 + 0.3),
    must: MUST_STANDARD,
  },
  {
    what: 'graduated percentage, 5 tiers, all of them reached',
    charge: {
      model: 'graduated-percentage',
      tiers: UNITS.map((unit, index) => ({
        upTo: ENDS[index]?.toString() ?? null,
        percent: String(unit * 100),
        flat: '0',
      })),
      flatAtZero: false,
    },
    plain: quantity => cents(inTiers(quantity)),
    must: MUST_TIERS,
  },
  {
    what: 'dynamic, what events say measured before',
    charge: { model: 'dynamic', property: 'price', per: 'event' },
    measured: { model: 'dynamic', amount: '123.45', unpriced: 0 },
    plain: () => cents(123.45),
    must: MUST_STANDARD,
  },
  {
    what: 'four prices by property',
    charge: { model: 'standard', unit: '0.0025', free: '0' },
    filters: ['a', 'b', 'c'].map(name => ({
      ...{ name, values: { model: [name] } },
      charge: { model: 'standard' as const, unit: '0.0025', free: '0' },
    })),
    plain: quantity => cents(quantity * 0.0025),
    must: MUST_TIERS,
  },
  {
    what: 'volume, 5 tiers',
    charge: { model: 'volume', tiers, flatAtZero: false },
    plain: quantity => {
      const tier = ENDS.findIndex(end => quantity <= end)
      return cents(quantity * UNITS[tier < 0 ? ENDS.length : tier]!)
    },
    must: MUST_TIERS,
  },
  {
    what: 'graduated, 5 tiers, all of them reached',
    charge: { model: 'graduated', tiers, flatAtZero: false },
    plain: quantity => cents(inTiers(quantity)),
    must: MUST_TIERS,
  },
]

const quantities = Array.from({ length: LINES }, (_, index) => 150_000 + ((index * 7919) % 1_000_000) / 1000)
const exact = quantities.map(quantity => scaled(BigInt(Math.round(quantity * 1000)), 3))

/** Usage by property: equal parts for each of the charges; one part where there is one charge. */
function partsFor(quantity: Exact, filters: number, measured: MeasuredEvents | undefined): RatedPart[] {
  if (filters === 0) return [{ quantity, events: 1, measured }]
  const share = divide(quantity, scaled(BigInt(filters + 1)))
  return Array.from({ length: filters + 1 }, () => ({ quantity: share, events: 1 }))
}

const figures: Figure[] = []
for (const { what, charge, plain, must, filters = [], measured } of CASES) {
  const terms: PriceTerms = {
    ...{ currency: 'USD', charge, minimum: null, maximum: null, proration: 'second', discountPercent: '0' },
    filters,
  }
  const rest = filters.length
  let checked = 0
  const ours = perSecond(() => {
    let sum = 0n
    for (const quantity of exact)
      sum += rate({
        ...{ terms, quantity, metric: { aggregation: 'sum' }, events: 1 },
        parts: partsFor(quantity, rest, measured),
      }).amount
    checked = Number(sum)
  })
  let doubles = 0
  const theirs = perSecond(() => {
    let sum = 0
    for (const quantity of quantities) sum += plain(quantity)
    doubles = sum
  })
  // Doubles round some half cents the other way; anything more is another computation.
  if (Math.abs(checked - doubles) > LINES) throw new Error(`${what}: ${checked} against ${doubles}`)
  figures.push({
    what: `${what}, exact, with its steps`,
    measured: `${rounded(ours)} lines/s (${(1e6 / ours).toFixed(1)} µs)`,
    budget: `≥ ${rounded(must)} lines/s`,
    against: `plain number, without steps: ${rounded(theirs)} lines/s`,
    ratio: ours / theirs,
    met: ours >= must,
  })
}
figures.push(...customers())
record(
  'Pricing engine',
  'Rated in one thread, without a database, by processor time. The ratio is speed, ours to that of plain doubles, which neither are exact nor explain anything.',
  figures,
)
for (const { what, measured, against } of figures)
  console.log(`${what}: ${measured}${against ? `; ${against}` : ''}`)

/** Customers with twenty lines each, all models among them, through what is due, the generator and the totals. */
function customers(): Figure[] {
  const COUNT = 2000
  const month = { from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 10, 1) }
  const prices = Array.from({ length: 20 }, (_, index): PlanPrice => {
    const { charge } = CASES[index % CASES.length]!
    const isFee = charge.model === 'flat'
    const id = `price-${index}`
    return {
      planVersionId: 'plan',
      metric: isFee
        ? null
        : {
            ...{ id, key: id, name: id, unit: 'GB', scale: 3, aggregation: 'sum' },
            ...{ excess: 'round', groupBy: [], active: true },
            ...{ property: null, rounding: null, carries: false },
          },
      price: {
        ...{ id, key: id, name: id, metricId: isFee ? null : id, currency: 'USD', charge },
        ...{ minimum: null, maximum: null, due: 'arrears', proration: 'second' },
      },
    }
  })
  const subscriptions = Array.from({ length: COUNT }, (_, index): SubscriptionFacts => {
    const from = BigInt(Date.UTC(2026, 0, 1 + (index % 28)))
    return {
      ...{ id: `subscription-${index}`, currency: 'USD', interval: 'month', alignment: 'calendar' },
      ...{ anchorAt: from, billFrom: from, endedAt: null, zone: index % 2 === 0 ? 'UTC' : 'Europe/Berlin' },
      phases: [{ id: '', planVersionId: 'plan', quantity: 1n, kind: 'active', from, to: null }],
    }
  })
  const billed = new Map<string, BilledItem>()
  let lines = 0
  const perCustomer = perSecond(() => {
    lines = 0
    for (const subscription of subscriptions) {
      const due: Due = whatIsDue(subscription, prices, BigInt(month.from) + 1n, BigInt(month.to))
      const usage = new Map<string, UsageQuantity>()
      for (const { item } of due.items) usage.set(item, { quantity: 150_000_123n, events: 12 })
      const made = generateLines({ ...due, quantities: usage, billed, taxRate: '0.19' })
      totalsOf(made)
      if (isWorthInvoicing(made)) lines += made.length
    }
  }, COUNT)
  return [
    {
      what: `a customer of 20 lines: what is due, lines, totals (${lines / COUNT} lines each)`,
      measured: `${rounded(perCustomer)} customers/s (${(1e3 / perCustomer).toFixed(2)} ms)`,
      budget: '≥ 3,300 customers/s',
      met: perCustomer >= 3300,
    },
  ]
}

/**
 * How often a second of processor time (garbage collection in its threads included), by the middle of several
 * runs after a warm one: it is pure computation, and what else runs on the machine is none of its business.
 */
function perSecond(work: () => void, count = LINES): number {
  work()
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const begun = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(begun)
    times.push((user + system) / 1000)
  }
  return (count / percentile(times, 0.5)) * 1000
}

function rounded(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en-US')
}
