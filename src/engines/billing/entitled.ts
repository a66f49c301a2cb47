import type { Entitlement } from '#shared/contract/billing/catalog.ts'
import type { EntitlementAnswer } from '#shared/contract/billing/entitlements.ts'
import { add, compare, type Exact, exactOf, exactText, ZERO } from './exact.ts'
import { DEFAULT_THRESHOLDS, percentOf, thresholdsReached } from './quota.ts'

/** What one subscription allows, with what was used of it in its billing period. */
export interface Allowance {
  readonly entitlement: Entitlement
  /** When the allowance begins anew; null where it does not. */
  readonly resetsAt: bigint | null
}

/**
 * What a customer may, from all its running subscriptions together: a feature that one of them has, the value of
 * the first, and the sum of the metered allowances, unlimited where one of them is.
 * A hard limit refuses what goes over it, a soft one allows it; a limit that one subscription sets hard and
 * another soft is soft. It begins anew when the first of them does.
 * @param allowances of the key, in the order in which the subscriptions began
 * @param used of the metric, in its unit, in the present period
 * @param more what is asked for, in the metric's unit; 0: whether anything is left
 * @param thresholds percents of the limit
 */
export function entitled(
  key: string,
  allowances: readonly Allowance[],
  used: Exact = ZERO,
  more: Exact = ZERO,
  thresholds: readonly number[] = DEFAULT_THRESHOLDS,
): EntitlementAnswer {
  const [first] = allowances
  if (first === undefined) return { key, kind: 'none', allowed: false, ...NOTHING }
  const kind = first.entitlement.kind
  if (first.entitlement.kind === 'static')
    return { key, kind, allowed: true, ...NOTHING, value: first.entitlement.value }
  if (first.entitlement.kind === 'boolean') {
    const allowed = allowances.some(
      ({ entitlement }) => entitlement.kind === 'boolean' && entitlement.allowed,
    )
    return { key, kind, allowed, ...NOTHING }
  }

  let limit: Exact | null = ZERO
  let isSoft = false
  let resetsAt: bigint | null = null
  for (const { entitlement, resetsAt: at } of allowances) {
    if (entitlement.kind !== 'metered') continue
    limit = limit === null || entitlement.limit === null ? null : add(limit, exactOf(entitlement.limit))
    if (entitlement.enforcement === 'soft') isSoft = true
    if (at !== null && (resetsAt === null || at < resetsAt)) resetsAt = at
  }
  const within = limit === null || compare(add(used, more), limit) < (compare(more, ZERO) > 0 ? 1 : 0)
  return {
    key,
    kind,
    allowed: isSoft || within,
    value: null,
    limit: limit === null ? null : exactText(limit),
    used: exactText(used),
    enforcement: isSoft ? 'soft' : 'hard',
    resetsAt,
    percent: percentOf(used, limit),
    reached: thresholdsReached(used, limit, thresholds).at(-1) ?? 0,
  }
}

const NOTHING = {
  ...{ value: null, limit: null, used: null, enforcement: null, resetsAt: null },
  ...{ percent: null, reached: null },
}
