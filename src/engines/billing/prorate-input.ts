import type { ProrateInput, ProrateOutput, ProratePiece } from '#shared/contract/billing/prorate.ts'
import type { Phase } from '#shared/contract/billing/subscriptions.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { findCurrency } from '#shared/currencies.ts'
import { isZone } from '#shared/zones.ts'
import { dueItems } from './due-items.ts'
import { exactOf, exactText, isStorable, moneyText, roundHalfUp, scaled } from './exact.ts'
import type { DueItem, PlanPrice, SubscriptionFacts } from './model.ts'
import { billingPeriodAt } from './periods.ts'
import { minorOf, PricingRefusal } from './pricing-refusal.ts'
import { proportion } from './proration.ts'
import { placesOf, rate } from './rate.ts'

/**
 * What changes of a fee within a billing period come to, piece by piece: what `quarterdeck prorate` does. The pieces
 * are those that a close would bill, so that by day no date is paid twice. The input has passed its schema.
 * Throws a PricingRefusal with the place and the reason where it makes no sense.
 */
export function prorateInput(input: ProrateInput): ProrateOutput {
  const { currency, zone, mode } = input
  if (findCurrency(currency) === undefined) throw new PricingRefusal('currency', 'currency-unknown')
  if (!isZone(zone)) throw new PricingRefusal('zone', 'zone-unknown')
  const places = placesOf(currency)
  const anchorAt = instant(input.anchor)
  const rhythm = { interval: input.interval, alignment: input.alignment, anchorAt, zone }
  // Without a change it is the period in which the fee began.
  const { from, to } = billingPeriodAt(rhythm, instant(input.changes[0]?.at ?? input.from ?? input.anchor))
  const period = { from, to }
  const { phases, endedAt } = phasesOf(input, period)
  const subscription: SubscriptionFacts = {
    ...{ id: 'prorate', currency, ...rhythm, billFrom: phases[0]!.from, endedAt, phases },
  }
  // Before the end of the period: the fees in advance of the next one are none of its pieces.
  const items = dueItems(subscription, pricesOf(input), from, to - 1n)
  const pieces = items.map(item => pieceOf(item, mode, places))
  const total = pieces.reduce((sum, piece) => sum + piece.minor, 0n)
  const billed =
    input.billed === undefined
      ? roundHalfUp(exactOf(input.amount), places)
      : minorOf('billed', input.billed, places)
  if (![total, billed, total - billed].every(isStorable))
    throw new PricingRefusal('amount', 'amount-too-large')
  return {
    ...{ currency, mode, zone, period: isoSpan(period) },
    pieces: pieces.map(({ minor: _, ...piece }) => piece),
    total: moneyText(total, places),
    billed: moneyText(billed, places),
    due: moneyText(total - billed, places),
  }
}

function phasesOf(
  { changes, from }: ProrateInput,
  period: Span,
): { readonly phases: readonly Phase[]; readonly endedAt: bigint | null } {
  const begin = from === undefined ? period.from : instant(from)
  if (begin >= period.to) throw new PricingRefusal('from', 'change-outside-period')
  const phases: Phase[] = [phase(0, begin > period.from ? begin : period.from)]
  let last = begin
  for (const [index, { at, amount }] of changes.entries()) {
    const now = instant(at)
    if (now < period.from || now >= period.to)
      throw new PricingRefusal(`changes.${index}.at`, 'change-outside-period')
    if (now < last) throw new PricingRefusal(`changes.${index}.at`, 'changes-out-of-order')
    last = now
    const before = phases.at(-1)!
    phases[phases.length - 1] = { ...before, to: now }
    if (before.from >= now) phases.pop()
    if (amount === null) {
      if (index < changes.length - 1) throw new PricingRefusal(`changes.${index + 1}.at`, 'change-after-end')
      return { phases: phases.length > 0 ? phases : [phase(0, now)], endedAt: now }
    }
    phases.push(phase(index + 1, now))
  }
  return { phases, endedAt: null }
}

function phase(version: number, from: bigint): Phase {
  return { id: '', planVersionId: String(version), quantity: 1n, kind: 'active', from, to: null }
}

/** A price for each fee, in a plan version of its own. */
function pricesOf({ amount, changes, currency, mode }: ProrateInput): PlanPrice[] {
  return [amount, ...changes.map(change => change.amount)].map((fee, index) => ({
    planVersionId: String(index),
    metric: null,
    price: {
      ...{ id: `fee-${index}`, key: 'fee', name: 'Fee', metricId: null, currency, proration: mode },
      ...{ charge: { model: 'flat', amount: fee ?? '0' }, minimum: null, maximum: null, due: 'advance' },
    },
  }))
}

function pieceOf(
  { terms, period, service, zone }: DueItem,
  mode: ProrateInput['mode'],
  places: number,
): ProratePiece & { readonly minor: bigint } {
  const { price } = terms
  const fee = price.charge.model === 'flat' ? price.charge.amount : '0'
  const part = proportion(mode, period, service, zone)
  const rated = rate({
    terms: {
      currency: price.currency,
      charge: price.charge,
      minimum: null,
      maximum: null,
      proration: mode,
      discountPercent: '0',
    },
    quantity: scaled(1n),
    proration: { period, service, zone },
  })
  const [used, whole] = [exactText(part.used), exactText(part.whole)]
  return {
    ...isoSpan(service),
    ...{ fee, used, whole, unit: part.unit, exact: exactText(rated.exact), minor: rated.amount },
    amount: moneyText(rated.amount, places),
    formula: used === whole ? fee : `${fee} × ${used} ÷ ${whole}`,
  }
}

function isoSpan({ from, to }: Span): { from: string; to: string } {
  return { from: iso(from), to: iso(to) }
}

function iso(at: bigint): string {
  return new Date(Number(at)).toISOString()
}

function instant(text: string): bigint {
  return BigInt(Date.parse(text))
}
