import type { BilledSubscription, CustomerFacts, VersionFacts } from '#shared/contract/billing/close-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'

/** A stretch in which usage of a metric would be billed to nobody. */
export interface Uncovered {
  readonly metricId: string
  readonly span: Span
  /** `no-subscription`: none at all then; `unpriced-usage`: one whose plan has no price for the metric. */
  readonly code: 'no-subscription' | 'unpriced-usage'
}

/**
 * Where usage of the customer, if there is any, has no price. A trial covers everything, because it costs
 * nothing; a pause covers what its plan prices, because usage in it is billed as always.
 */
export function uncoveredUsage(
  customer: Pick<CustomerFacts, 'metricIds' | 'subscriptions'>,
  versions: ReadonlyMap<string, VersionFacts>,
  window: Span,
): Uncovered[] {
  if (customer.metricIds.length === 0) return []
  const phases = customer.subscriptions.flatMap(one => stretches(one, versions))
  const unsubscribed = without(
    [window],
    phases.map(phase => phase.span),
  )
  return customer.metricIds.flatMap(metricId => {
    const priced = phases.filter(phase => phase.metrics === null || phase.metrics.has(metricId))
    const spans = without(
      [window],
      priced.map(phase => phase.span),
    )
    const none: Uncovered[] = []
    for (const span of unsubscribed) none.push({ metricId, span, code: 'no-subscription' })
    for (const span of without(spans, unsubscribed)) none.push({ metricId, span, code: 'unpriced-usage' })
    return none
  })
}

/** The phases and add-ons of a subscription with the metrics that they price; null for all. */
function stretches(one: BilledSubscription, versions: ReadonlyMap<string, VersionFacts>) {
  const addOns = one.addOns.flatMap(({ planVersionId, priceId, stretches: own }) =>
    own.map(({ from, to }) => ({ planVersionId, priceId, from, to, kind: 'active' as const })),
  )
  return [...one.phases.map(phase => ({ ...phase, priceId: null })), ...addOns].flatMap(phase => {
    const ends = [phase.to, one.endedAt].filter(end => end !== null)
    const to = ends.reduce((least, end) => (end < least ? end : least), FOREVER)
    if (to <= phase.from) return []
    const prices = versions.get(phase.planVersionId)?.prices ?? []
    const metrics = prices.flatMap(price =>
      price.metricId !== null &&
      price.currency === one.currency &&
      (phase.priceId === null || price.id === phase.priceId)
        ? [price.metricId]
        : [],
    )
    return [{ span: { from: phase.from, to }, metrics: phase.kind === 'trial' ? null : new Set(metrics) }]
  })
}

const FOREVER = 2n ** 62n

/** What is left of stretches of time when others are taken out. */
export function without(spans: readonly Span[], taken: readonly Span[]): Span[] {
  let left = [...spans]
  for (const cut of taken) {
    left = left.flatMap(span => {
      if (cut.to <= span.from || cut.from >= span.to) return [span]
      const rest: Span[] = []
      if (cut.from > span.from) rest.push({ from: span.from, to: cut.from })
      if (cut.to < span.to) rest.push({ from: cut.to, to: span.to })
      return rest
    })
  }
  return left
}
