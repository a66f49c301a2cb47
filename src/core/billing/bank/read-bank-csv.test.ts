import { describe, expect, it } from 'vitest'
import { readBankCsv } from './read-bank-csv.ts'

const lines = (text: string, currency = 'EUR') =>
  readBankCsv(text, currency).lines.map(line => [line.bookedOn, line.amount, line.name, line.text])

describe('a statement as CSV', () => {
  it('is read as German banks write it', () => {
    const text = [
      'Buchungstag;Valutadatum;Beguenstigter/Zahlungspflichtiger;Kontonummer/IBAN;Verwendungszweck;Betrag;Währung',
      '02.10.2026;03.10.2026;Acme GmbH;DE02120300000000202051;"INV-2026-00001; danke";1.234,50;EUR',
      '05.10.26;05.10.26;Vermieter;;Miete;-800,00;EUR',
    ].join('\n')
    expect(lines(text)).toEqual([
      ['2026-10-02', 123_450n, 'Acme GmbH', 'INV-2026-00001; danke'],
      ['2026-10-05', -80_000n, 'Vermieter', 'Miete'],
    ])
    expect(readBankCsv(text, 'USD').lines[0]).toMatchObject({
      valueOn: '2026-10-03',
      iban: 'DE02120300000000202051',
    })
  })

  it('is read as English banks write it, with columns for in and out', () => {
    const text = [
      'Date,Description,Money In,Money Out',
      '31/10/2026,"Acme, thanks","1,200.00",',
      '30/10/2026,Fee,,3.50',
    ].join('\n')
    expect(lines(text, 'GBP')).toEqual([
      ['2026-10-31', 120_000n, '', 'Acme, thanks'],
      ['2026-10-30', -350n, '', 'Fee'],
    ])
  })

  it('takes money in and out for what their columns say, whatever sign the bank gives them', () => {
    const text = ['Date,Money In,Money Out', '2026-10-31,,-3.50', '2026-10-30,-4.00,'].join('\n')
    expect(lines(text, 'GBP').map(([, amount]) => amount)).toEqual([-350n, 400n])
  })

  it('puts the month first where the dates say so', () => {
    const text = ['date,amount', '10/31/2026,5.00', '10/02/2026,($7.25)', '10/03/2026,8.00-'].join('\n')
    expect(lines(text, 'USD').map(([on, amount]) => [on, amount])).toEqual([
      ['2026-10-31', 500n],
      ['2026-10-02', -725n],
      ['2026-10-03', -800n],
    ])
  })

  it('reads yen without decimals', () => {
    expect(lines('date,amount\n2026-10-31,"12,000"', 'JPY')[0]![1]).toBe(12_000n)
  })

  it.each([
    ['no-lines', 'date,amount'],
    ['no-date-column', 'when,amount\n2026-10-31,5'],
    ['no-amount-column', 'date,much\n2026-10-31,5'],
    ['bad-date', 'date,amount\n2026-02-30,5.00'],
    ['bad-date', 'date,amount\nsoon,5.00'],
    ['bad-amount', 'date,amount\n2026-10-31,5.001'],
    ['no-amount', 'date,amount,currency\n2026-10-31,5.00,EUR\n2026-10-31,,EUR'],
    ['bad-currency', 'date,amount,currency\n2026-10-31,5.00,XXQ'],
    ['dates-in-doubt', 'date,amount\n01/02/2026,5.00'],
    ['more cells than the heading', 'date,amount\n2026-10-31,5.00,6,7'],
  ])('is refused where it cannot be read: %s', (reason, text) => {
    expect(() => readBankCsv(text, 'EUR')).toThrow(
      expect.objectContaining({
        code: 'BILLING_BANK_FILE_UNREADABLE',
        data: expect.objectContaining({ reason }),
      }),
    )
  })
})
