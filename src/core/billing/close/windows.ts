import { isAbout } from '#engines/billing/contracts/ramp.ts'
import type { BilledItem, ConsideredPeriod } from '#engines/billing/model.ts'
import type { CustomerFacts } from '#shared/contract/billing/close-facts.ts'

/** From where on what was billed for a subscription has to be known. */
export function windowsOf(considered: readonly ConsideredPeriod[]) {
  const from = new Map<string, bigint>()
  for (const { subscriptionId, period } of considered) {
    const known = from.get(subscriptionId)
    // A customer whose zone was changed has lines whose periods began up to a day earlier or later.
    const begin = period.from - DAY
    if (known === undefined || begin < known) from.set(subscriptionId, begin)
  }
  return [...from].map(([subscriptionId, begin]) => ({ subscriptionId, from: begin }))
}

const DAY = 86_400_000n

/** From where on what was billed has to be known to say what contracts come to: all of their time. */
export function contractWindows({ contracts = [], subscriptions }: CustomerFacts) {
  return contracts.flatMap(contract => [
    { subscriptionId: contract.id, from: 0n },
    ...subscriptions
      .filter(one => isAbout(contract, one))
      .map(({ id }) => ({ subscriptionId: id, from: contract.from })),
  ])
}

/** What was billed under the contracts of a customer, by item. */
export function historyOf(
  { contracts = [], subscriptions }: CustomerFacts,
  history: ReadonlyMap<string, ReadonlyMap<string, BilledItem>>,
): Map<string, BilledItem> {
  const all = new Map<string, BilledItem>()
  if (contracts.length === 0) return all
  for (const { id } of [...contracts, ...subscriptions])
    for (const [item, one] of history.get(id) ?? []) all.set(item, one)
  return all
}
