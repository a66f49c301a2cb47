import { int, table, text } from '../table.ts'

/** The end of a month: what people checked off by hand, and the steps that a workspace has of its own. */
export const tables = {
  month_end_checks: table({
    scope: 'finance',
    key: ['period', 'step'],
    columns: {
      /** `2026-10`. */
      period: text(),
      /** A code of ours, or the id of an own step. */
      step: text(),
      /** How much was left of it when it was accepted. */
      seen: int(),
      note: text(),
      by: text(),
      at: int(),
    },
  }),
  month_end_steps: table({
    scope: 'finance',
    columns: { id: text(), title: text(), position: int(), active: int(), created_at: int() },
  }),
}
