import type { SubscriptionShown } from '../words.ts'
import type { VersionName } from './timeline.tsx'

/** What the plan versions of a subscription are called, by their ids. */
export function namesOf(subscription: SubscriptionShown): Map<string, VersionName> {
  return new Map(
    subscription.versions.map(({ planVersionId, plan, number }) => [planVersionId, { plan, number }]),
  )
}
