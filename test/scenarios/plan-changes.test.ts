import { test } from 'vitest'
import { customer, fee, metric, plan, tiers, usage } from './kit.ts'

const GB = metric('Storage', 'GB', { scale: 3, aggregation: 'max' })
const CALLS = metric('API calls', 'calls')

/**
 * From Starter at 99 to Professional at 499 on 16 October at 12:00 UTC, when exactly half of the month's 31 days
 * (15.5) is over. Starter comes to 49.50: a credit of 49.50 of the 99.00 that were billed. Professional for the
 * other half: 249.50. With 10 % tax: −4.95 and 24.95, and 49.90 on November's fee.
 */
test('an upgrade in the middle of a month, by second', () => {
  const starter = plan('Starter', [fee('Starter plan', '99')])
  const professional = plan('Professional', [fee('Professional plan', '499')])
  customer({ taxRate: '0.1' })
    .subscribes(starter, '2026-10-01')
    .closes('2026-09')
    .expects('fee Starter plan 2026-10-01 – 2026-11-01 = 99.00')
    .expectsTotal({ net: '99.00', tax: '9.90', total: '108.90' })
    .changes('2026-10-16T12:00', { plan: professional })
    .closes('2026-10')
    .expects(
      'credit Starter plan (0) 2026-10-01 – 2026-10-16T12:00 = -49.50',
      'fee Professional plan 2026-10-16T12:00 – 2026-11-01 = 249.50',
      'fee Professional plan 2026-11-01 – 2026-12-01 = 499.00',
    )
    .expectsTotal({ net: '699.00', tax: '69.90', total: '768.90' })
    .expectsPaid('877.80')
})

/**
 * February 2028 has 29 days. Starter, 58 by day, until the 10th at 18:00: the 10th was begun and counts, 10/29 of
 * 58.00 = 20.00, so that 38.00 of the 58.00 billed come back. Team, 290 by day, from the 11th on: 19/29 of
 * 290.00 = 190.00. No day is paid twice, and none is free.
 */
test('an upgrade by day in a leap February', () => {
  const starter = plan('Starter', [fee('Starter plan', '58', { proration: 'day' })])
  const team = plan('Team', [fee('Team plan', '290', { proration: 'day' })])
  customer({ zone: 'Europe/Berlin' })
    .subscribes(starter, '2028-02-01')
    .closes('2028-01')
    .expects('fee Starter plan 2028-02-01 – 2028-03-01 = 58.00')
    .changes('2028-02-10T18:00', { plan: team })
    .closes('2028-02')
    .expects(
      'credit Starter plan (0) 2028-02-01 – 2028-02-10T18:00 = -38.00',
      'fee Team plan 2028-02-11 – 2028-03-01 = 190.00',
      'fee Team plan 2028-03-01 – 2028-04-01 = 290.00',
    )
})

/**
 * The price of calls falls from 0.02 to 0.01 on 21 October, by a second version of the plan with the same fee. Up
 * to then 3,000 calls at 0.02 = 60.00, afterwards 1,000 at 0.01 = 10.00. The fee of 62.00 was billed in advance
 * on the first version: 20 of 31 days are 40.00 and stay, 22.00 come back, and the second version takes 11 of 31
 * days = 22.00.
 */
test('a price that changed in the middle of a month, by a new version of the plan', () => {
  const version = (name: string, unit: string) =>
    plan(name, [fee('Platform', '62'), usage(CALLS, { model: 'standard', unit, free: '0' })])
  customer()
    .subscribes(version('version 1', '0.02'), '2026-10-01')
    .closes('2026-09')
    .expects('fee Platform 2026-10-01 – 2026-11-01 = 62.00')
    .uses(CALLS, '3000', '2026-10-20T23:59')
    .uses(CALLS, '1000', '2026-10-21')
    .changes('2026-10-21', { plan: version('version 2', '0.01') })
    .closes('2026-10')
    .expects(
      'credit Platform (0) 2026-10-01 – 2026-10-21 = -22.00',
      'fee Platform 2026-10-21 – 2026-11-01 = 22.00',
      'usage API calls (3000) 2026-10-01 – 2026-10-21 = 60.00',
      'usage API calls (1000) 2026-10-21 – 2026-11-01 = 10.00',
      'fee Platform 2026-11-01 – 2026-12-01 = 62.00',
    )
})

/**
 * A downgrade that is entered on 5 November and goes back to 16 October, after October was closed. Professional
 * had 310.00 for October: 15 of 31 days are 150.00, so 160.00 come back; Starter's 16 days of 62.00 are 32.00.
 * Storage of 120 GB was rated at Professional's graduated price (100 free, 20 × 0.10 = 2.00); its highest value in
 * the first half was 110 GB → 1.00, so 1.00 comes back; on Starter 120 GB × 0.05 = 6.00.
 * November's fee, billed in advance at 310.00, comes back whole, and Starter's 62.00 takes its place.
 */
test('a downgrade that goes back before the last close', () => {
  const professional = plan('Professional', [
    fee('Professional plan', '310'),
    usage(GB, { model: 'graduated', tiers: tiers(['100', '0'], [null, '0.10']), flatAtZero: false }),
  ])
  const starter = plan('Starter', [
    fee('Starter plan', '62'),
    usage(GB, { model: 'standard', unit: '0.05', free: '0' }),
  ])
  customer()
    .subscribes(professional, '2026-10-01')
    .uses(GB, '110', '2026-10-03')
    .uses(GB, '120', '2026-10-20')
    .closes('2026-10')
    .expects(
      'fee Professional plan 2026-10-01 – 2026-11-01 = 310.00',
      'usage Storage (120) 2026-10-01 – 2026-11-01 = 2.00',
      'fee Professional plan 2026-11-01 – 2026-12-01 = 310.00',
    )
    .changes('2026-10-16', { plan: starter })
    .closes('2026-11')
    .expects(
      'credit Professional plan (0) 2026-10-01 – 2026-10-16 = -160.00',
      'fee Starter plan 2026-10-16 – 2026-11-01 = 32.00',
      'credit Storage (-10) 2026-10-01 – 2026-10-16 = -1.00',
      'usage Storage (120) 2026-10-16 – 2026-11-01 = 6.00',
      'fee Starter plan 2026-11-01 – 2026-12-01 = 62.00',
      'fee Starter plan 2026-12-01 – 2027-01-01 = 62.00',
      'credit Professional plan (-1) 2026-11-01 – 2026-12-01 = -310.00',
    )
    // 150 + 32 + 1 + 6 + 62 + 62
    .expectsPaid('313.00')
})
