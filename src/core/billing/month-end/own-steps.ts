import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { monthEnd as leaf, type OwnStep } from '#shared/contract/billing/month-end.ts'
import { refuse } from '#shared/errors.ts'

type StepRow = Row<'month_end_steps'>

const shown = ({ id, title, active, created_at }: StepRow): OwnStep => ({
  ...{ id, title, active: active !== 0n, createdAt: created_at },
})

/** All own steps in their order. */
export async function orderedSteps(session: Pick<Reader, 'db'>): Promise<StepRow[]> {
  return session.db.selectFrom('month_end_steps').selectAll().orderBy('position').orderBy('id').execute()
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getStep(tx: Tx, id: string): Promise<StepRow> {
  const row = await tx.db.selectFrom('month_end_steps').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'month-end-step', id })
  return row
}

export const ownSteps = answer(leaf.ownSteps, async ({ reader }) => ({
  steps: (await orderedSteps(reader)).map(shown),
}))

/** A new step comes last. Undoing it takes it out of use: months may have been checked off by it meanwhile. */
export const addStep = handle(leaf.addStep, async ({ tx, input, ids, now, undoWith }) => {
  const last = (await orderedSteps(reading(tx))).at(-1)
  const row = { id: ids.next(), title: input.title, position: (last?.position ?? 0n) + 1n, active: 1n }
  await tx.db
    .insertInto('month_end_steps')
    .values({ ...row, created_at: now })
    .execute()
  undoWith(leaf.setStepActive, { stepId: row.id, active: false }, [
    leaves('month_end_steps', { id: row.id }, { title: row.title, active: 1n }),
  ])
  return shown({ ...row, created_at: now })
})

export const renameStep = handle(leaf.renameStep, async call => {
  const before = await getStep(call.tx, call.input.stepId)
  const { title } = call.input
  call.undoWith(leaf.renameStep, { stepId: before.id, title: before.title }, [
    leaves('month_end_steps', { id: before.id }, { title }),
  ])
  return changed(call, before, { title })
})

export const setStepActive = handle(leaf.setStepActive, async call => {
  const before = await getStep(call.tx, call.input.stepId)
  const active = call.input.active ? 1n : 0n
  call.undoWith(leaf.setStepActive, { stepId: before.id, active: before.active !== 0n }, [
    leaves('month_end_steps', { id: before.id }, { active }),
  ])
  return changed(call, before, { active })
})

async function changed(
  { tx }: Pick<CommandCall<unknown>, 'tx'>,
  before: StepRow,
  values: Partial<Pick<StepRow, 'title' | 'active'>>,
): Promise<OwnStep> {
  await tx.db.updateTable('month_end_steps').set(values).where('id', '=', before.id).execute()
  return shown({ ...before, ...values })
}

/** All steps are numbered anew, from 1. */
export const moveStep = handle(leaf.moveStep, async ({ tx, input: { stepId, place }, undoWith }) => {
  const step = await getStep(tx, stepId)
  const all = await orderedSteps(reading(tx))
  const from = all.findIndex(row => row.id === step.id)
  const order = all.toSpliced(from, 1)
  order.splice(place, 0, step)
  const numbered = order.map((row, index) => ({ ...row, position: BigInt(index + 1) }))
  for (const { id, position } of numbered)
    await tx.db.updateTable('month_end_steps').set({ position }).where('id', '=', id).execute()
  const { position } = numbered.find(row => row.id === step.id)!
  undoWith(leaf.moveStep, { stepId, place: from }, [leaves('month_end_steps', { id: step.id }, { position })])
  return { steps: numbered.map(shown) }
})
