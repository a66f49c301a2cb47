import type { BillContext } from './bills.ts'
import { instantOf } from './days.ts'
import { invoiceId } from './extras.ts'
import { AT, DEMO_COLUMNS, type DemoValues } from './focus-columns.ts'
import type { BillingAccount, Service, Stream, SubAccount } from './model.ts'

/** A row with what every line of a bill has in common; everything else is null. */
export function blankRow({ account, month, start, end, until }: BillContext): DemoValues {
  const values: DemoValues = new Array<string>(DEMO_COLUMNS.length).fill('')
  values[AT.BillingAccountId] = account.id
  values[AT.BillingAccountName] = account.name
  values[AT.BillingAccountType] = account.type
  values[AT.BillingCurrency] = account.currency
  values[AT.BillingPeriodStart] = instantOf(start)
  values[AT.BillingPeriodEnd] = instantOf(end)
  if (until === end) values[AT.InvoiceId] = invoiceId(account, month)
  values[AT.InvoiceIssuerName] = account.issuer
  values[AT.ProviderName] = account.provider
  return values
}

export function setSubAccount(values: DemoValues, account: BillingAccount, subAccount: SubAccount): void {
  values[AT.SubAccountId] = subAccount.id
  values[AT.SubAccountName] = subAccount.name
  values[AT.SubAccountType] = account.subAccountType
}

export function setService(values: DemoValues, account: BillingAccount, service: Service): void {
  values[AT.ServiceName] = service.name
  values[AT.ServiceCategory] = service.category
  values[AT.ServiceSubcategory] = service.subcategory
  values[AT.PublisherName] = service.publisher ?? account.provider
}

export function setResource(values: DemoValues, { resource, region, zone }: Stream): void {
  values[AT.RegionId] = region?.id ?? ''
  values[AT.RegionName] = region?.name ?? ''
  values[AT.AvailabilityZone] = zone ?? ''
  values[AT.ResourceId] = resource?.id ?? ''
  values[AT.ResourceName] = resource?.name ?? ''
  values[AT.ResourceType] = resource?.type ?? ''
}
