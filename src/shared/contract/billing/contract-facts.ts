import type { OverrideTerms } from './overrides.ts'
import type { Interval } from './values.ts'

/** What prices come to in a stretch of a contract: ramped prices. */
export interface ContractPhase {
  readonly name: string
  readonly from: bigint
  /** Null: until the contract ends. */
  readonly to: bigint | null
  /** Off every price; null where there is none. */
  readonly discountPercent: string | null
  /** Prices that say something else in this time; what they do not say has the phase's discount. */
  readonly prices: readonly ContractPrice[]
}

export interface ContractPrice {
  readonly planId: string
  readonly priceKey: string
  readonly terms: OverrideTerms
}

/** Something off, by how much there is on the invoices of a month. */
export interface VolumeDiscount {
  readonly name: string
  /** Whether its tiers are of money, in the currency's unit, or of the usage of its metrics. */
  readonly basis: 'spend' | 'quantity'
  /** `graduated`: each part at the percentage of its tier; `whole`: all of it at that of the tier reached. */
  readonly mode: 'graduated' | 'whole'
  /** Only what these plans or metrics cost; null where it does not matter. */
  readonly planIds: readonly string[] | null
  readonly metricIds: readonly string[] | null
  /** In order; `upTo` is inclusive, and null in the last. */
  readonly tiers: readonly VolumeTier[]
}

export interface VolumeTier {
  readonly upTo: string | null
  readonly percent: string
}

/** A spend that is promised for each period. */
export interface Commitment {
  /** Never changes: it names the items. */
  readonly key: string
  readonly name: string
  /** Of a whole period, in minor units. */
  readonly amount: bigint
  /** `term`: once for the whole of the contract, and again for each renewal. */
  readonly every: Exclude<Interval, 'week'> | 'term'
  /** Whether its periods begin with the calendar's or with the contract. */
  readonly alignment: 'calendar' | 'contract'
  /** When it holds; null: as long as the contract. */
  readonly from: bigint | null
  readonly to: bigint | null
  /** A period of which only a part lies in that time counts by its days. */
  readonly prorate: boolean
  readonly planIds: readonly string[] | null
  readonly metricIds: readonly string[] | null
  /** On what goes beyond it: more than zero is charged on top, less than zero is taken off; null: nothing. */
  readonly overagePercent: string | null
}

/** What was agreed, but for dates and payment. */
export interface ContractTerms {
  readonly phases: readonly ContractPhase[]
  readonly volume: readonly VolumeDiscount[]
  readonly commitments: readonly Commitment[]
  /** What the invoices of a month come to at least, in minor units; null where there is no such thing. */
  readonly minimum: bigint | null
  /** In which months there is an invoice; null or absent: in each. */
  readonly cycle?: BillingCycle | null | undefined
}

/** An invoice every so many months, in the last of them. */
export interface BillingCycle {
  readonly months: number
  /** Counted from January, or from the month in which the contract begins. */
  readonly alignment: 'calendar' | 'contract'
}

/** How long a contract holds. */
export interface ContractSpan {
  readonly from: bigint
  /** Null: until further notice. */
  readonly until: bigint | null
  /** By how many months it goes on at its end, again and again; null where it ends. */
  readonly renewMonths: number | null
  /** When it was ended before its time. */
  readonly terminatedAt: bigint | null
}

/** A contract as a close needs it. */
export interface ContractFacts extends ContractSpan {
  readonly id: string
  readonly number: string
  readonly currency: string
  /** The one subscription that it is about; null for all of the customer's. */
  readonly subscriptionId: string | null
  readonly terms: ContractTerms
  /** What invoices of the month that stand say already, of the customer in the contract's currency. */
  readonly invoiced: readonly InvoicedLine[]
}

export interface InvoicedLine {
  readonly item: string
  readonly kind: string
  readonly subscriptionId: string
  readonly priceId: string
  readonly metricId: string | null
  readonly from: bigint
  readonly quantity: bigint
  readonly scale: number
  readonly amount: bigint
}
