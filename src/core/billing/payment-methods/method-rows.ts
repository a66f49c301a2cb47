import { Temporal } from 'temporal-polyfill'
import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import type { PaymentMethodRow } from '#shared/contract/billing/payment-methods.ts'
import { refuse } from '#shared/errors.ts'

/** A snapshot, or a transaction that is read. */
type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>
type MethodRow = Row<'payment_methods'>

/** Whether a method can be charged: it was not removed, and its card has not expired. */
export function isUsable(row: MethodRow, now: bigint): boolean {
  if (row.removed_at !== null) return false
  const month = Temporal.Instant.fromEpochMilliseconds(Number(now)).toString().slice(0, 7)
  return row.expires === null || row.expires >= month
}

/** A method as the contract shows it. */
export function shownMethod(row: MethodRow, now: bigint): PaymentMethodRow {
  return {
    ...{ id: row.id, customerId: row.customer_id, kind: row.kind, provider: row.provider },
    ...{ providerRef: row.provider_ref, brand: row.brand, holder: row.holder, last4: row.last4 },
    ...{ expires: row.expires, isDefault: row.is_default === 1n, usable: isUsable(row, now) },
    createdAt: row.created_at,
  }
}

/** The methods of a customer that were not removed, the default first, then the newest. */
export async function methodsOf(session: Session, customerId: string): Promise<MethodRow[]> {
  return reading(session as Tx)
    .db.selectFrom('payment_methods')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('removed_at', 'is', null)
    .orderBy('is_default', 'desc')
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
}

/** The whole row of a method. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getMethod(session: Session, id: string): Promise<MethodRow> {
  const row = await reading(session as Tx)
    .db.selectFrom('payment_methods')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'payment-method', id })
  return row
}

/** A method of this customer that can be charged. @throws Refusal `BILLING_METHOD_UNUSABLE` */
export async function usableMethod(
  session: Session,
  customerId: string,
  methodId: string,
  now: bigint,
): Promise<MethodRow> {
  const row = await getMethod(session, methodId)
  if (row.customer_id !== customerId || !isUsable(row, now))
    throw refuse('BILLING_METHOD_UNUSABLE', { methodId })
  return row
}

/** The default method of a customer, where it can be charged. */
export async function defaultMethod(
  session: Session,
  customerId: string,
  now: bigint,
): Promise<MethodRow | null> {
  const [first] = await methodsOf(session, customerId)
  return first && first.is_default === 1n && isUsable(first, now) ? first : null
}
