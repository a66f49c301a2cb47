import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { accountSums, type Transfer } from '#engines/billing/corrections/accounts.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer } from '../testing/catalogue-kit.ts'
import { allowRefunds, customerWithInvoices, refundPayment } from '../testing/payment-kit.ts'

const { payment, refund, correction } = contract.billing
const { approval, people, settings, log, search } = contract.workspace
/** A number whose check digits fit. */
const IBAN = 'DE89 3704 0044 0532 0130 00'
const TRANSFER = { kind: 'bank-transfer' as const, holder: 'Acme', iban: IBAN }

describe.each(DATABASES)('refunds on %s', database => {
  let t: TestCore
  let customerId: string
  let ben: Caller
  afterEach(() => t.close())

  /** A customer who owes 432.00 and paid 500.00: 68.00 are left of the payment. */
  async function world() {
    t = await testCore(database)
    const added = await t.core.call(
      people.add,
      { name: 'Ben', email: 'ben@example.com', roles: ['approver'] },
      t.admin,
    )
    ben = t.as(added.id)
    const { customer, issued } = await customerWithInvoices(t)
    customerId = customer.id
    const given = { customerId, currency: 'USD', amount: 50_000n }
    const paid = await t.core.call(payment.record, given, t.admin)
    expect(paid.left).toBe(6_800n)
    return { paid, issued }
  }
  const byId = () => ({ ...t.admin, commandId: crypto.randomUUID() })
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  const request = (from: object, amount: bigint, more: object = {}, by: Caller = t.admin) =>
    t.core.call(refund.request, { from, amount, reason: 'paid twice', ...more } as never, by)
  const ofPayment = (paymentId: string) => ({ kind: 'payment', paymentId })
  const ofBalance = () => ({ kind: 'balance', customerId, currency: 'USD' })
  const balance = async () => {
    const { balances, entries } = await t.core.call(correction.balance, { customerId }, t.admin)
    const sums = accountSums(entries as unknown as Transfer[])
    expect([...sums.values()].reduce((a, b) => a + b, 0n)).toBe(0n)
    return { favour: balances[0]?.amount ?? 0n, owed: -(sums.get('refundable') ?? 0n) }
  }
  const left = async (paymentId: string) => {
    const { left, refunded } = await t.core.call(payment.get, { paymentId }, t.admin)
    return [left, refunded]
  }
  const owedBy = async () => {
    const span = { customerId, from: 0n, to: t.clock.now() + 1n }
    const { currencies } = await t.core.call(payment.statement, span, t.admin)
    return currencies[0]!.closing
  }
  const allow = async (approvalId: string) => {
    const { digest, nonce } = await t.core.call(approval.get, { approvalId }, ben)
    return t.core.call(approval.approve, { approvalId, digest, nonce }, ben)
  }

  it('billing.refund.request: of what is left of a payment, never more, and paid out once', async () => {
    const { paid } = await world()
    await allowRefunds(t)
    await expect(request(ofPayment(paid.id), 6_801n)).rejects.toMatchObject({
      ...{ code: 'BILLING_REFUND_OVER_PAYMENT', data: { left: 6_800n, asked: 6_801n } },
    })
    const { refund: made, approvalId } = await request(ofPayment(paid.id), 5_000n)
    expect(approvalId).toBe(null)
    expect(made).toMatchObject({
      state: 'waiting',
      source: 'payment',
      amount: 5_000n,
      customer: 'Customer acme',
    })
    expect(await left(paid.id)).toEqual([1_800n, 5_000n])
    expect(await balance()).toEqual({ favour: 0n, owed: 5_000n })
    // 500.00 paid of 432.00, and 50.00 of it go back.
    expect(await owedBy()).toBe(-1_800n)
    expect(await code(t.core.call(payment.reverse, { paymentId: paid.id, reason: 'no' }, t.admin))).toBe(
      'BILLING_PAYMENT_REFUNDED',
    )
    const { waiting } = await t.core.call(refund.list, {}, t.admin)
    expect(waiting).toEqual([{ currency: 'USD', amount: 5_000n, count: 1 }])
    const day = { paidOn: '2026-11-20', reference: 'SEPA 77' }
    const done = await t.core.call(refund.paidOut, { refundId: made!.id, ...day }, t.admin)
    expect(done).toMatchObject({ state: 'done', paidOn: '2026-11-20', reference: 'SEPA 77' })
    expect(await balance()).toEqual({ favour: 0n, owed: 0n })
    expect(await code(t.core.call(refund.paidOut, { refundId: made!.id }, t.admin))).toBe(
      'BILLING_REFUND_STATE',
    )
    expect(await code(t.core.call(refund.cancel, { refundId: made!.id }, t.admin))).toBe(
      'BILLING_REFUND_STATE',
    )
    expect(await code(request(ofPayment(paid.id), 1_801n))).toBe('BILLING_REFUND_OVER_PAYMENT')
    expect(await code(request(ofPayment(crypto.randomUUID()), 1n))).toBe('WORKSPACE_NOT_FOUND')
    expect(await code(t.core.call(refund.get, { refundId: crypto.randomUUID() }, t.admin))).toBe(
      'WORKSPACE_NOT_FOUND',
    )
  })

  it('billing.refund.fail: what could not be paid out, or came back, is on the balance', async () => {
    const { paid } = await world()
    const made = await refundPayment(t, paid.id, 5_000n)
    const failed = await t.core.call(refund.fail, { refundId: made.id, code: 'AC04' }, t.admin)
    expect(failed).toMatchObject({
      ...{ state: 'failed', failure: { code: 'account-closed', remedy: 'another-method', text: 'AC04' } },
    })
    expect(await balance()).toEqual({ favour: 5_000n, owed: 0n })
    expect(await left(paid.id)).toEqual([1_800n, 5_000n])
    expect(await owedBy()).toBe(-6_800n)
    // From there it goes out again, to an account, and comes back a week later.
    expect(await code(request(ofBalance(), 5_000n))).toBe('BILLING_REFUND_NEEDS_ACCOUNT')
    expect(await code(request(ofBalance(), 5_001n, { way: TRANSFER }))).toBe('BILLING_REFUND_OVER_BALANCE')
    const wrong = { ...TRANSFER, iban: 'DE89370400440532013001' }
    expect(await code(request(ofBalance(), 5_000n, { way: wrong }))).toBe('BILLING_ACCOUNT_NUMBER')
    const { refund: again } = await request(ofBalance(), 5_000n, { way: TRANSFER })
    expect(again).toMatchObject({ source: 'balance', paymentId: null, iban: 'DE89370400440532013000' })
    expect(await balance()).toEqual({ favour: 0n, owed: 5_000n })
    await t.core.call(refund.paidOut, { refundId: again!.id }, t.admin)
    const text = 'account closed'
    const back = await t.core.call(refund.fail, { refundId: again!.id, code: 'AC04', text }, t.admin)
    expect(back).toMatchObject({ state: 'failed', failure: { text } })
    expect(await balance()).toEqual({ favour: 5_000n, owed: 0n })
    expect(await owedBy()).toBe(-6_800n)
  })

  it('billing.refund.cancel: the money is where it was; undoing a refund is cancelling it', async () => {
    const { paid } = await world()
    await allowRefunds(t)
    const command = byId()
    await request(ofPayment(paid.id), 6_800n, {}, command)
    expect(await left(paid.id)).toEqual([0n, 6_800n])
    await t.core.call(log.undo, { commandId: command.commandId }, t.admin)
    expect(await left(paid.id)).toEqual([6_800n, 0n])
    expect(await balance()).toEqual({ favour: 0n, owed: 0n })
    const { refunds } = await t.core.call(refund.list, { filter: { states: ['cancelled'] } }, t.admin)
    expect(refunds).toMatchObject([{ state: 'cancelled', amount: 6_800n }])
    expect((await t.core.call(refund.list, { filter: { states: [] } }, t.admin)).count).toBe(0)
  })

  it('billing.refund.setWay: while it waits, and can be undone', async () => {
    const { paid } = await world()
    const made = await refundPayment(t, paid.id, 100n)
    const command = byId()
    const way = { ...TRANSFER, bic: 'cobadeffxxx' }
    const moved = await t.core.call(refund.setWay, { refundId: made.id, way }, command)
    expect(moved).toMatchObject({ way: 'bank-transfer', holder: 'Acme', bic: 'COBADEFFXXX' })
    const other = { ...TRANSFER, holder: 'Acme Ltd', iban: '12345678' }
    const second = byId()
    await t.core.call(refund.setWay, { refundId: made.id, way: other }, second)
    await t.core.call(log.undo, { commandId: second.commandId }, t.admin)
    expect(await t.core.call(refund.get, { refundId: made.id }, t.admin)).toMatchObject({ holder: 'Acme' })
    const original = { kind: 'original' as const }
    expect((await t.core.call(refund.setWay, { refundId: made.id, way: original }, t.admin)).iban).toBe('')
    await t.core.call(refund.fail, { refundId: made.id, code: 'AC01' }, t.admin)
    expect(await code(t.core.call(refund.setWay, { refundId: made.id, way }, t.admin))).toBe(
      'BILLING_REFUND_STATE',
    )
    const { refund: rest } = await request(ofBalance(), 100n, { way: TRANSFER })
    expect(await code(t.core.call(refund.setWay, { refundId: rest!.id, way: original }, t.admin))).toBe(
      'BILLING_REFUND_NEEDS_ACCOUNT',
    )
  })

  it('billing.refund.paidOut: not on a day to come', async () => {
    const { paid } = await world()
    const made = await refundPayment(t, paid.id, 100n)
    const late = { refundId: made.id, paidOn: '2099-01-01' }
    expect(await code(t.core.call(refund.paidOut, late, t.admin))).toBe('BILLING_REFUND_IN_FUTURE')
  })

  it('above the limit another person allows it, and it ends where less is left meanwhile', async () => {
    const { paid } = await world()
    await t.core.call(settings.set, { name: 'billing.refundLimit', value: 10 }, t.admin)
    expect(await t.core.call(refund.limit, { currency: 'JPY' }, t.admin)).toEqual({ limit: 10n })
    expect((await request(ofPayment(paid.id), 1_000n)).refund).toMatchObject({ amount: 1_000n })
    // The 10.00 are used up for this month: whatever is small asks too.
    const from = { kind: 'payment' as const, paymentId: paid.id }
    expect(await t.core.call(refund.limit, { currency: 'USD', from }, t.admin)).toEqual({ limit: 0n })
    expect(await t.core.call(refund.limit, { currency: 'USD', from }, ben)).toEqual({ limit: 1_000n })
    const asked = await request(ofPayment(paid.id), 1_001n)
    expect(asked.refund).toBe(null)
    const shown = await t.core.call(approval.get, { approvalId: asked.approvalId! }, ben)
    expect(shown).toMatchObject({ kind: 'billing.refund.ofPayment', amount: 1_001n })
    expect(shown.facts[0]).toMatchObject({
      ...{ name: 'refund.payment', before: { minor: 5_800n }, after: { minor: 4_799n } },
    })
    expect(shown.facts.find(one => one.name === 'refund.alone')).toMatchObject({
      ...{ before: { minor: 1_000n }, after: { minor: 2_001n } },
    })
    const second = await request(ofPayment(paid.id), 5_800n)
    await allow(asked.approvalId!)
    const { refunds } = await t.core.call(refund.list, {}, t.admin)
    expect(refunds.find(one => one.amount === 1_001n)).toMatchObject({ approvalId: asked.approvalId })
    expect(await code(allow(second.approvalId!))).toBe('WORKSPACE_APPROVAL_CHANGED')
    expect(await left(paid.id)).toEqual([4_799n, 2_001n])
    await t.core.call(
      refund.fail,
      { refundId: refunds.find(one => one.amount === 1_001n)!.id, code: 'AC04' },
      t.admin,
    )
    await t.core.call(settings.set, { name: 'billing.refundLimit', value: 0 }, t.admin)
    const favour = await request(ofBalance(), 1n, { way: TRANSFER })
    const { facts } = await t.core.call(approval.get, { approvalId: favour.approvalId! }, ben)
    expect(facts[1]).toMatchObject({ after: { text: `Acme, ${IBAN}` } })
    await allow(favour.approvalId!)
    const all = await t.core.call(refund.list, {}, t.admin)
    expect(all.refunds.map(one => [one.source, one.amount])).toContainEqual(['balance', 1n])
  })

  it('what a credit note sends back waits here, and is on the balance when that is called off', async () => {
    const { issued } = await world()
    await t.core.call(settings.set, { name: 'billing.creditLimit', value: 1_000 }, t.admin)
    const wanted = { kind: 'amount' as const, amount: 2_000n }
    const { creditNoteId } = await t.core.call(
      correction.credit,
      { invoiceId: issued[1]!.id, wanted, money: 'refund', reason: 'Out for a day' },
      t.admin,
    )
    const { refunds } = await t.core.call(refund.list, { filter: { customerId, search: '' } }, t.admin)
    expect(refunds).toMatchObject([
      { source: 'credit-note', creditNoteId, amount: 2_000n, reason: 'Out for a day' },
    ])
    expect(await balance()).toEqual({ favour: 0n, owed: 2_000n })
    await t.core.call(refund.cancel, { refundId: refunds[0]!.id }, t.admin)
    expect(await balance()).toEqual({ favour: 2_000n, owed: 0n })
  })

  it('are found by the customer and by what the bank calls them', async () => {
    const { paid } = await world()
    const made = await refundPayment(t, paid.id, 100n, 'Overcharged seats')
    await t.core.call(refund.paidOut, { refundId: made.id, reference: 'XREF-9' }, t.admin)
    for (const text of ['seats', 'acme', 'XREF']) {
      const { refunds } = await t.core.call(refund.list, { filter: { search: text } }, t.admin)
      expect(
        refunds.map(one => one.id),
        text,
      ).toEqual([made.id])
    }
    const { refunds } = await t.core.call(refund.list, { filter: { search: 'nobody' } }, t.admin)
    expect(refunds).toEqual([])
    const { hits } = await t.core.call(search.query, { text: 'seats', limit: 5 }, t.admin)
    expect(hits.find(one => one.entity === 'refund')?.link).toBe(`/billing/payments?refund=${made.id}`)
  })

  it('a payment that did not come has nothing to give back, and a customer no other’s money', async () => {
    await world()
    await allowRefunds(t)
    const given = { customerId, currency: 'USD', amount: 100n }
    const asked = await t.core.call(payment.request, given, t.admin)
    expect(await code(request(ofPayment(asked.id), 100n))).toBe('BILLING_PAYMENT_STATE')
    const other = await addCustomer(t, 'other')
    const from = { kind: 'balance', customerId: other.id, currency: 'USD' }
    expect(await code(request(from, 1n, { way: TRANSFER }))).toBe('BILLING_REFUND_OVER_BALANCE')
  })
})
