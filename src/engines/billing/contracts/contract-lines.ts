import type { Commitment, ContractFacts } from '#shared/contract/billing/contract-facts.ts'
import type { CouponFacts } from '#shared/contract/billing/coupon-facts.ts'
import type { RatingStep } from '#shared/contract/billing/prices.ts'
import type { Taxed } from '#shared/contract/billing/tax-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { givenOnce } from '../corrections/given-once.ts'
import { discountLines } from '../coupons/discount-lines.ts'
import { exactText, moneyText, scaled } from '../exact.ts'
import { isWorthInvoicing, totalsOf } from '../invoice-totals.ts'
import { isLeast, type LeastInvoice, leastLine } from '../minimum/least-invoice.ts'
import type { BilledItem, ConsideredPeriod, GeneratedLine } from '../model.ts'
import { placesOf, taxOn } from '../rate.ts'
import { type ChargedItem, commitmentPeriods, countedIn, outcomeOf } from './commitments.ts'
import { commitmentItem, isMinimum, minimumItem, ofVolume } from './contract-item.ts'
import { withinContract } from './ramp.ts'
import { type OpenLine, volumeBack, volumeLines } from './volume-discount.ts'

/** What is about to be billed to a customer in a currency, and what was agreed with it. */
export interface AgreedInput {
  readonly currency: string
  /** `2026-10`, its time, and the zone in which days are counted. */
  readonly period: string
  readonly month: Span
  readonly zone: string
  /** The rate of what a contract itself asks for, by the end of its service, and why. */
  taxOf(until: bigint): Taxed
  /** What plans ask for, with what they give back. */
  readonly regular: readonly GeneratedLine[]
  /** What is charged once: coupons alone take something off it, where they say so. */
  readonly once: readonly GeneratedLine[]
  /** In this currency. */
  readonly contracts: readonly ContractFacts[]
  /** Of `couponsOfMonth`, in their order. */
  readonly coupons: readonly CouponFacts[]
  /** By item, what invoices that stand say, in the window that the generator looks at. */
  readonly billed: ReadonlyMap<string, BilledItem>
  /** The same of the whole time of the contracts, for their subscriptions and of themselves. */
  readonly history: ReadonlyMap<string, BilledItem>
  readonly considered: readonly ConsideredPeriod[]
  /** The least of the customer or of the workspace: that of a contract comes before it. */
  readonly least?: LeastInvoice | null
  /** What a month's minimum lacks is asked for also where nothing else is missing: a draft of it is made anew. */
  readonly leastAlone?: boolean
  /** Whether all that is due is there: without the usage nothing can be said of what was promised. */
  readonly complete: boolean
  /** The plan of a price. */
  planOf(priceId: string): string | null
}

/**
 * All lines of an invoice, in this order: what plans ask for and what is charged once; the volume discounts of
 * contracts; coupons, from what those left; what commitments lack or go beyond; and what the invoice lacks to its
 * minimum. None where nothing of it is about money. Preview, draft and issue are this function.
 */
export function invoiceLines(input: AgreedInput): GeneratedLine[] {
  const { currency, regular, once, contracts, coupons, billed, planOf, complete, least = null } = input
  const { leastAlone = false } = input
  const open = regular
    .filter(line => line.amount > 0n)
    .map((line): OpenLine => ({ line, left: line.amount, leftTax: line.tax }))
  const volume = [
    ...volumeBack(regular, billed, currency),
    ...contracts.flatMap(contract => volumeLines(contract, open, billed, planOf)),
  ]
  const left = new Map(open.map(one => [one.line, one]))
  const lessened = regular.map(line => {
    const rest = left.get(line)
    return rest ? { ...line, amount: rest.left, tax: rest.leftTax } : line
  })
  const besides = volume.reduce((sum, { amount }) => (amount > 0n ? sum + amount : sum), 0n)
  const off = discountLines({ currency, lines: lessened, once, coupons, billed, planOf, besides })
  const charged = [...regular, ...volume]
  const promised = complete ? contracts.flatMap(contract => commitmentLines(contract, input, charged)) : []
  const lines = [...regular, ...once, ...volume, ...off, ...promised]
  const worth = isWorthInvoicing(lines)
  if (!worth && !leastAlone) return []
  if (!complete) return worth ? lines : []
  const agreed = contracts.some(
    one => one.terms.minimum !== null && withinContract(one, input.month) !== null,
  )
  const lacking =
    least !== null && !agreed
      ? leastLine(least, input, lines)
      : contracts.flatMap(contract => minimumLine(contract, input, lines))
  return worth || lacking.length > 0 ? [...lines, ...lacking] : []
}

/** What is missing to commitments whose periods are over, or was used beyond them, less what was billed for it. */
function commitmentLines(
  contract: ContractFacts,
  input: AgreedInput,
  charged: readonly GeneratedLine[],
): GeneratedLine[] {
  const { history, month, zone, currency, planOf } = input
  const items = chargedItems(
    [...history.values()].filter(one => one.currency === currency),
    charged,
  )
  const places = placesOf(currency)
  const lines: GeneratedLine[] = []
  const owed = new Set<string>()
  for (const commitment of contract.terms.commitments) {
    for (const period of commitmentPeriods(contract, commitment, zone, month.to)) {
      const { number, span, committed, days } = period
      const names = (['true-up', 'overage'] as const).map(part =>
        commitmentItem(contract.id, commitment.key, part, number),
      )
      for (const name of names) owed.add(name)
      if (isWaiting(contract, input.considered, span)) continue
      const counted = countedIn(items.values(), contract, commitment, span, planOf)
      const { shortfall, over, overage } = outcomeOf(commitment, committed, counted)
      const figures = { committed: moneyText(committed, places), counted: moneyText(counted, places) }
      const steps: RatingStep[] = []
      if (days !== null) {
        const part = { used: String(days.used), whole: String(days.of), unit: 'day' as const }
        steps.push({ step: 'prorate', mode: 'day', ...part, amount: figures.committed })
      }
      const facts = { contract: contract.number, ...figures }
      const made = { contract, input, commitment, service: span }
      lines.push(
        ...ownLine({
          ...{ ...made, item: names[0]!, owed: shortfall, name: `${commitment.name} (shortfall)` },
          steps: [...steps, { step: 'commitment', ...facts, amount: moneyText(shortfall, places) }],
        }),
        ...ownLine({
          ...{ ...made, item: names[1]!, owed: overage, name: `${commitment.name} (beyond it)` },
          steps: [
            ...steps,
            {
              ...{ step: 'overage' as const, ...facts, over: moneyText(over, places) },
              ...{ percent: commitment.overagePercent ?? '0', amount: moneyText(overage, places) },
            },
          ],
        }),
      )
    }
  }
  // What was billed for a commitment that was taken back, or for a time after the end of the contract. What a later
  // month billed is for a close of that month to say.
  for (const [item, billed] of history) {
    if (billed.subscriptionId !== contract.id || billed.amount === 0n || billed.service.to > month.to)
      continue
    if (owed.has(item) || isMinimum(item)) continue
    const commitment = { key: 'given-back' }
    const made = { contract, input, commitment, service: billed.service, item, owed: 0n, name: billed.name }
    lines.push(...ownLine({ ...made, steps: [] }))
  }
  return lines
}

/** What was charged by item: what stands, with what is about to be billed. Coupons are no part of it. */
export function chargedItems(
  history: readonly (ChargedItem & { readonly item: string })[],
  lines: readonly (ChargedItem & { readonly item: string })[],
): Map<string, ChargedItem> {
  const items = new Map<string, ChargedItem>()
  const put = (one: ChargedItem & { readonly item: string }, of: Pick<ChargedItem, 'metricId'>) => {
    const before = items.get(one.item)
    const { subscriptionId, priceId, service } = one
    const amount = (before?.amount ?? 0n) + one.amount
    items.set(one.item, { subscriptionId, priceId, service, amount, metricId: of.metricId })
  }
  const all = new Map([...history, ...lines].map(one => [one.item, one.metricId]))
  // A discount has no metric of its own: it counts where the item counts that it was taken off.
  const metricOf = (one: { item: string; metricId: string | null }) => {
    const discounted = ofVolume(one.item)?.of
    return { metricId: discounted === undefined ? one.metricId : (all.get(discounted) ?? null) }
  }
  for (const one of history) if (!isOther(one)) put(one, metricOf(one))
  for (const line of lines) if (!isOther(line)) put(line, metricOf(line))
  return items
}

/** Lines of contracts themselves, and what coupons took off. */
function isOther({ item }: { readonly item: string }): boolean {
  return item.startsWith('contract/') || item.startsWith('coupon/') || isLeast(item)
}

/**
 * Whether something is still to come of a stretch that is over: a billing period reaches beyond it and is not due yet,
 * so that what was used in it is not known.
 */
function isWaiting(
  { subscriptionId }: ContractFacts,
  considered: readonly ConsideredPeriod[],
  span: Span,
): boolean {
  return considered.some(
    one =>
      one.waiting.length > 0 &&
      one.period.from < span.to &&
      (subscriptionId === null || subscriptionId === one.subscriptionId),
  )
}

/** What the month's invoices lack to the contract's minimum, together with what they have already. */
function minimumLine(
  contract: ContractFacts,
  input: AgreedInput,
  lines: readonly GeneratedLine[],
): GeneratedLine[] {
  const { minimum } = contract.terms
  const service = withinContract(contract, input.month)
  if (minimum === null || service === null) return []
  const places = placesOf(input.currency)
  const item = minimumItem(contract.id, input.period)
  const before = contract.invoiced.reduce((sum, one) => (one.item === item ? sum : sum + one.amount), 0n)
  const net = before + totalsOf(lines).net
  // An invoice that gives money back is no small invoice.
  if (net <= 0n) return []
  const owed = net < minimum ? minimum - net : 0n
  const step: RatingStep = {
    ...{ step: 'minimum-invoice', contract: contract.number },
    ...{ minimum: moneyText(minimum, places), net: moneyText(net, places), amount: moneyText(owed, places) },
  }
  const name = `Minimum invoice (${contract.number})`
  const commitment = { key: 'minimum' }
  return ownLine({ contract, input, commitment, service: input.month, item, owed, name, steps: [step] })
}

/** A line of a contract itself: what is owed for an item, less what was billed for it; none where that is nothing. */
function ownLine(of: {
  readonly contract: ContractFacts
  readonly input: Pick<AgreedInput, 'history' | 'taxOf' | 'currency'>
  readonly commitment: Pick<Commitment, 'key'>
  readonly service: Span
  readonly item: string
  readonly owed: bigint
  readonly name: string
  readonly steps: readonly RatingStep[]
}): GeneratedLine[] {
  const { contract, input, item, owed, name, service } = of
  const places = placesOf(input.currency)
  const billed = input.history.get(item)
  const amount = owed - (billed?.amount ?? 0n)
  if (amount === 0n) return []
  const steps = [...of.steps]
  const stands = billed !== undefined && billed.amount !== 0n
  if (billed !== undefined)
    steps.push({
      ...{ step: 'billed', billed: moneyText(billed.amount, places), amount: moneyText(amount, places) },
    })
  const whole = billed !== undefined && amount === -billed.amount
  const back = billed !== undefined && (whole || amount < 0n)
  const taxed = back ? { rate: billed.taxRate, basis: billed.taxBasis ?? null } : input.taxOf(service.to)
  const { rate: taxRate } = taxed
  // What was promised is an amount before tax, whatever prices are.
  const taxBasis = taxed.basis && { ...taxed.basis, inclusive: false }
  const line: GeneratedLine = {
    ...{ item, ordinal: billed?.lines ?? 0, subscriptionId: contract.id, priceId: contract.id },
    kind: stands ? (amount < 0n ? 'credit' : 'adjustment') : amount < 0n ? 'discount' : 'fee',
    priceKey: `contract.${contract.number}.${of.commitment.key}`,
    ...{ name, metricId: null, unit: '', service, quantity: 0n, scale: 0 },
    ...{ exact: exactText(scaled(amount, places)), amount },
    ...{ taxRate, tax: whole ? -billed.tax : taxOn(amount, taxRate), taxBasis, steps },
  }
  const once = givenOnce(line, billed)
  return once === null ? [] : [once]
}
