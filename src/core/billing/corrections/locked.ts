import { Temporal } from 'temporal-polyfill'
import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { refuse } from '#shared/errors.ts'

/** A snapshot, or a transaction that is read. */
type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>

/** The lock of a month that is in force; null where it is open. */
export async function lockOf(session: Session, period: string): Promise<Row<'period_locks'> | null> {
  const row = await (session as Reader).db
    .selectFrom('period_locks')
    .selectAll()
    .where('period', '=', period)
    .where('reopened_at', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

/** Whether a month is locked. */
export async function isLocked(session: Session, period: string): Promise<boolean> {
  return (await lockOf(session, period)) !== null
}

/** Refuses what would change billed money of a locked month. @throws Refusal `BILLING_PERIOD_LOCKED` */
export async function demandOpenPeriod(session: Session, period: string): Promise<void> {
  if (await isLocked(session, period)) throw refuse('BILLING_PERIOD_LOCKED', { period })
}

/** The month of an instant in the workspace's zone: that of what is booked then. */
export async function monthOf(session: Session, at: bigint): Promise<string> {
  const { year, month } = Temporal.Instant.fromEpochMilliseconds(Number(at)).toZonedDateTimeISO(
    await zoneOf(session),
  )
  return `${year}-${month.toString().padStart(2, '0')}`
}

async function zoneOf(session: Session): Promise<string> {
  const { zone } = await (session as Reader).db
    .selectFrom('workspace_state')
    .select('zone')
    .executeTakeFirstOrThrow()
  return zone
}
