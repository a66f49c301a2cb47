import type { BillMapping } from '../mapping-schema.ts'

/**
 * Any other CSV: the names under which such files usually have what a cost line needs. It is a proposal, which the
 * person completes in the preview and may save.
 */
export const csvMapping: BillMapping = {
  id: 'csv',
  name: 'Other CSV',
  format: 'csv',
  recognise: [],
  columns: {
    BilledCost: {
      columns: [
        'BilledCost',
        'Cost',
        'Amount',
        'Total',
        'Net amount',
        'Charge',
        'Price',
        'Spend',
        'Total cost',
      ],
    },
    EffectiveCost: { columns: ['EffectiveCost', 'Amortized cost'] },
    ListCost: { columns: ['ListCost', 'List price', 'Gross amount'] },
    BillingCurrency: { columns: ['BillingCurrency', 'Currency', 'Currency code'] },
    BillingAccountId: {
      columns: ['BillingAccountId', 'Account id', 'Account', 'Organization id', 'Workspace'],
      constant: '(not stated)',
    },
    ProviderName: { columns: ['ProviderName', 'Provider', 'Vendor', 'Supplier'], constant: '(not stated)' },
    BillingPeriodStart: {
      columns: ['BillingPeriodStart', 'Period start', 'Billing period', 'Invoice month'],
    },
    BillingPeriodEnd: { columns: ['BillingPeriodEnd', 'Period end'] },
    ChargePeriodStart: {
      columns: [
        'ChargePeriodStart',
        'Date',
        'Usage date',
        'Start date',
        'Start time',
        'Day',
        'Timestamp',
        'Month',
      ],
    },
    ChargePeriodEnd: { columns: ['ChargePeriodEnd', 'End date', 'End time'] },
    ChargeCategory: { columns: ['ChargeCategory', 'Category', 'Charge type'] },
    ChargeDescription: { columns: ['ChargeDescription', 'Description', 'Line item', 'Item'] },
    ServiceName: { columns: ['ServiceName', 'Service', 'Product', 'Product name', 'Model'] },
    RegionId: { columns: ['RegionId', 'Region', 'Location'] },
    ResourceId: { columns: ['ResourceId', 'Resource'] },
    SubAccountId: { columns: ['SubAccountId', 'Sub account', 'Subscription id', 'Project id'] },
    SkuId: { columns: ['SkuId', 'Sku'] },
    ConsumedQuantity: {
      columns: ['ConsumedQuantity', 'Quantity', 'Usage', 'Usage amount', 'Units', 'Tokens'],
    },
    ConsumedUnit: { columns: ['ConsumedUnit', 'Unit', 'Usage unit'] },
    Department: { columns: ['Department', 'Team', 'Cost center', 'Business unit'] },
    Project: { columns: ['Project', 'Application'] },
    User: { columns: ['User', 'Owner', 'User email'] },
    Customer: { columns: ['Customer', 'Client', 'Tenant'] },
  },
  tags: { columns: ['Tags', 'Labels'], prefixes: ['tag:', 'label:', 'tags/', 'labels/'] },
  nullTexts: ['NULL', 'null', 'N/A', '-'],
  numberStyle: 'plain',
  dateStyle: 'iso',
}
