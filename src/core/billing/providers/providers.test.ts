import { afterEach, describe, expect, it } from 'vitest'
import type { ProviderOutcome } from '#shared/contract/billing/payment-methods.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer } from '../testing/catalogue-kit.ts'
import { goTo, runDunning } from '../testing/dunning-kit.ts'
import { allowRefunds, customerWithInvoices } from '../testing/payment-kit.ts'
import type { PaymentAsk, PaymentProvider, PayOutAsk } from './payment-provider.ts'

const { payment, paymentMethod, refund, correction } = contract.billing
const { log, effects } = contract.workspace

/** A processor of payments that answers what it is told to, and keeps what it was asked. */
function processor(name = 'acquirer') {
  const asked: PaymentAsk[] = []
  const sent: PayOutAsk[] = []
  const withdrawn: string[] = []
  const says: { payment: ProviderOutcome | Error; payOut: ProviderOutcome; look: ProviderOutcome } = {
    payment: { state: 'pending', ref: 'pi_1' },
    payOut: { state: 'pending', ref: 're_1' },
    look: { state: 'pending', ref: 'pi_1' },
  }
  const provider: PaymentProvider = {
    name,
    methods: ['card'],
    collecting: {
      async create(ask) {
        asked.push(ask)
        if (says.payment instanceof Error) throw says.payment
        return says.payment
      },
      look: async () => says.look,
      async withdraw(ref) {
        withdrawn.push(ref)
      },
    },
    async payOut(ask) {
      sent.push(ask)
      return says.payOut
    },
    listMethods: async customer => [
      { ref: 'pm_1', kind: 'card', brand: 'visa', holder: customer.name, last4: '4242', expires: '2027-09' },
    ],
    portal: async (_, returnUrl) => ({ url: `https://pay.example/${returnUrl ?? ''}`, expiresAt: 99n }),
  }
  return { provider, asked, sent, withdrawn, says }
}

describe.each(DATABASES)('providers of payments on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function world() {
    const outside = processor()
    t = await testCore(database, { paymentProviders: [outside.provider] })
    const { customer, issued } = await customerWithInvoices(t)
    const card = await t.core.call(
      paymentMethod.add,
      {
        ...{ customerId: customer.id, kind: 'card', provider: 'acquirer', providerRef: 'pm_1' },
        ...{ brand: 'visa', last4: '4242', expires: '2027-09', isDefault: true },
      },
      t.admin,
    )
    return { ...outside, customerId: customer.id, first: issued[0]!, card }
  }
  type World = Awaited<ReturnType<typeof world>>
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  const request = async ({ customerId, first, card }: World) => {
    const given = { customerId, currency: 'USD', amount: first.total, method: 'card' as const }
    const { id } = await t.core.call(
      payment.request,
      { ...given, reference: first.number!, invoiceIds: [first.id], methodId: card.id },
      t.admin,
    )
    await t.core.background.idle()
    return id
  }
  const get = (paymentId: string) => t.core.call(payment.get, { paymentId }, t.admin)
  const told = (paymentId: string, outcome: ProviderOutcome) =>
    t.core.call(payment.told, { paymentId, outcome }, { ...t.admin, system: true })
  const states = async (rows: readonly string[]) => Promise.all(rows.map(async id => (await get(id)).state))

  it('a payment is asked of the provider of its method, once, and settles when it came', async () => {
    const w = await world()
    const id = await request(w)
    expect(w.asked).toMatchObject([
      { paymentId: id, method: 'pm_1', amount: 21_600n, currency: 'USD', reference: w.first.number },
    ])
    expect(w.asked[0]!.customer).toMatchObject({ name: 'Customer acme' })
    expect(await get(id)).toMatchObject({ state: 'pending', provider: 'acquirer', providerRef: 'pi_1' })
    await told(id, { state: 'needs-action', ref: 'pi_1', action: '3-D Secure', url: 'https://bank.example' })
    expect((await get(id)).underWay).toMatchObject({
      ...{ methodId: w.card.id, action: '3-D Secure', actionUrl: 'https://bank.example' },
    })
    w.says.look = { state: 'succeeded', ref: 'pi_1', at: t.clock.now() }
    const came = await t.core.call(payment.ask, { paymentId: id }, t.admin)
    expect(came).toMatchObject({ state: 'succeeded', allocated: 21_600n, underWay: { action: null } })
    // Told twice, and the failure of a try before it late.
    await told(id, w.says.look)
    await told(id, { state: 'failed', ref: 'pi_1', code: 'card_declined', text: '' })
    expect(await get(id)).toMatchObject({ state: 'succeeded', allocated: 21_600n, failure: null })
    await told(id, { state: 'returned', ref: 'pi_1', code: 'fraudulent', text: 'chargeback' })
    expect(await get(id)).toMatchObject({
      ...{ state: 'reversed', note: 'chargeback', failure: { code: 'fraud', remedy: 'stop' } },
    })
  })

  it('a refused one fails with what may be done; one that nobody wants any more is withdrawn', async () => {
    const w = await world()
    w.says.payment = { state: 'failed', ref: 'pi_1', code: 'expired_card', text: 'Your card has expired' }
    const id = await request(w)
    expect(await get(id)).toMatchObject({
      state: 'failed',
      failure: { code: 'expired-card', remedy: 'another-method' },
    })
    w.says.payment = { state: 'pending', ref: 'pi_2' }
    const second = await request(w)
    await t.core.call(payment.reverse, { paymentId: second, reason: 'paid by transfer' }, t.admin)
    await t.core.background.idle()
    expect(w.withdrawn).toEqual(['pi_2'])
    await told(second, { state: 'succeeded', ref: 'pi_2', at: t.clock.now() })
    expect(await states([id, second])).toEqual(['failed', 'reversed'])
  })

  it('a provider that does not answer is asked again under the same key', async () => {
    const w = await world()
    w.says.payment = new Error('timed out')
    const id = await request(w)
    w.says.payment = { state: 'succeeded', ref: 'pi_3', at: t.clock.now() }
    t.clock.advance(3_600_000)
    await t.core.background.idle()
    expect((await get(id)).state).toBe('succeeded')
    expect(new Set(w.asked.map(({ key }) => key)).size).toBe(1)
    expect(w.asked.length).toBeGreaterThan(1)
  })

  it('a refund goes back by the provider, and cannot be called back', async () => {
    const w = await world()
    w.says.payment = { state: 'succeeded', ref: 'pi_1', at: t.clock.now() }
    const id = await request(w)
    await t.core.call(payment.release, { paymentId: id, invoiceId: w.first.id }, t.admin)
    await allowRefunds(t)
    const ask = async (amount: bigint) => {
      const from = { kind: 'payment' as const, paymentId: id }
      const { refund: made } = await t.core.call(refund.request, { from, amount, reason: 'Outage' }, t.admin)
      await t.core.background.idle()
      return made!.id
    }
    const look = (refundId: string) => t.core.call(refund.get, { refundId }, t.admin)
    const one = await ask(1_000n)
    expect(w.sent).toMatchObject([{ payment: 'pi_1', amount: 1_000n, refundId: one }])
    expect(await look(one)).toMatchObject({ state: 'sent', provider: 'acquirer', reference: 're_1' })
    expect(await code(t.core.call(refund.cancel, { refundId: one }, t.admin))).toBe('BILLING_REFUND_STATE')
    const say = (refundId: string, outcome: ProviderOutcome) =>
      t.core.call(refund.told, { refundId, outcome }, { ...t.admin, system: true })
    const done = { state: 'succeeded', ref: 're_1', at: t.clock.now() } as const
    expect(await say(one, done)).toMatchObject({ state: 'done' })
    expect(await say(one, done)).toMatchObject({ state: 'done' })
    expect(await say(one, { state: 'failed', ref: null, code: 'late', text: '' })).toMatchObject({
      state: 'done',
    })
    expect(await say(one, { state: 'returned', ref: null, code: 'AC04', text: '' })).toMatchObject({
      state: 'failed',
    })
    w.says.payOut = { state: 'failed', ref: 're_2', code: 'account_closed', text: 'closed' }
    const two = await ask(2_000n)
    expect(await look(two)).toMatchObject({ state: 'failed', reference: 're_2', failure: { text: 'closed' } })
    const { balances } = await t.core.call(correction.balance, { customerId: w.customerId }, t.admin)
    expect(balances).toEqual([{ currency: 'USD', amount: 3_000n }])
    w.says.payOut = { state: 'succeeded', ref: 're_3', at: t.clock.now() }
    const way = { kind: 'bank-transfer' as const, holder: 'Acme', iban: '12345678' }
    const from = { kind: 'payment' as const, paymentId: id }
    const given = { from, amount: 100n, reason: 'Outage', way }
    const { refund: transfer } = await t.core.call(refund.request, given, t.admin)
    // A transfer is for people, whoever carried the payment.
    expect(transfer).toMatchObject({ provider: 'manual', state: 'waiting' })
  })

  it('billing.paymentMethod.add, setDefault and remove: one default, and each can be undone', async () => {
    const w = await world()
    const { customerId } = w
    const byId = () => ({ ...t.admin, commandId: crypto.randomUUID() })
    const list = async () =>
      (await t.core.call(paymentMethod.list, { customerId }, t.admin)).methods.map(one => [
        one.last4,
        one.isDefault,
      ])
    const add = byId()
    const made = await t.core.call(
      paymentMethod.add,
      { customerId, kind: 'bank-account', holder: 'Acme', last4: '3000', isDefault: true },
      add,
    )
    expect(await list()).toEqual([
      ['3000', true],
      ['4242', false],
    ])
    const back = byId()
    await t.core.call(paymentMethod.setDefault, { customerId, methodId: w.card.id }, back)
    expect(await list()).toEqual([
      ['4242', true],
      ['3000', false],
    ])
    await t.core.call(log.undo, { commandId: back.commandId }, t.admin)
    expect(await list()).toEqual([
      ['3000', true],
      ['4242', false],
    ])
    const gone = byId()
    await t.core.call(paymentMethod.remove, { methodId: made.id }, gone)
    expect(await list()).toEqual([['4242', false]])
    expect(await code(t.core.call(paymentMethod.remove, { methodId: made.id }, t.admin))).toBe(
      'WORKSPACE_NOT_FOUND',
    )
    expect(
      await code(t.core.call(paymentMethod.setDefault, { customerId, methodId: made.id }, t.admin)),
    ).toBe('BILLING_METHOD_UNUSABLE')
    await t.core.call(log.undo, { commandId: gone.commandId }, t.admin)
    expect(await list()).toEqual([
      ['3000', true],
      ['4242', false],
    ])
    await t.core.call(paymentMethod.setDefault, { customerId, methodId: null }, t.admin)
    expect((await list()).every(([, isDefault]) => !isDefault)).toBe(true)
    // Restored after another became the default, it is none.
    await t.core.call(paymentMethod.setDefault, { customerId, methodId: made.id }, t.admin)
    const again = byId()
    await t.core.call(paymentMethod.remove, { methodId: made.id }, again)
    await t.core.call(paymentMethod.setDefault, { customerId, methodId: w.card.id }, t.admin)
    await t.core.call(log.undo, { commandId: again.commandId }, t.admin)
    expect(await list()).toEqual([
      ['4242', true],
      ['3000', false],
    ])
  })

  it('what a provider cannot do is refused by name; what it fails to do is said', async () => {
    const w = await world()
    const { customerId } = w
    const add = (more: object) =>
      code(t.core.call(paymentMethod.add, { customerId, kind: 'card', ...more } as never, t.admin))
    expect(await add({ provider: 'nobody' })).toBe('BILLING_PROVIDER_UNKNOWN')
    expect(await add({ provider: 'sepa' })).toBe('BILLING_PROVIDER_CANNOT')
    const { providers } = await t.core.call(paymentMethod.providers, {}, t.admin)
    expect(providers).toMatchObject([
      { name: 'manual', collects: false, refunds: false, portal: false, lists: false },
      { name: 'sepa', methods: ['sepa-mandate'] },
      { name: 'acquirer', collects: true, refunds: true, portal: true, lists: true },
    ])
    const portal = (more: object) => t.core.call(paymentMethod.portal, { customerId, ...more }, t.admin)
    expect(await portal({ returnUrl: 'https://a.example/' })).toMatchObject({
      provider: 'acquirer',
      expiresAt: 99n,
    })
    expect((await portal({ provider: 'acquirer' })).url).toBe('https://pay.example/')
    expect(await code(portal({ provider: 'manual' }))).toBe('BILLING_PROVIDER_CANNOT')
    const fetch = (provider: string) => t.core.call(paymentMethod.fetch, { customerId, provider }, t.admin)
    for (let again = 0; again < 2; again++)
      expect((await fetch('acquirer')).methods).toMatchObject([
        { holder: 'Customer acme', providerRef: 'pm_1' },
      ])
    expect(await code(fetch('manual'))).toBe('BILLING_PROVIDER_CANNOT')
    const manual = await t.core.call(payment.request, { customerId, currency: 'USD', amount: 5n }, t.admin)
    expect(await code(t.core.call(payment.ask, { paymentId: manual.id }, t.admin))).toBe(
      'BILLING_PROVIDER_CANNOT',
    )
    w.says.payment = new Error('down')
    const asked = await request(w)
    expect(await code(t.core.call(payment.ask, { paymentId: asked }, t.admin))).toBe('BILLING_PAYMENT_STATE')
    const other = await addCustomer(t, 'other')
    const theirs = { customerId: other.id, currency: 'USD', amount: 5n, methodId: w.card.id }
    expect(await code(t.core.call(payment.request, theirs, t.admin))).toBe('BILLING_METHOD_UNUSABLE')
    goTo(t, '2027-10-01T00:00:00Z')
    expect(await code(request(w))).toBe('BILLING_METHOD_UNUSABLE')
    const { methods } = await t.core.call(paymentMethod.list, { customerId }, t.admin)
    expect(methods).toMatchObject([{ usable: false }])
  })

  it('dunning charges the default method again, by its provider', async () => {
    const w = await world()
    const given = { customerId: w.customerId, currency: 'USD', amount: w.first.total }
    const failed = await t.core.call(payment.request, { ...given, invoiceIds: [w.first.id] }, t.admin)
    await t.core.call(payment.fail, { paymentId: failed.id, code: 'AM04' }, t.admin)
    for (let day = 0; day < 7 && w.asked.length === 0; day++) {
      t.clock.advance(86_400_000)
      await runDunning(t)
      await t.core.background.idle()
    }
    expect(w.asked).toMatchObject([{ method: 'pm_1', amount: w.first.total }])
    expect(await get(w.asked[0]!.paymentId)).toMatchObject({ method: 'card', provider: 'acquirer' })
  })

  it('a provider that this host does not have, or that cannot collect, leaves a failed effect and no answer', async () => {
    const w = await world()
    const { collecting: _, payOut: __, ...poor } = processor('poor').provider
    await t.close()
    t = await testCore(database, { paymentProviders: [poor, w.provider] })
    const { customer } = await customerWithInvoices(t)
    const card = { customerId: customer.id, kind: 'card' as const, provider: 'poor', providerRef: 'x' }
    const { id: methodId } = await t.core.call(paymentMethod.add, card, t.admin)
    const given = { customerId: customer.id, currency: 'USD', amount: 5n, methodId }
    const asked = await t.core.call(payment.request, given, t.admin)
    await t.core.background.idle()
    expect((await get(asked.id)).state).toBe('pending')
    const failures = async () =>
      (await t.core.call(effects.list, {}, t.admin)).effects
        .filter(one => one.state === 'failed')
        .map(one => one.kind)
    expect(await failures()).toContain('billing.payment.collect')
    // It came by another way; what went by a provider without pay-outs is said to have failed by people.
    await t.core.call(payment.confirm, { paymentId: asked.id }, t.admin)
    await t.core.call(
      payment.release,
      { paymentId: asked.id, invoiceId: (await get(asked.id)).settles[0]!.invoiceId },
      t.admin,
    )
    await allowRefunds(t)
    const from = { kind: 'payment' as const, paymentId: asked.id }
    const { refund: made } = await t.core.call(refund.request, { from, amount: 5n, reason: 'x' }, t.admin)
    await t.core.background.idle()
    expect(await failures()).toContain('billing.refund.payOut')
    const failed = await t.core.call(refund.fail, { refundId: made!.id, code: 'unknown' }, t.admin)
    expect(failed.state).toBe('failed')
  })
})
