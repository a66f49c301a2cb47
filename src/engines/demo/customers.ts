import { LOCALES, LONG_NAMES, type Locale } from './catalog/organisation-names.ts'
import { type Day, firstDay, isoDay, type Month } from './days.ts'
import { type Random, randomOf } from './random.ts'

export type SizeTier = 'free' | 'starter' | 'professional' | 'enterprise'

/** An organisation that the demo's workspace bills. */
export interface DemoCustomer {
  /** Unique, lower-case ASCII; the value of the `customer` tag on cost lines. */
  key: string
  name: string
  /** ISO 3166 alpha-2. */
  country: string
  /** ISO 4217; in the five of the demo. */
  currency: string
  /** IANA zone. */
  timeZone: string
  industry: string
  tier: SizeTier
  seats: number
  email: string
  /** `YYYY-MM-DD`. */
  signedUpOn: string
  /** `YYYY-MM-DD`, the first day on which it was no longer a customer; null while it is one. */
  churnedOn: string | null
  signupDay: Day
  churnDay: Day | null
}

const INDUSTRIES = [
  'Agriculture',
  'Consumer goods',
  'Education',
  'Energy',
  'Financial services',
  'Health care',
  'Logistics',
  'Manufacturing',
  'Media',
  'Professional services',
  'Public sector',
  'Retail',
  'Software',
  'Travel',
] as const

/** How much of the platform's traffic one customer of a tier makes, relative to a free one. */
export const TIER_WEIGHT: Readonly<Record<SizeTier, number>> = {
  free: 1,
  starter: 4,
  professional: 14,
  enterprise: 40,
}

const SEATS: Readonly<Record<SizeTier, readonly [number, number]>> = {
  free: [1, 5],
  starter: [5, 40],
  professional: [40, 350],
  enterprise: [400, 6000],
}

/**
 * The demo's 240 customers, in the order in which they signed up. Of them 26 are there from long before the
 * first month and never leave: they are the ones with resources of their own in the bills.
 */
export function demoCustomers(seed: string, startMonth: Month, endMonth: Month): DemoCustomer[] {
  const random = randomOf(`${seed}/customers`)
  const start = firstDay(startMonth)
  const end = firstDay(endMonth) + 31
  const drafts = LOCALES.flatMap(locale => names(locale, random))
  const customers = drafts.map(({ locale, name, key }, index) => {
    const anchor = index % 9 === 0
    const tier = anchor ? 'enterprise' : tierOf(random)
    const signupDay = signup(random, anchor, start, end)
    const leaves = !anchor && random.below(1000) < (tier === 'free' ? 260 : tier === 'starter' ? 200 : 90)
    const churnDay = leaves ? churn(random, signupDay, start, end) : null
    const [low, high] = SEATS[tier]
    return {
      key,
      name,
      country: locale.country,
      currency: locale.currency,
      timeZone: random.pick(locale.timeZones),
      industry: random.pick(INDUSTRIES),
      tier,
      seats: random.between(low, high),
      email: `billing@${key}.example`,
      signedUpOn: isoDay(signupDay),
      churnedOn: churnDay === null ? null : isoDay(churnDay),
      signupDay,
      churnDay,
    } satisfies DemoCustomer
  })
  return customers.sort((a, b) => a.signupDay - b.signupDay || (a.key < b.key ? -1 : 1))
}

/** Names of one country without repetition: every pair of stem and trade is used at most once. */
function names(locale: Locale, random: Random): { locale: Locale; name: string; key: string }[] {
  const pairs = locale.stems.flatMap(stem => locale.trades.map(trade => ({ stem, trade })))
  const long = LONG_NAMES.filter(([country]) => country === locale.country)
  const made: { locale: Locale; name: string; key: string }[] = []
  for (let i = 0; i < locale.customers; i++) {
    const [pair] = pairs.splice(random.below(pairs.length), 1)
    const { stem, trade } = pair!
    const form = random.pick(locale.forms)
    const given = i === 1 ? long[0] : undefined
    made.push(
      given === undefined
        ? {
            locale,
            name: form.replace('{s}', stem[0]).replace('{t}', trade[0]),
            key: `${stem[1]}-${trade[1]}`,
          }
        : { locale, name: given[1], key: given[2] },
    )
  }
  return made
}

function tierOf(random: Random): SizeTier {
  const roll = random.below(1000)
  if (roll < 220) return 'free'
  if (roll < 640) return 'starter'
  return roll < 940 ? 'professional' : 'enterprise'
}

/** Anchors signed up in the two years before the first month, the others over four years, later ones more. */
function signup(random: Random, anchor: boolean, start: Day, end: Day): Day {
  if (anchor) return start - random.between(90, 730)
  const early = start - 730
  return early + Math.max(random.below(end - 20 - early), random.below(end - 20 - early))
}

/** Some day after the first three months and within the time shown, or null where there is none. */
function churn(random: Random, signupDay: Day, start: Day, end: Day): Day | null {
  const from = Math.max(signupDay + 90, start + 10)
  return from < end - 20 ? random.between(from, end - 20) : null
}

/**
 * The platform's traffic by day, relative to the first: the sum of the weights of the customers active on each
 * day. A new customer ramps up over 60 days.
 */
export function growthByDay(customers: readonly DemoCustomer[], start: Day, days: number): Float64Array {
  const growth = new Float64Array(days)
  for (let i = 0; i < days; i++) {
    const day = start + i
    let sum = 0
    for (const { signupDay, churnDay, tier } of customers) {
      if (day < signupDay || (churnDay !== null && day >= churnDay)) continue
      sum += TIER_WEIGHT[tier] * Math.min(1, (day - signupDay + 1) / 60)
    }
    growth[i] = sum
  }
  const first = growth[0]!
  return growth.map(value => value / first)
}
