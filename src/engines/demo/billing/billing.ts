import type { BillingProfile } from '#shared/contract/billing/customers.ts'
import type { DemoCompany } from '../company.ts'
import { castOf, type Part } from './cast.ts'
import { type DemoSubscription, subscriptionOf } from './lifecycles.ts'
import { profileOf } from './profiles.ts'
import { type DemoTaxFacts, taxFactsOf } from './sellers.ts'
import { type BillingSpan, billingSpan } from './span.ts'

/** Whom the demo's company bills and for what, but for usage. By the customer's key. */
export interface DemoBilling {
  readonly span: BillingSpan
  readonly subscriptions: ReadonlyMap<string, DemoSubscription>
  readonly profiles: ReadonlyMap<string, BillingProfile>
  readonly taxFacts: ReadonlyMap<string, DemoTaxFacts>
  /** What happens to some in the open month. */
  readonly cast: ReadonlyMap<string, Part>
}

/** The demo's billing, for a company. The same company gives the same. */
export function demoBilling(company: DemoCompany): DemoBilling {
  const { seed, customers } = company
  const span = billingSpan(company)
  const cast = castOf(company, span)
  const profiles = new Map(customers.map(one => [one.key, profileOf(seed, one)]))
  return {
    ...{ span, cast, profiles, taxFacts: taxFactsOf(seed, customers, profiles, span) },
    subscriptions: new Map(
      customers.map(one => [one.key, subscriptionOf(seed, one, span, cast.get(one.key))]),
    ),
  }
}
