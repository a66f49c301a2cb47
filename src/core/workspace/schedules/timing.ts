import { Cron } from 'croner'
import type { Timing } from '#shared/contract/workspace/schedules.ts'
import { refuse } from '#shared/errors.ts'

/** The times of a schedule. Both answers are the same whoever asks, and however often. */
export interface Times {
  /** The first time after an instant; null where there is none any more. */
  next(after: bigint): bigint | null
  /** The last time that is not after an instant; null where there was none. */
  latest(until: bigint): bigint | null
}

/**
 * The times that a timing means in a zone, as instants. A time of the day that the clocks skip comes when they
 * have jumped, one that they show twice comes the first time; `*` and steps mean what the clocks show.
 * @throws Refusal `WORKSPACE_SCHEDULE_TIMING` for an expression without a meaning
 */
export function timesOf(timing: Timing, zone: string): Times {
  const expression = cronOf(timing)
  const cron = read(expression, zone)
  const instant = (date: Date | null | undefined) => (date ? BigInt(date.getTime()) : null)
  return {
    next: after => instant(cron.nextRun(new Date(Number(after)))),
    // croner means strictly before.
    latest: until => instant(cron.previousRuns(1, new Date(Number(until) + 1))[0]),
  }
}

/**
 * Whether a timing ever comes.
 * @throws Refusal `WORKSPACE_SCHEDULE_TIMING`
 */
export function demandTimes(timing: Timing, zone: string, now: bigint): void {
  if (timesOf(timing, zone).next(now) !== null) return
  throw refuse('WORKSPACE_SCHEDULE_TIMING', { expression: cronOf(timing), message: 'no day fits it' })
}

function read(expression: string, zone: string): Cron {
  try {
    return new Cron(expression, {
      timezone: zone,
      paused: true,
      mode: '5-part',
      fixedTimeRule: 'no-wildcard',
    })
  } catch (error) {
    const message = (error as Error).message.replace(/^CronPattern: /, '')
    throw refuse('WORKSPACE_SCHEDULE_TIMING', { expression, message })
  }
}

function cronOf(timing: Timing): string {
  if (timing.every === 'cron') return timing.expression
  const [hour, minute] = timing.at.split(':').map(Number)
  const time = `${minute} ${hour}`
  if (timing.every === 'day') return `${time} * * *`
  if (timing.every === 'week') return `${time} * * ${timing.weekday}`
  return `${time} ${timing.day === 'last' ? 'L' : timing.day} * *`
}
