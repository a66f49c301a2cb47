import { test } from 'vitest'
import { customer, fee, metric, plan, usage } from './kit.ts'

const CALLS = metric('API calls', 'calls')
const PLAN = plan('Starter', [
  fee('Starter plan', '62'),
  usage(CALLS, { model: 'standard', unit: '0.01', free: '1000' }),
])

/**
 * Paused from 11 to 21 October: of the 62.00 that were billed for October 10 days = 20.00 stay, 42.00 come back,
 * and from the 21st on 11 days = 22.00 are due. Calls go on through the pause as one: 800 before, 500 in it and
 * 200 after are 1,500, of which 1,000 are free once: 5.00.
 */
test('a pause, and going on after it', () => {
  customer()
    .subscribes(PLAN, '2026-10-01')
    .closes('2026-09')
    .expects('fee Starter plan 2026-10-01 – 2026-11-01 = 62.00')
    .pauses('2026-10-11')
    .resumes('2026-10-21')
    .uses(CALLS, '800', '2026-10-05')
    .uses(CALLS, '500', '2026-10-15')
    .uses(CALLS, '200', '2026-10-25')
    .closes('2026-10')
    .expects(
      'credit Starter plan (0) 2026-10-01 – 2026-10-11 = -42.00',
      'fee Starter plan 2026-10-21 – 2026-11-01 = 22.00',
      'usage API calls (1500) 2026-10-01 – 2026-11-01 = 5.00',
      'fee Starter plan 2026-11-01 – 2026-12-01 = 62.00',
    )
    // Paused over a whole month: its fee comes back whole, and the next is not due.
    .pauses('2026-11-01')
    .uses(CALLS, '1100', '2026-11-15')
    .closes('2026-11')
    .expects(
      'usage API calls (1100) 2026-11-01 – 2026-12-01 = 1.00',
      'credit Starter plan (-1) 2026-11-01 – 2026-12-01 = -62.00',
    )
})

/**
 * Cancelled on 21 October at noon, with 8.25 % tax. The 62.00 for October cost 5.115 → 5.12 of tax. 20.5 of 31
 * days are 41.00: 21.00 come back with 1.7325 → 1.73 of tax. The 1,200 calls until then: 2.00 and 0.165 → 0.17.
 * Afterwards nothing is due any more, also not for calls that somebody still makes.
 */
test('a cancellation with credit of what was paid in advance', () => {
  customer({ taxRate: '0.0825' })
    .subscribes(PLAN, '2026-10-01')
    .closes('2026-09')
    .expectsTotal({ net: '62.00', tax: '5.12', total: '67.12' })
    .uses(CALLS, '1200', '2026-10-20')
    .uses(CALLS, '7000', '2026-10-22')
    .cancels('2026-10-21T12:00')
    .closes('2026-10')
    .expects(
      'credit Starter plan (0) 2026-10-01 – 2026-10-21T12:00 = -21.00',
      'usage API calls (1200) 2026-10-01 – 2026-10-21T12:00 = 2.00',
    )
    .expectsTotal({ net: '-19.00', tax: '-1.56', total: '-20.56' })
    .closes('2026-11')
    .expects()
})

/**
 * Cancelled from 1 October on, entered on 3 October, after the fee for October was billed: all of it comes back,
 * with exactly the tax that was taken, 5.12, though 8.25 % of 62.00 is 5.115 each way.
 */
test('a cancellation at the very beginning cancels to zero', () => {
  customer({ taxRate: '0.0825' })
    .subscribes(PLAN, '2026-09-01')
    .closes('2026-09')
    .expects(
      'fee Starter plan 2026-09-01 – 2026-10-01 = 62.00',
      'fee Starter plan 2026-10-01 – 2026-11-01 = 62.00',
    )
    .cancels('2026-10-01')
    .closes('2026-10')
    .expects('credit Starter plan (-1) 2026-10-01 – 2026-11-01 = -62.00')
    .expectsTotal({ net: '-62.00', tax: '-5.12', total: '-67.12' })
    .expectsPaid('67.12')
})

/**
 * Fourteen days of trial from 20 September, during which 5,000 calls cost nothing. From 4 October on 28 of 31 days
 * of 62.00 = 56.00 for each of two seats: 112.00. A third seat on 21 October: two seats until then, 17 of 31
 * days, 2 × 34.00 = 68.00; three for 11 days, 3 × 22.00 = 66.00. Of 112.00 44.00 come back.
 */
test('a trial that becomes a subscription with seats', () => {
  customer()
    .subscribes(PLAN, '2026-09-20', { trialDays: 14, seats: 2n })
    .uses(CALLS, '5000', '2026-09-25')
    .closes('2026-09')
    .expects()
    .uses(CALLS, '1001', '2026-10-04')
    .closes('2026-10')
    .expects(
      'fee Starter plan (2) 2026-10-04 – 2026-11-01 = 112.00',
      'usage API calls (1001) 2026-10-04 – 2026-11-01 = 0.01',
      'fee Starter plan (2) 2026-11-01 – 2026-12-01 = 124.00',
    )
    // Entered in November: October's third seat, and November's.
    .changes('2026-10-21', { seats: 3n })
    .closes('2026-11')
    .expects(
      'credit Starter plan (0) 2026-10-04 – 2026-10-21 = -44.00',
      'fee Starter plan (3) 2026-10-21 – 2026-11-01 = 66.00',
      'adjustment Starter plan 2026-11-01 – 2026-12-01 = 62.00',
      'fee Starter plan (3) 2026-12-01 – 2027-01-01 = 186.00',
    )
})

/**
 * An anchor on 31 January in New York: the periods begin on 28 February, 31 March (after the clocks went forward)
 * and 30 April, each for the whole fee, because a whole period is whole whatever its length. Calls are billed when
 * their period ends: 1,500 of them, 5.00.
 */
test('periods from an anchor at the end of a month, over the change of the clocks', () => {
  const anniversary = plan(
    'Anniversary',
    [fee('Plan', '62'), usage(CALLS, { model: 'standard', unit: '0.01', free: '1000' })],
    { alignment: 'anniversary' },
  )
  customer({ zone: 'America/New_York' })
    .subscribes(anniversary, '2026-01-31')
    .uses(CALLS, '1000', '2026-02-28')
    .uses(CALLS, '500', '2026-03-30T23:59')
    .closes('2026-01')
    .expects('fee Plan 2026-01-31 – 2026-02-28 = 62.00')
    .closes('2026-02')
    .expects('fee Plan 2026-02-28 – 2026-03-31 = 62.00')
    .closes('2026-03')
    .expects(
      'usage API calls (1500) 2026-02-28 – 2026-03-31 = 5.00',
      'fee Plan 2026-03-31 – 2026-04-30 = 62.00',
    )
    .closes('2026-04')
    .expects('fee Plan 2026-04-30 – 2026-05-31 = 62.00')
})

/**
 * 1,095.00 a year in advance from 1 March, cancelled on 12 June: 103 of 365 days are 309.00, 786.00 come back.
 * The closes in between have nothing to do.
 */
test('a year in advance, cancelled in its fourth month', () => {
  const yearly = plan('Yearly', [fee('Plan', '1095')], { interval: 'year', alignment: 'anniversary' })
  customer()
    .subscribes(yearly, '2026-03-01')
    .closes('2026-03')
    .expects('fee Plan 2026-03-01 – 2027-03-01 = 1095.00')
    .closes('2026-04')
    .expects()
    .closes('2026-05')
    .expects()
    .cancels('2026-06-12')
    .closes('2026-06')
    .expects('credit Plan (0) 2026-03-01 – 2026-06-12 = -786.00')
    .expectsPaid('309.00')
})
