import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { convert, findRate, type KnownRate } from './find-rate.ts'
import { ECB_SOURCE, readRates } from './read-rates.ts'

const rate = (base: string, quote: string, day: string, value: string): KnownRate => ({
  ...{ base, quote, day, rate: value, source: 'test' },
})
const RATES = [
  rate('EUR', 'USD', '2026-10-29', '1.08'),
  rate('EUR', 'USD', '2026-10-30', '1.1'),
  rate('EUR', 'JPY', '2026-10-28', '165'),
  rate('USD', 'GBP', '2026-10-30', '0.8'),
]
const find = (from: string, to: string, day: string, within = 7) => findRate(RATES, { from, to, day, within })

describe('the rate of a day', () => {
  it('is that of the day, else the latest before it, as long as it is not too old', () => {
    expect(find('EUR', 'USD', '2026-10-29')).toMatchObject({ rate: '1.08', day: '2026-10-29' })
    expect(find('EUR', 'USD', '2026-11-01')).toMatchObject({ rate: '1.1', day: '2026-10-30' })
    expect(find('EUR', 'USD', '2026-11-07', 7)).toBeNull()
    expect(find('EUR', 'USD', '2026-10-28')).toBeNull()
    expect(find('EUR', 'EUR', '2026-10-28')).toEqual({ rate: '1', day: '2026-10-28', parts: [] })
  })

  it('is turned round, and through the euro where there is none of the pair', () => {
    expect(find('GBP', 'USD', '2026-10-30')).toMatchObject({ rate: '1.25' })
    expect(find('USD', 'EUR', '2026-10-30')).toMatchObject({ rate: '10/11' })
    // 165 ÷ 1.1 = 150; as old as the older of both.
    expect(find('USD', 'JPY', '2026-10-30')).toMatchObject({ rate: '150', day: '2026-10-28' })
    expect(find('USD', 'JPY', '2026-10-30')!.parts.map(part => part.quote)).toEqual(['USD', 'JPY'])
    expect(find('GBP', 'JPY', '2026-10-30')).toBeNull()
    expect(find('EUR', 'CHF', '2026-10-30')).toBeNull()
  })

  it('is the newer one where both ways were published', () => {
    const both = [...RATES, rate('USD', 'EUR', '2026-10-31', '0.9')]
    const asked = { from: 'EUR', to: 'USD', day: '2026-10-31', within: 7 }
    expect(findRate(both, asked)).toMatchObject({ rate: '10/9', day: '2026-10-31' })
  })

  it('converts half-up between currencies of any places', () => {
    // 10.01 dollars at 150 are 1,501.5 yen; 1,501 yen at 1/150 are 10.00666… dollars.
    expect(convert(1001n, '150', { from: 2, to: 0 })).toBe(1502n)
    expect(convert(1501n, '1/150', { from: 0, to: 2 })).toBe(1001n)
    expect(convert(-1001n, '150', { from: 2, to: 0 })).toBe(-1502n)
  })

  it('there and back loses no more than the rounding of both', () =>
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.integer({ min: 1, max: 9_999 }),
        (amount, thousandths) => {
          const value = `${thousandths / 1000}`
          const rates = [rate('EUR', 'USD', '2026-10-30', value)]
          const there = findRate(rates, { from: 'EUR', to: 'USD', day: '2026-10-30', within: 0 })!
          const back = findRate(rates, { from: 'USD', to: 'EUR', day: '2026-10-30', within: 0 })!
          const places = { from: 2, to: 2 }
          const again = convert(convert(amount, there.rate, places), back.rate, places)
          const off = Number(again > amount ? again - amount : amount - again)
          expect(off).toBeLessThanOrEqual(Math.ceil(0.5 / Number(value)) + 1)
        },
      ),
    ))
})

describe('files of rates', () => {
  it('of the ECB are rates for one euro, day by day', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope><gesmes:subject>Reference rates</gesmes:subject>
<Cube><Cube time='2026-10-30'><Cube currency='USD' rate='1.1'/><Cube currency='JPY' rate='165.00'/></Cube>
<Cube time="2026-10-29"><Cube currency="USD" rate="1.08"/>
<Cube currency="XX" rate="1"/></Cube></Cube></gesmes:Envelope>`
    const { rates, problems } = readRates(text, 'ignored')
    expect(rates.map(one => `${one.day} ${one.quote} ${one.rate}`)).toEqual([
      ...['2026-10-30 USD 1.1', '2026-10-30 JPY 165.00', '2026-10-29 USD 1.08'],
    ])
    expect(rates[0]).toMatchObject({ base: 'EUR', source: ECB_SOURCE })
    expect(problems).toEqual([{ line: 5, reason: 'currency' }])
    expect(readRates('<Cube currency="USD"/>', '').problems).toEqual([{ line: 1, reason: 'day' }])
  })

  it('of CSV name their columns, and say which line is none', () => {
    const text = [
      ...['\uFEFFDay;Base;Quote;Rate;Source', '2026-10-30;usd;GBP;0.8;"Bank"', '', '2026-10-30;USD;USD;1;'],
      ...[
        '2026-02-30;USD;GBP;1;',
        '2026-10-30;USD;GBP;0;',
        '2026-10-30;USD;GB;1;',
        '2026-10-30;USD;CHF;0.9;',
      ],
      '2026-13-30;USD',
    ].join('\r\n')
    const { rates, problems } = readRates(text, 'Typed')
    expect(rates.map(one => `${one.quote} ${one.source}`)).toEqual(['GBP Bank', 'CHF Typed'])
    expect(problems).toEqual([
      ...[
        { line: 4, reason: 'same' },
        { line: 5, reason: 'day' },
        { line: 6, reason: 'rate' },
      ],
      ...[
        { line: 7, reason: 'currency' },
        { line: 9, reason: 'currency' },
      ],
    ])
    expect(readRates('base,quote,day,rate\nEUR,USD,2026-10-30,1.1', 'S').rates).toHaveLength(1)
    expect(readRates('a,b', 'S').problems).toEqual([{ line: 1, reason: 'columns' }])
  })
})
