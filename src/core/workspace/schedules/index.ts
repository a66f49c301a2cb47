import { addSchedule, changeSchedule, removeSchedule, runScheduleNow } from './change.ts'
import { listScheduleRuns, listSchedules } from './list.ts'
import type { ScheduleKinds } from './schedule-kind.ts'

/** Handlers of what is done at given times. */
export function scheduleHandlers(kinds: ScheduleKinds) {
  return {
    list: listSchedules(kinds),
    runs: listScheduleRuns,
    add: addSchedule(kinds),
    change: changeSchedule(kinds),
    remove: removeSchedule(kinds),
    runNow: runScheduleNow(kinds),
  }
}
