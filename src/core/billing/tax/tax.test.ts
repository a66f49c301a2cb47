import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSettings } from '#core/workspace/settings.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { invoiceFacts } from '../invoices/document/invoice-facts.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed, use } from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { tax: leaf, customer, correction, invoice, oneOff } = contract.billing
const { log, settings, search } = contract.workspace

describe.each(DATABASES)('tax (%s)', database => {
  let t: TestCore
  let world: Awaited<ReturnType<typeof closeWorld>>
  beforeEach(async () => {
    t = await testCore(database)
    world = await closeWorld(t)
  })
  afterEach(() => t.close())

  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string; data: { reason?: string } }) =>
        error.data.reason ? `${error.code} ${error.data.reason}` : error.code,
    )
  const rule = (country: string, rate: string, more: object = {}) =>
    t.core.call(
      leaf.addRule,
      {
        ...{ name: `VAT ${country}`, country, category: 'standard', kind: 'standard', rate },
        ...{ validFrom: '2020-01-01', source: `Law of ${country}`, ...more },
      } as never,
      t.admin,
    )
  const set = (name: string, value: unknown) => t.core.call(settings.set, { name, value } as never, t.admin)
  /** A customer of a country, with a tax number where it has one. */
  async function buyer(key: string, country: string, taxId = '') {
    const made = await subscribed(t, key, world.pro.planId, { from: '2026-09-01' })
    const { profile, ...rest } = await t.core.call(customer.get, { customerId: made.customer.id }, t.admin)
    const { name, email, currency, zone } = rest
    await t.core.call(
      customer.edit,
      {
        customerId: made.customer.id,
        name,
        email,
        currency,
        zone,
        country,
        profile: { ...profile, taxId },
      } as never,
      t.admin,
    )
    return made
  }
  const decide = async (customerId: string, more: object = {}) => {
    const { rate, basis } = await t.core.call(
      leaf.decide,
      { customerId, day: '2026-10-31', ...more },
      t.admin,
    )
    return `${rate} ${basis.code} ${basis.reason}`
  }
  const undo = async () => {
    const { entries } = await t.core.call(log.list, { limit: 1 }, t.admin)
    return t.core.call(log.undo, { commandId: entries[0]!.commandId }, t.admin)
  }
  const lines = async (invoiceId: string) =>
    (await t.core.call(invoice.get, { invoiceId }, t.admin)).lineItems

  it('billing.tax.addRule: kept, found, changed, removed, and each taken back', async () => {
    const made = await rule('DE', '0.19')
    expect(made).toMatchObject({ country: 'DE', rate: '0.19', region: '', inclusive: false, replaced: false })
    expect(await code(rule('DE', '0.16'))).toBe('BILLING_TAX_RULE_THERE')
    await rule('DE', '0.2', { name: 'VAT to come', validFrom: '2030-01-01' })
    await rule('DE', '0.16', { validFrom: '2019-01-01' })
    const found = await t.core.call(search.query, { text: 'VAT DE' }, t.admin)
    expect(JSON.stringify(found)).toContain(`/billing/tax?rule=${made.id}`)
    const list = async () =>
      (await t.core.call(leaf.rules, {}, t.admin)).rules.map(one => `${one.rate} ${one.replaced}`)
    expect(await list()).toEqual(['0.2 false', '0.19 false', '0.16 true'])
    const { id: ruleId, createdBy: _, createdAt: __, replaced: ___, ...terms } = made
    await t.core.call(leaf.editRule, { ruleId, ...terms, rate: '0.21' }, t.admin)
    expect(await list()).toContain('0.21 false')
    await undo()
    expect(await list()).toContain('0.19 false')
    await t.core.call(leaf.removeRule, { ruleId }, t.admin)
    expect(await list()).toHaveLength(2)
    await undo()
    expect(await list()).toHaveLength(3)
    await rule('FR', '0.2')
    await undo()
    expect(await list()).toHaveLength(3)
    expect(await code(t.core.call(leaf.removeRule, { ruleId: t.admin.person as never }, t.admin))).toBe(
      'WORKSPACE_NOT_FOUND',
    )
  })

  it('billing.tax.addRule: refuses what makes no sense', async () => {
    expect(await code(rule('DE', '1'))).toBe('BILLING_TAX_RULE_INVALID rate')
    expect(await code(rule('DE', '0.1', { kind: 'exempt' }))).toBe('BILLING_TAX_RULE_INVALID no-rate')
    expect(await code(rule('DE', '0'))).toBe('BILLING_TAX_RULE_INVALID outside')
    expect(await code(rule('DE', '0', { kind: 'zero' }))).toBe('done')
  })

  it('billing.tax.importRules: adds published rates of countries without a rule, and nothing else', async () => {
    await rule('DE', '0.16')
    const before = await t.core.call(leaf.rules, {}, t.admin)
    expect(before.offered.missing).toContain('FR')
    expect(before.offered.missing).not.toContain('DE')
    const bring = (countries: string[]) => t.core.call(leaf.importRules, { countries }, t.admin)
    expect(await bring(['DE', 'FR', 'XX'])).toEqual({ added: 2 })
    expect(await bring(['DE', 'FR'])).toEqual({ added: 0 })
    const { rules } = await t.core.call(leaf.rules, {}, t.admin)
    expect(rules.map(one => `${one.country} ${one.category} ${one.rate}`)).toEqual([
      'DE standard 0.16',
      'FR reduced 0.055',
      'FR standard 0.2',
    ])
    expect(rules[1]!.source).toContain('2026-01-01')
  })

  it("without rules the rate is what it was: the customer's, else that of the settings", async () => {
    const { customer: acme } = await buyer('acme', 'DE')
    expect(await decide(acme.id)).toBe('0.08 S default')
    await closeMonth(t, '2026-09')
    const [draft] = await invoicesOf(t, '2026-09')
    const [line] = await lines(draft!.id)
    expect(line).toMatchObject({ taxRate: '0.08', taxBasis: { code: 'S', reason: 'default' } })
  })

  /**
   * The fee of October, 100.00 in advance, and of September. At home 19 %: 19.00 each. In France with a number that was
   * found valid nothing, and the business owes it; by its form alone it does not count, and is taxed as at home.
   */
  it('billing.close.start: each line says its rate, its category and why', async () => {
    await set('billing.country', 'DE')
    await rule('DE', '0.19')
    await rule('DE', '0.07', { category: 'reading', kind: 'reduced' })
    const { customer: home } = await buyer('home', 'DE')
    const { customer: lyon } = await buyer('lyon', 'FR', 'FR 40 303 265 045')
    const { customer: nice } = await buyer('nice', 'FR', 'FR40303265045')
    const { customer: oslo } = await buyer('oslo', 'NO')
    await t.core.call(
      leaf.setCategory,
      { subject: { kind: 'metric', metricId: world.metrics.calls }, category: 'reading' },
      t.admin,
    )
    await use(t, 'home', 'calls', '2026-09-10', '1100')
    const found = await t.core.call(
      leaf.noteVatCheck,
      { customerId: lyon.id, state: 'valid', note: 'Asked by telephone' },
      t.admin,
    )
    expect(found).toMatchObject({ vat: { number: 'FR40303265045', state: 'valid', counts: true } })
    expect(await decide(nice.id)).toBe('0.19 S origin')
    await closeMonth(t, '2026-09')
    const drafts = await invoicesOf(t, '2026-09')
    const of = async (id: string) => {
      const draft = drafts.find(one => one.customerId === id)!
      return (await lines(draft.id)).map(
        ({ name, amount, tax, taxBasis }) => `${name} ${amount} ${tax} ${taxBasis.code} ${taxBasis.reason}`,
      )
    }
    expect(await of(home.id)).toEqual(
      expect.arrayContaining(['Base fee 10000 1900 S domestic', 'API calls 10000 700 S domestic']),
    )
    expect(await of(lyon.id)).toEqual(Array(2).fill('Base fee 10000 0 AE reverse-charge'))
    expect(await of(nice.id)).toEqual(Array(2).fill('Base fee 10000 1900 S origin'))
    expect(await of(oslo.id)).toEqual(Array(2).fill('Base fee 10000 0 O outside'))
    // What the document states of it: the law wants it there.
    const stated = async (id: string) => {
      const { id: invoiceId } = drafts.find(one => one.customerId === id)!
      const facts = await t.store.read(t.workspace, async reader =>
        invoiceFacts(reader, invoiceId, await readSettings(reader, {})),
      )
      return facts.lines[0]!.untaxed
    }
    expect(await stated(lyon.id)).toEqual({
      ...{ kind: 'AE', why: 'Directive 2006/112/EC, Articles 44 and 196' },
    })
    expect(await stated(home.id)).toBeNull()
    const line = (await lines(drafts.find(one => one.customerId === lyon.id)!.id))[0]!
    expect(line.taxBasis).toMatchObject({
      ...{ vatNumber: 'FR40303265045', exemption: 'VATEX-EU-AE', country: 'FR' },
      source: 'Directive 2006/112/EC, Articles 44 and 196',
    })
  })

  it('a number that was found invalid, or is another by now, does not count', async () => {
    await set('billing.country', 'DE')
    await set('billing.vatProof', 'form')
    await rule('DE', '0.19')
    const { customer: lyon } = await buyer('lyon', 'FR', 'FR40303265045')
    expect(await decide(lyon.id)).toBe('0 AE reverse-charge')
    const note = (state: 'valid' | 'invalid') =>
      t.core.call(leaf.noteVatCheck, { customerId: lyon.id, state, note: 'VIES' }, t.admin)
    await note('invalid')
    expect(await decide(lyon.id)).toBe('0.19 S origin')
    t.clock.advance(1000)
    await note('valid')
    expect(await decide(lyon.id)).toBe('0 AE reverse-charge')
    const { checks } = await t.core.call(leaf.checks, {}, t.admin)
    expect(checks.map(one => `${one.customer} ${one.state} ${one.way}`)).toEqual([
      'Customer lyon valid hand',
      'Customer lyon invalid hand',
    ])
    const shown = await t.core.call(leaf.customer, { customerId: lyon.id }, t.admin)
    expect(shown).toMatchObject({ kind: 'business', vat: { state: 'valid', counts: true } })
    await t.core.call(leaf.setCustomer, { customerId: lyon.id, kind: 'consumer', region: '' }, t.admin)
    expect(await decide(lyon.id)).toBe('0.19 S origin')
    await undo()
    expect(await decide(lyon.id)).toBe('0 AE reverse-charge')
  })

  it('billing.tax.noteVatCheck: only of what is a VAT number', async () => {
    const { customer: acme } = await buyer('acme', 'DE', 'DE123')
    const note = t.core.call(leaf.noteVatCheck, { customerId: acme.id, state: 'valid', note: 'x' }, t.admin)
    expect(await code(note)).toBe('BILLING_VAT_NUMBER_BAD form')
    const shown = await t.core.call(leaf.customer, { customerId: acme.id }, t.admin)
    expect(shown.vat).toEqual({
      number: 'DE123',
      state: 'bad-form',
      fault: 'form',
      checkedAt: null,
      counts: false,
    })
    const { customer: none } = await buyer('none', 'DE')
    expect((await t.core.call(leaf.customer, { customerId: none.id }, t.admin)).vat.state).toBe('none')
  })

  it('billing.tax.addCertificate: exempts for its time, ends, and is taken back', async () => {
    await set('billing.taxId', 'DE136695976')
    await rule('DE', '0.19')
    const { customer: acme } = await buyer('acme', 'DE', 'DE136695976')
    const terms = {
      customerId: acme.id,
      country: 'DE',
      number: 'B-9',
      reason: 'Embassy',
      validFrom: '2026-01-01',
    }
    const made = await t.core.call(leaf.addCertificate, terms, t.admin)
    expect(await decide(acme.id)).toBe('0 E certificate')
    const end = (validUntil: string) =>
      t.core.call(leaf.endCertificate, { certificateId: made.id, validUntil }, t.admin)
    await end('2026-09-30')
    expect(await decide(acme.id)).toBe('0.19 S domestic')
    await undo()
    expect(await decide(acme.id)).toBe('0 E certificate')
    expect(await code(end('2025-12-31'))).toBe('BILLING_TAX_CERTIFICATE_SPAN')
    const again = { ...terms, number: 'B-10', validFrom: '2026-10-01' }
    await t.core.call(leaf.addCertificate, again, t.admin)
    await undo()
    const { certificates } = await t.core.call(leaf.customer, { customerId: acme.id }, t.admin)
    expect(certificates.map(one => one.number)).toEqual(['B-9'])
    await undo()
    const both = await t.core.call(leaf.customer, { customerId: acme.id }, t.admin)
    expect(both.certificates.map(one => one.number)).toEqual(['B-10', 'B-9'])
    const none = t.core.call(
      leaf.endCertificate,
      { certificateId: t.admin.person as never, validUntil: '2026-01-01' },
      t.admin,
    )
    expect(await code(none)).toBe('WORKSPACE_NOT_FOUND')
  })

  it('billing.tax.setCategory: of prices, metrics and one-off charges, and standard again', async () => {
    await set('billing.country', 'DE')
    await rule('DE', '0.19')
    await rule('DE', '0.07', { category: 'books', kind: 'reduced' })
    const { customer: acme } = await buyer('acme', 'DE')
    const call = (subject: object, category: string) =>
      t.core.call(leaf.setCategory, { subject, category } as never, t.admin)
    const charge = await t.core.call(
      oneOff.add,
      {
        customerId: acme.id,
        name: 'A book',
        quantity: '1',
        unitPrice: '10',
        firstPeriod: '2026-09',
      } as never,
      t.admin,
    )
    await call({ kind: 'one-off', oneOffId: (charge as { id: string }).id }, 'books')
    await call({ kind: 'price', planId: world.pro.planId, priceKey: 'base' }, 'books')
    await call({ kind: 'metric', metricId: world.metrics.gb }, 'books')
    const names = async () =>
      (await t.core.call(leaf.categories, {}, t.admin)).categories.map(one => `${one.name} ${one.category}`)
    expect((await names()).toSorted()).toEqual(['A book books', 'Plan pro: base books', 'gb books'])
    await call({ kind: 'metric', metricId: world.metrics.gb }, 'standard')
    expect(await names()).toHaveLength(2)
    await undo()
    expect(await names()).toHaveLength(3)
    await closeMonth(t, '2026-09')
    const [draft] = await invoicesOf(t, '2026-09')
    const made = (await lines(draft!.id)).map(({ name, amount, tax }) => `${name} ${amount} ${tax}`)
    expect(made).toEqual(expect.arrayContaining(['Base fee 10000 700', 'A book 1000 70']))
  })

  /** Prices of 100.00 with 19 % in them: 84.03 and 15.97 (100 ÷ 1.19 = 84.0336…). A credit note of all of it is 100.00. */
  it('prices with tax in them: the total is the price, later corrections and credit notes too', async () => {
    await set('billing.country', 'DE')
    await set('billing.creditLimit', 1_000_000)
    await rule('DE', '0.19', { inclusive: true })
    const { customer: acme } = await buyer('acme', 'DE')
    await closeMonth(t, '2026-09')
    const [issued] = await issueMonth(t, '2026-09')
    expect(issued).toMatchObject({ net: 16_806n, tax: 3194n, total: 20_000n })
    const [line] = await lines(issued!.id)
    expect(line).toMatchObject({
      amount: 8403n,
      tax: 1597n,
      exact: '10000/119',
      taxBasis: { inclusive: true },
    })
    // Nothing changed, so that a further close of the month finds nothing.
    await closeMonth(t, '2026-09')
    expect(await invoicesOf(t, '2026-09')).toHaveLength(1)
    const given = await t.core.call(
      correction.credit,
      { invoiceId: issued!.id, wanted: { kind: 'whole' }, money: 'balance', reason: 'All of it' } as never,
      t.admin,
    )
    const note = await t.core.call(invoice.get, { invoiceId: given.creditNoteId! }, t.admin)
    expect(note).toMatchObject({ net: -16_806n, tax: -3194n, total: -20_000n })
    expect(note.lineItems.map(one => one.taxBasis.reason)).toEqual(['domestic', 'domestic'])
    expect(acme.id).toBe(note.customerId)
  })

  it('an agreed rate of the customer comes before all rules', async () => {
    await set('billing.country', 'DE')
    await rule('DE', '0.19')
    const { customer: acme } = await buyer('acme', 'DE')
    const { profile, name, email, currency, zone, country } = await t.core.call(
      customer.get,
      { customerId: acme.id },
      t.admin,
    )
    await t.core.call(
      customer.edit,
      {
        customerId: acme.id,
        name,
        email,
        currency,
        zone,
        country,
        profile: { ...profile, taxRate: '0.05' },
      } as never,
      t.admin,
    )
    expect(await decide(acme.id)).toBe('0.05 S customer')
    await closeMonth(t, '2026-09')
    const [draft] = await invoicesOf(t, '2026-09')
    expect((await lines(draft!.id))[0]).toMatchObject({ taxRate: '0.05', taxBasis: { reason: 'customer' } })
  })
})
