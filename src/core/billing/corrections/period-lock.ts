import { type Reader, reading } from '#core/database/store.ts'
import { namesOf } from '#core/identity/common.ts'
import { byWhom, byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { approvalKind } from '#core/workspace/approvals/approval-kind.ts'
import { approvalOf } from '#core/workspace/approvals/approval-rows.ts'
import { requestApproval, waitingApproval } from '#core/workspace/approvals/request-approval.ts'
import { periods as leaf, type PeriodLock } from '#shared/contract/billing/corrections.ts'
import { refuse } from '#shared/errors.ts'
import { overAt, runningClose } from '../close/runs.ts'
import { OPEN_STATES } from '../invoices/list-invoices.ts'
import { demandOpenPeriod, isLocked, lockOf } from './locked.ts'

/** To open a locked month again: anybody who votes may see that the books change. */
export const reopenKind = approvalKind({
  name: 'billing.period.reopen',
  entity: 'period',
  leaf: leaf.open,
  voters: ['approver'],
  quorum: 1,
  expiresAfter: 7n * 86_400_000n,
  // Another lock of the same month is another thing to open.
  subject: async (reader, period) => (await lockOf(reader, period))?.id ?? null,
})

async function shown(reader: Reader, period: string, now: bigint): Promise<PeriodLock> {
  const rows = await reader.db
    .selectFrom('period_locks')
    .selectAll()
    .where('period', '=', period)
    .orderBy('locked_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  const lock = rows.find(row => row.reopened_at === null)
  const person = await namesOf(reader)
  return {
    period,
    locked: lock !== undefined,
    lockedBy: lock ? person(lock.locked_by) : null,
    lockedAt: lock?.locked_at ?? null,
    reopened: rows
      .filter(row => row.reopened_at !== null)
      .map(row => ({ by: person(row.reopened_by!), at: row.reopened_at!, reason: row.reason! })),
    undecided: await undecidedOf(reader, period),
    approvalId: await waitingApproval(reader, reopenKind, period, now),
  }
}

async function undecidedOf({ db }: Pick<Reader, 'db'>, period: string): Promise<number> {
  const { count } = await db
    .selectFrom('invoices')
    .select(eb => eb.fn.countAll<bigint>().as('count'))
    .where('period', '=', period)
    .where('state', 'in', OPEN_STATES)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export const showPeriod = answer(leaf.get, ({ reader, input, now }) => shown(reader, input.period, now))

export const listPeriods = answer(leaf.list, async ({ reader }) => {
  const rows = await reader.db
    .selectFrom('period_locks')
    .select(['period', 'locked_at'])
    .where('reopened_at', 'is', null)
    .orderBy('period', 'desc')
    .execute()
  return { periods: rows.map(({ period, locked_at }) => ({ period, lockedAt: locked_at })) }
})

/** A month is locked when it is over and everything of it is decided. */
export const lockPeriod = handle(leaf.lock, async ({ tx, input, actor, ids, now, receivedAt }) => {
  const { period } = input
  await demandOpenPeriod(tx, period)
  const over = await overAt(tx, period)
  if (receivedAt < over) throw refuse('BILLING_PERIOD_OPEN', { period, overAt: over })
  const running = await runningClose(tx)
  if (running?.period === period) throw refuse('BILLING_CLOSE_RUNNING', { runId: running.id, period })
  const count = await undecidedOf(reading(tx), period)
  if (count > 0) throw refuse('BILLING_PERIOD_UNDECIDED', { period, count })
  await tx.db
    .insertInto('period_locks')
    .values({
      ...{ id: ids.next(), period, locked_by: byWhomOrNobody(actor), locked_at: now },
      ...{ reopened_by: null, reopened_at: null, reason: null, approval_id: null },
    })
    .execute()
  return shown(reading(tx), period, receivedAt)
})

/** Opening it again always takes another person. */
export const reopenPeriod = handle(leaf.reopen, async call => {
  const { tx, input, receivedAt } = call
  const { period, reason } = input
  if (!(await isLocked(tx, period))) throw refuse('BILLING_PERIOD_NOT_LOCKED', { period })
  await requestApproval(call, reopenKind, { rowId: period, title: period, input, reason })
  return shown(reading(tx), period, receivedAt)
})

export const openPeriod = handle(leaf.open, async ({ tx, input, actor, commandId, now, receivedAt }) => {
  const { period, reason } = input
  const lock = await lockOf(tx, period)
  if (!lock) throw refuse('BILLING_PERIOD_NOT_LOCKED', { period })
  await tx.db
    .updateTable('period_locks')
    .set({
      ...{ reopened_by: byWhom(actor), reopened_at: now, reason },
      approval_id: await approvalOf(reading(tx), commandId),
    })
    .where('id', '=', lock.id)
    .execute()
  return shown(reading(tx), period, receivedAt)
})
