import { test } from 'vitest'
import { customer, fee, metric, plan, tiers, usage } from './kit.ts'

const CALLS = metric('API calls', 'calls')
const SEATS = metric('Users', 'users', { aggregation: 'max' })
const TOKENS = metric('Model tokens', 'tokens')
const TRANSFER = metric('Data transfer', 'GB', { scale: 3 })

/**
 * 0.10 up to 100 GB, 0.08 up to 1,000 with 5.00 when the tier is entered, 0.05 above.
 * January 80.5 GB: 8.05. February 100 GB, the end of the first tier, inclusive: 10.00. March 100.001 GB:
 * 10.00 + 0.001 × 0.08 + 5.00 = 15.00008 → 15.00. April 2,500 GB: 10.00 + 900 × 0.08 + 5.00 + 1,500 × 0.05 =
 * 10 + 77 + 75 = 162.00. May nothing: no line.
 */
test('graduated usage over its tiers', () => {
  const charge = {
    ...({ model: 'graduated', flatAtZero: false } as const),
    tiers: tiers(['100', '0.10'], ['1000', '0.08', '5'], [null, '0.05']),
  }
  customer()
    .subscribes(plan('Transfer', [usage(TRANSFER, charge)]), '2026-01-01')
    .uses(TRANSFER, '80.5', '2026-01-20')
    .uses(TRANSFER, '100', '2026-02-20')
    .uses(TRANSFER, '50', '2026-03-20')
    .uses(TRANSFER, '50.001', '2026-03-21')
    .uses(TRANSFER, '2500', '2026-04-20')
    .closes('2026-01')
    .expects('usage Data transfer (80.5) 2026-01-01 – 2026-02-01 = 8.05')
    .closes('2026-02')
    .expects('usage Data transfer (100) 2026-02-01 – 2026-03-01 = 10.00')
    .closes('2026-03')
    .expects('usage Data transfer (100.001) 2026-03-01 – 2026-04-01 = 15.00')
    .expectsWhy(0, '100 × 0.10 + 0.001 × 0.08 + 5', '15.00008')
    .closes('2026-04')
    .expects('usage Data transfer (2500) 2026-04-01 – 2026-05-01 = 162.00')
    .expectsWhy(0, '100 × 0.10 + 900 × 0.08 + 5 + 1500 × 0.05', '162')
    .closes('2026-05')
    .expects()
})

/**
 * All users at the price of the tier that their highest number reaches: up to 10 at 12.00, up to 50 at 9.00,
 * above at 7.00. Ten users: 120.00. Eleven: 11 × 9.00 = 99.00, less than ten. Fifty-one: 51 × 7.00 = 357.00.
 */
test('a volume price that jumps from tier to tier', () => {
  const charge = {
    ...({ model: 'volume', flatAtZero: false } as const),
    tiers: tiers(['10', '12'], ['50', '9'], [null, '7']),
  }
  customer()
    .subscribes(plan('Team', [usage(SEATS, charge)]), '2026-01-01')
    .uses(SEATS, '10', '2026-01-02')
    .uses(SEATS, '4', '2026-01-25')
    .uses(SEATS, '11', '2026-02-02')
    .uses(SEATS, '51', '2026-03-31T23:59:59.999')
    .closes('2026-01')
    .expects('usage Users (10) 2026-01-01 – 2026-02-01 = 120.00')
    .closes('2026-02')
    .expects('usage Users (11) 2026-02-01 – 2026-03-01 = 99.00')
    .expectsWhy(0, '11 × 9', '99')
    .closes('2026-03')
    .expects('usage Users (51) 2026-03-01 – 2026-04-01 = 357.00')
})

/**
 * A million tokens free, then packages of a million at 2.50. January 1,000,000: nothing. February 1,000,001: one
 * package, 2.50. March 5,400,000: 4.4 packages above the free ones, so five, 12.50.
 */
test('packages with free units', () => {
  const charge = { model: 'package', size: '1000000', amount: '2.50', free: '1000000' } as const
  customer()
    .subscribes(plan('Tokens', [usage(TOKENS, charge)]), '2026-01-01')
    .uses(TOKENS, '1000000', '2026-01-05')
    .uses(TOKENS, '1000000', '2026-02-05')
    .uses(TOKENS, '1', '2026-02-28')
    .uses(TOKENS, '5400000', '2026-03-05')
    .closes('2026-01')
    .expects('usage Model tokens (1000000) 2026-01-01 – 2026-02-01 = 0.00')
    .closes('2026-02')
    .expects('usage Model tokens (1000001) 2026-02-01 – 2026-03-01 = 2.50')
    .closes('2026-03')
    .expects('usage Model tokens (5400000) 2026-03-01 – 2026-04-01 = 12.50')
    .expectsWhy(0, '⌈max(0, 5400000 − 1000000) ÷ 1000000⌉ × 2.50', '12.5')
})

/**
 * 1,000 calls free, then 0.005. October is closed with 1,200 calls: 1.00. On 5 November 300 calls of October come
 * in: 500 × 0.005 = 2.50, an adjustment of 1.50, on November's invoice. In December 300 more, and 300 of
 * November, which had none and is therefore billed for the first time: 300 are free. October: 800 × 0.005 = 4.00,
 * an adjustment of 1.50.
 */
test('usage that comes in late', () => {
  const story = customer({ taxRate: '0.2' })
    .subscribes(
      plan('Calls', [usage(CALLS, { model: 'standard', unit: '0.005', free: '1000' })]),
      '2026-10-01',
    )
    .uses(CALLS, '1200', '2026-10-15')
    .closes('2026-10')
    .expects('usage API calls (1200) 2026-10-01 – 2026-11-01 = 1.00')
    .uses(CALLS, '300', '2026-10-16')
    .closes('2026-11')
    .expects('adjustment API calls (300) 2026-10-01 – 2026-11-01 = 1.50')
    .expectsTotal({ net: '1.50', tax: '0.30', total: '1.80' })
    .uses(CALLS, '300', '2026-10-31T23:59')
    .uses(CALLS, '300', '2026-11-30')
    .closes('2026-12')
    .expects(
      'adjustment API calls (300) 2026-10-01 – 2026-11-01 = 1.50',
      'usage API calls (300) 2026-11-01 – 2026-12-01 = 0.00',
    )
  // A correction of usage that was counted by mistake gives money back: 600 × 0.005 = 3.00 less than 4.00.
  story
    .uses(CALLS, '-200', '2026-10-20')
    .closes('2026-12')
    .expects('credit API calls (-200) 2026-10-01 – 2026-11-01 = -1.00')
    .expectsTotal({ net: '-1.00', tax: '-0.20', total: '-1.20' })
    // 1.00 + 1.50 + 1.50 − 1.00 = 3.00, and a fifth of it
    .expectsPaid('3.60')
})

/**
 * At least 50.00 a month for calls at 0.01, by day. From 11 September on: 20 of 30 days of 50.00 are 33.33, more
 * than the 2,000 calls = 20.00. In October 4,000 calls = 40.00, topped up to 50.00. In November 6,000 = 60.00.
 */
test('a minimum, and its part in the first month', () => {
  const minimum = usage(
    CALLS,
    { model: 'standard', unit: '0.01', free: '0' },
    { minimum: '50', proration: 'day' },
  )
  customer()
    .subscribes(plan('Calls', [minimum]), '2026-09-11')
    .uses(CALLS, '2000', '2026-09-20')
    .uses(CALLS, '4000', '2026-10-20')
    .uses(CALLS, '6000', '2026-11-20')
    .closes('2026-09')
    .expects('usage API calls (2000) 2026-09-11 – 2026-10-01 = 33.33')
    .closes('2026-10')
    .expects('usage API calls (4000) 2026-10-01 – 2026-11-01 = 50.00')
    .closes('2026-11')
    .expects('usage API calls (6000) 2026-11-01 – 2026-12-01 = 60.00')
})

/**
 * Yen have no places, dinars three. 333 calls at 0.5 yen are 166.5 → 167; the fee of 9,900 yen for 16 of 31 days
 * is 5,109.677… → 5,110; 10 % tax: 511 and 16.7 → 17, and 990. In dinars 333 × 0.0015 = 0.4995 → 0.500; 12.500
 * for 16 of 31 days is 6.4516… → 6.452; 5 % of it is 0.3226 → 0.323, of 0.500 0.025, of 12.500 0.625.
 */
test('currencies without places and with three', () => {
  const inCurrency = (currency: string, amount: string, unit: string) =>
    plan(currency, [
      fee('Plan', amount, { currency }),
      usage(CALLS, { model: 'standard', unit, free: '0' }, { currency }),
    ])
  customer({ currency: 'JPY', zone: 'Asia/Tokyo', taxRate: '0.1' })
    .subscribes(inCurrency('JPY', '9900', '0.5'), '2026-10-16')
    .uses(CALLS, '333', '2026-10-20')
    .closes('2026-10')
    .expects(
      'fee Plan 2026-10-16 – 2026-11-01 = 5110',
      'usage API calls (333) 2026-10-16 – 2026-11-01 = 167',
      'fee Plan 2026-11-01 – 2026-12-01 = 9900',
    )
    .expectsTotal({ net: '15177', tax: '1518', total: '16695' })
  customer({ currency: 'KWD', zone: 'Asia/Kuwait', taxRate: '0.05' })
    .subscribes(inCurrency('KWD', '12.500', '0.0015'), '2026-10-16')
    .uses(CALLS, '333', '2026-10-20')
    .closes('2026-10')
    .expects(
      'fee Plan 2026-10-16 – 2026-11-01 = 6.452',
      'usage API calls (333) 2026-10-16 – 2026-11-01 = 0.500',
      'fee Plan 2026-11-01 – 2026-12-01 = 12.500',
    )
    .expectsTotal({ net: '19.452', tax: '0.973', total: '20.425' })
})
