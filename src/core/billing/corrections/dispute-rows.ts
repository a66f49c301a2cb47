import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { namesOf } from '#core/identity/common.ts'
import type { Dispute } from '#shared/contract/billing/disputes.ts'
import { refuse } from '#shared/errors.ts'

/** A snapshot, or a transaction that is read. */
type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>

interface Of {
  readonly id?: string | undefined
  readonly invoiceId?: string | undefined
  readonly customerId?: string | undefined
  readonly state?: Dispute['state'] | undefined
}

/** Disputes: open ones first by their deadline, then the newest. */
export async function disputesOf(session: Session, of: Of, limit: number): Promise<Dispute[]> {
  const reader = reading(session as Tx)
  let query = reader.db
    .selectFrom('disputes as dispute')
    .innerJoin('invoices as invoice', 'invoice.id', 'dispute.invoice_id')
    .innerJoin('customers as customer', 'customer.id', 'dispute.customer_id')
    .selectAll('dispute')
    .select(['invoice.number as invoice_number', 'customer.name as customer'])
  if (of.id !== undefined) query = query.where('dispute.id', '=', of.id)
  if (of.invoiceId !== undefined) query = query.where('dispute.invoice_id', '=', of.invoiceId)
  if (of.customerId !== undefined) query = query.where('dispute.customer_id', '=', of.customerId)
  if (of.state !== undefined) query = query.where('dispute.state', '=', of.state)
  const rows = await query
    .orderBy('dispute.decided_at', order => order.desc().nullsFirst())
    .orderBy('dispute.deadline_at', order => order.asc().nullsLast())
    .orderBy('dispute.opened_at', 'desc')
    .orderBy('dispute.id')
    .limit(limit)
    .execute()
  const person = await namesOf(reader)
  const evidence = await evidenceOf(
    reader,
    rows.map(row => row.id),
  )
  return rows.map(row => ({
    id: row.id,
    invoiceId: row.invoice_id,
    invoiceNumber: row.invoice_number!,
    customerId: row.customer_id,
    customer: row.customer,
    currency: row.currency,
    amount: row.amount,
    reason: row.reason,
    state: row.state,
    deadlineAt: row.deadline_at,
    openedBy: person(row.opened_by),
    openedAt: row.opened_at,
    decidedBy: row.decided_by === null ? null : person(row.decided_by),
    decidedAt: row.decided_at,
    outcome: row.outcome,
    evidence: (evidence.get(row.id) ?? []).map(one => ({
      id: one.id,
      text: one.text,
      file:
        one.file_name === null
          ? null
          : {
              name: one.file_name,
              mediaType: one.media_type!,
              digest: one.digest!,
              size: Number(one.size),
            },
      addedBy: person(one.added_by),
      addedAt: one.added_at,
    })),
  }))
}

async function evidenceOf({ db }: Pick<Reader, 'db'>, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, Row<'dispute_evidence'>[]>()
  const rows = await db
    .selectFrom('dispute_evidence')
    .selectAll()
    .where('dispute_id', 'in', ids)
    .orderBy('added_at')
    .orderBy('id')
    .execute()
  return Map.groupBy(rows, row => row.dispute_id)
}

/** One dispute. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getDispute(session: Session, id: string): Promise<Dispute> {
  const [dispute] = await disputesOf(session, { id }, 1)
  if (!dispute) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'dispute', id })
  return dispute
}

/**
 * What is disputed of invoices now, in minor units by invoice; those of which nothing is are not there. Nobody
 * is reminded of it, and it is not counted as overdue.
 */
export async function disputedOf(
  session: Session,
  invoiceIds: readonly string[],
): Promise<Map<string, bigint>> {
  if (invoiceIds.length === 0) return new Map()
  const rows = await reading(session as Tx)
    .db.selectFrom('disputes')
    .select(['invoice_id', 'amount'])
    .where('state', '=', 'open')
    .execute()
  const wanted = new Set(invoiceIds)
  const sums = new Map<string, bigint>()
  for (const { invoice_id, amount } of rows)
    if (wanted.has(invoice_id)) sums.set(invoice_id, (sums.get(invoice_id) ?? 0n) + amount)
  return sums
}
