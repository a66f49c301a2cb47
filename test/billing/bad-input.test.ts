import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { camt, entry } from '#core/billing/bank/testing/camt-kit.ts'
import { addCustomer, addPlan, day } from '#core/billing/testing/catalogue-kit.ts'
import { customerWithInvoices } from '#core/billing/testing/payment-kit.ts'
import { createI18n } from '#renderer/i18n/i18n.ts'
import { errorWords } from '#renderer/ui/page/error-words.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testCore, testFiles } from '#test/kit/core-kit.ts'

const { bank, correction, invoice, payment, plan, refund, subscription } = contract.billing
const { approval, people, settings } = contract.workspace
const words = createI18n('en')

/**
 * What a person may enter and nobody may store: each is refused with a code of the contract, and the code and its data
 * come to a sentence that a screen shows. Invoices are of 216.00, 108.00 and 108.00 USD.
 */
describe('bad input', () => {
  const files = testFiles()
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-bad-input-'))
  let t: TestCore
  let customerId: string
  let planId: string
  let issued: Awaited<ReturnType<typeof customerWithInvoices>>['issued']
  beforeAll(async () => {
    t = await testCore('sqlite', { files })
    const world = await customerWithInvoices(t)
    customerId = world.customer.id
    issued = world.issued
    planId = (await addPlan(t, 'starter')).plan.id
  })
  afterAll(async () => {
    await t.close()
    rmSync(folder, { recursive: true })
  })

  /** The code of the refusal, once its words were looked at. */
  async function refusal(asked: Promise<unknown>): Promise<string> {
    const error: unknown = await asked.then(
      () => ({ code: 'NOT_REFUSED' }),
      (reason: unknown) => reason,
    )
    const { text, code } = errorWords(error, words)
    expect(text, String(code)).not.toBe(words.t('ui.error.unexpected'))
    expect(text).not.toMatch(/\{\{|\[object|undefined|NaN/)
    expect(text).toMatch(/^\p{Lu}.*\.$/su)
    return code!
  }
  const sentence = async (asked: Promise<unknown>) =>
    errorWords(await asked.catch((reason: unknown) => reason), words).text
  const price = (charge: object, more: object = {}) =>
    t.core.call(
      plan.addVersion,
      { planId, prices: [{ ...base, charge, ...more }], entitlements: [] } as never,
      t.admin,
    )
  const base = { key: 'base', name: 'Base', metricId: null, currency: 'USD' }
  const metric = async () =>
    (await t.core.call(contract.billing.metric.list, {}, t.admin)).metrics.find(one => one.key === 'calls')!
      .id
  const tiers = (...ends: (string | null)[]) => ({
    ...{ model: 'graduated', tiers: ends.map(upTo => ({ upTo, unit: '1' })) },
  })

  it('tiers that overlap, stand in the wrong order, or leave a gap, and a price below nothing', async () => {
    const metricId = await metric()
    for (const wrong of [tiers('10', '10', null), tiers('20', '10', null)])
      expect(await refusal(price(wrong, { metricId }))).toBe('BILLING_PRICE_INVALID')
    // A tier begins where the one below it ends: a gap is an end that is missing, or one too many.
    for (const wrong of [tiers(null, null), tiers('10', '20')])
      expect(await refusal(price(wrong, { metricId }))).toBe('BILLING_PRICE_INVALID')
    expect(await sentence(price(tiers('10', null, null), { metricId }))).toBe(
      'This cannot be priced: price 1, tier 2, up to: this tier has no end, and another follows: only the last one has none.',
    )
    const below = () => price({ model: 'standard', unit: '-1' }, { metricId })
    expect(await refusal(below())).toBe('WORKSPACE_BAD_INPUT')
    expect(await sentence(below())).toBe(
      'Nothing was changed, because something cannot be taken as it is: price 1, price per unit: a decimal of 0 or more.',
    )
    await price(tiers('10', '20', null), { metricId })
  })

  it('a metric that there is not, and a currency that there is not', async () => {
    const gone = { metricId: '00000000-0000-7000-8000-0000000000ff' }
    expect(await refusal(price(tiers('10', null), gone))).toBe('BILLING_METRIC_UNKNOWN')
    expect(await refusal(price({ model: 'flat', amount: '1' }, { currency: 'XXQ' }))).toBe(
      'BILLING_PRICE_INVALID',
    )
  })

  it('another currency than the invoice has', async () => {
    const allocations = [{ invoiceId: issued[0]!.id, amount: 100n }]
    const euros = { customerId, currency: 'EUR', amount: 100n, allocations }
    expect(await refusal(t.core.call(payment.record, euros, t.admin))).toBe('BILLING_CURRENCY_DIFFERS')
  })

  it('a period that ends before it begins', async () => {
    const { subscriptions } = await t.core.call(contract.billing.customer.get, { customerId }, t.admin)
    const inverted = { subscriptionId: subscriptions[0]!.id, at: day('2026-12-02'), until: day('2026-12-01') }
    expect(await refusal(t.core.call(subscription.pause, inverted, t.admin))).toBe('BILLING_SPAN_INVERTED')
    const statement = { customerId, from: day('2026-12-02'), to: day('2026-12-01') }
    expect(await refusal(t.core.call(payment.statement, statement, t.admin))).toBe('BILLING_SPAN_INVERTED')
  })

  it('a coupon of more than everything', async () => {
    const limits = { validFrom: null, validUntil: null, most: null, mostEach: 1 }
    const over = {
      code: 'ALL',
      name: 'All',
      off: { kind: 'percent', percent: '100.1' },
      months: null,
      ...limits,
    }
    const asked = t.core.call(contract.billing.coupon.create, over as never, t.admin)
    expect(await refusal(asked)).toBe('BILLING_COUPON_INVALID')
  })

  it('a refund of more than was paid, and a credit of more than was asked for', async () => {
    const paid = await t.core.call(
      payment.record,
      { customerId, currency: 'USD', amount: 10_000n, method: 'card' },
      t.admin,
    )
    const from = { kind: 'payment' as const, paymentId: paid.id }
    expect(
      await refusal(t.core.call(refund.request, { from, amount: 10_001n, reason: 'Too much' }, t.admin)),
    ).toBe('BILLING_REFUND_OVER_PAYMENT')
    const wanted = { kind: 'amount' as const, amount: 10_801n }
    const credit = { invoiceId: issued[2]!.id, wanted, money: 'balance' as const, reason: 'Wrong' }
    expect(await refusal(t.core.call(correction.credit, credit, t.admin))).toBe('BILLING_CREDIT_OVER_INVOICE')
  })

  it('a change of an invoice that was issued', async () => {
    const { id: invoiceId, digest } = issued[1]!
    for (const asked of [
      t.core.call(invoice.approve, { invoiceId, digest }, t.admin),
      t.core.call(invoice.unapprove, { invoiceId }, t.admin),
      t.core.call(invoice.hold, { invoiceId, note: 'Wait' }, t.admin),
    ])
      expect(await refusal(asked)).toBe('BILLING_INVOICE_STATE')
  })

  it('two approvers at once: the second is told that it is decided', async () => {
    const add = async (name: string) =>
      t.as(
        (
          await t.core.call(
            people.add,
            { name, email: `${name.toLowerCase()}@example.com`, roles: ['approver'] },
            t.admin,
          )
        ).id,
      )
    const [ben, cy] = [await add('Ben'), await add('Cy')]
    await t.core.call(settings.set, { name: 'billing.creditLimit', value: 0 }, t.admin)
    const wanted = { kind: 'amount' as const, amount: 100n }
    await t.core.call(
      correction.credit,
      { invoiceId: issued[0]!.id, wanted, money: 'balance', reason: 'Wrong' },
      t.admin,
    )
    const { approvals } = await t.core.call(approval.list, {}, ben)
    const { id: approvalId } = approvals[0]!
    const { digest, nonce } = await t.core.call(approval.get, { approvalId }, ben)
    const votes = await Promise.allSettled(
      [ben, cy].map(one => t.core.call(approval.approve, { approvalId, digest, nonce }, one)),
    )
    expect(votes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const late = votes.find(vote => vote.status === 'rejected')!
    expect(await refusal(Promise.reject((late as PromiseRejectedResult).reason))).toBe(
      'WORKSPACE_APPROVAL_STATE',
    )
  })

  it('a bank file of another bank, one that does not add up, and one that is none', async () => {
    const own = { name: 'Main', holder: 'Test', number: 'DE89370400440532013000', currency: 'USD' }
    const other = { ...own, name: 'Other', number: '123-456' }
    await t.core.call(bank.addAccount, own, t.admin)
    const { id: accountId } = await t.core.call(bank.addAccount, other, t.admin)
    const bring = (content: string, more: object = {}) => {
      const path = join(folder, 'statement')
      writeFileSync(path, content)
      files.put('f1', path)
      return t.core.call(bank.import, { fileId: 'f1', fileName: 'october.xml', ...more }, t.admin)
    }
    const statement = (more: object = {}) =>
      camt({ currency: 'USD', entries: [entry({ amount: '4.00', currency: 'USD' })], ...more })
    expect(await refusal(bring(statement(), { accountId }))).toBe('BILLING_BANK_FILE_OTHER_ACCOUNT')
    const elsewhere = statement({ account: 'NO9386011117947' })
    expect(await refusal(bring(elsewhere))).toBe('BILLING_BANK_ACCOUNT_UNKNOWN')
    const torn = statement({ opening: '0.00', closing: '5.00' })
    expect(await refusal(bring(torn))).toBe('BILLING_BANK_FILE_BALANCE')
    expect(await refusal(bring(''))).toBe('BILLING_BANK_FILE_UNREADABLE')
  })

  it('a tax rate in per cent where a fraction is meant: 19 would be 1,900 %', async () => {
    const words = (taxRate: string) => ({
      ...{ key: 'percent', name: 'Percent', email: '', country: 'DE', currency: 'EUR', zone: 'UTC' },
      profile: { taxRate },
    })
    const create = (taxRate: string) =>
      t.core.call(contract.billing.customer.create, words(taxRate) as never, t.admin)
    expect(await refusal(create('19'))).toBe('WORKSPACE_BAD_INPUT')
    expect(await sentence(create('1.01'))).toContain('tax rate: a fraction from 0 to 1, 0.08 for 8 %')
    expect(await create('0.19')).toMatchObject({ key: 'percent' })
  })

  it('customers and plans with a key that is taken', async () => {
    expect(await refusal(addCustomer(t, 'acme'))).toBe('BILLING_KEY_TAKEN')
    expect(await refusal(addPlan(t, 'starter'))).toBe('BILLING_KEY_TAKEN')
  })
})
