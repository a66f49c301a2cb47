import type { AnyTopic } from '../topic.ts'
import * as billing from './billing.ts'
import * as billingQuotas from './billing-quotas.ts'
import * as contracts from './contracts.ts'
import * as dunning from './dunning.ts'
import * as paymentDocuments from './payment-documents.ts'
import * as subscriptions from './subscriptions.ts'
import * as wallets from './wallets.ts'
import * as workspace from './workspace.ts'

/** Everything that people or systems are told of, in the order in which it is shown. Each feature adds its file. */
export const notificationTopics: readonly AnyTopic[] = [
  ...Object.values(workspace),
  ...Object.values(billing),
  ...Object.values(subscriptions),
  ...Object.values(billingQuotas),
  ...Object.values(contracts),
  ...Object.values(dunning),
  ...Object.values(paymentDocuments),
  ...Object.values(wallets),
]

const BY_ID: ReadonlyMap<string, AnyTopic> = new Map(notificationTopics.map(topic => [topic.id, topic]))

/** The topic of this id; undefined for one of another release. */
export function findTopic(id: string): AnyTopic | undefined {
  return BY_ID.get(id)
}
