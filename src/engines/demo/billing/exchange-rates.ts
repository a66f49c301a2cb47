import { decimalText } from '#engines/billing/exact.ts'
import type { DemoCompany } from '../company.ts'
import { isoDay } from '../days.ts'
import { randomOf } from '../random.ts'

/** What one euro is worth on a day. */
export interface DemoRate {
  readonly base: 'EUR'
  readonly quote: string
  /** `2026-10-30`. */
  readonly day: string
  readonly rate: string
}

/** Where each begins, in units of its last place, and how many places it has. */
const PAIRS = [
  { quote: 'USD', places: 4, begins: 10_850 },
  { quote: 'GBP', places: 5, begins: 84_500 },
  { quote: 'JPY', places: 2, begins: 16_240 },
  { quote: 'KWD', places: 5, begins: 33_350 },
] as const
/** In ten thousandths: how far it goes in a week at most, and how much of its way it comes back. */
const STEP = 90
const BACK = 40
const WEEK = 7
/** 1970-01-02 was a Friday. */
const FRIDAY = 1

/**
 * What the euro is worth in the demo's other currencies, on each Friday of its bills. It wanders and comes back, in
 * whole units of the last place, so that it is the same on every machine.
 */
export function demoRates({ seed, span }: Pick<DemoCompany, 'seed' | 'span'>): DemoRate[] {
  const first = span.start + ((FRIDAY - (span.start % WEEK) + WEEK) % WEEK)
  return PAIRS.flatMap(({ quote, places, begins }) => {
    const random = randomOf(`${seed}/billing/rates/${quote}`)
    const rates: DemoRate[] = []
    let units: number = begins
    for (let day = first; day < span.until; day += WEEK) {
      rates.push({ base: 'EUR', quote, day: isoDay(day), rate: decimalText(BigInt(units), places) })
      const wanders = Math.trunc((units * (random.below(2 * STEP + 1) - STEP)) / 10_000)
      units += wanders + Math.trunc(((begins - units) * BACK) / 1000)
    }
    return rates
  })
}
