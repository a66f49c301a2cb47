import type { Lifeline } from '#shared/contract/billing/subscription-life.ts'
import type { PlanPrice } from './model.ts'
import { recurringAt } from './mrr.ts'
import { phaseAt } from './phases.ts'

/** From an instant on, until the next step, so much recurs by the month. Minor units. */
export interface MrrStep {
  readonly from: bigint
  readonly monthly: bigint
}

/**
 * All that ever recurs of a subscription, as steps in their order. What recurs changes only where a phase, a rhythm or a
 * stretch of an add-on begins or ends, so that it is computed there and nowhere else. Before the first step it is nothing.
 *
 * @param planVersions only while it is on one of these, with its add-ons; always where nothing is said
 */
export function mrrSteps(
  life: Pick<Lifeline, 'phases' | 'cadences' | 'addOns'>,
  prices: readonly PlanPrice[],
  currency: string,
  planVersions?: ReadonlySet<string>,
): MrrStep[] {
  const stretches = life.addOns.flatMap(addOn => addOn.stretches)
  const ends = [...life.phases, ...stretches].flatMap(({ to }) => to ?? [])
  const begins = [...life.phases, ...life.cadences, ...stretches].map(({ from }) => from)
  // Where one ends the next begins: an instant is looked at once.
  return steps(
    [...new Set([...begins, ...ends])].map(from => ({
      from,
      monthly: counts(life, planVersions, from) ? recurringAt(life, prices, currency, from).monthly : 0n,
    })),
  )
}

function counts(
  { phases }: Pick<Lifeline, 'phases'>,
  planVersions: ReadonlySet<string> | undefined,
  at: bigint,
): boolean {
  if (planVersions === undefined) return true
  const phase = phaseAt(phases, at)
  return phase !== undefined && planVersions.has(phase.planVersionId)
}

/** Steps in their order, those that change nothing left out. */
function steps(all: readonly MrrStep[]): MrrStep[] {
  const sorted = [...all].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  let before = 0n
  return sorted.filter(({ monthly }) => {
    const changes = monthly !== before
    before = monthly
    return changes
  })
}

/** What recurs at an instant. */
export function stepAt(all: readonly MrrStep[], at: bigint): bigint {
  let monthly = 0n
  for (const step of all) {
    if (step.from > at) break
    monthly = step.monthly
  }
  return monthly
}

/** Several together. */
export function addSteps(all: readonly (readonly MrrStep[])[]): MrrStep[] {
  if (all.length === 1) return [...all[0]!]
  const instants = new Set(all.flat().map(({ from }) => from))
  return steps(
    [...instants].map(from => ({ from, monthly: all.reduce((sum, one) => sum + stepAt(one, from), 0n) })),
  )
}

/** Whether something recurred at some time before an instant. */
export function recurredBefore(all: readonly MrrStep[], at: bigint): boolean {
  return all.some(({ from, monthly }) => from < at && monthly > 0n)
}
