import type { Doubt } from '#shared/contract/billing/invoices.ts'
import { powerOfTen } from './exact.ts'
import { type InvoiceSummary, type SummarisedLine, summaryOf } from './invoice-summary.ts'
import type { GeneratedLine } from './model.ts'

/** A draft and what the customer was billed before. */
export interface DoubtInput {
  readonly lines: readonly (SummarisedLine & Pick<GeneratedLine, 'taxBasis'>)[]
  /** The draft's plan, as in its summary. */
  readonly plan: string
  /** Minor units, with tax. */
  readonly total: bigint
  /** Places of the currency's minor unit. */
  readonly places: number
  /** Earlier invoices of the customer in the same currency, newest first; at most 12 are looked at. */
  readonly history: readonly InvoiceSummary[]
  /** VAT numbers of the customer that were found valid since the lines were made. */
  readonly confirmed?: ReadonlySet<string>
}

const HISTORY = 12
/** With fewer values nobody can say what is usual. */
const ENOUGH = 4
/** How many deviations away a line is a jump. */
const FAR = 3
/** Makes a median absolute deviation comparable with a standard deviation where values are normal. */
const MAD_SCALE = 1.4826
/** Of the median: a customer whose bills hardly ever differ does not jump by a few percent. */
const FLOOR_SHARE = 0.05

/** How much a doubt weighs when drafts are put in order: what may cost most money or trust comes first. */
const WEIGHTS: Readonly<Record<Doubt['code'], number>> = {
  negative: 100,
  jump: 80,
  changed: 70,
  'vat-unconfirmed': 65,
  credit: 60,
  'new-metric': 40,
  'plan-change': 35,
  'gone-metric': 30,
  zero: 25,
  adjustment: 20,
  'first-invoice': 10,
}
/** A jump weighs more the further away it is, up to so much. */
const FURTHEST = 50

/**
 * What makes a draft worth a look, the weightiest first. A draft without doubts is clean. `changed`, which
 * depends on who saw what, is the core's to add.
 */
export function doubtsOf({ lines, plan, total, places, history, confirmed }: DoubtInput): Doubt[] {
  const doubts: Doubt[] = []
  const say = (code: Doubt['code'], about: string | null = null, now: bigint | null = null) =>
    doubts.push({ code, about, now, usual: null, deviations: null })

  if (total === 0n) say('zero')
  if (total < 0n) say('negative', null, total)
  for (const [kind, code] of [
    ['credit', 'credit'],
    ['adjustment', 'adjustment'],
  ] as const) {
    const those = lines.filter(line => line.kind === kind)
    if (those.length > 0)
      say(
        code,
        those.length === 1 ? those[0]!.name : null,
        those.reduce((sum, line) => sum + line.amount, 0n),
      )
  }

  for (const number of unconfirmedNumbers(lines)) if (!confirmed?.has(number)) say('vat-unconfirmed', number)

  const earlier = history.slice(0, HISTORY)
  const [last] = earlier
  if (last === undefined) say('first-invoice')
  else {
    const now = summaryOf('', plan, lines)
    const planChanged = last.plan !== plan
    if (planChanged) say('plan-change')
    // Another plan has other prices: that follows, and is no doubt of its own.
    else doubts.push(...comeAndGone(now, last))
    doubts.push(...jumps(now, ofThePlan(earlier, plan), places))
  }
  return doubts.sort((a, b) => weightOf([b]) - weightOf([a]))
}

/** What the doubts of a draft weigh together; 0 for a clean one. */
export function weightOf(doubts: readonly Doubt[]): number {
  let weight = 0
  for (const { code, deviations } of doubts)
    weight += WEIGHTS[code] + (deviations === null ? 0 : Math.min(Math.abs(Math.round(deviations)), FURTHEST))
  return weight
}

/** VAT numbers that lines are without tax for, though nobody found them valid. */
function unconfirmedNumbers(lines: DoubtInput['lines']): Set<string> {
  const numbers = lines.flatMap(({ taxBasis }) =>
    taxBasis?.vatUnconfirmed && taxBasis.vatNumber !== null ? [taxBasis.vatNumber] : [],
  )
  return new Set(numbers)
}

/** Prices that were not on the last invoice, and those that were and are missing or without usage. */
function comeAndGone(now: InvoiceSummary, last: InvoiceSummary): Doubt[] {
  const before = new Map(last.prices.map(price => [price.key, price]))
  const after = new Map(now.prices.map(price => [price.key, price]))
  const doubts: Doubt[] = []
  for (const { key, name, amount } of now.prices)
    if (!before.has(key))
      doubts.push({ code: 'new-metric', about: name, now: amount, usual: null, deviations: null })
  for (const { key, name, amount, quantity } of last.prices) {
    const price = after.get(key)
    if (
      (amount !== 0n || quantity !== 0n) &&
      (price === undefined || (price.amount === 0n && price.quantity === 0n))
    )
      doubts.push({ code: 'gone-metric', about: name, now: 0n, usual: amount, deviations: null })
  }
  return doubts
}

/** What a customer paid on another plan says nothing about what is usual on this one. */
function ofThePlan(earlier: readonly InvoiceSummary[], plan: string): readonly InvoiceSummary[] {
  const other = earlier.findIndex(one => one.plan !== plan)
  return other < 0 ? earlier : earlier.slice(0, other)
}

/**
 * Prices whose amount is more than three median absolute deviations from the customer's own median. The
 * deviation is at least a twentieth of the median and one unit of the currency, so that a customer who always
 * paid the same is not in doubt over a cent.
 */
function jumps(now: InvoiceSummary, earlier: readonly InvoiceSummary[], places: number): Doubt[] {
  const doubts: Doubt[] = []
  for (const { key, name, amount } of now.prices) {
    const values: bigint[] = []
    for (const { prices } of earlier) {
      const found = prices.find(price => price.key === key)
      if (found !== undefined) values.push(found.amount)
    }
    if (values.length < ENOUGH) continue
    const usual = median(values)
    const spread = median(values.map(value => (value < usual ? usual - value : value - usual)))
    const deviation = Math.max(
      MAD_SCALE * Number(spread),
      FLOOR_SHARE * Math.abs(Number(usual)),
      Number(powerOfTen(places)),
    )
    const deviations = Number(amount - usual) / deviation
    if (Math.abs(deviations) > FAR)
      doubts.push({
        code: 'jump',
        about: name,
        now: amount,
        usual,
        deviations: Math.round(deviations * 10) / 10,
      })
  }
  return doubts
}

/** The middle value; of two in the middle their mean, rounded down. */
function median(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2n
}
