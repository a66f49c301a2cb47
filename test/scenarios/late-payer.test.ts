import { expect, test } from 'vitest'
import { DEFAULT_CAMPAIGN } from '#engines/billing/dunning/default-campaign.ts'
import { type DunningSubject, simulate, stepsDue } from '#engines/billing/dunning/next-steps.ts'
import type { DunningAhead, DunningTerms } from '#shared/contract/billing/dunning.ts'

const { terms } = DEFAULT_CAMPAIGN
const at = (text: string) => BigInt(Date.parse(text))
const dates = (ahead: readonly DunningAhead[]) =>
  ahead.map(one => `${new Date(Number(one.at)).toISOString().slice(0, 16)} ${one.track} ${one.days}`)

/** An invoice of 100.00. */
function invoice(zone: string, dueAt: string, more: Partial<DunningSubject> = {}): DunningSubject {
  return {
    ...{ zone, places: 2, dueAt: at(dueAt), open: 10_000n, disputed: 0n, failure: null, pending: false },
    ...{ pauses: [], done: [], ...more },
  }
}

/** The invoice after what came due at an instant was done. */
function after(subject: DunningSubject, when: string, by: DunningTerms = terms): DunningSubject {
  const done = stepsDue(by, subject, at(when)).map(({ track, days, message, action }) => ({
    ...{ track, days, message, action, at: at(when) },
  }))
  return { ...subject, done: [...subject.done, ...done] }
}

/**
 * Due on Friday, 2 October 2026, in New York, which is four hours behind UTC until 1 November and five after it. Nine
 * o'clock there is 13:00 UTC. Day 3 is Monday the 5th; day 10 is Monday the 12th; day 21 is Friday the 23rd.
 */
test('a customer in New York who never answers', () => {
  const late = invoice('America/New_York', '2026-10-02T16:00Z')
  expect(dates(simulate(terms, late, late.dueAt))).toEqual([
    '2026-10-05T13:00 due 3',
    '2026-10-12T13:00 due 10',
    '2026-10-23T13:00 due 21',
  ])
})

/**
 * Due on Tuesday, 20 October 2026, in Berlin: nine o'clock is 07:00 UTC until the clocks go back on the 25th, and 08:00
 * after it. Day 3 is Friday the 23rd. Then nobody runs anything until Wednesday, 11 November, at 10:00 UTC: day 10
 * would have been the 30th and comes now; day 21 would have been the 10th, and comes eleven days after the 11th, which
 * is Sunday the 22nd: Monday the 23rd.
 */
test('a host that was off for two weeks sends one message, not two', () => {
  const reminded = after(invoice('Europe/Berlin', '2026-10-20T10:00Z'), '2026-10-23T07:00Z')
  expect(reminded.done).toMatchObject([{ days: 3, message: 'reminder' }])
  const back = at('2026-11-11T10:00Z')
  expect(stepsDue(terms, reminded, back)).toMatchObject([{ days: 10, message: 'urgent' }])
  const later = after(reminded, '2026-11-11T10:00Z')
  expect(stepsDue(terms, later, back)).toEqual([])
  expect(dates(simulate(terms, later, back))).toEqual(['2026-11-23T08:00 due 21'])
})

/**
 * A charge of an invoice of Tokyo fails for want of money on Thursday, 5 November 2026, at 11:20 there, 02:20 UTC: the
 * next run is 03:00. Day 3 is Sunday the 8th: Monday the 9th at nine, 00:00 UTC. Day 7 is Thursday the 12th, but keeps
 * its four days from the 9th: Friday the 13th. Then the account is closed: the message of day 7 goes, the retry not.
 */
test('a card without money, and then without an account', () => {
  const firstAt = at('2026-11-05T02:20Z')
  const failed = invoice('Asia/Tokyo', '2026-12-01T00:00Z', {
    failure: { firstAt, code: 'insufficient-funds' },
  })
  const own = (subject: DunningSubject, from: bigint) =>
    simulate(terms, subject, from).filter(one => one.track === 'failure')
  expect(dates(own(failed, firstAt))).toEqual([
    '2026-11-05T03:00 failure 0',
    '2026-11-09T00:00 failure 3',
    '2026-11-13T00:00 failure 7',
  ])
  const tried = after(after(failed, '2026-11-05T03:00Z'), '2026-11-09T00:00Z')
  const closed = { ...tried, failure: { firstAt, code: 'account-closed' } }
  expect(own(closed, at('2026-11-09T01:00Z'))).toMatchObject([
    { days: 7, message: 'payment-failed', retry: false, withoutRetry: 'hard-decline' },
  ])
})

/**
 * 100.00 with a smallest amount of 40. Of it 70.00 are disputed: 30.00 are too little to bother anybody. The dispute is
 * lost by 10.00: 40.00 are enough. It is Friday, 20 November 2026; day 3 after the 2nd was the 5th, and comes now.
 */
test('what is disputed is not asked for, and what is left must be worth it', () => {
  const careful = { ...terms, minimum: '40' }
  const now = at('2026-11-20T10:00Z')
  const disputed = invoice('UTC', '2026-11-02T10:00Z', { disputed: 7000n })
  expect(stepsDue(careful, disputed, now)).toEqual([])
  expect(stepsDue(careful, { ...disputed, disputed: 6000n }, now)).toMatchObject([{ days: 3 }])
})
