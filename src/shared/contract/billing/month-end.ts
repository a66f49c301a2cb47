import { z } from 'zod'
import { EVERYONE } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'
import { lockErrors } from './corrections.ts'
import { Month } from './values.ts'

const Person = z.object({ id: Uuid, name: z.string() })

export const StepState = z.enum(['done', 'todo', 'waiting', 'blocked', 'accepted', 'none'])
export const StepGroup = z.enum(['usage', 'close', 'review', 'send', 'money', 'books'])
export const StepCode = z.enum([
  ...(['over', 'imports', 'metrics', 'daily', 'dry-run', 'close', 'late', 'unbilled'] as const),
  ...(['drafts', 'held', 'approvals', 'issue', 'credit-notes', 'documents', 'mails'] as const),
  ...(['bank-lines', 'payments', 'refunds', 'disputes', 'bank-balance'] as const),
  ...(['ledger', 'numbers', 'outbox', 'own', 'lock'] as const),
])

/** One thing that has to be so before the books of a month can close. */
export const MonthEndStep = z.object({
  /** Its code, or the id of a step of the workspace's own. */
  step: z.string(),
  code: StepCode,
  group: StepGroup,
  /** What it is called where the workspace named it itself; else null. */
  title: z.string().nullable(),
  state: StepState,
  /** How much is left of it. */
  count: z.number().int(),
  /** What that is made of, by codes. */
  parts: z.array(z.object({ code: z.string(), count: z.number().int() })),
  /** Names of what is left, a few. */
  names: z.array(z.string()),
  at: Instant.nullable(),
  /** The row to begin with: an invoice in dispute. */
  row: z.string().nullable(),
  /** It can be checked off by hand; nothing else does it where `byHand` says so. */
  checkable: z.boolean(),
  byHand: z.boolean(),
  check: z.object({ by: Person, at: Instant, note: z.string(), seen: z.number().int() }).nullable(),
})
export type MonthEndStep = z.infer<typeof MonthEndStep>

export const MonthEnd = z.object({
  period: Month,
  /** Nothing holds the month up but the lock itself. */
  ready: z.boolean(),
  locked: z.boolean(),
  /** Steps that hold it up. */
  left: z.number().int(),
  /** The last close of the month that came to its end. */
  closeRunId: Uuid.nullable(),
  steps: z.array(MonthEndStep),
})
export type MonthEnd = z.infer<typeof MonthEnd>

/** A step that a workspace has besides those of everybody. */
export const OwnStep = z.object({ id: Uuid, title: z.string(), active: z.boolean(), createdAt: Instant })
export type OwnStep = z.infer<typeof OwnStep>

const WRITERS = ['analyst'] as const
const Title = z.string().trim().min(1).max(120)
const One = z.object({ period: Month, step: z.string().min(1).max(64) })
const Checks = z.object({ checks: z.number().int() })
const stepErrors = {
  BILLING_MONTH_END_STEP_UNKNOWN: { data: z.object({ step: z.string() }) },
  /** It is done by doing it. */
  BILLING_MONTH_END_NOT_BY_HAND: { data: z.object({ step: z.string() }) },
  ...lockErrors,
}

export const monthEnd = {
  /** What is left before the books of a month can close. */
  get: query('billing.monthEnd.get', { roles: EVERYONE, heavy: true })
    .input(z.object({ period: Month }))
    .output(MonthEnd),
  /** Says by hand that a step is done, or that what is left of it can stay. `seen` is how much that was. */
  check: command('billing.monthEnd.check', { roles: WRITERS })
    .input(
      One.extend({
        note: z.string().trim().max(2000).default(''),
        seen: z.number().int().min(0).default(1),
      }),
    )
    .output(Checks)
    .errors(stepErrors),
  uncheck: command('billing.monthEnd.uncheck', { roles: WRITERS })
    .input(One)
    .output(Checks)
    .errors({ ...lockErrors, BILLING_MONTH_END_NOT_CHECKED: { data: z.object({ step: z.string() }) } }),
  restoreCheck: command('billing.monthEnd.restoreCheck', { roles: [], internal: true })
    .input(One.extend({ note: z.string(), seen: z.bigint(), by: Uuid, at: Instant }))
    .output(Checks)
    .errors(lockErrors),
  /** The workspace's own steps in their order, also those that are out of use. */
  ownSteps: query('billing.monthEnd.ownSteps', { roles: EVERYONE }).output(
    z.object({ steps: z.array(OwnStep) }),
  ),
  addStep: command('billing.monthEnd.addStep', { roles: WRITERS })
    .input(z.object({ title: Title }))
    .output(OwnStep),
  renameStep: command('billing.monthEnd.renameStep', { roles: WRITERS })
    .input(z.object({ stepId: Uuid, title: Title }))
    .output(OwnStep),
  /** Moves a step to a place among all own steps, from 0; behind the last one it is the last. */
  moveStep: command('billing.monthEnd.moveStep', { roles: WRITERS })
    .input(z.object({ stepId: Uuid, place: z.number().int().min(0) }))
    .output(z.object({ steps: z.array(OwnStep) })),
  setStepActive: command('billing.monthEnd.setStepActive', { roles: WRITERS })
    .input(z.object({ stepId: Uuid, active: z.boolean() }))
    .output(OwnStep),
}
