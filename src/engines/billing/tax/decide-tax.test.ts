import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BuyerFacts, TaxRuleFacts, TaxWorld } from '#shared/contract/billing/tax-facts.ts'
import { countingNumber, decideTax, GOODS, ruleFor } from './decide-tax.ts'
import { PUBLISHED_RATES } from './published-rates.ts'

function rule(country: string, rate: string, more: Partial<TaxRuleFacts> = {}): TaxRuleFacts {
  const id = `${country}-${more.region ?? ''}-${more.category ?? 'standard'}-${more.validFrom ?? ''}`
  return {
    ...{ id, country, region: '', category: 'standard', kind: 'standard', rate, inclusive: false },
    ...{ validFrom: '2020-01-01', source: `Law of ${country}`, note: '' },
    ...more,
  }
}
const RULES = [
  rule('DE', '0.19'),
  rule('DE', '0.07', { category: 'books', kind: 'reduced' }),
  rule('DE', '0', { category: 'training', kind: 'exempt', note: '§ 4 Nr. 21 UStG' }),
  rule('FR', '0.2'),
  rule('NO', '0.25'),
  rule('CH', '0.081', { validFrom: '2024-01-01' }),
  rule('CH', '0.077', { validFrom: '2018-01-01' }),
]
const world = (more: Partial<TaxWorld> = {}): TaxWorld => ({
  ...{ rules: RULES, categories: {}, proof: 'checked' },
  sellers: [{ id: null, country: 'DE', registrations: ['CH'], consumers: 'origin' }],
  ...more,
})
const buyer = (country: string, more: Partial<BuyerFacts> = {}): BuyerFacts => ({
  ...{ country, region: '', kind: 'business', vat: null, certificates: [], sellerId: null, ...more },
})
const decided = (of: BuyerFacts, more: { world?: TaxWorld; category?: string; day?: string } = {}) => {
  const { rate, basis } = decideTax({
    ...{ world: more.world ?? world(), buyer: of, category: more.category ?? 'standard' },
    ...{ day: more.day ?? '2026-10-31', defaultRate: '0.08' },
  })
  return `${rate} ${basis!.code} ${basis!.reason} ${basis!.country ?? '-'}`
}
const FRENCH = { number: 'FR40303265045', found: 'valid' as const }

describe('the tax of a line', () => {
  it('at home is the rule of the country, by category', () => {
    expect(decided(buyer('DE'))).toBe('0.19 S domestic DE')
    expect(decided(buyer('DE'), { category: 'books' })).toBe('0.07 S domestic DE')
    expect(decided(buyer('DE'), { category: 'training' })).toBe('0 E domestic DE')
    // What has no rule of its own is taxed as the standard.
    expect(decided(buyer('DE'), { category: 'tea' })).toBe('0.19 S domestic DE')
    expect(decided(buyer('DE', { vat: { number: 'DE136695976', found: 'valid' } }))).toBe(
      '0.19 S domestic DE',
    )
  })

  it('of a business in the EU is the reverse charge, once its number counts', () => {
    expect(decided(buyer('FR', { vat: FRENCH }))).toBe('0 AE reverse-charge FR')
    expect(decided(buyer('FR', { vat: FRENCH }), { category: GOODS })).toBe('0 K intra-community FR')
    const unknown = { ...FRENCH, found: 'nothing' as const }
    expect(decided(buyer('FR', { vat: unknown }))).toBe('0.19 S origin DE')
    const form = world({ proof: 'form' })
    expect(decided(buyer('FR', { vat: unknown }), { world: form })).toBe('0 AE reverse-charge FR')
    const invalid = { ...FRENCH, found: 'invalid' as const }
    expect(decided(buyer('FR', { vat: invalid }), { world: form })).toBe('0.19 S origin DE')
    expect(decided(buyer('FR', { vat: FRENCH, kind: 'consumer' }))).toBe('0.19 S origin DE')
  })

  it("of a consumer in the EU is the seller's, or their own by the One Stop Shop", () => {
    const oss = world({
      sellers: [{ id: null, country: 'DE', registrations: [], consumers: 'destination' }],
    })
    expect(decided(buyer('FR'), { world: oss })).toBe('0.2 S destination FR')
    // Nobody entered what Spain asks for: the workspace's own rate, and it says so.
    expect(decided(buyer('ES'), { world: oss })).toBe('0.08 S no-rule ES')
  })

  it('of what leaves the EU is an export or outside the scope, but where the seller is registered', () => {
    expect(decided(buyer('NO'))).toBe('0 O outside -')
    expect(decided(buyer('NO'), { category: GOODS })).toBe('0 G export -')
    expect(decided(buyer('CH'))).toBe('0.081 S registered CH')
    expect(decided(buyer('CH'), { day: '2023-12-31' })).toBe('0.077 S registered CH')
    expect(decided(buyer('CH'), { day: '2017-12-31' })).toBe('0.08 S no-rule CH')
  })

  it('of a seller outside the EU names no law of the EU', () => {
    const swiss = world({ sellers: [{ id: null, country: 'CH', registrations: [], consumers: 'origin' }] })
    const { basis } = decideTax({
      ...{ world: swiss, buyer: buyer('FR', { vat: FRENCH }), category: 'standard', day: '2026-10-31' },
      defaultRate: '0.08',
    })
    expect(basis).toMatchObject({ code: 'O', source: '', exemption: null })
  })

  it('is nothing for whom a certificate exempts, as long as it does, where it does', () => {
    const certificate = {
      ...{ id: 'c', country: 'DE', region: '', number: 'A-7', reason: 'Embassy', exemption: null },
      ...{ validFrom: '2026-01-01', validUntil: '2026-12-31' },
    }
    const embassy = buyer('DE', { certificates: [certificate] })
    expect(decided(embassy)).toBe('0 E certificate DE')
    expect(decided(embassy, { day: '2026-12-31' })).toBe('0 E certificate DE')
    expect(decided(embassy, { day: '2027-01-01' })).toBe('0.19 S domestic DE')
    expect(decided(embassy, { day: '2025-12-31' })).toBe('0.19 S domestic DE')
    expect(decided(buyer('CH', { certificates: [certificate] }))).toBe('0.081 S registered CH')
    const anywhere = { ...certificate, country: null, validUntil: null }
    expect(decided(buyer('CH', { certificates: [anywhere] }))).toBe('0 E certificate CH')
    const bavaria = { ...certificate, region: 'BY' }
    expect(decided(buyer('DE', { certificates: [bavaria] }))).toBe('0.19 S domestic DE')
    expect(decided(buyer('DE', { region: 'BY', certificates: [bavaria] }))).toBe('0 E certificate DE')
  })

  it("stays the workspace's own rate without rules, or where nobody knows where the seller is", () => {
    expect(decided(buyer('DE'), { world: world({ rules: [] }) })).toBe('0.08 S default -')
    const nowhere = world({ sellers: [{ id: null, country: null, registrations: [], consumers: 'origin' }] })
    expect(decided(buyer('DE'), { world: nowhere })).toBe('0.08 S no-seller -')
  })

  it('is of the legal entity that bills the buyer, the first one where none is named', () => {
    const two = world({
      sellers: [
        { id: 'de', country: 'DE', registrations: [], consumers: 'origin' },
        { id: 'fr', country: 'FR', registrations: [], consumers: 'origin' },
      ],
    })
    expect(decided(buyer('FR', { vat: FRENCH }), { world: two })).toBe('0 AE reverse-charge FR')
    expect(decided(buyer('FR', { vat: FRENCH, sellerId: 'fr' }), { world: two })).toBe('0.2 S domestic FR')
  })

  it('of a state comes before that of its country', () => {
    const rules = [rule('US', '0.0725', { region: 'CA' }), rule('US', '0', { kind: 'outside' })]
    const states = world({
      rules,
      sellers: [{ id: null, country: 'US', registrations: [], consumers: 'origin' }],
    })
    expect(decided(buyer('US', { region: 'CA' }), { world: states })).toBe('0.0725 S domestic US')
    expect(decided(buyer('US', { region: 'TX' }), { world: states })).toBe('0 O domestic US')
  })
})

describe('laws of tax', () => {
  const country = fc.constantFrom('DE', 'FR', 'ES', 'CH', 'NO', 'US')
  const anyBuyer = fc.record({
    ...{ country, region: fc.constantFrom('', 'CA'), kind: fc.constantFrom('business', 'consumer') },
    vat: fc.constantFrom(null, FRENCH, { ...FRENCH, found: 'nothing' as const }),
    certificates: fc.constant([]),
    sellerId: fc.constant(null),
  }) as fc.Arbitrary<BuyerFacts>
  const category = fc.constantFrom('standard', 'books', 'training', GOODS)

  it('only S has a rate, and what has none says why', () =>
    fc.assert(
      fc.property(anyBuyer, category, country, (of, what, home) => {
        const sellers = [{ id: null, country: home, registrations: [], consumers: 'destination' as const }]
        const { rate, basis } = decideTax({
          ...{ world: world({ sellers }), buyer: of, category: what, day: '2026-10-31', defaultRate: '0.08' },
        })
        expect(basis!.code === 'S').toBe(rate !== '0')
        expect(basis!.category).toBe(what)
        if (basis!.reason === 'reverse-charge') expect(basis!.vatNumber).toBe(of.vat!.number)
      }),
    ))

  it('the rule of a day is the newest that began, and never one to come', () => {
    const day = fc
      .integer({ min: 0, max: 3000 })
      .map(days => new Date(days * 86_400_000 + 1.5e12).toISOString().slice(0, 10))
    fc.assert(
      fc.property(fc.uniqueArray(day, { minLength: 1, maxLength: 6 }), day, (starts, on) => {
        const rules = starts.map(validFrom => rule('DE', '0.1', { validFrom }))
        const found = ruleFor(rules, { country: 'DE', region: '', category: 'standard', day: on })
        const begun = starts.filter(start => start <= on).sort()
        expect(found?.validFrom).toBe(begun.at(-1))
      }),
    )
  })

  it('a number that counts for nobody else counts for no consumer', () => {
    expect(countingNumber({ kind: 'consumer', vat: FRENCH }, 'form')).toBeNull()
    expect(countingNumber({ kind: 'business', vat: null }, 'form')).toBeNull()
    expect(countingNumber({ kind: 'business', vat: FRENCH }, 'checked')).toBe('FR40303265045')
  })

  it('the published rates are once for each country and category, and of every member state', () => {
    const keys = PUBLISHED_RATES.map(one => `${one.country}/${one.category}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(PUBLISHED_RATES.filter(one => one.category === 'standard')).toHaveLength(29)
    for (const { rate } of PUBLISHED_RATES) expect(Number(rate)).toBeGreaterThan(0)
  })
})
