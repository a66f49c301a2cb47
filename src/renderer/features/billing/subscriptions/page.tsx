import { useAddress } from '#renderer/app/address.ts'
import { SubscriptionPage } from './subscription-page.tsx'
import { SubscriptionsList } from './subscriptions-list.tsx'

/** Subscriptions: all of them, or one. Which it is stands in the address. */
export function SubscriptionsPage() {
  const { params } = useAddress()
  const id = params.get('subscription')
  return id ? <SubscriptionPage key={id} subscriptionId={id} /> : <SubscriptionsList />
}
