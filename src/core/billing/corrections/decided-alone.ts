import type { Reader, Tx } from '#core/database/store.ts'
import { monthsBefore, workspaceZone } from '../churn/months-before.ts'

/** A snapshot, or a transaction that is read. */
type Session = Reader | Tx

/** Whose money, and who decides about it. */
export interface Decider {
  readonly customerId: string
  readonly currency: string
  /** Empty for the workspace itself. */
  readonly person: string
  readonly now: bigint
}

/*
 * Limits are for what one person decides about one customer in a calendar month of the workspace's zone, in one currency:
 * several small decisions need the approval that one large one does. What somebody else allowed is not counted.
 */

/** What one person credited a customer this month without asking anybody. Minor units, with tax. */
export async function creditedAlone(
  session: Session,
  { customerId, currency, person, now }: Decider,
): Promise<bigint> {
  const rows = await (session.db as Reader['db'])
    .selectFrom('credit_notes')
    .select('total')
    .where('customer_id', '=', customerId)
    .where('currency', '=', currency)
    .where('requested_by', '=', person)
    .where('approval_id', 'is', null)
    .where('created_at', '>=', await monthBegan(session, now))
    .execute()
  return rows.reduce((sum, { total }) => sum + total, 0n)
}

/**
 * What one person refunded a customer this month without asking anybody, of payments and of the balance. Minor units.
 * What a credit note gave back was decided with it, and what failed or was called back did not leave.
 */
export async function refundedAlone(
  session: Session,
  { customerId, currency, person, now }: Decider,
): Promise<bigint> {
  const rows = await (session.db as Reader['db'])
    .selectFrom('refunds')
    .select('amount')
    .where('customer_id', '=', customerId)
    .where('currency', '=', currency)
    .where('created_by', person === '' ? 'is' : '=', person === '' ? null : person)
    .where('approval_id', 'is', null)
    .where('source', '!=', 'credit-note')
    .where('state', 'not in', ['failed', 'cancelled'])
    .where('created_at', '>=', await monthBegan(session, now))
    .execute()
  return rows.reduce((sum, { amount }) => sum + amount, 0n)
}

async function monthBegan(session: Session, now: bigint): Promise<bigint> {
  const [month] = monthsBefore(now, await workspaceZone(session as Reader), 1)
  return month!.from
}
