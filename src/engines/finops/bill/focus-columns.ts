/**
 * The columns of the FOCUS specification, versions 1.0 to 1.2, as data. Which columns must be there and
 * which may be empty follows the rule model of 1.2. A later version adds rows here.
 */
export type FocusVersion = '1.0' | '1.1' | '1.2'

/**
 * `cost` is an amount in the billing currency, kept at the currency's cost scale; `decimal` a quantity, a unit
 * price or an amount in another currency, kept with its own places; `json` text that holds a JSON object.
 */
export type ColumnKind = 'text' | 'cost' | 'decimal' | 'instant' | 'json'

/** Whether a file must have the column: always, where the provider has what it describes, or preferably. */
export type Presence = 'must' | 'conditional' | 'recommended'

export type FocusColumn = {
  readonly name: string
  readonly kind: ColumnKind
  readonly since: FocusVersion
  readonly presence: Presence
  readonly nullable: boolean
  /** The values that FOCUS allows, where it lists them. */
  readonly values?: readonly string[]
}

type Row = readonly [
  name: string,
  kind: ColumnKind,
  since: FocusVersion,
  presence: Presence,
  filled: 'filled' | 'nullable',
  values?: readonly string[],
]

const rows: readonly Row[] = [
  ['AvailabilityZone', 'text', '1.0', 'recommended', 'nullable'],
  ['BilledCost', 'cost', '1.0', 'must', 'filled'],
  ['BillingAccountId', 'text', '1.0', 'must', 'filled'],
  ['BillingAccountName', 'text', '1.0', 'must', 'filled'],
  ['BillingAccountType', 'text', '1.2', 'conditional', 'nullable'],
  ['BillingCurrency', 'text', '1.0', 'must', 'filled'],
  ['BillingPeriodEnd', 'instant', '1.0', 'must', 'filled'],
  ['BillingPeriodStart', 'instant', '1.0', 'must', 'filled'],
  ['CapacityReservationId', 'text', '1.1', 'conditional', 'nullable'],
  ['CapacityReservationStatus', 'text', '1.1', 'conditional', 'nullable', ['Used', 'Unused']],
  ['ChargeCategory', 'text', '1.0', 'must', 'filled', ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment']],
  ['ChargeClass', 'text', '1.0', 'must', 'nullable', ['Correction']],
  ['ChargeDescription', 'text', '1.0', 'must', 'nullable'],
  ['ChargeFrequency', 'text', '1.0', 'recommended', 'filled', ['One-Time', 'Recurring', 'Usage-Based']],
  ['ChargePeriodEnd', 'instant', '1.0', 'must', 'filled'],
  ['ChargePeriodStart', 'instant', '1.0', 'must', 'filled'],
  ['CommitmentDiscountCategory', 'text', '1.0', 'conditional', 'nullable', ['Spend', 'Usage']],
  ['CommitmentDiscountId', 'text', '1.0', 'conditional', 'nullable'],
  ['CommitmentDiscountName', 'text', '1.0', 'conditional', 'nullable'],
  ['CommitmentDiscountQuantity', 'decimal', '1.1', 'conditional', 'nullable'],
  ['CommitmentDiscountStatus', 'text', '1.0', 'conditional', 'nullable', ['Used', 'Unused']],
  ['CommitmentDiscountType', 'text', '1.0', 'conditional', 'nullable'],
  ['CommitmentDiscountUnit', 'text', '1.1', 'conditional', 'nullable'],
  ['ConsumedQuantity', 'decimal', '1.0', 'conditional', 'nullable'],
  ['ConsumedUnit', 'text', '1.0', 'conditional', 'nullable'],
  ['ContractedCost', 'cost', '1.0', 'must', 'filled'],
  ['ContractedUnitPrice', 'decimal', '1.0', 'conditional', 'nullable'],
  ['EffectiveCost', 'cost', '1.0', 'must', 'filled'],
  ['InvoiceId', 'text', '1.2', 'recommended', 'nullable'],
  ['InvoiceIssuerName', 'text', '1.0', 'must', 'filled'],
  ['ListCost', 'cost', '1.0', 'must', 'filled'],
  ['ListUnitPrice', 'decimal', '1.0', 'conditional', 'nullable'],
  [
    'PricingCategory',
    'text',
    '1.0',
    'conditional',
    'nullable',
    ['Standard', 'Dynamic', 'Committed', 'Other'],
  ],
  ['PricingCurrency', 'text', '1.2', 'conditional', 'filled'],
  ['PricingCurrencyContractedUnitPrice', 'decimal', '1.2', 'conditional', 'nullable'],
  ['PricingCurrencyEffectiveCost', 'decimal', '1.2', 'conditional', 'filled'],
  ['PricingCurrencyListUnitPrice', 'decimal', '1.2', 'conditional', 'nullable'],
  ['PricingQuantity', 'decimal', '1.0', 'must', 'nullable'],
  ['PricingUnit', 'text', '1.0', 'must', 'nullable'],
  ['ProviderName', 'text', '1.0', 'must', 'filled'],
  ['PublisherName', 'text', '1.0', 'must', 'filled'],
  ['RegionId', 'text', '1.0', 'conditional', 'nullable'],
  ['RegionName', 'text', '1.0', 'conditional', 'nullable'],
  ['ResourceId', 'text', '1.0', 'conditional', 'nullable'],
  ['ResourceName', 'text', '1.0', 'conditional', 'nullable'],
  ['ResourceType', 'text', '1.0', 'conditional', 'nullable'],
  ['ServiceCategory', 'text', '1.0', 'must', 'filled'],
  ['ServiceName', 'text', '1.0', 'must', 'filled'],
  ['ServiceSubcategory', 'text', '1.1', 'recommended', 'filled'],
  ['SkuId', 'text', '1.0', 'conditional', 'nullable'],
  ['SkuMeter', 'text', '1.1', 'conditional', 'nullable'],
  ['SkuPriceDetails', 'json', '1.1', 'conditional', 'nullable'],
  ['SkuPriceId', 'text', '1.0', 'conditional', 'nullable'],
  ['SubAccountId', 'text', '1.0', 'conditional', 'nullable'],
  ['SubAccountName', 'text', '1.0', 'conditional', 'nullable'],
  ['SubAccountType', 'text', '1.2', 'conditional', 'nullable'],
  ['Tags', 'json', '1.0', 'conditional', 'nullable'],
]

/** All columns, ordered by name. */
export const focusColumns: readonly FocusColumn[] = rows.map(
  ([name, kind, since, presence, filled, values]) => ({
    name,
    kind,
    since,
    presence,
    nullable: filled === 'nullable',
    ...(values === undefined ? {} : { values }),
  }),
)

const byName: ReadonlyMap<string, FocusColumn> = new Map(focusColumns.map(column => [column.name, column]))

export function findFocusColumn(name: string): FocusColumn | undefined {
  return byName.get(name)
}

/** A column's name as it is compared: case, spaces, `_` and `-` do not count. */
export function comparableName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '')
}

/** The four cost measures, in the order in which they are shown. */
export const costMeasures = ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'] as const
export type CostMeasure = (typeof costMeasures)[number]
