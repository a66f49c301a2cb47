import { z } from 'zod'
import { EVERYONE, ROLES } from '../../permissions.ts'
import { command, Instant, query, Uuid } from '../define.ts'

/** A time of the day, `03:30`, in the workspace's zone. */
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is a time such as 03:30')

/** When something is done. A time that a change of the clocks skips comes after the gap; a doubled one comes once. */
export const Timing = z.discriminatedUnion('every', [
  z.object({ every: z.literal('day'), at: TimeOfDay }),
  /** 1 is Monday. */
  z.object({ every: z.literal('week'), weekday: z.number().int().min(1).max(7), at: TimeOfDay }),
  z.object({
    every: z.literal('month'),
    /** A day that every month has, or the last. */
    day: z.union([z.number().int().min(1).max(28), z.literal('last')]),
    at: TimeOfDay,
  }),
  /** Five fields: minute, hour, day, month, weekday. */
  z.object({ every: z.literal('cron'), expression: z.string().min(1).max(100) }),
])
export type Timing = z.infer<typeof Timing>

/** What a kind of schedule is given, as its kind says; read by the kind's own schema. */
const KindInput = z.record(z.string().max(60), z.union([z.string().max(1000), z.number(), z.boolean()]))

const RunState = z.enum(['waiting', 'running', 'done', 'failed'])

export const ScheduleRun = z.object({
  id: Uuid,
  scheduleId: Uuid,
  /** The time that it is for. */
  plannedAt: Instant,
  /** A person asked for it beside the plan. */
  manual: z.boolean(),
  /** `waiting`: it is tried, or tried again, at `tryAt`. */
  state: RunState,
  attempt: z.bigint(),
  tryAt: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  /** What came of it, as its kind says it. */
  summary: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullable(),
  /** Why the last try failed, or waits. */
  failure: z.object({ code: z.string(), message: z.string(), data: z.unknown() }).nullable(),
})
export type ScheduleRun = z.infer<typeof ScheduleRun>

export const Schedule = z.object({
  id: Uuid,
  kind: z.string(),
  timing: Timing,
  input: KindInput,
  paused: z.boolean(),
  /** The next time; null while it is paused, or where this host does not know its kind. */
  next: Instant.nullable(),
  lastRun: ScheduleRun.nullable(),
  createdAt: Instant,
  changedBy: z.string().nullable(),
  changedAt: Instant,
})
export type Schedule = z.infer<typeof Schedule>

export const ScheduleKindFacts = z.object({ name: z.string(), roles: z.array(z.enum(ROLES)) })

const failures = {
  /** This host does nothing of this kind. */
  WORKSPACE_SCHEDULE_KIND: { data: z.object({ kind: z.string() }) },
  /** The expression means nothing, or no time ever fits it. */
  WORKSPACE_SCHEDULE_TIMING: { data: z.object({ expression: z.string(), message: z.string() }) },
}
const change = { roles: ['analyst', 'admin'], authorityOnly: true } as const
const Which = z.object({ scheduleId: Uuid })

/** What is done by itself at given times. Which roles a kind takes besides admin, the kind says. */
export const schedules = {
  /** All schedules with their next time and last run, and the kinds that this host can do. */
  list: query('workspace.schedules.list', { roles: EVERYONE, remote: true })
    .input(z.object({}))
    .output(
      z.object({
        /** The zone that their times are in. */
        zone: z.string(),
        schedules: z.array(Schedule),
        kinds: z.array(ScheduleKindFacts),
      }),
    ),
  /** What came of a schedule's times, the newest first. */
  runs: query('workspace.schedules.runs', { roles: EVERYONE, remote: true })
    .input(Which.extend({ limit: z.number().int().min(1).max(100).default(50) }))
    .output(z.object({ runs: z.array(ScheduleRun) })),
  add: command('workspace.schedules.add', change)
    .input(z.object({ kind: z.string().max(60), timing: Timing, input: KindInput.default({}) }))
    .output(Schedule)
    .errors(failures),
  /** What is left out stays. Times before the change are over: they are not caught up. */
  change: command('workspace.schedules.change', change)
    .input(
      Which.extend({
        timing: Timing.optional(),
        input: KindInput.optional(),
        paused: z.boolean().optional(),
      }),
    )
    .output(Schedule)
    .errors(failures),
  /** Takes it away with its history. What runs comes to its end. */
  remove: command('workspace.schedules.remove', change)
    .input(Which)
    .output(z.object({ scheduleId: Uuid })),
  /** Runs it beside its plan, as if its time were now. */
  runNow: command('workspace.schedules.runNow', change)
    .input(Which)
    .output(ScheduleRun)
    .errors({
      ...failures,
      /** One of its runs is under way or waits. */
      WORKSPACE_SCHEDULE_RUNNING: { data: z.object({ runId: Uuid }) },
    }),
}
