import { Temporal } from 'temporal-polyfill'
import type { Tx } from '#core/database/store.ts'
import { type Expectation, leaves } from '#core/runtime/expectation.ts'
import { handle } from '#core/runtime/handlers.ts'
import { type BillingProfile, customers as leaf } from '#shared/contract/billing/customers.ts'
import { refuse } from '#shared/errors.ts'
import { markForBilling } from '../accounts.ts'
import {
  checkPlace,
  customerOf,
  customerRow,
  EMPTY_PROFILE,
  getCustomer,
  profileRow,
  type StoredCustomer,
} from './customer-rows.ts'

export const createCustomer = handle(leaf.create, async ({ tx, input, ids, now, undoWith }) => {
  checkPlace(input.zone, input.currency)
  await refuseTakenKey(tx, input.key)
  const { profile, ...given } = input
  const signedUpOn = Temporal.Instant.fromEpochMilliseconds(Number(now))
    .toZonedDateTimeISO(given.zone)
    .toPlainDate()
    .toString()
  const customer: StoredCustomer = {
    ...given,
    id: ids.next(),
    profile: { ...EMPTY_PROFILE, ...stated(profile) },
    ...{ industry: '', tier: '', seats: 0n, signedUpOn, createdAt: now },
  }
  await put(tx, customer)
  undoWith(leaf.restore, { customerId: customer.id, customer: null }, [
    ...asLeft(customer),
    // A customer that something hangs on is no longer taken back.
    leaves('subscriptions', { customer_id: customer.id }, null),
    leaves('usage_series', { customer_id: customer.id }, null),
    leaves('invoices', { customer_id: customer.id }, null),
  ])
  return shown(customer)
})

export const editCustomer = handle(leaf.edit, async ({ tx, input, undoWith }) => {
  const before = await getCustomer(tx, input.customerId)
  checkPlace(input.zone, before.currency)
  const { customerId, profile, ...given } = input
  const after = { ...before, ...given, profile: { ...before.profile, ...stated(profile) } }
  await put(tx, after)
  if (after.zone !== before.zone) await markForAnotherZone(tx, customerId)
  undoWith(leaf.restore, { customerId, customer: before }, asLeft(after))
  return shown(after)
})

export const restoreCustomer = handle(leaf.restore, async ({ tx, input, undoWith }) => {
  const { customerId, customer } = input
  const row = await tx.db.selectFrom('customers').select('id').where('id', '=', customerId).executeTakeFirst()
  const before = row ? await getCustomer(tx, customerId) : null
  if (customer) {
    if (!before) await refuseTakenKey(tx, customer.key)
    await put(tx, customer)
    if (before && before.zone !== customer.zone) await markForAnotherZone(tx, customerId)
  } else {
    await tx.db.deleteFrom('billing_profiles').where('customer_id', '=', customerId).execute()
    await tx.db.deleteFrom('customers').where('id', '=', customerId).execute()
  }
  undoWith(
    leaf.restore,
    { customerId, customer: before },
    customer ? asLeft(customer) : [leaves('customers', { id: customerId }, null)],
  )
  return { customerId }
})

export const noteImport = handle(leaf.noteImport, async () => ({}))

/**
 * In another zone every billing period begins at another instant. Periods that lie side by side have to be rated
 * with the same zone, or usage about midnight is billed in two of them or in none: all are looked at again.
 */
async function markForAnotherZone(tx: Tx, customerId: string): Promise<void> {
  const { first } = await tx.db
    .selectFrom('subscriptions')
    .select(eb => eb.fn.min('started_at').as('first'))
    .where('customer_id', '=', customerId)
    .executeTakeFirstOrThrow()
  if (first !== null) await markForBilling(tx, customerId, BigInt(first))
}

/** Members that were said; the others keep what they are. */
function stated(profile: Partial<{ [K in keyof BillingProfile]: BillingProfile[K] | undefined }>) {
  return Object.fromEntries(
    Object.entries(profile).filter(([, value]) => value !== undefined),
  ) as Partial<BillingProfile>
}

async function refuseTakenKey(tx: Tx, key: string): Promise<void> {
  const taken = await tx.db.selectFrom('customers').select('id').where('key', '=', key).executeTakeFirst()
  if (taken) throw refuse('BILLING_KEY_TAKEN', { key })
}

async function put(tx: Tx, customer: StoredCustomer): Promise<void> {
  const row = customerRow(customer)
  const profile = profileRow(customer.id, customer.profile)
  await tx.db
    .insertInto('customers')
    .values({ ...row, churned_on: null })
    .onConflict(conflict => conflict.column('id').doUpdateSet(row))
    .execute()
  await tx.db
    .insertInto('billing_profiles')
    .values(profile)
    .onConflict(conflict => conflict.column('customer_id').doUpdateSet(profile))
    .execute()
}

function asLeft(customer: StoredCustomer): Expectation[] {
  const { id, ...row } = customerRow(customer)
  const { customer_id, ...profile } = profileRow(customer.id, customer.profile)
  return [leaves('customers', { id }, row), leaves('billing_profiles', { customer_id }, profile)]
}

function shown(customer: StoredCustomer) {
  return customerOf(customerRow(customer), profileRow(customer.id, customer.profile))
}
