import type {
  DunningAction,
  DunningAhead,
  DunningHold,
  DunningMessage,
  DunningStep,
  DunningTerms,
  DunningTrack,
  OverdueState,
  RetryState,
} from '#shared/contract/billing/dunning.ts'
import { dayStart, localDay } from '../calendar.ts'
import { failureOf } from '../payments/failure-codes.ts'
import { isBelow, stepsOn } from './campaign.ts'
import { withinHours } from './hours.ts'

/** A step that was done, by the day of its track. */
export interface StepDone {
  readonly track: DunningTrack
  readonly days: number
  readonly at: bigint
  readonly message: DunningMessage | null
  readonly action: DunningAction
}

/** An invoice that still asks for something, as dunning sees it. */
export interface DunningSubject {
  /** The customer's zone, in which days are counted. */
  readonly zone: string
  /** Places of the currency's minor unit. */
  readonly places: number
  readonly dueAt: bigint
  /** Minor units: what it asks for, and what of it is disputed. */
  readonly open: bigint
  readonly disputed: bigint
  /** When the first payment for it failed, and the code of the newest failure. */
  readonly failure: { readonly firstAt: bigint; readonly code: string } | null
  /** A payment for it is under way. */
  readonly pending: boolean
  /** `until` null: until somebody resumes. */
  readonly pauses: readonly { readonly until: bigint | null }[]
  readonly done: readonly StepDone[]
}

const HOUR = 3_600_000n
const TRACKS = ['due', 'failure'] as const

/** Why nothing is done for an invoice at an instant; null where its campaign may go on. */
export function holdOf(terms: DunningTerms | null, subject: DunningSubject, at: bigint): DunningHold | null {
  const { pauses, open, disputed, places } = subject
  if (terms === null) return 'no-campaign'
  const asked = open - disputed
  if (asked <= 0n) return 'disputed'
  if (isBelow(asked, terms.minimum, places)) return 'below-minimum'
  return pauses.some(({ until }) => until === null || until > at) ? 'paused' : null
}

/** How far reminding is: what was done says it, and before anything was, the due date. */
export function overdueState({ done, dueAt, zone }: DunningSubject, at: bigint): OverdueState {
  if (done.some(step => step.action === 'cancel')) return 'cancelled'
  if (done.some(step => step.action === 'mark-unpaid')) return 'marked-unpaid'
  if (done.some(step => step.message === 'final-notice')) return 'final-notice'
  if (done.some(step => step.track === 'due' && step.message !== null)) return 'reminded'
  return localDay(at, zone) > localDay(dueAt, zone) ? 'overdue' : 'not-due'
}

/** How far retrying is, whatever reminding does. */
export function retryState(terms: DunningTerms | null, subject: DunningSubject): RetryState {
  if (subject.failure === null) return 'none'
  if (subject.pending) return 'waiting'
  if (!mayRetry(subject)) return 'stopped'
  const reached = daysReached(subject, 'failure')
  const left = terms?.steps.some(step => step.track === 'failure' && step.retry && step.days > reached)
  return left ? 'retrying' : 'exhausted'
}

const mayRetry = ({ failure }: DunningSubject) =>
  failure === null || failureOf(failure.code).remedy === 'retry'

const onTrack = ({ done }: DunningSubject, track: DunningTrack) => done.filter(step => step.track === track)
const daysReached = (subject: DunningSubject, track: DunningTrack) =>
  Math.max(-1, ...onTrack(subject, track).map(step => step.days))

/** The steps of a track with what ends it, in the order of their days. */
function allSteps({ steps, final }: DunningTerms, track: DunningTrack) {
  const own = stepsOn(steps, track).map(step => ({ ...step, action: 'leave' as DunningAction }))
  if (track === 'failure' || final.action === 'leave') return own
  const end = { track, days: final.days, message: null, retry: false, task: '', action: final.action }
  return [...own, end]
}

/**
 * The next step of a track as it would be done: without a retry that cannot be. A step of which nothing is left
 * then is passed over. While a payment is under way nothing follows from the failure of the one before it.
 */
function nextOn(terms: DunningTerms, subject: DunningSubject, track: DunningTrack) {
  if (track === 'failure' && (subject.failure === null || subject.pending)) return null
  const reached = daysReached(subject, track)
  for (const step of allSteps(terms, track)) {
    if (step.days <= reached) continue
    const withoutRetry = withoutRetryOf(step, subject)
    const retry = step.retry && withoutRetry === null
    if (retry || step.message !== null || step.task !== '' || step.action !== 'leave')
      return { ...step, retry, withoutRetry }
  }
  return null
}

function withoutRetryOf({ retry }: DunningStep, subject: DunningSubject): DunningAhead['withoutRetry'] {
  if (!retry) return null
  if (!mayRetry(subject)) return 'hard-decline'
  return subject.pending ? 'payment-pending' : null
}

/**
 * When a step is to come: so many days after its track began, and as many after the step before it as lie between
 * the two in the campaign, so that what was late does not come all at once. On full hours, because runs are.
 */
function plannedAt(terms: DunningTerms, subject: DunningSubject, track: DunningTrack, days: number): bigint {
  const { zone } = subject
  const began = track === 'due' ? subject.dueAt : subject.failure!.firstAt
  const before = onTrack(subject, track).reduce<StepDone | null>(
    (last, step) => (last === null || step.days > last.days ? step : last),
    null,
  )
  const byTrack = localDay(began, zone) + days
  const byGap = before === null ? byTrack : localDay(before.at, zone) + days - before.days
  const start = dayStart(Math.max(byTrack, byGap), zone)
  const first = start > began ? start : began
  const resumed = subject.pauses.reduce((last, { until }) => (until! > last ? until! : last), first)
  return onRun(resumed, terms, zone)
}

/** The first full hour at or after an instant at which the customer may be written to. */
function onRun(at: bigint, { hours }: DunningTerms, zone: string): bigint {
  let open = withinHours(at, hours, zone)
  for (;;) {
    const run = ((open + HOUR - 1n) / HOUR) * HOUR
    if (withinHours(run, hours, zone) === run) return run
    open = withinHours(run, hours, zone)
  }
}

/**
 * What comes next on each track, the earlier first. Nothing while it is held for more than a time: disputed, too
 * little, without a campaign, or paused without an end.
 * @param from steps that should have been done come at the first run from here on
 */
export function nextSteps(terms: DunningTerms | null, subject: DunningSubject, from: bigint): DunningAhead[] {
  const hold = holdOf(terms, subject, from)
  if (terms === null || (hold !== null && hold !== 'paused')) return []
  if (subject.pauses.some(({ until }) => until === null)) return []
  const next = TRACKS.flatMap(track => {
    const step = nextOn(terms, subject, track)
    if (!step) return []
    const planned = plannedAt(terms, subject, track, step.days)
    return [{ ...step, at: planned >= from ? planned : onRun(from, terms, subject.zone) }]
  })
  return next.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

/** What a run does at an instant: at most one step of each track, and none out of the customer's hours. */
export function stepsDue(terms: DunningTerms | null, subject: DunningSubject, at: bigint): DunningAhead[] {
  if (terms === null || holdOf(terms, subject, at) !== null) return []
  const due = TRACKS.flatMap(track => {
    const step = nextOn(terms, subject, track)
    if (!step) return []
    return plannedAt(terms, subject, track, step.days) <= at ? [{ ...step, at }] : []
  })
  return due.length > 0 && withinHours(at, terms.hours, subject.zone) === at ? due : []
}

/** More steps than this no campaign has. */
const MOST_AHEAD = 100

/**
 * All steps to come, dated, if nobody pays, nothing is disputed or paused besides what is, and each payment that
 * is under way or tried again fails at once as the last one did. It asks the same functions as a run does, one
 * step after the other.
 */
export function simulate(terms: DunningTerms | null, subject: DunningSubject, from: bigint): DunningAhead[] {
  const ahead: DunningAhead[] = []
  let now = { ...subject, pending: false }
  let at = from
  while (ahead.length < MOST_AHEAD) {
    const [step] = nextSteps(terms, now, at)
    if (!step) break
    ahead.push(step)
    at = step.at
    const { track, days, message, action } = step
    now = { ...now, done: [...now.done, { track, days, at, message, action }] }
  }
  return ahead
}
