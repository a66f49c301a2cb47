import { expect, test } from 'vitest'
import { customer, fee, metric, plan, usage } from './kit.ts'

const CALLS = metric('API calls', 'calls')
const STARTER = plan('Starter', [
  fee('Starter plan', '31'),
  usage(CALLS, { model: 'standard', unit: '0.01', free: '100' }),
])
const PRO = plan('Pro', [
  fee('Pro plan', '93'),
  usage(CALLS, { model: 'standard', unit: '0.005', free: '1000' }),
])
const SUPPORT = plan('Support', [fee('Support', '62')])
const STARTER_YEAR = plan('Starter, yearly', [fee('Starter, a year', '365')], { interval: 'year' })

/**
 * Upgraded on 11 October: 10 of 31 days of 31.00 stay = 10.00, 21.00 come back; 21 days of 93.00 are 63.00. Calls
 * of each plan are counted apart: 300 before, 200 beyond the free ones = 2.00; 900 afterwards are free.
 * What comes back is what was billed, so that the upgrade costs 63 − 21 = 42.00 and no cent less.
 */
test('an upgrade in the middle of a month', () => {
  customer()
    .subscribes(STARTER, '2026-09-01')
    .closes('2026-09')
    .uses(CALLS, '300', '2026-10-05')
    .changes('2026-10-11', { plan: PRO })
    .uses(CALLS, '900', '2026-10-20')
    .closes('2026-10')
    .expects(
      'credit Starter plan (0) 2026-10-01 – 2026-10-11 = -21.00',
      'fee Pro plan 2026-10-11 – 2026-11-01 = 63.00',
      'usage API calls (300) 2026-10-01 – 2026-10-11 = 2.00',
      'usage API calls (900) 2026-10-11 – 2026-11-01 = 0.00',
      'fee Pro plan 2026-11-01 – 2026-12-01 = 93.00',
    )
})

/**
 * Planned in October for its end: October stays as it was billed, and November begins with the smaller plan, 31.00
 * instead of 93.00. A second plan to pause in November is taken back before it comes.
 */
test('a downgrade at the end of the period, planned and seen before', () => {
  customer()
    .subscribes(PRO, '2026-10-01')
    .closes('2026-09')
    .expects('fee Pro plan 2026-10-01 – 2026-11-01 = 93.00')
    .plans('2026-10-11', { plan: STARTER })
    .pauses('2026-11-10')
    .takesBack()
    .isIn('active', '2026-11-15')
    .closes('2026-10')
    .expects('fee Starter plan 2026-11-01 – 2026-12-01 = 31.00')
    .closes('2026-11')
    .expects('fee Starter plan 2026-12-01 – 2027-01-01 = 31.00')
})

/**
 * From months to a year on 11 October, periods counted anew: 21 of 31 days of 31.00 come back, and a year from
 * 11 October on is 365.00. In March, back to months at once: of the 365 days 31 − 10 (October) + 30 + 31 + 31 + 28 +
 * 10 = 151 are used, 151.00, and 214.00 come back, though a day of a month of 31.00 costs as much as one of the year.
 * March goes on by months from the 11th.
 */
test('from months to a year and back', () => {
  customer()
    .subscribes(STARTER, '2026-09-01')
    .closes('2026-09')
    .changes('2026-10-11', { plan: STARTER_YEAR })
    .closes('2026-10')
    .expects(
      'credit Starter plan (0) 2026-10-01 – 2026-10-11 = -21.00',
      'fee Starter, a year 2026-10-11 – 2027-10-11 = 365.00',
    )
    .closes('2026-11')
    .expects()
    .changes('2027-03-11', { plan: STARTER })
    .closes('2027-03')
    .expects(
      'credit Starter, a year (0) 2026-10-11 – 2027-03-11 = -214.00',
      'fee Starter plan 2027-03-11 – 2027-04-11 = 31.00',
    )
    .closes('2027-04')
    .expects('fee Starter plan 2027-04-11 – 2027-05-11 = 31.00')
})

/**
 * From a year to months at the end of the year, the anchor kept: nothing comes back, and the months begin where the
 * year ended. Taken back a day before, another year is billed.
 */
test('from a year to months when the year is over, thought of twice', () => {
  const story = customer()
    .subscribes(STARTER_YEAR, '2026-01-01')
    .closes('2025-12')
    .expects('fee Starter, a year 2026-01-01 – 2027-01-01 = 365.00')
    .plans('2026-06-15', { plan: STARTER, anchor: 'keep' })
    .closes('2026-12')
    .expects('fee Starter plan 2027-01-01 – 2027-02-01 = 31.00')
  // The close of December billed January by the month; the change is taken back all the same.
  story
    .takesBack()
    .closes('2027-01')
    .expects(
      'fee Starter, a year 2027-01-01 – 2028-01-01 = 365.00',
      'credit Starter plan (-1) 2027-01-01 – 2027-02-01 = -31.00',
    )
})

/**
 * Fourteen days of trial without a payment method, at the end of which it expires, on 15 January; usage in it costs
 * nothing. On 3 March it comes back as a new subscription, 29 of 31 days of 31.00 = 29.00.
 */
test('from a trial to churn to return', () => {
  customer()
    .subscribes(STARTER, '2026-01-01', { trialDays: 14, card: false, afterTrial: 'expire' })
    .uses(CALLS, '9000', '2026-01-05')
    .isIn('trialing', '2026-01-14')
    .isIn('expired', '2026-01-15')
    .closes('2026-01')
    .expects()
    .subscribes(STARTER, '2026-03-03')
    .isIn('active', '2026-03-03')
    .closes('2026-03')
    .expects(
      'fee Starter plan 2026-03-03 – 2026-04-01 = 29.00',
      'fee Starter plan 2026-04-01 – 2026-05-01 = 31.00',
    )
    .expectsPaid('60.00')
})

/** The same trial with a card that comes in on its tenth day: it goes on, 17 of 31 days of 31.00. */
test('a trial that is saved by a card', () => {
  customer()
    .subscribes(STARTER, '2026-01-01', { trialDays: 14, card: false, afterTrial: 'pause' })
    .isIn('paused', '2026-01-15')
    .hasCard('2026-01-10')
    .isIn('active', '2026-01-15')
    .closes('2026-01')
    .expects(
      'fee Starter plan 2026-01-15 – 2026-02-01 = 17.00',
      'fee Starter plan 2026-02-01 – 2026-03-01 = 31.00',
    )
})

/**
 * Paused from 21 January to 11 February: 20 of 31 days of January stay, 11.00 come back; 18 of 28 days of February
 * are 31 × 18 ÷ 28 = 19.928… = 19.93. Calls in the pause are counted: 400 in January, 300 of them paid.
 */
test('a pause over the end of a month, with its end planned', () => {
  customer()
    .subscribes(STARTER, '2026-01-01')
    .closes('2025-12')
    .pauses('2026-01-21', '2026-02-11')
    .uses(CALLS, '400', '2026-01-25')
    .closes('2026-01')
    .expects(
      'credit Starter plan (0) 2026-01-01 – 2026-01-21 = -11.00',
      'usage API calls (400) 2026-01-01 – 2026-02-01 = 3.00',
    )
    .isIn('paused', '2026-02-10T23:59')
    .isIn('active', '2026-02-11')
    .closes('2026-02')
    .expects(
      'fee Starter plan 2026-02-11 – 2026-03-01 = 19.93',
      'fee Starter plan 2026-03-01 – 2026-04-01 = 31.00',
    )
})

/**
 * Support from 11 October: 21 of 31 days of 62.00 = 42.00. Two of it from 21 October: one for 10 days = 20.00, two
 * for 11 days = 44.00, so that of the 42.00, had they been billed, 22.00 would come back. It ends with November.
 */
test('an add-on in the middle of a period, doubled, and ended', () => {
  customer()
    .subscribes(STARTER, '2026-10-01')
    .closes('2026-09')
    .adds('support', SUPPORT, '2026-10-11')
    .changesAddOn('support', '2026-10-21', 2n)
    .endsAddOn('support', '2026-12-01')
    .closes('2026-10')
    .expects(
      'fee Starter plan 2026-11-01 – 2026-12-01 = 31.00',
      'fee Support 2026-10-11 – 2026-10-21 = 20.00',
      'fee Support (2) 2026-10-21 – 2026-11-01 = 44.00',
      'fee Support (2) 2026-11-01 – 2026-12-01 = 124.00',
    )
    .closes('2026-11')
    .expects('fee Starter plan 2026-12-01 – 2027-01-01 = 31.00')
    // The same again is another one.
    .adds('support again', SUPPORT, '2026-12-11', { until: '2026-12-21' })
    .closes('2026-12')
    .expects(
      'fee Starter plan 2027-01-01 – 2027-02-01 = 31.00',
      'fee Support 2026-12-11 – 2026-12-21 = 20.00',
    )
})

/** Nobody may have the same add-on twice at once, nor one before the beginning, nor one that ends before it begins. */
test('add-ons that are refused', () => {
  const begun = () => customer().subscribes(STARTER, '2026-10-01')
  expect(() => begun().adds('a', SUPPORT, '2026-10-11').adds('b', SUPPORT, '2026-11-01')).toThrow(
    'add-on-twice',
  )
  expect(() => begun().adds('a', SUPPORT, '2026-09-11')).toThrow('before-start')
  expect(() => begun().adds('a', SUPPORT, '2026-10-11', { until: '2026-10-01' })).toThrow('inverted')
  expect(() => begun().cancels('2026-10-20').changes('2026-10-21', { seats: 2n })).toThrow('ended')
})

/**
 * Two seats, five from 11 October, three from 21 October, billed by the day: 2 × 10.00, 5 × 10.00, 3 × 11.00. Of the
 * 62.00 for two seats that were billed for October 42.00 come back.
 */
test('seats up and down in one month', () => {
  customer()
    .subscribes(STARTER, '2026-10-01', { seats: 2n })
    .closes('2026-09')
    .expects('fee Starter plan (2) 2026-10-01 – 2026-11-01 = 62.00')
    .changes('2026-10-11', { seats: 5n })
    .changes('2026-10-21', { seats: 3n })
    .closes('2026-10')
    .expects(
      'credit Starter plan (0) 2026-10-01 – 2026-10-11 = -42.00',
      'fee Starter plan (5) 2026-10-11 – 2026-10-21 = 50.00',
      'fee Starter plan (3) 2026-10-21 – 2026-11-01 = 33.00',
      'fee Starter plan (3) 2026-11-01 – 2026-12-01 = 93.00',
    )
})

/**
 * Yen have no places: 10,000 for January, cancelled on 11 January, is 10 of 31 days = 3225.8… = 3226, and 6774 come
 * back. With 10 % tax: 1000 were taken, 677.4 → 677 come back, 323 stay, as 10 % of 3226 would be.
 */
test('a currency without places', () => {
  const yen = plan('Yen', [fee('Plan', '10000', { currency: 'JPY' })])
  customer({ currency: 'JPY', zone: 'Asia/Tokyo', taxRate: '0.1' })
    .subscribes(yen, '2026-01-01')
    .closes('2025-12')
    .expectsTotal({ net: '10000', tax: '1000', total: '11000' })
    .cancels('2026-01-11')
    .closes('2026-01')
    .expects('credit Plan (0) 2026-01-01 – 2026-01-11 = -6774')
    .expectsTotal({ net: '-6774', tax: '-677', total: '-7451' })
    .expectsPaid('3549')
})

/** Dinars have three: 10.000 for January, 10 of 31 days are 3.2258… = 3.226, and 6.774 come back. */
test('a currency with three places', () => {
  const dinars = plan('Dinars', [fee('Plan', '10', { currency: 'KWD' })])
  customer({ currency: 'KWD', zone: 'Asia/Kuwait' })
    .subscribes(dinars, '2026-01-01')
    .closes('2025-12')
    .expects('fee Plan 2026-01-01 – 2026-02-01 = 10.000')
    .changes('2026-01-11', { seats: 2n })
    .closes('2026-01')
    .expects(
      'credit Plan (0) 2026-01-01 – 2026-01-11 = -6.774',
      // Two for 21 of 31 days: 13.5483…
      'fee Plan (2) 2026-01-11 – 2026-02-01 = 13.548',
      'fee Plan (2) 2026-02-01 – 2026-03-01 = 20.000',
    )
})

/**
 * In Berlin the clocks go forward on 29 March 2026, so that March has 743 hours. By the second, cancelled on the 29th
 * at noon: 28 days of 24 hours and 11 hours are 683 of 743 of 74.30 = 68.30, and 6.00 come back. By the day it is
 * 29 of 31 days of 31.00, whatever the clocks do.
 */
test('the day on which the clocks go forward', () => {
  const seconds = plan('Seconds', [fee('Plan', '74.3')])
  customer({ zone: 'Europe/Berlin' })
    .subscribes(seconds, '2026-03-01')
    .closes('2026-02')
    .cancels('2026-03-29T12:00')
    .closes('2026-03')
    .expects('credit Plan (0) 2026-03-01 – 2026-03-29T12:00 = -6.00')
  const days = plan('Days', [fee('Plan', '31', { proration: 'day' })])
  customer({ zone: 'Europe/Berlin' })
    .subscribes(days, '2026-03-01')
    .closes('2026-02')
    .cancels('2026-03-29T12:00')
    .closes('2026-03')
    .expects('credit Plan (0) 2026-03-01 – 2026-03-29T12:00 = -2.00')
})

/**
 * Begun on 29 February 2028: the years begin on 28 February where there is no 29th, and on the 29th again in 2032.
 * Cancelled on 28 February 2030, at the very end of a year, nothing comes back.
 */
test('an anchor on the leap day', () => {
  const year = plan('Year', [fee('Plan', '366')], { interval: 'year', alignment: 'anniversary' })
  customer()
    .subscribes(year, '2028-02-29')
    .closes('2028-02')
    .expects('fee Plan 2028-02-29 – 2029-02-28 = 366.00')
    .closes('2029-02')
    .expects('fee Plan 2029-02-28 – 2030-02-28 = 366.00')
    .closes('2031-02')
    .expects('fee Plan 2030-02-28 – 2031-02-28 = 366.00', 'fee Plan 2031-02-28 – 2032-02-29 = 366.00')
    .cancels('2032-02-29')
    .closes('2032-02')
    .expects()
})

/**
 * October was closed with 300 calls, 2.00. Then 50 more come in for the 5th, before the upgrade of the 11th: 0.50 more
 * of the old plan's price, as a correction, though the plan is another one by now.
 */
test('late usage of a plan that was left', () => {
  customer()
    .subscribes(STARTER, '2026-10-01')
    .closes('2026-09')
    .uses(CALLS, '300', '2026-10-04')
    .changes('2026-10-11', { plan: PRO })
    .closes('2026-10')
    .uses(CALLS, '50', '2026-10-05')
    .closes('2026-11')
    .expects(
      'adjustment API calls (50) 2026-10-01 – 2026-10-11 = 0.50',
      'fee Pro plan 2026-12-01 – 2027-01-01 = 93.00',
    )
})

/**
 * An invoice is due on 10 February: past due from then on, unpaid from 17 February, after seven days of grace. A trial
 * and a pause stay what they are. Paid, it is active again; billed is the same all the while.
 */
test('grace, unpaid, and paid after all', () => {
  customer()
    .subscribes(STARTER, '2026-01-01', { trialDays: 7 })
    .owes('2026-02-10')
    .isIn('trialing', '2026-01-07')
    .isIn('active', '2026-02-09T23:59')
    .isIn('past-due', '2026-02-10')
    .isIn('past-due', '2026-02-16T23:59')
    .isIn('unpaid', '2026-02-17')
    .closes('2026-02')
    .expects(
      'fee Starter plan 2026-01-08 – 2026-02-01 = 24.00',
      'fee Starter plan 2026-02-01 – 2026-03-01 = 31.00',
      'fee Starter plan 2026-03-01 – 2026-04-01 = 31.00',
    )
    .pauses('2026-03-10')
    .isIn('paused', '2026-03-11')
    .takesBack()
    .pays()
    .isIn('active', '2026-03-11')
})

/**
 * Cancelled on 11 October without giving anything back: October stays billed whole. Thought better of on the 20th, it
 * goes on as if nothing had been; cancelled for good on the 26th with credit, 25 of 31 days stay and 6.00 come back.
 */
test('a cancellation without credit, taken away, and one with it', () => {
  customer()
    .subscribes(STARTER, '2026-10-01')
    .closes('2026-09')
    .cancels('2026-10-11', 'none')
    .isIn('cancelled', '2026-10-12')
    .reactivates('2026-10-20')
    .isIn('active', '2026-10-12')
    .cancels('2026-10-26')
    .closes('2026-10')
    .expects('credit Starter plan (0) 2026-10-01 – 2026-10-26 = -6.00')
  customer()
    .subscribes(STARTER, '2026-10-01')
    .closes('2026-09')
    .cancels('2026-10-11', 'none')
    .closes('2026-10')
    .expects()
    .expectsPaid('31.00')
})
