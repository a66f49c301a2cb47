import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { handle } from '#core/runtime/handlers.ts'
import { codeOf, isCheckable } from '#engines/billing/month-end/steps.ts'
import { monthEnd as leaf } from '#shared/contract/billing/month-end.ts'
import { refuse } from '#shared/errors.ts'
import { demandOpenPeriod } from '../corrections/locked.ts'

type CheckRow = Row<'month_end_checks'>

async function checkOf(tx: Tx, period: string, step: string): Promise<CheckRow | undefined> {
  return tx.db
    .selectFrom('month_end_checks')
    .selectAll()
    .where('period', '=', period)
    .where('step', '=', step)
    .executeTakeFirst()
}

async function put(tx: Tx, row: CheckRow): Promise<void> {
  const { seen, note, by, at } = row
  await tx.db
    .insertInto('month_end_checks')
    .values(row)
    .onConflict(on => on.columns(['period', 'step']).doUpdateSet({ seen, note, by, at }))
    .execute()
}

async function remove(tx: Tx, { period, step }: Pick<CheckRow, 'period' | 'step'>): Promise<void> {
  await tx.db.deleteFrom('month_end_checks').where('period', '=', period).where('step', '=', step).execute()
}

async function countOf(tx: Tx, period: string): Promise<{ checks: number }> {
  const rows = await tx.db
    .selectFrom('month_end_checks')
    .select('step')
    .where('period', '=', period)
    .execute()
  return { checks: rows.length }
}

const left = ({ period, step, seen, note, by, at }: CheckRow) => [
  leaves('month_end_checks', { period, step }, { seen, note, by, at }),
]
const restoring = ({ period, step, seen, note, by, at }: CheckRow) => ({ period, step, seen, note, by, at })

/**
 * Says by hand that a step is done, or accepts what is left of it. The checks of a locked month stand: they say how
 * it was closed.
 */
export const checkStep = handle(leaf.check, async ({ tx, input, actor, now, undoWith }) => {
  const { period, step, note, seen } = input
  const code = codeOf(step)
  if (!isCheckable(code)) throw refuse('BILLING_MONTH_END_NOT_BY_HAND', { step })
  if (code === 'own' && !(await ownExists(tx, step))) throw refuse('BILLING_MONTH_END_STEP_UNKNOWN', { step })
  await demandOpenPeriod(tx, period)
  const before = await checkOf(tx, period, step)
  const row = { period, step, seen: BigInt(seen), note, by: actor!.id, at: now }
  await put(tx, row)
  if (before) undoWith(leaf.restoreCheck, restoring(before), left(row))
  else undoWith(leaf.uncheck, { period, step }, left(row))
  return countOf(tx, period)
})

async function ownExists(tx: Tx, id: string): Promise<boolean> {
  return (
    (await tx.db.selectFrom('month_end_steps').select('id').where('id', '=', id).executeTakeFirst()) !==
    undefined
  )
}

export const uncheckStep = handle(leaf.uncheck, async ({ tx, input, undoWith }) => {
  const { period, step } = input
  await demandOpenPeriod(tx, period)
  const before = await checkOf(tx, period, step)
  if (!before) throw refuse('BILLING_MONTH_END_NOT_CHECKED', { step })
  await remove(tx, before)
  undoWith(leaf.restoreCheck, restoring(before), [leaves('month_end_checks', { period, step }, null)])
  return countOf(tx, period)
})

/** Puts a check back as it was: it stays that of the person who made it. */
export const restoreCheck = handle(leaf.restoreCheck, async ({ tx, input, undoWith }) => {
  const { period, step } = input
  await demandOpenPeriod(tx, period)
  const before = await checkOf(tx, period, step)
  await put(tx, input)
  if (before) undoWith(leaf.restoreCheck, restoring(before), left(input))
  else undoWith(leaf.uncheck, { period, step }, left(input))
  return countOf(tx, period)
})
