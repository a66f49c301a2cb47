/** The FOCUS 1.2 columns that the demo's bills have, in the order of the files. */
export const DEMO_COLUMNS = [
  'AvailabilityZone',
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingAccountType',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'CommitmentDiscountCategory',
  'CommitmentDiscountId',
  'CommitmentDiscountName',
  'CommitmentDiscountQuantity',
  'CommitmentDiscountStatus',
  'CommitmentDiscountType',
  'CommitmentDiscountUnit',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'ContractedUnitPrice',
  'EffectiveCost',
  'InvoiceId',
  'InvoiceIssuerName',
  'ListCost',
  'ListUnitPrice',
  'PricingCategory',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'RegionId',
  'RegionName',
  'ResourceId',
  'ResourceName',
  'ResourceType',
  'ServiceCategory',
  'ServiceName',
  'ServiceSubcategory',
  'SkuId',
  'SkuMeter',
  'SkuPriceDetails',
  'SkuPriceId',
  'SubAccountId',
  'SubAccountName',
  'SubAccountType',
  'Tags',
] as const

export type DemoColumn = (typeof DEMO_COLUMNS)[number]

/** Where each column is in a row of values. */
export const AT: Readonly<Record<DemoColumn, number>> = Object.fromEntries(
  DEMO_COLUMNS.map((name, index) => [name, index]),
) as Record<DemoColumn, number>

/** One cost line as the values of `DEMO_COLUMNS`; the empty text stands for null. */
export type DemoValues = string[]

/** One cost line by the names of its columns; the empty text stands for null. */
export type DemoRow = Record<DemoColumn, string>

/** A row of values by name. */
export function rowOf(values: readonly string[]): DemoRow {
  const row = {} as DemoRow
  for (let i = 0; i < DEMO_COLUMNS.length; i++) row[DEMO_COLUMNS[i]!] = values[i]!
  return row
}
