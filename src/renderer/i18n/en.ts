import { access, accessErrors } from './en/access.ts'
import { billing, billingErrors } from './en/billing.ts'
import { billingClose } from './en/billing-close.ts'
import { billingReview } from './en/billing-review.ts'
import { billingUsage } from './en/billing-usage.ts'
import { errors } from './en/errors.ts'
import { finops, finopsErrors } from './en/finops.ts'
import { scheduleErrors, scheduleWords } from './en/schedules.ts'
import { shell } from './en/shell.ts'
import { compareWords, connectionWords, syncErrors } from './en/sync.ts'
import { ui } from './en/ui.ts'
import { workspace, workspaceErrors } from './en/workspace.ts'

/** The English catalogue. Each feature keeps its words in its own file of `en/`. */
export const en = {
  shell,
  ui,
  access,
  workspace: { ...workspace, connection: connectionWords, compare: compareWords, schedules: scheduleWords },
  billing: { ...billing, review: billingReview, close: billingClose, usage: billingUsage },
  finops,
  errors: {
    ...errors,
    ...billingErrors,
    ...workspaceErrors,
    ...accessErrors,
    ...syncErrors,
    ...scheduleErrors,
    ...finopsErrors,
  },
} as const

type Words<T> = { readonly [K in keyof T]: T[K] extends string ? string : Words<T[K]> }

/** What a catalogue of another language must hold. */
export type Catalogue = Words<typeof en>
