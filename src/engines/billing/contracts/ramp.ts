import type { ContractFacts, ContractPhase, ContractSpan } from '#shared/contract/billing/contract-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import type { PriceOverride } from '../model.ts'
import { endOfContract } from './contract-term.ts'

/** A price that a phase may say something of. */
export interface RampedPrice {
  readonly planId: string
  readonly priceKey: string
  readonly currency: string
  readonly subscriptionId: string
}

/** Whether a contract is about a subscription. */
export function isAbout(
  { currency, subscriptionId }: Pick<ContractFacts, 'currency' | 'subscriptionId'>,
  subscription: { readonly id: string; readonly currency: string },
): boolean {
  return currency === subscription.currency && (subscriptionId === null || subscriptionId === subscription.id)
}

/**
 * What contracts and the customer's own prices say of a price, one after the other. A price of the customer's own goes
 * before a phase of a contract for as long as it holds: it was agreed for that price alone.
 * @param own prices of the customer alone, in the order of their beginning
 */
export function rampedOverrides(
  contracts: readonly ContractFacts[],
  own: readonly PriceOverride[],
  price: RampedPrice,
): PriceOverride[] {
  const all: PriceOverride[] = [...own]
  for (const contract of contracts) {
    if (!isAbout(contract, { id: price.subscriptionId, currency: price.currency })) continue
    const end = endOfContract(contract)
    for (const [place, phase] of contract.terms.phases.entries()) {
      const terms = termsIn(phase, price)
      if (terms === null) continue
      const to = earlier(phase.to, end)
      const reason = `${contract.number}: ${phase.name}`
      const id = `${contract.id}/${place}`
      for (const span of around(latest(phase.from, contract.from), to, own))
        all.push({ id, reason, terms, ...span })
    }
  }
  return all.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
}

/** What a phase says of a price; null where it says nothing. */
export function termsIn(
  { discountPercent, prices }: ContractPhase,
  { planId, priceKey }: Pick<RampedPrice, 'planId' | 'priceKey'>,
): PriceOverride['terms'] | null {
  const said = prices.find(one => one.planId === planId && one.priceKey === priceKey)
  // A price that was agreed is agreed: the discount of the phase is not taken off it again.
  if (said) return said.terms as PriceOverride['terms']
  return discountPercent === null ? null : { discountPercent }
}

type Open = { readonly from: bigint; readonly to: bigint | null }

/** What is left of a stretch when others are taken out of it. */
function around(from: bigint, to: bigint | null, others: readonly Open[]): Open[] {
  let left: Open[] = to !== null && to <= from ? [] : [{ from, to }]
  for (const cut of others)
    left = left.flatMap(span => {
      const parts: Open[] = []
      const before = earlier(span.to, cut.from)!
      if (span.from < before) parts.push({ from: span.from, to: before })
      if (cut.to !== null) {
        const after = latest(span.from, cut.to)
        if (span.to === null || after < span.to) parts.push({ from: after, to: span.to })
      }
      return parts
    })
  return left
}

function earlier(a: bigint | null, b: bigint | null): bigint | null {
  return a === null ? b : b === null || a < b ? a : b
}

function latest(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

/** The part of a contract's time that a span has; null where it has none. */
export function withinContract(contract: ContractSpan, span: Span): Span | null {
  const from = latest(contract.from, span.from)
  const to = earlier(endOfContract(contract), span.to)!
  return from < to ? { from, to } : null
}
