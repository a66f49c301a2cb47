import type { RatingStep } from '#shared/contract/billing/prices.ts'

/*
 * The steps of a rating as they are stored with their line. A close stores them a hundred thousand times over, and
 * each name of a member with them: so their values stand in lists, in the order of the lists below. New members are
 * added at the end of theirs, and what is not there reads as null.
 */

const MEMBERS = {
  normalise: ['aggregation', 'events', 'quantity'],
  price: ['model', 'formula', 'parts', 'amount'],
  prorate: ['mode', 'used', 'whole', 'unit', 'amount'],
  discount: ['percent', 'off', 'amount'],
  maximum: ['limit', 'applied', 'amount'],
  minimum: ['limit', 'applied', 'amount'],
  round: ['rule', 'places', 'exact', 'amount'],
  billed: ['billed', 'amount'],
} as const satisfies Readonly<Record<RatingStep['step'], readonly string[]>>

const PART = ['tier', 'above', 'upTo', 'quantity', 'unit', 'flat', 'amount'] as const

type Members = Readonly<Record<string, unknown>>
type Price = Extract<RatingStep, { step: 'price' }>

/** Writes steps for a row of `invoice_lines`. */
export function stepsText(steps: readonly RatingStep[]): string {
  return JSON.stringify(steps.map(valuesOf))
}

function valuesOf(step: RatingStep): unknown[] {
  // The one that every line has, and that has parts.
  if (step.step === 'price') return ['price', step.model, step.formula, step.parts.map(partOf), step.amount]
  const values: unknown[] = [step.step]
  for (const member of MEMBERS[step.step]) values.push((step as Members)[member])
  return values
}

function partOf({ tier, above, upTo, quantity, unit, flat, amount }: Price['parts'][number]): unknown[] {
  return [tier, above, upTo, quantity, unit, flat, amount]
}

/** Reads the steps of a row. Rows of earlier versions spell every member out. */
export function stepsOf(text: string): RatingStep[] {
  return (JSON.parse(text) as (RatingStep | unknown[])[]).map(one => {
    if (!Array.isArray(one)) return one
    const [name, ...values] = one as [RatingStep['step'], ...unknown[]]
    const step = { step: name, ...named(MEMBERS[name], values) }
    if (name !== 'price') return step as unknown as RatingStep
    const parts = (step as { parts?: unknown[][] }).parts ?? []
    return { ...step, parts: parts.map(part => named(PART, part)) } as unknown as RatingStep
  })
}

function named(names: readonly string[], values: readonly unknown[]): Members {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? null]))
}
