import { afterEach, describe, expect, it } from 'vitest'
import { dunningWorld, goTo, runDunning } from '#core/billing/testing/dunning-kit.ts'
import { contract } from '#shared/contract/index.ts'
import type { TestCore } from '#test/kit/core-kit.ts'

const { billing } = contract

describe('a customer whose invoices are collected', () => {
  let t: TestCore
  afterEach(() => t.close())

  it('has no cover once: the debit comes back, dunning asks again, and the next file takes it', async () => {
    const { customerId, first, ...made } = await dunningWorld('sqlite', 'EUR')
    t = made.t
    await t.core.call(
      billing.mandate.add,
      { customerId, holder: 'Acme', iban: 'NL91ABNA0417164300', signedOn: '2026-08-01' },
      t.admin,
    )
    const account = await t.core.call(
      billing.bank.addAccount,
      {
        ...{ name: 'Main', holder: 'Quarterdeck', number: 'DE89370400440532013000', bic: '' },
        ...{ currency: 'EUR', creditorId: 'DE98ZZZ09999999999' },
      },
      t.admin,
    )
    const invoice = async () => {
      const { state, open } = await t.core.call(
        billing.payment.settlementsOf,
        { invoiceId: first.id },
        t.admin,
      )
      return `${state} ${open}`
    }
    const collect = async (collectOn: string) => {
      const run = await t.core.call(
        billing.debit.create,
        { accountId: account.id, collectOn, invoiceIds: [first.id] },
        t.admin,
      )
      await t.core.call(billing.debit.handIn, { runId: run.id }, t.admin)
      goTo(t, `${collectOn}T15:00:00Z`)
      return t.core.call(billing.debit.collect, { runId: run.id }, t.admin)
    }
    // Two fees of 100.00 with 8 %: 216.00, due on Monday, 21 December 2026. The file is made on the Thursday before:
    // two days of settlement lead to Monday.
    goTo(t, '2026-12-17T09:00:00Z')
    const run = await collect('2026-12-21')
    expect([run.amount, run.collected, await invoice()]).toEqual([21_600n, 21_600n, 'paid 0'])
    // On Wednesday it comes back for want of cover: 216.00 are asked for again, as a payment that failed.
    goTo(t, '2026-12-23T09:00:00Z')
    await t.core.call(billing.debit.returned, { itemId: run.items[0]!.id, code: 'AM04' }, t.admin)
    expect(await invoice()).toBe('issued 21600')
    // The campaign writes at once, and charges again three days later: Saturday the 26th, so Monday the 28th. The
    // mandate is the default way to pay: its payment waits for the next file.
    for (const at of ['2026-12-23T10:00:00Z', '2026-12-28T09:00:00Z']) {
      goTo(t, at)
      await runDunning(t)
    }
    const waiting = await t.core.call(billing.payment.list, { filter: { states: ['pending'] } }, t.admin)
    const asked = waiting.payments.filter(one => one.amount === 21_600n)
    expect(asked.map(one => [one.provider, one.method])).toEqual([['sepa', 'direct-debit']])
    // Two days of settlement after the 28th: the 30th.
    const again = await collect('2026-12-30')
    expect(again.items.map(one => [one.paymentId, one.sequence, one.endToEndId, one.state])).toEqual([
      [asked[0]!.id, 'RCUR', `${first.number}-2`, 'collected'],
    ])
    expect(await invoice()).toBe('paid 0')
  })
})
