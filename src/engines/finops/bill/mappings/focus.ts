import { focusColumns } from '../focus-columns.ts'
import type { BillMapping, ColumnRule } from '../mapping-schema.ts'

const same: Record<string, ColumnRule> = Object.fromEntries(
  focusColumns
    .filter(column => column.name !== 'Tags')
    .map(column => [column.name, { columns: [column.name] }]),
)

/** FOCUS 1.0 to 1.2: every column is its own; what keeps batches apart has a stand-in where a file leaves it out. */
export const focusMapping: BillMapping = {
  id: 'focus',
  name: 'FOCUS',
  format: 'focus',
  recognise: [
    ['BilledCost'],
    ['ChargePeriodStart', 'BillingPeriodStart'],
    ['ChargeCategory', 'EffectiveCost'],
  ],
  columns: {
    ...same,
    ProviderName: {
      columns: ['ProviderName', 'ServiceProviderName', 'InvoiceIssuerName', 'PublisherName'],
      constant: '(not stated)',
    },
    BillingAccountId: { columns: ['BillingAccountId'], constant: '(not stated)' },
    BillingPeriodStart: { columns: ['BillingPeriodStart'] },
    // An early sample of FOCUS 1.0 has the service's id under this name.
    ServiceId: { columns: ['ServiceId', 'Id'] },
    Department: { columns: ['Department', 'x_Department'] },
    Project: { columns: ['Project', 'x_Project'] },
    User: { columns: ['User', 'x_User'] },
    Customer: { columns: ['Customer', 'x_Customer'] },
  },
  tags: { columns: ['Tags'], prefixes: [] },
  nullTexts: ['NULL', 'null'],
  numberStyle: 'plain',
  dateStyle: 'iso',
}
