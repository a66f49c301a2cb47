import { Temporal } from 'temporal-polyfill'
import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { type MandateFacts, mandateState } from '#engines/billing/sepa/mandate.ts'
import type { Mandate } from '#shared/contract/billing/sepa.ts'
import { refuse } from '#shared/errors.ts'

/** A snapshot, or a transaction that is read. */
type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>

/** A mandate with its customer's name and when it was used last. */
export interface KnownMandate {
  readonly row: Row<'sepa_mandates'>
  readonly customer: string
  readonly lastUsedOn: string | null
}

/** Banks of the euro area count their days by the clock of the settlement system. */
const ZONE = 'Europe/Brussels'

/** The day of an instant by the clock of the settlement system. */
export function settlementDay(at: bigint): string {
  return Temporal.Instant.fromEpochMilliseconds(Number(at)).toZonedDateTimeISO(ZONE).toPlainDate().toString()
}

/** Mandates, the newest first: all, those of a customer, or one. */
export async function knownMandates(
  session: Session,
  of: { readonly customerId?: string | undefined; readonly id?: string },
): Promise<KnownMandate[]> {
  const { db } = reading(session as Tx)
  let query = db
    .selectFrom('sepa_mandates as mandate')
    .innerJoin('customers as customer', 'customer.id', 'mandate.customer_id')
    .selectAll('mandate')
    .select('customer.name as customer')
  if (of.customerId !== undefined) query = query.where('mandate.customer_id', '=', of.customerId)
  if (of.id !== undefined) query = query.where('mandate.id', '=', of.id)
  const rows = await query.orderBy('mandate.created_at', 'desc').orderBy('mandate.id').execute()
  // A collection that a bank refused beforehand, or that was called off, has not used the mandate.
  const used = await db
    .selectFrom('debit_items as item')
    .innerJoin('payments as payment', 'payment.id', 'item.payment_id')
    .innerJoin('debit_runs as run', 'run.id', 'item.run_id')
    .select(eb => ['item.mandate_id', eb.fn.max('item.collect_on').as('last')])
    .where('payment.state', '!=', 'failed')
    .where('run.state', '!=', 'cancelled')
    .groupBy('item.mandate_id')
    .execute()
  const last = new Map(used.map(row => [row.mandate_id, row.last]))
  return rows.map(({ customer, ...row }) => ({ row, customer, lastUsedOn: last.get(row.id) ?? null }))
}

/** What decides about a mandate. */
export function factsOf({ row, lastUsedOn }: KnownMandate): MandateFacts {
  return {
    ...{ kind: row.kind, signedOn: row.signed_on, revoked: row.revoked_at !== null },
    ...{ ending: row.ending === 1n, lastUsedOn },
  }
}

/** A mandate as the contract shows it; its account number is masked. */
export function shownMandate(known: KnownMandate, now: bigint): Mandate {
  const { row, customer, lastUsedOn } = known
  return {
    ...{ id: row.id, customerId: row.customer_id, customer, reference: row.reference },
    ...{ scheme: row.scheme, kind: row.kind, holder: row.holder, bic: row.bic, signedOn: row.signed_on },
    iban: `${row.iban.slice(0, 2)} •••• ${row.iban.slice(-4)}`,
    ...{ ending: row.ending === 1n, lastUsedOn, createdAt: row.created_at },
    state: mandateState(factsOf(known), settlementDay(now)),
  }
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getMandate(session: Session, id: string): Promise<KnownMandate> {
  const [known] = await knownMandates(session, { id })
  if (!known) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'mandate', id })
  return known
}
