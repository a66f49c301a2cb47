import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer } from '../testing/catalogue-kit.ts'
import { customerWithInvoices, refundPayment } from '../testing/payment-kit.ts'

const { payment, invoice } = contract.billing
const { log, search } = contract.workspace
const DAY = 86_400_000n

describe.each(DATABASES)('payments on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const world = async () => {
    t = await testCore(database)
    const { customer, issued } = await customerWithInvoices(t)
    const [first, second, third] = issued
    return { customerId: customer.id, first: first!, second: second!, third: third! }
  }
  const record = (customerId: string, amount: bigint, more: object = {}) =>
    t.core.call(payment.record, { customerId, currency: 'USD', amount, ...more }, t.admin)
  const byId = () => ({ ...t.admin, commandId: crypto.randomUUID() })
  const stateOf = async (invoiceId: string) => {
    const { state, open } = await t.core.call(payment.settlementsOf, { invoiceId }, t.admin)
    return `${state} ${open}`
  }

  it('billing.payment.record: pays what is due longest, part by part, and keeps the rest', async () => {
    const { customerId, first, second, third } = await world()
    expect([first, second, third].map(({ total }) => total)).toEqual([21_600n, 10_800n, 10_800n])
    const part = await record(customerId, 20_000n)
    expect(part).toMatchObject({
      state: 'succeeded',
      allocated: 20_000n,
      left: 0n,
      receivedAt: t.clock.now(),
    })
    expect(await stateOf(first.id)).toBe('issued 1600')
    const all = await record(customerId, 30_000n, { reference: 'all of it' })
    expect(all).toMatchObject({ allocated: 23_200n, left: 6_800n })
    expect(all.settles.map(({ number, amount }) => [number, amount])).toEqual([
      [first.number, 1600n],
      [second.number, 10_800n],
      [third.number, 10_800n],
    ])
    expect(await stateOf(third.id)).toBe('paid 0')
    const { history } = await t.core.call(invoice.get, { invoiceId: third.id }, t.admin)
    expect(history.at(-1)).toMatchObject({ command: 'billing.invoice.paid' })
    const { currencies } = await t.core.call(payment.aging, {}, t.admin)
    expect(currencies).toMatchObject([{ currency: 'USD', total: 0n, onAccount: 6_800n, invoices: 0 }])
  })

  it('billing.payment.record: pays what the payer named before what is due longest', async () => {
    const { customerId, second } = await world()
    const proposed = await t.core.call(
      payment.propose,
      { customerId, currency: 'USD', amount: 10_800n, reference: `for ${second.number}` },
      t.admin,
    )
    expect(proposed).toEqual({ allocations: [{ invoiceId: second.id, amount: 10_800n }], rest: 0n })
    await record(customerId, 10_800n, { reference: `for ${second.number}` })
    expect(await stateOf(second.id)).toBe('paid 0')
  })

  it('billing.payment.record: refuses what cannot be, and stores nothing of it', async () => {
    const { customerId, first, second } = await world()
    const other = await addCustomer(t, 'other')
    const allocations = (invoiceId: string, amount: bigint) => ({ allocations: [{ invoiceId, amount }] })
    for (const [more, code] of [
      [allocations(first.id, 21_601n), 'BILLING_ALLOCATION_OVER_INVOICE'],
      [
        {
          allocations: [
            ...allocations(first.id, 21_600n).allocations,
            ...allocations(second.id, 9_000n).allocations,
          ],
        },
        'BILLING_ALLOCATION_OVER_PAYMENT',
      ],
      [{ currency: 'EUR', ...allocations(first.id, 100n) }, 'BILLING_CURRENCY_DIFFERS'],
      [{ currency: 'XXQ' }, 'BILLING_CURRENCY_UNKNOWN'],
      [{ customerId: other.id, ...allocations(first.id, 100n) }, 'BILLING_INVOICE_NOT_OPEN'],
      [{ receivedAt: t.clock.now() + 3n * DAY }, 'BILLING_PAYMENT_IN_FUTURE'],
      [{ customerId: crypto.randomUUID() }, 'WORKSPACE_NOT_FOUND'],
    ] as const)
      await expect(record(customerId, 30_000n, more), code).rejects.toMatchObject({ code })
    await expect(record(customerId, 0n)).rejects.toMatchObject({ code: 'WORKSPACE_BAD_INPUT' })
    expect(await t.core.call(payment.list, {}, t.admin)).toEqual({ payments: [], count: 0 })
  })

  it('billing.payment.release and allocate: money goes to another invoice, and both can be undone', async () => {
    const { customerId, first, second } = await world()
    const paid = await record(customerId, 10_800n)
    const release = byId()
    await t.core.call(payment.release, { paymentId: paid.id, invoiceId: first.id }, release)
    expect(await stateOf(first.id)).toBe('issued 21600')
    const allocate = byId()
    const moved = await t.core.call(
      payment.allocate,
      { paymentId: paid.id, allocations: [{ invoiceId: second.id, amount: 10_800n }] },
      allocate,
    )
    expect(moved).toMatchObject({ allocated: 10_800n, left: 0n })
    expect(await stateOf(second.id)).toBe('paid 0')
    await expect(
      t.core.call(payment.release, { paymentId: paid.id, invoiceId: first.id }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_NOT_ALLOCATED' })
    await t.core.call(log.undo, { commandId: allocate.commandId }, t.admin)
    expect(await stateOf(second.id)).toBe('issued 10800')
    await t.core.call(log.undo, { commandId: release.commandId }, t.admin)
    expect(await stateOf(first.id)).toBe('issued 10800')
  })

  it('billing.payment.allocate: undone is only what one command gave to one invoice', async () => {
    const { customerId, first, second, third } = await world()
    const paid = await record(customerId, 20_000n, { allocations: [{ invoiceId: first.id, amount: 5_000n }] })
    const allocate = async (...allocations: { invoiceId: string; amount: bigint }[]) => {
      const caller = byId()
      await t.core.call(payment.allocate, { paymentId: paid.id, allocations }, caller)
      return t.core.call(log.undo, { commandId: caller.commandId }, t.admin)
    }
    // The payment settled a part of the first one before.
    await expect(allocate({ invoiceId: first.id, amount: 3_000n })).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_UNDOABLE',
    })
    await expect(
      allocate({ invoiceId: second.id, amount: 1_000n }, { invoiceId: third.id, amount: 2_000n }),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_UNDOABLE' })
    expect(await stateOf(first.id)).toBe('issued 13600')
    expect(await stateOf(second.id)).toBe('issued 9800')
    await allocate({ invoiceId: second.id, amount: 9_000n }).catch(() => null)
    expect(await t.core.call(payment.get, { paymentId: paid.id }, t.admin)).toMatchObject({ left: 0n })
  })

  it('billing.payment.reverse: what it settled is asked for again; the undo of a payment is that', async () => {
    const { customerId, first } = await world()
    const caller = byId()
    const paid = await t.core.call(payment.record, { customerId, currency: 'USD', amount: 21_600n }, caller)
    expect(await stateOf(first.id)).toBe('paid 0')
    await t.core.call(log.undo, { commandId: caller.commandId }, t.admin)
    expect(await stateOf(first.id)).toBe('issued 21600')
    expect(await t.core.call(payment.get, { paymentId: paid.id }, t.admin)).toMatchObject({
      ...{ state: 'reversed', allocated: 0n, left: 0n, note: 'undone' },
    })
    for (const call of [
      () => t.core.call(payment.reverse, { paymentId: paid.id, reason: 'again' }, t.admin),
      () => t.core.call(payment.release, { paymentId: paid.id, invoiceId: first.id }, t.admin),
    ])
      await expect(call()).rejects.toMatchObject({
        code: 'BILLING_PAYMENT_STATE',
        data: { state: 'reversed' },
      })
  })

  it('billing.payment.request, confirm and fail: money that is waited for', async () => {
    const { customerId, first, third } = await world()
    const request = (invoiceIds: string[]) =>
      t.core.call(
        payment.request,
        { customerId, currency: 'USD', amount: 10_800n, method: 'card', invoiceIds },
        t.admin,
      )
    await expect(request([crypto.randomUUID()])).rejects.toMatchObject({ code: 'BILLING_INVOICE_NOT_OPEN' })
    const asked = await request([third.id])
    expect(asked).toMatchObject({ state: 'pending', receivedAt: null, left: 0n })
    const failed = await t.core.call(payment.fail, { paymentId: asked.id, code: 'AC04' }, t.admin)
    expect(failed.failure).toEqual({ code: 'account-closed', remedy: 'another-method', text: 'AC04' })
    await expect(
      t.core.call(payment.fail, { paymentId: asked.id, code: 'AC04' }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_PAYMENT_STATE' })
    // The same payment may come after all.
    const came = await t.core.call(payment.confirm, { paymentId: asked.id }, t.admin)
    expect(came).toMatchObject({ state: 'succeeded', failure: null })
    expect(await stateOf(third.id)).toBe('paid 0')
    expect(await stateOf(first.id)).toBe('issued 21600')
    await expect(t.core.call(payment.confirm, { paymentId: asked.id }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_PAYMENT_STATE',
    })
    const open = await request([])
    const said = { paymentId: open.id, code: 'AC04', text: 'The account is closed' }
    expect(await t.core.call(payment.fail, said, t.admin)).toMatchObject({ failure: { text: said.text } })
    await t.core.call(payment.reverse, { paymentId: open.id, reason: 'asked by mistake' }, t.admin)
    expect(await t.core.call(payment.get, { paymentId: open.id }, t.admin)).toMatchObject({
      state: 'reversed',
    })
  })

  it('billing.payment.open and aging: by how long the customer keeps us waiting', async () => {
    const { customerId, first } = await world()
    const overdue = () => t.core.call(payment.open, { overdue: true }, t.admin)
    expect(await overdue()).toEqual({ invoices: [], count: 0 })
    t.clock.advance(Number(first.dueAt! - t.clock.now() + DAY))
    expect(await overdue()).toMatchObject({ count: 1, invoices: [{ invoiceId: first.id, overdueDays: 1 }] })
    t.clock.advance(Number(40n * DAY))
    const { currencies } = await t.core.call(payment.aging, { customerId }, t.admin)
    expect(currencies).toMatchObject([
      { notDue: 0n, days60: 43_200n, days30: 0n, total: 43_200n, invoices: 3 },
    ])
    const page = await t.core.call(payment.open, { customerId, offset: 1, limit: 1 }, t.admin)
    expect(page).toMatchObject({ count: 3, invoices: [{ overdueDays: 40 }] })
    // Each is due a day after the one before it, the first of them 21600.
    const columns = async (days: bigint) => {
      t.clock.advance(Number(first.dueAt! + days * DAY - t.clock.now()))
      const { currencies } = await t.core.call(payment.aging, {}, t.admin)
      return currencies
    }
    expect(await columns(61n)).toMatchObject([{ days60: 21_600n, days90: 21_600n, older: 0n }])
    expect(await columns(91n)).toMatchObject([{ days90: 21_600n, older: 21_600n }])
  })

  it('billing.payment.aging: early on nothing is late, and what is on account stands in its own currency', async () => {
    const { customerId, first } = await world()
    t.clock.advance(Number(first.dueAt! + DAY - t.clock.now()))
    await record(customerId, 500n, { currency: 'EUR' })
    await record(customerId, 700n, { currency: 'GBP' })
    const { currencies } = await t.core.call(payment.aging, {}, t.admin)
    expect(currencies).toMatchObject([
      { currency: 'EUR', onAccount: 500n, total: 0n, invoices: 0 },
      { currency: 'GBP', onAccount: 700n, total: 0n, invoices: 0 },
      { currency: 'USD', onAccount: 0n, notDue: 21_600n, days30: 21_600n, total: 43_200n, invoices: 3 },
    ])
    const span = { customerId, from: t.clock.now(), to: t.clock.now() + 1n }
    const statement = await t.core.call(payment.statement, span, t.admin)
    expect(
      statement.currencies.map(({ currency, opening, closing }) => [currency, opening, closing]),
    ).toEqual([
      ['EUR', 0n, -500n],
      ['GBP', 0n, -700n],
      ['USD', 43_200n, 43_200n],
    ])
  })

  it('billing.payment.statement: what happened at one instant stands in one order, whoever asks', async () => {
    const { customerId } = await world()
    const from = t.clock.now()
    for (const amount of [50_000n, 500n, 600n, 700n, 800n]) {
      const paid = await record(customerId, amount)
      if (amount !== 50_000n) await refundPayment(t, paid.id, 100n)
    }
    const span = { customerId, from, to: from + 1n }
    const { currencies } = await t.core.call(payment.statement, span, t.admin)
    const { opening, closing, entries } = currencies[0]!
    expect(entries.map(({ rowId }) => rowId)).toEqual(entries.map(({ rowId }) => rowId).sort())
    expect([entries.length, opening, closing]).toEqual([9, 43_200n, 43_200n - 52_600n + 400n])
    expect(entries.at(-1)!.balance).toBe(closing)
  })

  it('billing.payment.statement: every entry with its balance, and nothing of a reversed payment', async () => {
    const { customerId, first, second, third } = await world()
    const before = t.clock.now()
    t.clock.advance(1000)
    await record(customerId, 21_600n, { reference: 'June' })
    const wrong = await record(customerId, 500n)
    await t.core.call(payment.reverse, { paymentId: wrong.id, reason: 'typed twice' }, t.admin)
    t.clock.advance(1000)
    const paid = await record(customerId, 30_000n)
    t.clock.advance(1000)
    await refundPayment(t, paid.id, 1_000n)
    const statement = await t.core.call(
      payment.statement,
      { customerId, from: before, to: t.clock.now() + 1n },
      t.admin,
    )
    expect(statement.currencies).toMatchObject([
      {
        ...{ currency: 'USD', opening: 43_200n, closing: -7_400n },
        entries: [
          { kind: 'payment', text: 'June', amount: -21_600n, balance: 21_600n },
          { kind: 'payment', amount: -30_000n, balance: -8_400n },
          { kind: 'refund', text: 'too much', amount: 1_000n, balance: -7_400n },
        ],
      },
    ])
    const whole = await t.core.call(payment.statement, { customerId, from: 0n, to: before + 1n }, t.admin)
    expect(whole.currencies[0]!.entries.map(({ text, balance }) => [text, balance])).toEqual([
      [first.number, 21_600n],
      [second.number, 32_400n],
      [third.number, 43_200n],
    ])
    await expect(
      t.core.call(payment.statement, { customerId, from: 2n, to: 1n }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_SPAN_INVERTED' })
  })

  it('billing.payment.list: by state, method, customer, what is left, and words', async () => {
    const { customerId } = await world()
    await record(customerId, 100n, { reference: 'first rate', method: 'cash' })
    t.clock.advance(1000)
    await record(customerId, 90_000n, { reference: 'Überweisung Juni' })
    const found = async (filter: object) => {
      const { payments, count } = await t.core.call(
        payment.list,
        { filter: { search: '', ...filter } },
        t.admin,
      )
      expect(count).toBe(payments.length)
      return payments.map(({ reference }) => reference)
    }
    expect(await found({})).toEqual(['Überweisung Juni', 'first rate'])
    expect(await found({ method: 'cash' })).toEqual(['first rate'])
    expect(await found({ left: true })).toEqual(['Überweisung Juni'])
    expect(await found({ search: 'uberweis' })).toEqual(['Überweisung Juni'])
    expect(await found({ states: [] })).toEqual([])
    expect(await found({ states: ['pending'], customerId })).toEqual([])
    const { hits } = await t.core.call(search.query, { text: 'juni', limit: 5 }, t.admin)
    expect(hits.map(({ entity, link }) => [entity, link.split('?')[0]])).toEqual([
      ['payment', '/billing/payments'],
    ])
  })
})

describe('payments in any order', () => {
  it('never settle more than was asked for or paid, and the balance is what statements say', async () => {
    const t = await testCore('sqlite')
    try {
      const { customer, issued } = await customerWithInvoices(t)
      const owed = issued.reduce((sum, { total }) => sum + total, 0n)
      const deed = fc.oneof(
        fc.record({ kind: fc.constant('pay' as const), amount: fc.bigInt(1n, 30_000n) }),
        fc.record({ kind: fc.constantFrom('release', 'reverse', 'refund'), pick: fc.nat(9) }),
      )
      await fc.assert(
        fc.asyncProperty(fc.array(deed, { maxLength: 6 }), async deeds => {
          for (const one of deeds) {
            t.clock.advance(1000)
            const { payments } = await t.core.call(
              payment.list,
              { filter: { states: ['succeeded'], search: '' } },
              t.admin,
            )
            if ('amount' in one) {
              const given = { customerId: customer.id, currency: 'USD', amount: one.amount }
              await t.core.call(payment.record, given, t.admin)
              continue
            }
            const picked = payments[one.pick % Math.max(1, payments.length)]
            if (!picked) continue
            const { settles } = await t.core.call(payment.get, { paymentId: picked.id }, t.admin)
            if (one.kind === 'release' && picked.allocated > 0n)
              await t.core
                .call(payment.release, { paymentId: picked.id, invoiceId: settles[0]!.invoiceId }, t.admin)
                .catch(refusal => expect(refusal.code).toBe('BILLING_NOT_ALLOCATED'))
            if (one.kind === 'reverse' && picked.refunded === 0n)
              await t.core.call(payment.reverse, { paymentId: picked.id, reason: 'x' }, t.admin)
            if (one.kind === 'refund' && picked.left > 0n) await refundPayment(t, picked.id, picked.left, 'x')
          }
          let open = 0n
          for (const { id, total } of issued) {
            const one = await t.core.call(payment.settlementsOf, { invoiceId: id }, t.admin)
            expect(one.open >= 0n && one.open <= total).toBe(true)
            expect(one.state).toBe(one.open === 0n ? 'paid' : 'issued')
            open += one.open
          }
          const all = await t.core.call(payment.list, { limit: 20_000 }, t.admin)
          for (const one of all.payments) expect(one.allocated >= 0n && one.left >= 0n).toBe(true)
          const left = all.payments.reduce((sum, one) => sum + one.left, 0n)
          const span = { from: 0n, to: t.clock.now() + 1n }
          const statement = await t.core.call(
            payment.statement,
            { customerId: customer.id, ...span },
            t.admin,
          )
          expect(statement.currencies[0]!.closing).toBe(open - left)
          const settled = all.payments.reduce((sum, one) => sum + one.allocated, 0n)
          expect(owed - settled).toBe(open)
        }),
        { numRuns: 25 },
      )
    } finally {
      await t.close()
    }
  })
})
