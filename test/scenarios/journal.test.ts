import { expect, test } from 'vitest'
import { type Booked, postingsOf } from '#engines/billing/journal/entries.ts'
import { findProfile } from '#engines/billing/journal/profiles.ts'
import { type Chart, type Entry, renderJournal } from '#engines/billing/journal/render.ts'

/** An entry of the story. */
function entry(number: number, day: string, document: string, booked: Booked): Entry {
  return {
    ...{ number, day: `2026-10-${day}`, document, text: `${document} Müller KG` },
    ...{ customer: 'mueller', customerName: 'Müller KG', postings: postingsOf(booked) },
  }
}

const customer = 'mueller'

/** October of one customer, who is taxed with 19 %, and 7 % for the handbook. */
const OCTOBER: readonly Entry[] = [
  // Seats 300.00, calls 45.00, handbook 20.00, and a tenth off the seats: net 335.00.
  // Tax 57.00 + 8.55 + 1.40 − 5.70 = 61.25; they owe 396.25.
  entry(1, '01', 'INV-2026-00001', {
    ...{ kind: 'invoice', customer, toBalance: 0n },
    lines: [
      { kind: 'fee', key: 'seats', amount: 30_000n, tax: 5_700n, taxRate: '0.19' },
      { kind: 'usage', key: 'calls', amount: 4_500n, tax: 855n, taxRate: '0.19' },
      { kind: 'one-off', key: 'handbook', amount: 2_000n, tax: 140n, taxRate: '0.07' },
      { kind: 'discount', key: 'seats', amount: -3_000n, tax: -570n, taxRate: '0.19' },
    ],
  }),
  // They pay 400.00: 3.75 too much.
  entry(2, '12', 'Ueberweisung', { kind: 'payment', customer, amount: 40_000n, method: 'bank-transfer' }),
  // The handbook goes back: 20.00 and 1.40 of tax, onto their balance.
  entry(3, '15', 'CN-2026-00001', {
    ...{ kind: 'credit-note', customer, toBalance: 2_140n },
    lines: [{ kind: 'credit', key: 'handbook', amount: -2_000n, tax: -140n, taxRate: '0.07' }],
  }),
  // What they paid too much goes back to them.
  entry(4, '20', 'Ueberweisung', { kind: 'refund', customer, amount: 375n, method: 'bank-transfer' }),
]

const BATCH = {
  ...{ period: '2026-10', from: '2026-10-01', to: '2026-10-31', currency: 'EUR', places: 2 },
  ...{ made: '2026-11-02T08:00:00.000', entries: OCTOBER },
}

/**
 * By account: receivables 396.25 − 400.00 + 3.75 = 0. The balance owes them 21.40. Bank 400.00 − 3.75 = 396.25.
 * Revenue of seats 300.00, calls 45.00, the handbook nothing; 30.00 of discount. Tax at 19 %: 57.00 + 8.55 − 5.70 =
 * 59.85, at 7 % nothing. 396.25 + 30.00 on one side; 300.00 + 45.00 + 59.85 + 21.40 = 426.25 on the other.
 */
test('a month of one customer comes to what was billed, paid and given back', () => {
  const sums = new Map<string, bigint>()
  for (const { role, detail, side, amount } of OCTOBER.flatMap(one => one.postings)) {
    const key = `${role}/${detail}`
    sums.set(key, (sums.get(key) ?? 0n) + (side === 'debit' ? amount : -amount))
  }
  expect(Object.fromEntries(sums)).toEqual({
    'receivables/mueller': 0n,
    'balance/mueller': -2_140n,
    'bank/bank-transfer': 39_625n,
    'revenue/seats': -30_000n,
    'revenue/calls': -4_500n,
    'revenue/handbook': 0n,
    'discounts/': 3_000n,
    'tax/0.19': -5_985n,
    'tax/0.07': 0n,
  })
})

/**
 * DATEV books pairs. The invoice has two debits, 396.25 owed and 30.00 of discount, and credits of seats 300.00, tax
 * 59.85, calls 45.00, handbook 20.00 and tax 1.40. What is owed is used up by 300.00 + 59.85 + 36.40 of the calls; the
 * discount by the other 8.60, 20.00 and 1.40.
 */
test('the same month for a tax adviser with DATEV, with a debtor of its own', () => {
  const chart: Chart = {
    'receivables/mueller': { account: '10042', taxKey: '' },
    'tax/0.07': { account: '1771', taxKey: '' },
    'revenue/handbook': { account: '8300', taxKey: '40' },
  }
  const rows = renderJournal(findProfile('datev')!, chart, BATCH)
    .split('\r\n')
    .slice(2, -1)
    .map(line => line.split(';'))
    .map(cells => [cells[0], cells[1], cells[6], cells[7], cells[8], cells[9]].join(' ').replaceAll('"', ''))
  expect(rows).toEqual([
    '300,00 S 10042 8400 40 0110',
    '59,85 S 10042 1776  0110',
    '36,40 S 10042 8400 40 0110',
    '8,60 S 8700 8400 40 0110',
    '20,00 S 8700 8300 40 0110',
    '1,40 S 8700 1771 40 0110',
    '400,00 S 1200 10042  1210',
    '20,00 S 8300 1718 40 1510',
    '1,40 S 1771 1718  1510',
    '3,75 S 10042 1200  2010',
  ])
})

test('the same month for a ledger with debits and credits has them equal in every entry', () => {
  const rows = renderJournal(findProfile('csv')!, {}, BATCH).split('\r\n').slice(1, -1)
  const byEntry = Map.groupBy(
    rows.map(line => line.split(',')),
    cells => cells[0]!,
  )
  expect([...byEntry.values()].map(some => some.reduce((sum, cells) => sum + Number(cells[7]), 0))).toEqual(
    [...byEntry.values()].map(some => some.reduce((sum, cells) => sum + Number(cells[8]), 0)),
  )
  expect(byEntry.size).toBe(4)
})
