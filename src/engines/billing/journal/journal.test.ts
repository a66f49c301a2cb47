import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Booked,
  type DocumentLine,
  mirrored,
  type Posting,
  pairsOf,
  postingsOf,
  ROLES,
  sumOf,
} from './entries.ts'
import { findProfile, PROFILES } from './profiles.ts'
import { type Batch, type Chart, type Entry, encoded, renderJournal, unmapped } from './render.ts'

const anyLine: fc.Arbitrary<DocumentLine> = fc.record({
  kind: fc.constantFrom('fee', 'usage', 'discount', 'credit'),
  key: fc.constantFrom('seats', 'calls', 'storage'),
  amount: fc.bigInt(-1_000_000n, 1_000_000n),
  tax: fc.bigInt(-200_000n, 200_000n),
  taxRate: fc.constantFrom('0', '0.07', '0.19'),
})
const amount = fc.bigInt(1n, 10n ** 12n)
const anyBooked: fc.Arbitrary<Booked> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('invoice' as const, 'credit-note' as const, 'void' as const),
    customer: fc.constant('acme'),
    lines: fc.array(anyLine, { maxLength: 8 }),
    toBalance: fc.constant(0n),
  }),
  fc.record({
    kind: fc.constant('credit-note' as const),
    customer: fc.constant('acme'),
    lines: fc.array(anyLine, { minLength: 1, maxLength: 4 }),
    toBalance: fc.bigInt(0n, 1000n),
  }),
  fc.record({
    kind: fc.constantFrom('payment' as const, 'refund' as const),
    customer: fc.constant('acme'),
    amount,
    method: fc.constantFrom('card', 'bank-transfer'),
  }),
  fc.record({
    kind: fc.constant('write-off' as const),
    customer: fc.constant('acme'),
    amount: fc.bigInt(-1000n, 1000n),
  }),
  fc.record({
    kind: fc.constant('balance' as const),
    customer: fc.constant('acme'),
    amount,
    debit: fc.constantFrom(...ROLES),
    credit: fc.constantFrom(...ROLES),
  }),
)

const named = (postings: readonly Posting[]) =>
  postings.map(({ side, role, detail, amount }) => `${side} ${role}/${detail} ${amount}`)

describe('entries of the journal', () => {
  it('balance, each and together, and so do their mirrors and pairs', () => {
    fc.assert(
      fc.property(fc.array(anyBooked, { maxLength: 10 }), all => {
        const entries = all.map(postingsOf)
        for (const postings of [...entries, ...entries.map(mirrored), entries.flat()])
          expect(sumOf(postings, 'debit')).toBe(sumOf(postings, 'credit'))
        for (const postings of entries) {
          for (const one of postings) expect(one.amount > 0n).toBe(true)
          const pairs = pairsOf(postings)
          expect(pairs.reduce((sum, pair) => sum + pair.amount, 0n)).toBe(sumOf(postings, 'debit'))
          for (const one of postings) {
            const own = pairs.filter(pair => pair[one.side] === one)
            expect(own.reduce((sum, pair) => sum + pair.amount, 0n)).toBe(one.amount)
          }
        }
      }),
    )
  })

  it('of an invoice: receivable and discount against revenue by price and tax by rate', () => {
    const lines = [
      { kind: 'fee', key: 'seats', amount: 10_000n, tax: 1_900n, taxRate: '0.19' },
      { kind: 'usage', key: 'calls', amount: 2_000n, tax: 140n, taxRate: '0.07' },
      { kind: 'discount', key: 'seats', amount: -1_000n, tax: -190n, taxRate: '0.19' },
    ]
    // 100 + 20 − 10 net, 19.00 + 1.40 − 1.90 tax: 128.50 are owed.
    const invoice = { kind: 'invoice' as const, customer: 'acme', lines, toBalance: 0n }
    expect(named(postingsOf(invoice))).toEqual([
      'debit receivables/acme 12850',
      'debit discounts/ 1000',
      'credit revenue/seats 10000',
      'credit tax/0.19 1710',
      'credit revenue/calls 2000',
      'credit tax/0.07 140',
    ])
    expect(named(postingsOf({ ...invoice, kind: 'void' }))).toEqual(
      named(mirrored(postingsOf(invoice))).sort(
        (a, b) =>
          named(postingsOf({ ...invoice, kind: 'void' })).indexOf(a) -
          named(postingsOf({ ...invoice, kind: 'void' })).indexOf(b),
      ),
    )
  })

  it('of a credit note: what goes onto the balance does not lower the receivable', () => {
    const lines = [{ kind: 'credit', key: 'seats', amount: -5_000n, tax: -950n, taxRate: '0.19' }]
    const note = { kind: 'credit-note' as const, customer: 'acme', lines, toBalance: 2_000n }
    expect(named(postingsOf(note))).toEqual([
      'debit revenue/seats 5000',
      'debit tax/0.19 950',
      'credit receivables/acme 3950',
      'credit balance/acme 2000',
    ])
  })
})

const entry: Entry = {
  ...{ number: 1, day: '2026-10-31', document: 'INV-2026-00001', text: 'Rechnung "INV"; Müller €' },
  ...{ customer: 'acme', customerName: 'Müller & Söhne' },
  postings: postingsOf({
    ...{ kind: 'invoice', customer: 'acme', toBalance: 0n },
    lines: [{ kind: 'fee', key: 'seats', amount: 10_000n, tax: 1_900n, taxRate: '0.19' }],
  }),
}
const batch: Batch = {
  ...{ period: '2026-10', from: '2026-10-01', to: '2026-10-31', currency: 'EUR', places: 2 },
  ...{ made: '2026-11-02T09:30:00.123', entries: [entry] },
}
const FULL: Chart = Object.fromEntries(
  ROLES.map((role, index) => [role, { account: `01-000-${4000 + index}`, taxKey: 'A1' }]),
)
const rendered = (id: string, chart: Chart = FULL) => renderJournal(findProfile(id)!, chart, batch)

it('of a refund: out of what was paid, or of the balance', () => {
  const refund = { kind: 'refund' as const, customer: 'acme', amount: 500n, method: 'card' }
  expect(named(postingsOf(refund))).toEqual(['debit receivables/acme 500', 'credit bank/card 500'])
  expect(named(postingsOf({ ...refund, ofBalance: true }))[0]).toBe('debit balance/acme 500')
})

describe('profiles of ledgers', () => {
  it('have names of their own, and as many cells in each row as columns', () => {
    expect(new Set(PROFILES.map(({ id }) => id)).size).toBe(PROFILES.length)
    for (const profile of PROFILES) {
      const lines = renderJournal(profile, FULL, { ...batch, entries: [{ ...entry, text: 'x' }] }).split(
        profile.newline,
      )
      expect(lines.at(-1)).toBe('')
      for (const line of lines.slice(profile.preamble.length, -1))
        expect(line.split(profile.delimiter)).toHaveLength(profile.columns.length)
    }
  })

  it('csv: a row for each posting, with the usual accounts', () => {
    expect(rendered('csv', {}).split('\r\n')).toEqual([
      'entry,line,date,document,text,customer,account,debit,credit,currency',
      '2026-10-00001,1,2026-10-31,INV-2026-00001,"Rechnung ""INV""; Müller €",acme,Receivables,119.00,,EUR',
      '2026-10-00001,2,2026-10-31,INV-2026-00001,"Rechnung ""INV""; Müller €",acme,Revenue,,100.00,EUR',
      '2026-10-00001,3,2026-10-31,INV-2026-00001,"Rechnung ""INV""; Müller €",acme,Tax payable,,19.00,EUR',
      '',
    ])
  })

  it('datev: the header of EXTF, pairs with decimal commas, and 125 columns', () => {
    const chart = {
      'receivables/acme': { account: '10001', taxKey: '' },
      'option/consultant': { account: '29098', taxKey: '' },
    }
    const [header, heading, first, second] = rendered('datev', chart).split('\r\n')
    expect(header).toBe(
      '"EXTF";700;21;"Buchungsstapel";13;20261102093000123;;"QD";"";"";29098;1;20260101;4;20261001;20261031;"2026-10";"";1;0;0;"EUR";;"";;;"";;;"";""',
    )
    expect(heading!.split(';')).toHaveLength(125)
    expect(first).toMatch(
      /^100,00;"S";"EUR";;;;10001;8400;"40";3110;"INV-2026-00001";;;"Rechnung ""INV""; Müller €";/,
    )
    expect(second).toMatch(/^19,00;"S";"EUR";;;;10001;1776;"";3110;/)
  })

  /**
   * 1 euro = 1.25 dollars: 100.00 dollars are 80.00 euros and 19.00 are 15.20. At 10/11 for one, a fraction without an
   * end, it stands with six places, and 100.00 ÷ (10 ÷ 11) = 110.00.
   */
  it('datev: entries in a foreign currency say the rate and the amount in the books', () => {
    const abroad = (rate: string | null, books: string | null = 'EUR') =>
      renderJournal(
        findProfile('datev')!,
        {},
        {
          ...batch,
          ...{ currency: 'USD', entries: [{ ...entry, rate, books }] },
        },
      ).split('\r\n')
    const [header, , first, second] = abroad('1.25')
    expect(header).toContain(';1;0;0;"EUR";;')
    expect(first).toMatch(/^100,00;"S";"USD";1,250000;80,00;"EUR";1400;8400;/)
    expect(second).toMatch(/^19,00;"S";"USD";1,250000;15,20;"EUR";1400;1776;/)
    expect(abroad('10/11')[2]).toMatch(/^100,00;"S";"USD";0,909091;110,00;"EUR";/)
    // Without a rate it is left to DATEV, and the file is what it was.
    for (const none of [abroad(null), abroad('1', 'USD'), abroad('1', null)])
      expect(none[2]).toMatch(/^100,00;"S";"USD";;;;1400;8400;/)
    expect(abroad(null)[0]).toContain(';1;0;0;"USD";;')
  })

  it('datev: a business year that begins later in the year began in the year before', () => {
    const chart = { 'option/yearStart': { account: '1101', taxKey: '' } }
    expect(rendered('datev', chart)).toContain(';20251101;4;')
  })

  it('oracle, sap, netsuite, quickbooks, xero: days, sides, segments and signs as each wants them', () => {
    const first = (id: string, line: number) => rendered(id).split('\r\n')[line]!
    expect(first('oracle', 0)).toMatch(
      /^NEW,,2026\/10\/31,Quarterdeck,Billing,EUR,2026\/10\/31,A,01,000,4000,,/,
    )
    expect(first('sap', 1)).toMatch(
      /^1000;SA;20261031;20261031;EUR;INV-2026-00001;.*;1;S;01-000-4000;119\.00;A1;acme;/,
    )
    expect(first('netsuite', 1)).toMatch(/^2026-10-00001,10\/31\/2026,EUR,,/)
    expect(first('quickbooks', 2)).toContain(',,100.00,')
    expect(first('xero', 2)).toMatch(/,31\/10\/2026,INV-2026-00001,01-000-4001,Tax Exempt,-100\.00,/)
  })

  it('say which accounts are missing, and are not written without them', () => {
    expect(unmapped(findProfile('sap')!, {}, [entry])).toEqual(['receivables', 'revenue', 'tax'])
    expect(unmapped(findProfile('sap')!, FULL, [entry])).toEqual([])
    expect(unmapped(findProfile('csv')!, { revenue: { account: '', taxKey: '' } }, [entry])).toEqual([])
    expect(() => rendered('sap', {})).toThrow('no account for receivables/acme')
  })

  it('keep formulas from spreadsheets, and lines in one', () => {
    const bad = { ...batch, entries: [{ ...entry, text: '=1+1\nnext', document: '-x' }] }
    const text = renderJournal(findProfile('csv')!, {}, bad)
    expect(text).toContain(",'-x,'=1+1 next,")
  })

  it('are encoded as each wants them', () => {
    expect([...encoded('Aé€Ж\u0081', 'windows-1252')]).toEqual([0x41, 0xe9, 0x80, 0x3f, 0x3f])
    expect([...encoded('“ž', 'windows-1252')]).toEqual([0x93, 0x9e])
    expect([...encoded('é', 'utf-8-bom')]).toEqual([0xef, 0xbb, 0xbf, 0xc3, 0xa9])
    expect([...encoded('é', 'utf-8')]).toEqual([0xc3, 0xa9])
  })
})
