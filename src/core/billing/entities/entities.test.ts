import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import type { Parties } from '../invoices/parties.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed } from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { entity: leaf, tax, correction, exchange, invoice } = contract.billing
/** Of the day on which the clock of the tests stands. */
const RATE = { base: 'EUR', quote: 'USD', day: '2026-11-21', source: 'Bank' }
const { log, settings, search } = contract.workspace

describe.each(DATABASES)('legal entities (%s)', database => {
  let t: TestCore
  let planId: string
  beforeEach(async () => {
    t = await testCore(database)
    planId = (await closeWorld(t)).pro.planId
    // Customers pay in dollars, and the documents say the tax in euros: 1 euro = 1.25 dollars.
    await t.core.call(exchange.add, { rates: [{ ...RATE, rate: '1.25' }] }, t.admin)
  })
  afterEach(() => t.close())

  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string; data: { reason?: string } }) =>
        error.data.reason ? `${error.code} ${error.data.reason}` : error.code,
    )
  const TERMS = { address: ['1 Street'], currency: 'EUR' }
  const add = (key: string, country: string, prefix: string, more: object = {}) =>
    t.core.call(
      leaf.create,
      {
        ...{ key, name: `Firm ${key}`, country, ...TERMS },
        ...{ invoicePrefix: prefix, creditNotePrefix: `${prefix}C`, ...more },
      } as never,
      t.admin,
    )
  const assign = (customerId: string, entityId: string | null) =>
    t.core.call(leaf.assign, { customerId, entityId }, t.admin)
  const undo = async () => {
    const { entries } = await t.core.call(log.list, { limit: 1 }, t.admin)
    return t.core.call(log.undo, { commandId: entries[0]!.commandId }, t.admin)
  }
  const parties = (id: string) =>
    t.store.read(t.workspace, async ({ db }) => {
      const row = await db
        .selectFrom('invoices')
        .select('parties')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      return fromCanonical<Parties>(row.parties!)
    })

  it('billing.entity.create: the first one bills everybody and goes on with the numbers of the settings', async () => {
    const { customer } = await subscribed(t, 'acme', planId, { from: '2026-08-01' })
    await closeMonth(t, '2026-08')
    const [before] = await issueMonth(t, '2026-08')
    expect(before!.number).toBe('INV-2026-00001')
    const de = await add('de', 'DE', 'INV', { creditNotePrefix: 'CN', taxId: 'DE136695976' })
    expect(de).toMatchObject({ isDefault: true, customers: 0, archivedAt: null })
    await closeMonth(t, '2026-09')
    const [issued] = await issueMonth(t, '2026-09')
    expect(issued!.number).toBe('INV-2026-00002')
    const { workspace } = await parties(issued!.id)
    expect(workspace).toMatchObject({
      ...{ legalName: 'Firm de', address: ['1 Street'], taxId: 'DE136695976' },
      entity: { id: de.id, key: 'de', country: 'DE', currency: 'EUR' },
    })
    const found = await t.core.call(search.query, { text: 'Firm' }, t.admin)
    expect(JSON.stringify(found)).toContain(`/billing/entities?entity=${de.id}`)
    const shown = await t.core.call(tax.customer, { customerId: customer.id }, t.admin)
    expect(shown.entity).toEqual({ id: de.id, name: 'Firm de', said: false })
  })

  it('each has numbers of its own without gaps, credit notes by whoever billed', async () => {
    await t.core.call(settings.set, { name: 'billing.creditLimit', value: 1_000_000 } as never, t.admin)
    await add('de', 'DE', 'D')
    const us = await add('us', 'US', 'U')
    const acme = await subscribed(t, 'acme', planId, { from: '2026-08-01' })
    const beta = await subscribed(t, 'beta', planId, { from: '2026-08-01' })
    await assign(beta.customer.id, us.id)
    for (const period of ['2026-08', '2026-09']) {
      await closeMonth(t, period)
      await issueMonth(t, period)
    }
    const all = [...(await invoicesOf(t, '2026-08')), ...(await invoicesOf(t, '2026-09'))]
    const numbers = (id: string) => all.filter(one => one.customerId === id).map(one => one.number)
    expect(numbers(acme.customer.id)).toEqual(['D-2026-00001', 'D-2026-00002'])
    expect(numbers(beta.customer.id)).toEqual(['U-2026-00001', 'U-2026-00002'])
    // The customer moves; what is given back of its old invoice is of its old seller.
    await assign(beta.customer.id, null)
    const given = await t.core.call(
      correction.credit,
      {
        ...{ invoiceId: all.find(one => one.number === 'U-2026-00001')!.id, wanted: { kind: 'whole' } },
        ...{ money: 'balance', reason: 'Wrong plan' },
      } as never,
      t.admin,
    )
    const note = await t.core.call(contract.billing.invoice.get, { invoiceId: given.creditNoteId! }, t.admin)
    expect(note.number).toBe('UC-2026-00001')
  })

  /**
   * 100.00 dollars a month with 8 % tax. The invoice of August has the fee of August and that of September, because fees
   * are billed ahead: 16.00 dollars of tax are 12.80 euros at 1.25, and a whole credit note takes back 12.80.
   */
  it('billing.invoice.issue: says the tax in the currency of the books, and a credit note by the same rate', async () => {
    await t.core.call(settings.set, { name: 'billing.creditLimit', value: 1_000_000 } as never, t.admin)
    await subscribed(t, 'acme', planId, { from: '2026-08-01' })
    await add('de', 'DE', 'DE')
    await closeMonth(t, '2026-08')
    const [one] = await issueMonth(t, '2026-08')
    const amounts = async (id: string) =>
      (await t.core.call(invoice.get, { invoiceId: id }, t.admin)).taxAmount
    const books = (BigInt(one!.tax) * 4n) / 5n
    expect(await amounts(one!.id)).toEqual({
      ...{ currency: 'EUR', amount: books, rates: [{ ...RATE, rate: '1.25' }] },
    })
    // Another rate since: what was fixed stands.
    await t.core.call(exchange.set, { ...RATE, rate: '2' }, t.admin)
    const { creditNoteId } = await t.core.call(
      correction.credit,
      {
        ...{ invoiceId: one!.id, wanted: { kind: 'whole' } },
        ...{ money: 'balance', reason: 'Whole' },
      } as never,
      t.admin,
    )
    expect(await amounts(creditNoteId!)).toMatchObject({ currency: 'EUR', amount: -books })
  })

  it('billing.invoice.issue: refuses what would lack its tax in the currency of an entity in the EU', async () => {
    await subscribed(t, 'acme', planId, { from: '2026-08-01' })
    await add('de', 'DE', 'DE', { currency: 'SEK' })
    await closeMonth(t, '2026-08')
    await expect(issueMonth(t, '2026-08')).rejects.toMatchObject({
      ...{ code: 'BILLING_TAX_RATE_MISSING', data: { currency: 'USD', to: 'SEK', day: '2026-11-21' } },
    })
    // Through the euro it is known then.
    await t.core.call(exchange.add, { rates: [{ ...RATE, quote: 'SEK', rate: '11' }] }, t.admin)
    const [one] = await invoicesOf(t, '2026-08')
    await t.core.call(invoice.issue, { invoiceId: one!.id, digest: one!.digest }, t.admin)
    const { taxAmount } = await t.core.call(invoice.get, { invoiceId: one!.id }, t.admin)
    // 11 ÷ 1.25 = 8.8 kronor for a dollar.
    expect(taxAmount).toMatchObject({ currency: 'SEK', amount: (one!.tax * 88n) / 10n })
    expect(taxAmount!.rates.map(rate => rate.quote)).toEqual(['USD', 'SEK'])
  })

  it('billing.entity.create: refuses what makes no sense, and prefixes of others', async () => {
    expect(await code(add('x', 'DE', 'X', { currency: 'XXQ' }))).toBe('BILLING_ENTITY_INVALID currency')
    expect(await code(add('x', 'DE', 'X', { iban: 'DE00' }))).toBe('BILLING_ENTITY_INVALID iban')
    const twice = [{ country: 'CH', number: '1' }]
    const bad = (registrations: object) => code(add('x', 'DE', 'X', { registrations }))
    expect(await bad([...twice, ...twice])).toBe('BILLING_ENTITY_INVALID registration')
    expect(await bad([{ country: 'DE', number: '1' }])).toBe('BILLING_ENTITY_INVALID registration')
    await add('a', 'DE', 'A', { registrations: twice, iban: 'DE89370400440532013000' })
    expect(await code(add('a', 'DE', 'B'))).toBe('BILLING_KEY_TAKEN')
    expect(await code(add('b', 'DE', 'AC'))).toBe('BILLING_ENTITY_PREFIX_TAKEN')
    // Numbers of the settings may have been given: nobody but the first one goes on with them.
    expect(await code(add('b', 'DE', 'INV'))).toBe('BILLING_ENTITY_PREFIX_TAKEN')
  })

  it('billing.entity.edit, setDefault, setArchived: changed and taken back', async () => {
    const de = await add('de', 'DE', 'D')
    const us = await add('us', 'US', 'U')
    const list = async () =>
      (await t.core.call(leaf.list, {}, t.admin)).entities.map(
        one => `${one.name}${one.isDefault ? ' default' : ''}${one.archivedAt === null ? '' : ' archived'}`,
      )
    expect(await list()).toEqual(['Firm de default', 'Firm us'])
    const {
      id: _,
      key: __,
      isDefault: ___,
      archivedAt: ____,
      createdBy: _____,
      createdAt: ______,
      customers,
      ...words
    } = us
    expect(customers).toBe(0)
    await t.core.call(leaf.edit, { entityId: us.id, ...words, name: 'Other' }, t.admin)
    expect(await list()).toEqual(['Firm de default', 'Other'])
    await undo()
    const archive = (entityId: string, archived: boolean) =>
      t.core.call(leaf.setArchived, { entityId, archived }, t.admin)
    expect(await code(archive(de.id, true))).toBe('BILLING_ENTITY_INVALID default')
    await archive(us.id, true)
    await archive(us.id, true)
    expect(await list()).toEqual(['Firm de default', 'Firm us archived'])
    const makeDefault = (entityId: string) => t.core.call(leaf.setDefault, { entityId }, t.admin)
    expect(await code(makeDefault(us.id))).toBe('BILLING_ENTITY_INVALID default')
    const { customer } = await subscribed(t, 'acme', planId)
    expect(await code(assign(customer.id, us.id))).toBe('BILLING_ENTITY_INVALID default')
    await archive(us.id, false)
    await makeDefault(us.id)
    await makeDefault(us.id)
    expect(await list()).toEqual(['Firm us default', 'Firm de'])
    await makeDefault(de.id)
    await undo()
    expect(await list()).toEqual(['Firm us default', 'Firm de'])
    await assign(customer.id, de.id)
    const said = async () => (await t.core.call(tax.customer, { customerId: customer.id }, t.admin)).entity
    expect(await said()).toEqual({ id: de.id, name: 'Firm de', said: true })
    await undo()
    expect(await said()).toMatchObject({ id: us.id, said: false })
    // What is new is taken out of use, as its numbers may have been given.
    await add('fr', 'FR', 'F')
    await undo()
    expect(await list()).toEqual(['Firm us default', 'Firm de', 'Firm fr archived'])
    expect(await code(makeDefault(t.admin.person as never))).toBe('WORKSPACE_NOT_FOUND')
  })

  it('who sells does not change while drafts are open that were taxed for another', async () => {
    const { customer } = await subscribed(t, 'acme', planId, { from: '2026-08-01' })
    await t.core.call(settings.set, { name: 'billing.country', value: 'DE' } as never, t.admin)
    await closeMonth(t, '2026-08')
    const open = 'BILLING_ENTITY_DRAFTS_OPEN'
    expect(await code(add('us', 'US', 'U'))).toBe(open)
    const de = await add('de', 'DE', 'D')
    const us = await add('us', 'US', 'U')
    const two = await add('two', 'DE', 'T')
    expect(await code(assign(customer.id, us.id))).toBe(open)
    expect(await code(t.core.call(leaf.setDefault, { entityId: us.id }, t.admin))).toBe(open)
    // Another company of the same country taxes alike.
    expect(await code(assign(customer.id, two.id))).toBe('done')
    await assign(customer.id, de.id)
    await issueMonth(t, '2026-08')
    expect(await code(assign(customer.id, us.id))).toBe('done')
  })

  it('decides the tax of its customers', async () => {
    const rule = (country: string, rate: string) =>
      t.core.call(
        tax.addRule,
        {
          ...{ name: `VAT ${country}`, country, category: 'standard', kind: 'standard', rate },
          ...{ validFrom: '2020-01-01', source: 'Law' },
        },
        t.admin,
      )
    await rule('US', '0.05')
    const { customer } = await subscribed(t, 'acme', planId)
    const decided = async () =>
      (await t.core.call(tax.decide, { customerId: customer.id, day: '2026-10-01' }, t.admin)).basis.reason
    expect(await decided()).toBe('no-seller')
    await add('de', 'DE', 'D')
    expect(await decided()).toBe('outside')
    const us = await add('us', 'US', 'U')
    await assign(customer.id, us.id)
    expect(await decided()).toBe('domestic')
  })
})
