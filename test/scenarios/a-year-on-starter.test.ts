import { test } from 'vitest'
import { customer, fee, metric, plan, usage } from './kit.ts'

const CALLS = metric('API calls', 'calls')
const STARTER = plan('Starter', [
  fee('Starter plan', '99'),
  usage(CALLS, { model: 'standard', unit: '0.0004', free: '100000' }),
])

/**
 * Begins on 10 January: 22 of 31 days of the fee, 99 × 22/31 = 70.258… → 70.26. From then on the fee of the next
 * month is due with each close, and the calls above 100,000 of the month before at 0.0004.
 * 70.26 + 12 × 99.00 = 1,258.26 in fees. Calls: 150,000 in February → 50,000 × 0.0004 = 20.00; 100,000 in March →
 * nothing above the free ones; 123,457 in December → 23,457 × 0.0004 = 9.3828 → 9.38. Together 1,287.64.
 */
test('a year on Starter', () => {
  const story = customer()
    .subscribes(STARTER, '2026-01-10')
    .uses(CALLS, '150000', '2026-02-14')
    .uses(CALLS, '60000', '2026-03-01')
    .uses(CALLS, '40000', '2026-03-31T23:59')
    .uses(CALLS, '123457', '2026-12-24')
    .closes('2026-01')
    .expects(
      'fee Starter plan 2026-01-10 – 2026-02-01 = 70.26',
      'fee Starter plan 2026-02-01 – 2026-03-01 = 99.00',
    )
    .expectsWhy(0, '99', '2178/31')
    .closes('2026-02')
    .expects(
      'usage API calls (150000) 2026-02-01 – 2026-03-01 = 20.00',
      'fee Starter plan 2026-03-01 – 2026-04-01 = 99.00',
    )
    .expectsWhy(0, 'max(0, 150000 − 100000) × 0.0004', '20')
    .closes('2026-03')
    // Used, within the free units: a line of zero says so.
    .expects(
      'usage API calls (100000) 2026-03-01 – 2026-04-01 = 0.00',
      'fee Starter plan 2026-04-01 – 2026-05-01 = 99.00',
    )
  for (const month of ['04', '05', '06', '07', '08', '09', '10', '11']) {
    const next = String(Number(month) + 1).padStart(2, '0')
    const after = String(Number(month) + 2).padStart(2, '0')
    const end = after === '13' ? '2027-01-01' : `2026-${after}-01`
    story.closes(`2026-${month}`).expects(`fee Starter plan 2026-${next}-01 – ${end} = 99.00`)
  }
  story
    .closes('2026-12')
    .expects(
      'usage API calls (123457) 2026-12-01 – 2027-01-01 = 9.38',
      'fee Starter plan 2027-01-01 – 2027-02-01 = 99.00',
    )
    .expectsPaid('1287.64')
    // A month that was closed long ago, closed again.
    .closes('2026-05')
    .expects()
})
