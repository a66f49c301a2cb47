import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { BillingProfile, Customer } from '#shared/contract/billing/customers.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { isZone } from '#shared/zones.ts'

/** What an invoice says of a customer of whom nothing was said. */
export const EMPTY_PROFILE: BillingProfile = {
  legalName: '',
  address: [],
  taxId: '',
  taxRate: null,
  paymentDays: 30,
  purchaseOrder: '',
  useBalance: null,
}

/** What a customer's rows hold besides what the contract shows. */
export interface StoredCustomer extends Customer {
  readonly industry: string
  readonly tier: string
  readonly seats: bigint
  readonly signedUpOn: string
}

/** The columns that billing knows; when a customer churned is the demo's. */
type CustomerRow = Omit<Row<'customers'>, 'churned_on'>

function profileOf(row: Row<'billing_profiles'>): BillingProfile {
  return {
    legalName: row.legal_name,
    address: fromCanonical<string[]>(row.address),
    taxId: row.tax_id,
    taxRate: row.tax_rate,
    paymentDays: Number(row.payment_days),
    purchaseOrder: row.purchase_order,
    useBalance: row.use_balance === null ? null : row.use_balance !== 0n,
  }
}

/** A customer's profile as its row. */
export function profileRow(customerId: string, profile: BillingProfile): Row<'billing_profiles'> {
  return {
    customer_id: customerId,
    legal_name: profile.legalName,
    address: canonicalJson(profile.address),
    tax_id: profile.taxId,
    tax_rate: profile.taxRate,
    payment_days: BigInt(profile.paymentDays),
    purchase_order: profile.purchaseOrder,
    // What was stored before there was the choice does not say it.
    use_balance: profile.useBalance == null ? null : profile.useBalance ? 1n : 0n,
  }
}

/** A customer's own row. */
export function customerRow(customer: StoredCustomer): CustomerRow {
  return {
    id: customer.id,
    key: customer.key,
    name: customer.name,
    email: customer.email,
    country: customer.country,
    currency: customer.currency,
    zone: customer.zone,
    industry: customer.industry,
    tier: customer.tier,
    seats: customer.seats,
    signed_up_on: customer.signedUpOn,
    created_at: customer.createdAt,
  }
}

/** A customer as its two rows hold it. */
export function storedCustomer(
  row: CustomerRow,
  profile: Row<'billing_profiles'> | undefined,
): StoredCustomer {
  return {
    ...customerOf(row, profile),
    industry: row.industry,
    tier: row.tier,
    seats: row.seats,
    signedUpOn: row.signed_up_on,
  }
}

/** A customer as the contract shows it. */
export function customerOf(row: CustomerRow, profile: Row<'billing_profiles'> | undefined): Customer {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    email: row.email,
    country: row.country,
    currency: row.currency,
    zone: row.zone,
    profile: profile ? profileOf(profile) : EMPTY_PROFILE,
    createdAt: row.created_at,
  }
}

/** A customer with what its rows hold. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getCustomer(session: Pick<Reader | Tx, 'db'>, id: string): Promise<StoredCustomer> {
  const db = session.db as Reader['db']
  const row = await db.selectFrom('customers').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'customer', id })
  const profile = await db
    .selectFrom('billing_profiles')
    .selectAll()
    .where('customer_id', '=', id)
    .executeTakeFirst()
  return storedCustomer(row, profile)
}

/** Refuses a zone or a currency that there is none of. */
export function checkPlace(zone: string, currency: string): void {
  if (!isZone(zone)) throw refuse('BILLING_ZONE_UNKNOWN', { zone })
  if (!findCurrency(currency)) throw refuse('BILLING_CURRENCY_UNKNOWN', { currency })
}
