import type { RatingStep } from '#shared/contract/billing/prices.ts'

/*
 * The steps of a rating as they are stored with their line. A close stores them a hundred thousand times over, and
 * each name of a member with them: so their values stand in lists, in the order of the lists below. New members are
 * added at the end of theirs; those of a part or a price that say nothing are left out.
 */

const MEMBERS = {
  normalise: ['aggregation', 'events', 'quantity'],
  price: ['model', 'formula', 'parts', 'amount', 'filter'],
  sum: ['amount'],
  prorate: ['mode', 'used', 'whole', 'unit', 'amount'],
  discount: ['percent', 'off', 'amount'],
  maximum: ['limit', 'applied', 'amount'],
  minimum: ['limit', 'applied', 'amount'],
  round: ['rule', 'places', 'exact', 'amount'],
  billed: ['billed', 'amount'],
  'true-up': ['minimum', 'charged', 'amount'],
  override: ['reason'],
  coupon: ['code', 'order', 'from', 'percent', 'off', 'unused', 'amount'],
  'coupon-back': ['code', 'given', 'amount'],
  volume: [
    ...(['contract', 'name', 'basis', 'mode', 'measure', 'percent'] as const),
    ...(['spent', 'taken', 'from', 'amount'] as const),
  ],
  'volume-back': ['contract', 'given', 'amount'],
  commitment: ['contract', 'committed', 'counted', 'amount'],
  overage: ['contract', 'committed', 'counted', 'over', 'percent', 'amount'],
  'minimum-invoice': ['contract', 'minimum', 'net', 'amount'],
} as const satisfies Readonly<Record<RatingStep['step'], readonly string[]>>

const PART = ['tier', 'above', 'upTo', 'quantity', 'unit', 'flat', 'amount', 'percent', 'events'] as const

type Members = Readonly<Record<string, unknown>>
type Price = Extract<RatingStep, { step: 'price' }>

/** Writes steps for a row of `invoice_lines`. */
export function stepsText(steps: readonly RatingStep[]): string {
  return JSON.stringify(steps.map(valuesOf))
}

function valuesOf(step: RatingStep): unknown[] {
  // The one that every line has, and that has parts.
  if (step.step === 'price') {
    const values = ['price', step.model, step.formula, step.parts.map(partOf), step.amount]
    return step.filter ? [...values, step.filter] : values
  }
  const values: unknown[] = [step.step]
  for (const member of MEMBERS[step.step]) values.push((step as Members)[member])
  return values
}

function partOf(part: Price['parts'][number]): unknown[] {
  const { tier, above, upTo, quantity, unit, flat, amount, percent = null, events = null } = part
  const values = [tier, above, upTo, quantity, unit, flat, amount]
  return percent === null && events === null ? values : [...values, percent, events]
}

/** Reads the steps of a row. Rows of earlier versions spell every member out. */
export function stepsOf(text: string): RatingStep[] {
  return (JSON.parse(text) as (RatingStep | unknown[])[]).map(one => {
    if (!Array.isArray(one)) return one
    const [name, ...values] = one as [RatingStep['step'], ...unknown[]]
    const step = { step: name, ...named(MEMBERS[name], values) }
    if (name !== 'price') return step as unknown as RatingStep
    const parts = (step as unknown as { parts: unknown[][] }).parts
    return { ...step, parts: parts.map(part => named(PART, part)) } as unknown as RatingStep
  })
}

function named(names: readonly string[], values: readonly unknown[]): Members {
  return Object.fromEntries(values.map((value, i) => [names[i], value]))
}
