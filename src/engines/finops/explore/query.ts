/** What is added up. `quantity` is the consumed quantity, in its unit. */
export type Measure = 'billed' | 'effective' | 'list' | 'contracted' | 'quantity'

/** The columns of the measures, of time, currency and unit, in FOCUS's words. */
export const MEASURE_COLUMNS: Readonly<Record<Measure, string>> = {
  billed: 'BilledCost',
  effective: 'EffectiveCost',
  list: 'ListCost',
  contracted: 'ContractedCost',
  quantity: 'ConsumedQuantity',
}
export const TIME_COLUMN = 'ChargePeriodStart'
export const CURRENCY_COLUMN = 'BillingCurrency'
export const UNIT_COLUMN = 'ConsumedUnit'
export const TAGS_COLUMN = 'Tags'

/** The named dimensions and their columns. The last four come from tags. */
export const DIMENSION_COLUMNS = {
  provider: 'ProviderName',
  service: 'ServiceName',
  account: 'SubAccountId',
  region: 'RegionId',
  'charge-category': 'ChargeCategory',
  resource: 'ResourceId',
  department: 'Department',
  project: 'Project',
  user: 'User',
  customer: 'Customer',
} as const

export type NamedDimension = keyof typeof DIMENSION_COLUMNS

/** A named dimension, the value of a tag (`tag:team`), or any text column by its name (`column:SkuId`). */
export type Dimension = NamedDimension | `tag:${string}` | `column:${string}`

export type Grain = 'hour' | 'day' | 'week' | 'month' | 'none'

/** A half-open span of instants, in UTC milliseconds. */
export interface Period {
  readonly from: number
  readonly to: number
}

/**
 * A condition on every line; several are combined by and. Texts compare exactly, `contains` without regard to
 * case; several values are combined by or. Amounts are decimal strings, in the currency's or quantity's unit,
 * both ends included; a line without an amount does not pass.
 */
export type Filter = ValueFilter | EmptyFilter | AmountFilter

export interface ValueFilter {
  readonly dimension: Dimension
  readonly op: 'is' | 'is-not' | 'contains'
  readonly values: readonly string[]
}

export interface EmptyFilter {
  readonly dimension: Dimension
  readonly op: 'is-empty' | 'is-not-empty'
}

export interface AmountFilter {
  readonly measure: Measure
  readonly min: string | null
  readonly max: string | null
}

/** How the previous period is found: right before, of the same length; or as many calendar months or days. */
export type Compare = 'none' | 'length' | 'calendar'

export interface ExploreQuery {
  readonly measure: Measure
  readonly by: readonly [] | readonly [Dimension] | readonly [Dimension, Dimension]
  readonly grain: Grain
  /** An IANA zone; it decides where days, weeks (from Monday) and months begin. */
  readonly zone: string
  readonly period: Period
  readonly filters: readonly Filter[]
  readonly compare: Compare
  /** Rows shown for each currency and unit; what is left is added up exactly in one more row. */
  readonly top: number
}

export interface ExploreRow {
  /** One for each dimension asked for; null where a line has none. Null altogether in the row of the rest. */
  readonly keys: (string | null)[] | null
  readonly currency: string | null
  /** Of quantities; null for costs. */
  readonly unit: string | null
  /** Amounts are integers of 10^-scale. */
  readonly scale: number
  /** One for each bucket. */
  readonly amounts: bigint[]
  readonly total: bigint
  /** Of the previous period, one for each of its buckets; null when nothing is compared. */
  readonly previous: bigint[] | null
  readonly previousTotal: bigint | null
  /** Cost lines in the period. */
  readonly lines: number
  /** How many rows are in this one: 1, or what the row of the rest adds up. */
  readonly merged: number
}

export interface ExploreResult {
  readonly buckets: readonly Period[]
  readonly previousBuckets: readonly Period[] | null
  /** By currency and unit, then the largest amount first, with the row of the rest last. */
  readonly rows: ExploreRow[]
  /** One for each currency and unit: the sum of its rows. */
  readonly totals: ExploreRow[]
  readonly source: 'roll-ups' | 'segments'
}
