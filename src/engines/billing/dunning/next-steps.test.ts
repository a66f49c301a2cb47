import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DunningTerms } from '#shared/contract/billing/dunning.ts'
import { problemOf } from './campaign.ts'
import { withinHours } from './hours.ts'
import {
  type DunningSubject,
  holdOf,
  nextSteps,
  overdueState,
  retryState,
  simulate,
  stepsDue,
} from './next-steps.ts'

const at = (text: string) => BigInt(Date.parse(text))
const iso = (instant: bigint) => new Date(Number(instant)).toISOString().slice(0, 16)
const HOUR = 3_600_000n
const WEEK = { weekdays: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }

/** Reminds on days 3, 10 and 21 after the due date, retries 2 and 5 days after a failure, cancels on day 30. */
const terms = DunningTerms.parse({
  steps: [
    { track: 'due', days: 3, message: 'reminder' },
    { track: 'due', days: 10, message: 'urgent', task: 'Call' },
    { track: 'due', days: 21, message: 'final-notice' },
    { track: 'failure', days: 0, message: 'payment-failed' },
    { track: 'failure', days: 2, retry: true },
    { track: 'failure', days: 5, retry: true, message: 'payment-failed' },
  ],
  final: { action: 'cancel', days: 30 },
  minimum: '5',
})

// Due on Monday, 2 November 2026.
const subject: DunningSubject = {
  ...{ zone: 'UTC', places: 2, dueAt: at('2026-11-02T12:00Z'), open: 10_000n, disputed: 0n },
  ...{ failure: null, pending: false, pauses: [], done: [] },
}
const failed = { firstAt: at('2026-11-03T10:30Z'), code: 'insufficient-funds' }
const told = (days: number, on: string, more: object = {}) => ({
  ...{
    track: 'due' as const,
    days,
    at: at(on),
    message: 'reminder' as const,
    action: 'leave' as const,
    ...more,
  },
})

describe('hours in which customers are written to', () => {
  it.each([
    ['2026-11-06T16:59Z', 'UTC', '2026-11-06T16:59'],
    ['2026-11-06T17:00Z', 'UTC', '2026-11-09T09:00'],
    ['2026-11-06T08:00Z', 'UTC', '2026-11-06T09:00'],
    // Friday evening in Tokyo, Friday morning in UTC.
    ['2026-11-06T09:00Z', 'Asia/Tokyo', '2026-11-09T00:00'],
    // New York turned its clocks back on 1 November 2026.
    ['2026-10-30T22:00Z', 'America/New_York', '2026-11-02T14:00'],
  ])('%s in %s: %s', (instant, zone, expected) => {
    expect(iso(withinHours(at(instant), WEEK, zone))).toBe(expected)
  })
})

describe('what comes next', () => {
  it('days of the campaign after the due date, on working days, at the opening', () => {
    expect(
      simulate(terms, subject, subject.dueAt).map(one => [iso(one.at), one.days, one.message, one.action]),
    ).toEqual([
      ['2026-11-05T09:00', 3, 'reminder', 'leave'],
      ['2026-11-12T09:00', 10, 'urgent', 'leave'],
      ['2026-11-23T09:00', 21, 'final-notice', 'leave'],
      ['2026-12-02T09:00', 30, null, 'cancel'],
    ])
  })

  it('a weekend moves a step, and the next keeps its distance from it', () => {
    const saturday = { ...subject, dueAt: at('2026-11-04T12:00Z') }
    // Day 3 is Saturday the 7th: Monday the 9th. Day 10 is Saturday the 14th, seven days after the 9th is Monday the 16th.
    expect(
      simulate(terms, saturday, saturday.dueAt)
        .map(one => iso(one.at))
        .slice(0, 2),
    ).toEqual(['2026-11-09T09:00', '2026-11-16T09:00'])
  })

  it('what was missed is caught up one at a time', () => {
    const late = at('2026-12-10T10:00Z')
    expect(stepsDue(terms, subject, late).map(one => one.days)).toEqual([3])
    const once = { ...subject, done: [told(3, '2026-12-10T10:00Z')] }
    expect(stepsDue(terms, once, late)).toEqual([])
    expect(iso(nextSteps(terms, once, late)[0]!.at)).toBe('2026-12-17T09:00')
    // Nothing happens out of hours: it waits for the opening.
    expect(stepsDue(terms, subject, at('2026-12-10T18:00Z'))).toEqual([])
    expect(iso(nextSteps(terms, subject, at('2026-12-10T18:10Z'))[0]!.at)).toBe('2026-12-11T09:00')
  })

  it('both clocks go by themselves', () => {
    const both = { ...subject, failure: failed }
    expect(
      simulate(terms, both, subject.dueAt).map(one => [iso(one.at), one.track, one.days, one.retry]),
    ).toEqual([
      ['2026-11-03T11:00', 'failure', 0, false],
      ['2026-11-05T09:00', 'due', 3, false],
      ['2026-11-05T09:00', 'failure', 2, true],
      ['2026-11-09T09:00', 'failure', 5, true],
      ['2026-11-12T09:00', 'due', 10, false],
      ['2026-11-23T09:00', 'due', 21, false],
      ['2026-12-02T09:00', 'due', 30, false],
    ])
    expect(stepsDue(terms, both, at('2026-11-05T09:00Z')).map(one => one.track)).toEqual(['due', 'failure'])
  })

  it('a failure without hope is told and not tried again', () => {
    const hard = { ...subject, failure: { ...failed, code: 'account-closed' } }
    const own = simulate(terms, hard, subject.dueAt).filter(one => one.track === 'failure')
    expect(own.map(one => [one.days, one.retry, one.withoutRetry])).toEqual([
      [0, false, null],
      [5, false, 'hard-decline'],
    ])
  })

  it('while a payment is under way nothing follows from the failure before it, and no second is asked for', () => {
    const waiting = { ...subject, failure: failed, pending: true }
    expect(nextSteps(terms, waiting, subject.dueAt).map(one => one.track)).toEqual(['due'])
    const onDue = DunningTerms.parse({ steps: [{ track: 'due', days: 1, message: 'reminder', retry: true }] })
    expect(nextSteps(onDue, waiting, subject.dueAt)).toMatchObject([
      { retry: false, withoutRetry: 'payment-pending', message: 'reminder' },
    ])
    expect(nextSteps(onDue, subject, subject.dueAt)).toMatchObject([{ retry: true, withoutRetry: null }])
  })

  it('disputed, below the minimum, paused, without a campaign: nothing', () => {
    const now = at('2026-11-20T10:00Z')
    const cases = [
      ['disputed', { ...subject, disputed: 10_000n }],
      ['below-minimum', { ...subject, disputed: 9_501n }],
      ['paused', { ...subject, pauses: [{ until: null }] }],
    ] as const
    for (const [hold, one] of cases) {
      expect(holdOf(terms, one, now)).toBe(hold)
      expect(stepsDue(terms, one, now)).toEqual([])
      expect(nextSteps(terms, one, now)).toEqual([])
    }
    expect(holdOf(null, subject, now)).toBe('no-campaign')
    expect([stepsDue(null, subject, now), simulate(null, subject, now)]).toEqual([[], []])
    expect(holdOf(terms, { ...subject, disputed: 9_500n }, now)).toBeNull()
  })

  it('a pause with an end moves what would have come', () => {
    const paused = {
      ...subject,
      pauses: [{ until: at('2026-11-18T00:00Z') }, { until: at('2026-11-07T00:00Z') }],
    }
    const now = at('2026-11-06T10:00Z')
    expect([holdOf(terms, paused, now), stepsDue(terms, paused, now)]).toEqual(['paused', []])
    expect(
      simulate(terms, paused, now)
        .map(one => iso(one.at))
        .slice(0, 2),
    ).toEqual(['2026-11-18T09:00', '2026-11-25T09:00'])
  })

  it('a campaign without steps can still end something, and one that leaves ends with its last step', () => {
    const end = DunningTerms.parse({ steps: [], final: { action: 'mark-unpaid', days: 14 } })
    expect(simulate(end, subject, subject.dueAt)).toMatchObject([{ days: 14, action: 'mark-unpaid' }])
    const leave = DunningTerms.parse({ steps: [{ track: 'due', days: 1, message: 'reminder' }] })
    expect(simulate(leave, subject, subject.dueAt)).toHaveLength(1)
  })
})

describe('how far it is', () => {
  const now = at('2026-11-20T10:00Z')
  it.each([
    ['not-due', at('2026-11-02T23:00Z'), []],
    ['overdue', now, []],
    ['reminded', now, [told(3, '2026-11-05T09:00Z')]],
    ['final-notice', now, [told(21, '2026-11-05T09:00Z', { message: 'final-notice' })]],
    ['marked-unpaid', now, [told(30, '2026-11-05T09:00Z', { message: null, action: 'mark-unpaid' })]],
    ['cancelled', now, [told(30, '2026-11-05T09:00Z', { message: null, action: 'cancel' })]],
    ['overdue', now, [told(3, '2026-11-05T09:00Z', { message: null })]],
  ] as const)('reminding: %s', (state, when, done) => {
    expect(overdueState({ ...subject, done }, when)).toBe(state)
  })

  it('retrying goes its own way', () => {
    const reached = (days: number) => [told(days, '2026-11-09T09:00Z', { track: 'failure' })]
    expect(retryState(terms, subject)).toBe('none')
    expect(retryState(terms, { ...subject, failure: failed })).toBe('retrying')
    expect(retryState(terms, { ...subject, failure: failed, done: reached(2) })).toBe('retrying')
    expect(retryState(terms, { ...subject, failure: failed, done: reached(5) })).toBe('exhausted')
    expect(retryState(null, { ...subject, failure: failed })).toBe('exhausted')
    expect(retryState(terms, { ...subject, failure: failed, pending: true })).toBe('waiting')
    expect(retryState(terms, { ...subject, failure: { ...failed, code: 'fraud' } })).toBe('stopped')
  })
})

describe('for any campaign and any invoice', () => {
  const step = fc.record({
    track: fc.constantFrom('due' as const, 'failure' as const),
    days: fc.integer({ min: 0, max: 25 }),
    message: fc.constantFrom(null, 'reminder' as const, 'urgent' as const),
    retry: fc.boolean(),
    task: fc.constantFrom('', 'Call'),
  })
  const campaigns = fc
    .record({
      steps: fc.uniqueArray(step, { maxLength: 8, selector: one => `${one.track} ${one.days}` }),
      final: fc.record({
        action: fc.constantFrom('leave' as const, 'cancel' as const),
        days: fc.integer({ min: 26, max: 35 }),
      }),
      hours: fc.record({
        weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
        from: fc.constantFrom('00:00', '09:00', '09:30', '13:15'),
        to: fc.constantFrom('14:30', '17:00', '23:59'),
      }),
    })
    .map(one => DunningTerms.parse(one))
    .filter(one => problemOf(one) === null)
  const start = Number(at('2026-03-01T00:00Z'))
  const instants = fc.integer({ min: 0, max: 40 * 24 * 60 }).map(minute => BigInt(start + minute * 60_000))
  const subjects = fc.record({
    zone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'),
    ...{ places: fc.constant(2), dueAt: instants, open: fc.constant(10_000n), disputed: fc.constant(0n) },
    failure: fc.option(
      fc.record({ firstAt: instants, code: fc.constantFrom('declined', 'account-closed') }),
      { nil: null },
    ),
    ...{ pending: fc.constant(false), done: fc.constant([]) },
    pauses: fc.array(fc.record({ until: instants }), { maxLength: 1 }),
  })

  it('what is simulated is what comes about when the hours pass', () => {
    fc.assert(
      fc.property(campaigns, subjects, (campaign, one) => {
        const first = one.failure && one.failure.firstAt < one.dueAt ? one.failure.firstAt : one.dueAt
        const from = (first / HOUR) * HOUR
        const ahead = simulate(campaign, one, from)
        const happened: unknown[] = []
        let now: DunningSubject = one
        const until = (ahead.at(-1)?.at ?? from) + 24n * 10n * HOUR
        for (let hour = from; hour <= until; hour += HOUR) {
          for (const due of stepsDue(campaign, now, hour)) {
            happened.push(due)
            const { track, days, message, action } = due
            now = { ...now, done: [...now.done, { track, days, at: hour, message, action }] }
          }
          if (now.done.length > ahead.length) break
        }
        expect(happened).toEqual(ahead)
      }),
      { numRuns: 30 },
    )
  })

  it('no day of a track comes twice, and days only rise', () => {
    fc.assert(
      fc.property(campaigns, subjects, instants, (campaign, one, from) => {
        const ahead = simulate(campaign, one, from)
        for (const track of ['due', 'failure'] as const) {
          const days = ahead.filter(step => step.track === track).map(step => step.days)
          expect(days).toEqual([...new Set(days)].sort((a, b) => a - b))
        }
        for (const step of ahead) expect(withinHours(step.at, campaign.hours, one.zone)).toBe(step.at)
      }),
      { numRuns: 100 },
    )
  })
})
