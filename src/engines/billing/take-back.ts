import type { RatingStep } from '#shared/contract/billing/prices.ts'
import { divide, exactText, moneyText, roundHalfUp, scaled } from './exact.ts'
import type { BilledItem, GeneratedLine } from './model.ts'

/** How a kind of discount is told from other items, and what its lines say. */
export interface DiscountKind {
  /** The item that an item of this kind was taken off; null for any other item. */
  of(item: string): string | null
  /** What the line is called before the name of the line that it is of. */
  title(billed: BilledItem): string
  step(billed: BilledItem, given: string, amount: string): RatingStep
}

/**
 * What lines that give money back take back of the discounts of their items: the customer gets what was really
 * charged. What brings an item back to nothing takes back the whole discount and its tax.
 */
export function takenBack(
  lines: readonly GeneratedLine[],
  billed: ReadonlyMap<string, BilledItem>,
  places: number,
  kind: DiscountKind,
): GeneratedLine[] {
  const giving = lines.filter(line => line.amount < 0n)
  if (giving.length === 0) return []
  const taken = new Map<string, BilledItem[]>()
  for (const one of billed.values()) {
    const of = kind.of(one.item)
    if (of === null) continue
    const all = taken.get(of)
    if (all) all.push(one)
    else taken.set(of, [one])
  }
  return giving.flatMap(line =>
    (taken.get(line.item) ?? []).flatMap(one => {
      const whole = leftOf(billed.get(line.item)!)
      const left = leftOf(one)
      const all = -line.amount >= whole.amount
      const part = (of: bigint) =>
        all ? -of : roundHalfUp(divide(scaled(of * line.amount), scaled(whole.amount)), 0)
      const back = part(left.amount)
      if (back === 0n) return []
      const step = kind.step(one, moneyText(-left.amount, places), moneyText(back, places))
      const by = { item: one.item, ordinal: one.lines, priceKey: one.priceKey, taxed: one, step }
      return [discountLine(line, { ...by, title: kind.title(one), off: -back, tax: -part(left.tax) }, places)]
    }),
  )
}

/** A line that takes something off another. */
export function discountLine(
  line: GeneratedLine,
  by: {
    readonly item: string
    readonly ordinal: number
    readonly priceKey: string
    readonly title: string
    /** More than zero where it takes off, less where it takes a discount back. */
    readonly off: bigint
    readonly tax: bigint
    readonly step: RatingStep
    /** Of what it takes back; else that of the line. */
    readonly taxed?: Pick<BilledItem, 'taxRate' | 'taxBasis'>
  },
  places: number,
): GeneratedLine {
  const { item, ordinal, priceKey, title, off, tax, step, taxed = line } = by
  return {
    ...line,
    ...{ item, ordinal, kind: 'discount', priceKey, name: `${title}: ${line.name}` },
    ...{ metricId: null, unit: '', quantity: 0n, scale: 0, taxRate: taxed.taxRate },
    ...(taxed.taxBasis === undefined ? {} : { taxBasis: taxed.taxBasis }),
    ...{ amount: -off, tax: -tax, exact: exactText(scaled(-off, places)), steps: [step] },
  }
}

/** What is billed of an item and was not given back by a credit note. */
function leftOf({ amount, tax, credited }: BilledItem): { readonly amount: bigint; readonly tax: bigint } {
  return { amount: amount - (credited?.amount ?? 0n), tax: tax - (credited?.tax ?? 0n) }
}
