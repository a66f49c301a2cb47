import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Composed, compose, type GivenLine, percentOf, type TaxCategory } from './compose.ts'
import { leitwegFault } from './leitweg-id.ts'
import { type CheckedFacts, E_INVOICE_FORMATS, eInvoiceProblems, townOf } from './problems.ts'

const SPAN = { from: 0n, to: 86_400_000n }

function line(amount: bigint, more: Partial<GivenLine> = {}): GivenLine {
  return {
    ...{ name: 'API calls', kind: 'usage', quantity: '3', unit: '', amount, tax: 0n, taxRate: '0.19' },
    ...{ category: 'S', exemption: '', service: SPAN, ...more },
  }
}

/** Tax of a line as it is billed: half up, away from zero below it. */
function taxOf(amount: bigint, percent: bigint): bigint {
  const half = amount < 0n ? -50n : 50n
  return (amount * percent + half) / 100n
}

const anyLine = fc
  .record({
    amount: fc.bigInt(-1_000_000n, 10_000_000n),
    percent: fc.constantFrom(0n, 7n, 19n),
    kind: fc.constantFrom('fee', 'usage', 'discount', 'adjustment'),
    quantity: fc.constantFrom('0', '1', '-2', '12500.25'),
  })
  .map(({ amount, percent, kind, quantity }) =>
    line(amount, {
      ...{ kind, quantity, tax: taxOf(amount, percent), taxRate: `0.${String(percent).padStart(2, '0')}` },
      category: percent === 0n ? 'Z' : 'S',
    }),
  )

const sum = (numbers: readonly bigint[]) => numbers.reduce((total, one) => total + one, 0n)

/** BR-CO-10, 11, 13, 14, 15 of EN 16931, BR-27 and BR-16. */
function keepsTheRules(made: Composed): void {
  expect(sum(made.lines.map(({ amount }) => amount))).toBe(made.lineTotal)
  expect(sum(made.allowances.map(({ amount }) => amount))).toBe(made.allowanceTotal)
  expect(made.lineTotal - made.allowanceTotal).toBe(made.net)
  expect(sum(made.breakdown.map(({ tax }) => tax))).toBe(made.tax)
  expect(sum(made.breakdown.map(({ taxable }) => taxable))).toBe(made.net)
  expect(made.net + made.tax).toBe(made.total)
  expect(made.lines.length).toBeGreaterThan(0)
  for (const { price, base, quantity, amount } of made.lines) {
    expect(price >= 0n).toBe(true)
    expect(quantity.startsWith('-')).toBe(amount < 0n)
    expect(quantity.replace('-', '')).toBe(base)
    expect(Number(base)).toBeGreaterThan(0)
  }
  for (const { amount } of made.allowances) expect(amount > 0n).toBe(true)
}

describe('the figures of an electronic invoice', () => {
  it('keep the rules of EN 16931 whatever the lines are, and are those of the lines', () => {
    fc.assert(
      fc.property(
        fc.array(anyLine, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('invoice' as const, 'credit-note' as const),
        (lines, kind) => {
          const made = compose(kind, lines)
          keepsTheRules(made)
          const sign = kind === 'invoice' ? 1n : -1n
          expect(made.net).toBe(sign * sum(lines.map(({ amount }) => amount)))
          expect(made.tax).toBe(sign * sum(lines.map(({ tax }) => tax)))
        },
      ),
    )
  })

  it('has what a coupon takes off as an allowance, and another line below zero with its quantity below zero', () => {
    const made = compose('invoice', [
      line(10_000n, { tax: 1900n }),
      line(-2_000n, { kind: 'discount', name: 'LAUNCH-20', tax: -380n }),
      line(-500n, { kind: 'credit', quantity: '2', tax: -95n }),
    ])
    expect(made.allowances).toEqual([{ reason: 'LAUNCH-20', amount: 2_000n, category: 'S', percent: '19' }])
    expect(made.lines.map(({ quantity, price, base, amount }) => [quantity, price, base, amount])).toEqual([
      ['3', 10_000n, '3', 10_000n],
      ['-2', 500n, '2', -500n],
    ])
    expect(made).toMatchObject({
      lineTotal: 9_500n,
      allowanceTotal: 2_000n,
      net: 7_500n,
      tax: 1_425n,
      total: 8_925n,
    })
  })

  it('turns a credit note round', () => {
    const made = compose('credit-note', [line(-10_000n, { tax: -1900n }), line(500n, { tax: 95n })])
    expect(made).toMatchObject({ net: 9_500n, tax: 1_805n, total: 11_305n })
    expect(made.lines.map(({ quantity }) => quantity)).toEqual(['3', '-3'])
  })

  it('has discounts as lines where there is nothing else', () => {
    const made = compose('invoice', [line(-100n, { kind: 'discount' })])
    expect(made.lines).toHaveLength(1)
    expect(made.allowances).toEqual([])
  })

  it('counts by the code of a unit, and otherwise by one', () => {
    const codes = ['GB', 'hours', 'calls'].map(
      unit => compose('invoice', [line(1n, { unit })]).lines[0]!.unitCode,
    )
    expect(codes).toEqual(['E34', 'HUR', 'C62'])
  })

  it('says rates in percent, exactly', () => {
    expect(['0.19', '0.055', '0', '1', '0.0825'].map(percentOf)).toEqual(['19', '5.5', '0', '100', '8.25'])
  })
})

describe('what an electronic invoice lacks', () => {
  const whole: CheckedFacts = {
    ...{ kind: 'invoice', number: 'INV-1', places: 2, lines: [line(10_000n, { tax: 1900n })] },
    seller: { address: ['1 Weg', '10115 Berlin'], country: 'DE', taxId: 'DE123456789', email: 'a@b.example' },
    buyer: { address: ['75002 Paris'], country: 'FR', taxId: '', email: 'c@d.example' },
    contact: { name: 'Ada', phone: '1' },
    ...{ buyerReference: '04011000-12345-03', payable: true },
  }
  const nobody = { address: [], country: '', taxId: '', email: '' }

  it('is nothing where all is there', () => {
    for (const format of E_INVOICE_FORMATS) expect(eInvoiceProblems(whole, format)).toEqual([])
  })

  it('is said in the order in which it is put right', () => {
    const bare = { ...whole, number: null, seller: nobody, buyer: nobody, places: 3 }
    expect(eInvoiceProblems(bare, 'ubl')).toEqual([
      ...['not-issued', 'seller-country', 'seller-tax-id', 'seller-email', 'buyer-country', 'buyer-email'],
      'currency-places',
    ])
    expect(eInvoiceProblems({ ...whole, seller: { ...whole.seller, email: '' } }, 'cii')).toEqual([])
  })

  it('is the VAT number of a buyer who owes the tax', () => {
    for (const category of ['AE', 'K'] as TaxCategory[]) {
      const lines = [line(100n, { category, taxRate: '0' })]
      expect(eInvoiceProblems({ ...whole, lines }, 'cii')).toEqual(['buyer-vat-id'])
      const buyer = { ...whole.buyer, taxId: 'FR12345678901' }
      expect(eInvoiceProblems({ ...whole, lines, buyer }, 'cii')).toEqual([])
    }
  })

  it('is one category where something is outside the scope of tax', () => {
    const lines = [line(100n, { category: 'O', taxRate: '0' }), line(100n, { tax: 19n })]
    expect(eInvoiceProblems({ ...whole, lines }, 'cii')).toEqual(['mixed-outside'])
  })

  it('is a tax that rounding by lines took a whole unit away from', () => {
    // 0.03 at 19 % is 0.01 on each line. 232 of them: 2.32 for 6.96, by the rule 1.32. 233: 2.33 for 6.99, 1.33.
    const many = (count: number) => Array.from({ length: count }, () => line(3n, { tax: 1n }))
    expect(eInvoiceProblems({ ...whole, lines: many(232) }, 'cii')).toEqual([])
    expect(eInvoiceProblems({ ...whole, lines: many(233) }, 'cii')).toEqual(['tax-rounding'])
    const back = {
      ...whole,
      kind: 'credit-note' as const,
      lines: many(300).map(one => ({ ...one, amount: -3n, tax: -1n })),
    }
    expect(eInvoiceProblems(back, 'cii')).toEqual(['tax-rounding'])
  })
})

describe('what XRechnung wants besides', () => {
  it('reads post code and town where a line says both, and guesses nothing', () => {
    expect(townOf(['1 Weg', '10115 Berlin', 'Germany'])).toMatchObject({
      code: '10115',
      town: 'Berlin',
      line: 1,
    })
    expect(townOf(['D-80331 München'])).toMatchObject({ code: '80331', town: 'München' })
    expect(townOf(['1012 AB Amsterdam'])).toMatchObject({ code: '1012 AB', town: 'Amsterdam' })
    expect(townOf(['00-950 Warszawa'])).toBeNull()
    expect(townOf(['Berlin', '12 Street'])).toBeNull()
    expect(townOf([])).toBeNull()
  })

  /**
   * 04011000-12345-03: 040110001234503 mod 97 = 1 is what the digits must give. 40110001234503 = 97 × 413505167366 + 1.
   */
  it('looks at the check digits of a Leitweg-ID, and at nothing else', () => {
    expect(leitwegFault('04011000-12345-03')).toBe(false)
    expect(leitwegFault('04011000-12345-04')).toBe(true)
    expect(leitwegFault('PO 4711')).toBe(false)
    expect(leitwegFault('')).toBe(false)
  })

  it('says what is missing', () => {
    const bare: CheckedFacts = {
      ...{ kind: 'invoice', number: 'INV-1', places: 2, lines: [line(10_000n, { tax: 1900n })] },
      seller: { address: ['Weg 1'], country: 'DE', taxId: 'DE123456789', email: 'a@b.example' },
      buyer: { address: [], country: 'DE', taxId: '', email: 'c@d.example' },
      contact: { name: '', phone: '' },
      ...{ buyerReference: '', payable: false },
    }
    const all = ['buyer-reference', 'seller-contact', 'seller-phone', 'seller-town', 'buyer-town']
    expect(eInvoiceProblems(bare, 'xrechnung-cii')).toEqual([...all, 'pay-to'])
    expect(
      eInvoiceProblems(
        { ...bare, kind: 'credit-note', lines: [line(-10_000n, { tax: -1900n })] },
        'xrechnung-ubl',
      ),
    ).toEqual(all)
    expect(eInvoiceProblems(bare, 'cii')).toEqual([])
  })
})
