import { expect, test } from 'vitest'
import { decideCredit } from '#engines/billing/corrections/credit-note.ts'
import { exactOf, multiply, roundHalfUp, scaled } from '#engines/billing/exact.ts'
import { totalsOf } from '#engines/billing/invoice-totals.ts'
import { decideTax } from '#engines/billing/tax/decide-tax.ts'
import { readVatNumber } from '#engines/billing/tax/vat-number.ts'
import { type TaxedAmounts, withTax } from '#engines/billing/tax/with-tax.ts'
import type { BuyerFacts, TaxRuleFacts, TaxWorld } from '#shared/contract/billing/tax-facts.ts'

function rule(country: string, rate: string, more: Partial<TaxRuleFacts> = {}): TaxRuleFacts {
  return {
    ...{ id: `${country}${more.category ?? ''}${more.validFrom ?? ''}`, country, region: '', rate, note: '' },
    ...{ category: 'standard', kind: 'standard', inclusive: false, validFrom: '2021-01-01' },
    ...{ source: `VAT act of ${country}`, ...more },
  }
}

/** A company in Germany: 19 %, 7 % on books; from 2027 on 20 %. Its prices in Japan have the tax in them. */
const WORLD: TaxWorld = {
  rules: [
    rule('DE', '0.19'),
    rule('DE', '0.2', { validFrom: '2027-01-01' }),
    rule('DE', '0.07', { category: 'books', kind: 'reduced' }),
    rule('FR', '0.2'),
    rule('JP', '0.1', { inclusive: true }),
  ],
  sellers: [{ id: null, country: 'DE', registrations: ['JP'], consumers: 'origin' }],
  categories: {},
  proof: 'checked',
}

const buyer = (country: string, more: Partial<BuyerFacts> = {}): BuyerFacts => ({
  ...{ country, region: '', kind: 'business', vat: null, certificates: [], sellerId: null, ...more },
})

/** What a price of so many minor units becomes on a line. */
function line(
  of: BuyerFacts,
  price: bigint,
  more: { category?: string; day?: string; places?: number } = {},
) {
  const { category = 'standard', day = '2026-10-31', places = 2 } = more
  const taxed = decideTax({ world: WORLD, buyer: of, category, day, defaultRate: '0.08' })
  return withTax(price, scaled(price, places), undefined, taxed, places)
}

const facts = ({ amount, tax, taxBasis }: TaxedAmounts) =>
  `${amount} + ${tax} ${taxBasis!.code} ${taxBasis!.reason}`

/** 1,000.00 of software and a book of 49.90 at home: 190.00 and 3.493, half-up 3.49. Together 1,049.90 and 193.49. */
test('at home: two rates on one invoice, rounded line by line', () => {
  const lines = [line(buyer('DE'), 100_000n), line(buyer('DE'), 4990n, { category: 'books' })]
  expect(lines.map(facts)).toEqual(['100000 + 19000 S domestic', '4990 + 349 S domestic'])
  expect(totalsOf(lines)).toEqual({ net: 104_990n, tax: 19_349n, total: 124_339n })
})

/** A service that ends on the last day of 2026 is taxed with 19 %, one that ends a day later with 20 %. */
test('a new rate counts from its day on, by the end of the service', () => {
  expect(facts(line(buyer('DE'), 10_000n, { day: '2026-12-31' }))).toBe('10000 + 1900 S domestic')
  expect(facts(line(buyer('DE'), 10_000n, { day: '2027-01-01' }))).toBe('10000 + 2000 S domestic')
})

/**
 * A business in Lyon types its number with spaces. Its form is right: (12 + 3 × (303265045 mod 97)) mod 97 = 40. As long
 * as nobody found out whether it exists, 19.00 of tax are due; once it was found valid, none, and the invoice says whose
 * number it was and by which law.
 */
test('a business in the EU owes the tax itself, once its number is known to be valid', () => {
  expect((12 + 3 * (303_265_045 % 97)) % 97).toBe(40)
  const read = readVatNumber('fr 40 303 265 045')
  if (!read.ok) throw new Error(read.reason)
  const found = (state: 'valid' | 'nothing' | 'invalid') =>
    line(buyer('FR', { vat: { number: read.number, found: state } }), 10_000n)
  expect(facts(found('nothing'))).toBe('10000 + 1900 S origin')
  expect(facts(found('invalid'))).toBe('10000 + 1900 S origin')
  expect(facts(found('valid'))).toBe('10000 + 0 AE reverse-charge')
  expect(found('valid').taxBasis).toMatchObject({
    ...{ vatNumber: 'FR40303265045', exemption: 'VATEX-EU-AE' },
    source: 'Directive 2006/112/EC, Articles 44 and 196',
  })
})

/** An embassy has a certificate for 2026: nothing of 500.00, whose reason is on the line. In 2027 it is 20 %: 100.00. */
test('an exempt customer pays no tax while the certificate lasts', () => {
  const certificate = {
    ...{ id: 'c', country: 'DE', region: '', number: 'AA-2026-17', reason: 'Diplomatic mission' },
    ...{ exemption: 'VATEX-EU-151-1A', validFrom: '2026-01-01', validUntil: '2026-12-31' },
  }
  const embassy = buyer('DE', { certificates: [certificate] })
  const exempt = line(embassy, 50_000n)
  expect(facts(exempt)).toBe('50000 + 0 E certificate')
  expect(exempt.taxBasis).toMatchObject({
    ...{ exemption: 'VATEX-EU-151-1A', note: 'Diplomatic mission, AA-2026-17' },
  })
  expect(facts(line(embassy, 50_000n, { day: '2027-01-31' }))).toBe('50000 + 10000 S domestic')
})

/**
 * Yen have no smaller part. Of a price of 9,800 with 10 % in it 9,800 ÷ 1.1 = 8,909.09… is 8,909, and the tax 891; of
 * 105 it is 95.45… = 95 and 10, where 10 % of 95 would be 9.5. Together 9,905, which is what the customer was told.
 */
test('a price with its tax in it, in a currency without decimals', () => {
  const lines = [line(buyer('JP'), 9800n, { places: 0 }), line(buyer('JP'), 105n, { places: 0 })]
  expect(lines.map(facts)).toEqual(['8909 + 891 S registered', '95 + 10 S registered'])
  expect(totalsOf(lines)).toEqual({ net: 9004n, tax: 901n, total: 9905n })
  expect(roundHalfUp(multiply(scaled(95n), exactOf('0.1')), 0)).toBe(10n)
})

/**
 * Three lines of 33.33 with 19 %: 6.3327, half-up 6.33 each, 18.99 in all; 19 % of 99.99 would be 19.00. A third of the
 * first line is given back first, 11.11 with its part of the tax, 6.33 × 11.11 ÷ 33.33 = 2.11. All that is left is
 * 88.88 and 16.88: together exactly what was billed.
 */
test('credit notes take the tax from the lines, so that the last one comes to zero', () => {
  const nothing = { amount: 0n, tax: 0n, quantity: 0n }
  const lines = ['a', 'b', 'c'].map(id => {
    const { amount, tax } = line(buyer('DE'), 3333n)
    return { id, amount, tax, quantity: 1n, credited: nothing }
  })
  expect(totalsOf(lines)).toEqual({ net: 9999n, tax: 1899n, total: 11_898n })
  const first = decideCredit(lines, { kind: 'lines', lines: [{ lineId: 'a', amount: 1111n }] })
  if (!first.ok) throw new Error(first.failure.code)
  expect([first.net, first.tax]).toEqual([1111n, 211n])
  const credited = { amount: 1111n, tax: 211n, quantity: 0n }
  const rest = decideCredit([{ ...lines[0]!, credited }, ...lines.slice(1)], { kind: 'whole' })
  if (!rest.ok) throw new Error(rest.failure.code)
  expect([rest.net, rest.tax]).toEqual([8888n, 1688n])
  expect(first.total + rest.total).toBe(11_898n)
})

/** A company in Oslo gets 100.00 of software: the place of supply is Norway, and Germany asks for nothing. */
test('outside the EU, where the seller is not registered, no tax is charged', () => {
  expect(facts(line(buyer('NO'), 10_000n))).toBe('10000 + 0 O outside')
  expect(facts(line(buyer('NO'), 10_000n, { category: 'goods' }))).toBe('10000 + 0 G export')
})
