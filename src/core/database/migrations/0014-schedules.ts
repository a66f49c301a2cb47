import { int, nullable, table, text } from '../table.ts'

/** What a workspace does by itself at given times, and what came of it. */
export const tables = {
  schedules: table({
    scope: 'everyone',
    columns: {
      id: text(),
      /** The name of a `ScheduleKind`. */
      kind: text(),
      /** JSON of when: a `Timing`. */
      timing: text(),
      /** JSON of the kind's input. */
      input: text(),
      paused: int(),
      /** Times up to this one are over: before it the schedule was not there, was another one, or was paused. */
      since: int(),
      created_at: int(),
      changed_by: nullable(text()),
      changed_at: int(),
    },
  }),
  /** One row for each time that came: whoever makes it is the one who runs it. Rows stay on the authority. */
  schedule_runs: table({
    columns: {
      /** Made of the schedule and the planned time, so that no time is run twice. */
      id: text(),
      schedule_id: text(),
      /** The time that it is for; when it was asked for, where a person did. */
      planned_at: int(),
      /** 1 where a person asked for it beside the plan. */
      manual: int(),
      /** `waiting` is tried at `not_before`. */
      state: text<'waiting' | 'running' | 'done' | 'failed'>(),
      /** Which try this is, from 1: with the id it makes the id of the command that the try gives. */
      attempt: int(),
      /** Tries that failed. */
      failures: int(),
      not_before: int(),
      /** Who runs it, and until when that is believed without another word. */
      holder: text(),
      held_until: int(),
      /** JSON of what was begun and goes on by itself, such as a job; null while the run itself does the work. */
      reference: nullable(text()),
      started_at: nullable(int()),
      finished_at: nullable(int()),
      /** JSON of what came of it. */
      summary: nullable(text()),
      /** JSON of why the last try failed. */
      failure: nullable(text()),
    },
    indexes: [['schedule_id', 'planned_at'], ['state']],
  }),
}
