import { profileRow } from '#core/billing/customers/customer-rows.ts'
import { type Parties, partiesOf } from '#core/billing/invoices/parties.ts'
import { type Row, schema } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import { readSettings } from '#core/workspace/settings.ts'
import type { DemoSubscription } from '#engines/demo/billing/lifecycles.ts'
import type { BillingProfile } from '#shared/contract/billing/customers.ts'
import type { Settings } from '#shared/settings.ts'
import { idsOf } from './ids.ts'
import type { KnownCatalogue } from './store-catalogue.ts'

/** Customers of one write. */
export const CUSTOMERS_PER_STORE = 40

export interface CustomerTerms {
  readonly customerId: string
  readonly profile: BillingProfile
  readonly subscription: DemoSubscription
}

interface SubscriptionRows {
  readonly profiles: readonly Row<'billing_profiles'>[]
  readonly subscriptions: readonly Row<'subscriptions'>[]
  readonly phases: readonly Row<'subscription_phases'>[]
}

/** The rows of some customers' profiles and subscriptions. */
export function subscriptionRows(
  jobId: string,
  piece: number,
  terms: readonly CustomerTerms[],
  catalogue: KnownCatalogue,
): SubscriptionRows {
  const ids = idsOf(jobId, 20 + piece)
  const profiles = terms.map(({ customerId, profile }) => profileRow(customerId, profile))
  const phases: Row<'subscription_phases'>[] = []
  const subscriptions = terms.map(({ customerId, subscription: one }): Row<'subscriptions'> => {
    const id = ids.next()
    for (const phase of one.phases) {
      phases.push({
        ...{ id: ids.next(), subscription_id: id, kind: phase.kind, quantity: BigInt(phase.quantity) },
        plan_version_id: catalogue.versions.get(`${phase.plan}/${phase.version}`)!,
        ...{ starts_at: phase.from, ends_at: phase.to },
      })
    }
    return {
      ...{ id, customer_id: customerId, plan_id: catalogue.plans.get(one.plan)!, currency: one.currency },
      ...{ interval: 'month', alignment: 'calendar', bill_from: one.billFrom, ended_at: one.endedAt },
      ...{ started_at: one.startedAt, anchor_at: one.startedAt, created_at: one.startedAt },
    }
  })
  return { profiles, subscriptions, phases }
}

/** Stores them, unless an attempt before this one did; answers what documents say of these customers. */
export async function storeSubscriptions(
  tx: Tx,
  { profiles, subscriptions, phases }: SubscriptionRows,
): Promise<[customerId: string, parties: Parties][]> {
  const stored = await tx.db
    .selectFrom('subscriptions')
    .select('id')
    .where('id', '=', subscriptions[0]!.id)
    .executeTakeFirst()
  if (!stored) {
    await insertRows(tx, 'billing_profiles', schema.billing_profiles, profiles)
    await insertRows(tx, 'subscriptions', schema.subscriptions, subscriptions)
    await insertRows(tx, 'subscription_phases', schema.subscription_phases, phases)
  }
  const settings = await documentSettings(tx)
  const parties: [string, Parties][] = []
  for (const { customer_id: id } of profiles) parties.push([id, await partiesOf(reading(tx), id, settings)])
  return parties
}

/** What documents say of the workspace, and how they are numbered: nothing of it comes from the environment. */
export function documentSettings(tx: Tx): Promise<Settings> {
  return readSettings(reading(tx), {})
}
