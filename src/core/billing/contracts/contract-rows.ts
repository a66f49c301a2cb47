import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { noticeBy, standingOf, termAt } from '#engines/billing/contracts/contract-term.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { ContractTerms } from '#shared/contract/billing/contract-facts.ts'
import type { Contract, StoredContract } from '#shared/contract/billing/contracts.ts'
import { refuse } from '#shared/errors.ts'

type Session = Reader | Tx
const dbOf = (session: Session) => reading(session as Tx).db

export type ContractRow = Row<'contracts'>

/** What a row holds, but its id. */
export function storedContract(row: ContractRow): StoredContract {
  const number = (value: bigint | null) => (value === null ? null : Number(value))
  return {
    ...{ customerId: row.customer_id, subscriptionId: row.subscription_id, number: row.number },
    ...{ name: row.name, currency: row.currency, state: row.state, from: row.from_at, until: row.until_at },
    ...{ renewMonths: number(row.renew_months), noticeDays: Number(row.notice_days) },
    ...{ terminatedAt: row.terminated_at, paymentDays: number(row.payment_days), notes: row.notes },
    terms: termsOf(row) as StoredContract['terms'],
    ...{ version: Number(row.version), reason: row.reason },
    ...{ changedBy: row.changed_by, changedAt: row.changed_at },
    ...{ createdBy: row.created_by, createdAt: row.created_at },
  }
}

/** What was agreed, by its row. */
export function termsOf(row: Pick<ContractRow, 'terms'>): ContractTerms {
  return fromCanonical<ContractTerms>(row.terms)
}

export function contractRow(id: string, one: StoredContract): ContractRow {
  const int = (value: number | null) => (value === null ? null : BigInt(value))
  return {
    ...{ id, customer_id: one.customerId, subscription_id: one.subscriptionId, number: one.number },
    ...{ name: one.name, currency: one.currency, state: one.state, from_at: one.from, until_at: one.until },
    ...{ renew_months: int(one.renewMonths), notice_days: BigInt(one.noticeDays) },
    ...{ terminated_at: one.terminatedAt, payment_days: int(one.paymentDays), notes: one.notes },
    terms: canonicalJson(one.terms),
    ...{ version: BigInt(one.version), reason: one.reason },
    ...{ changed_by: one.changedBy, changed_at: one.changedAt },
    ...{ created_by: one.createdBy, created_at: one.createdAt },
  }
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getContract(session: Session, id: string): Promise<ContractRow> {
  const row = await findContract(session, id)
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'contract', id })
  return row
}

export function findContract(session: Session, id: string): Promise<ContractRow | undefined> {
  return dbOf(session).selectFrom('contracts').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Contracts as people see them at an instant. */
export async function shownContracts(
  session: Session,
  rows: readonly ContractRow[],
  now: bigint,
): Promise<Contract[]> {
  if (rows.length === 0) return []
  const db = dbOf(session)
  const customers = await db
    .selectFrom('customers')
    .select(['id', 'name', 'zone'])
    .where('id', 'in', [...new Set(rows.map(row => row.customer_id))])
    .execute()
  const plans = await db
    .selectFrom('subscriptions as subscription')
    .innerJoin('plans as plan', 'plan.id', 'subscription.plan_id')
    .select(['subscription.id', 'plan.name'])
    .where('subscription.customer_id', 'in', [...new Set(rows.map(row => row.customer_id))])
    .execute()
  const requests = await db
    .selectFrom('approval_requests')
    .select(['id', 'row_id'])
    .where('entity', '=', 'contract')
    .where('state', 'in', ['waiting', 'approved'])
    .execute()
  return rows.map(row => {
    const stored = storedContract(row)
    const { name: customer, zone } = customers.find(one => one.id === row.customer_id)!
    const at = now < stored.from ? stored.from : now
    const term = termAt(stored, at, zone)
    return {
      ...{ id: row.id, ...stored, customer, zone },
      plan: plans.find(one => one.id === row.subscription_id)?.name ?? null,
      standing: stored.state === 'draft' ? ('draft' as const) : standingOf(stored, now),
      ...{ termEnds: term?.to ?? null, renewals: term?.number ?? 0 },
      noticeBy: stored.renewMonths === null ? null : noticeBy(stored, stored.noticeDays, at, zone),
      approvalId: requests.find(one => one.row_id === row.id)?.id ?? null,
    }
  })
}
