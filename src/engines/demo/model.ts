import type { Day } from './days.ts'
import type { Amount, Micro, Price } from './decimal.ts'

/** The companies whose bills the demo holds. */
export type Vendor = 'aws' | 'microsoft' | 'google' | 'anthropic' | 'openai'

export interface Service {
  key: string
  name: string
  category: string
  subcategory: string
  /** Another seller's name, where the service comes through a marketplace. */
  publisher?: string
}

/** A list price from a day on. `priceId` names the SKU price, which never changes its meaning. */
export interface PriceStep {
  /** Months before the end month from whose first day it holds; null for the first price. */
  monthsBeforeEnd: number | null
  price: string
}

export interface Sku {
  key: string
  service: string
  meter: string
  description: string
  /** The pricing unit, in FOCUS unit format. */
  unit: string
  prices: readonly PriceStep[]
  /** Decimal places of the pricing quantity. */
  places: number
  consumedUnit: string
  /** Consumed units in one pricing unit. */
  consumedPer: number
  resourceType: string | null
  /** The commitment discount's share of the list price in thousandths, where one can cover it. */
  committed?: number
  details?: string
}

export interface Region {
  id: string
  name: string
  /** List price relative to the vendor's first region, in thousandths. */
  factor: number
  zones: readonly string[]
}

export interface SubAccount {
  key: string
  id: string
  name: string
}

export interface BillingAccount {
  key: string
  vendor: Vendor
  id: string
  name: string
  type: string
  currency: string
  decimals: number
  provider: string
  issuer: string
  subAccountType: string
  subAccounts: readonly SubAccount[]
  regions: readonly Region[]
  services: readonly Service[]
  skus: readonly Sku[]
  /** The negotiated price relative to list, in thousandths. */
  negotiated: number
  tax: { perMille: number; description: string } | null
}

/** How use of a resource moves through a week and a month. */
export type Shape = 'always' | 'office' | 'business' | 'consumer' | 'batch' | 'steady'

/** One row of the catalogue: some resources of one SKU in one place, doing one job. */
export interface Placement {
  sku: string
  account: string
  region: string | null
  project: string
  env: 'prod' | 'staging' | 'dev'
  /** The stem of the resources' names. */
  role: string
  /** How many there are at the start and at the end; the others join evenly in between. */
  count: readonly [number, number]
  /** Pricing units a day and resource, at the start. */
  perDay: number
  shape: Shape
  /** How far use follows the platform's traffic: 1000 in proportion, 0 not at all. */
  follows?: number
  /** Months before the end at which it begins, and at which it stops. */
  from?: number
  until?: number
  story?: StoryId
  /** True where each resource belongs to one customer. */
  dedicated?: boolean
  untagged?: boolean
}

/** One resource's use of one SKU: it makes one cost line a day. */
export interface Stream {
  key: string
  account: BillingAccount
  subAccount: SubAccount
  service: Service
  sku: Sku
  region: Region | null
  zone: string | null
  resource: { id: string; name: string | null; type: string } | null
  tags: string
  customer: string | null
  project: string
  department: string
  env: string
  from: Day
  /** Exclusive. */
  to: Day
  perDay: number
  shape: Shape
  follows: number
  story: StoryId | null
}

/** A promise to a vendor of use (`Usage`) or of spending (`Spend`), for a lower price. */
export interface Commitment {
  key: string
  account: BillingAccount
  subAccount: SubAccount
  service: Service
  /** The machine promised; null for a `Spend` commitment. */
  sku: Sku | null
  region: Region
  id: string
  name: string
  type: string
  category: 'Usage' | 'Spend'
  unit: string
  /** Units a day that are paid for, in 10^-6; dollars a day for a `Spend` commitment. */
  perDay: Micro
  /** What one unit costs, in 10^-12. */
  rate: Price
  from: Day
  /** Exclusive. */
  to: Day
  /** Paid once for the whole term, or month by month. */
  payment: 'upfront' | 'monthly'
}

/** A charge that is not metered: a support plan, a subscription, a credit, a correction. */
export interface Extra {
  account: BillingAccount
  subAccount: SubAccount | null
  service: Service
  category: 'Purchase' | 'Credit' | 'Adjustment'
  frequency: 'One-Time' | 'Recurring'
  /** It corrects a bill of an earlier month. */
  correction: boolean
  description: string
  /** What a purchase buys; null for what is given back or corrected. */
  sku: { id: string; unit: string; quantity: number; price: Price } | null
  from: Day
  /** Exclusive. */
  to: Day
  amount: Amount
  tags: string
}

export type StoryId = 'launch' | 'leak' | 'model-price-cut' | 'egress-price-rise'

/**
 * Something that happened to the company and that its bills show. `where` names the FOCUS columns (and
 * `Tags/<key>` a tag) and their values that single it out.
 */
export interface Story {
  id: StoryId
  title: string
  text: string
  /** As the bills name it. */
  vendor: string
  currency: string
  /** `YYYY-MM-DD`, the first day on which it shows. */
  from: string
  /** `YYYY-MM-DD`, the first day on which it is over; null when it goes on. */
  to: string | null
  where: Readonly<Record<string, readonly string[]>>
  /** The view of costs that shows it best: a FOCUS column, a grain, and days, both included. */
  look: { by: string; grain: 'day' | 'month'; first: string; last: string }
}
