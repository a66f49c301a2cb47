import { contract } from '#shared/contract/index.ts'
import type { TestCore } from '#test/kit/core-kit.ts'
import { closeMonth, closeWorld, invoicesOf, plan, subscribed, usualPrices } from './close-kit.ts'

const { invoice } = contract.billing

/** Approves and issues every draft of a month. Gives the invoices as they are then. */
export async function issueMonth(t: TestCore, period: string) {
  for (const one of await invoicesOf(t, period)) {
    if (one.state !== 'draft') continue
    await t.core.call(invoice.approve, { invoiceId: one.id, digest: one.digest }, t.admin)
    await t.core.call(invoice.issue, { invoiceId: one.id, digest: one.digest }, t.admin)
  }
  return invoicesOf(t, period)
}

/**
 * A customer with three issued invoices: fees of 100 USD in advance with tax of 8 %, two of them on the first one. Those are
 * due thirty days after their issues, which are a day apart.
 */
export async function customerWithInvoices(t: TestCore, key = 'acme', currency = 'USD') {
  const { pro: dollars, metrics } = await closeWorld(t)
  const pro = currency === 'USD' ? dollars : await plan(t, 'other', usualPrices(metrics, currency))
  const { customer } = await subscribed(t, key, pro.planId, { from: '2026-08-01', currency })
  const issued = []
  for (const period of ['2026-08', '2026-09', '2026-10']) {
    await closeMonth(t, period)
    issued.push(...(await issueMonth(t, period)))
    t.clock.advance(86_400_000)
  }
  return { customer, pro, issued }
}

/** Lets one person refund alone, up to a million in whichever currency. */
export async function allowRefunds(t: TestCore): Promise<void> {
  await t.core.call(
    contract.workspace.settings.set,
    { name: 'billing.refundLimit', value: 1_000_000 },
    t.admin,
  )
}

/** Refunds a part of a payment without asking anybody else. */
export async function refundPayment(t: TestCore, paymentId: string, amount: bigint, reason = 'too much') {
  await allowRefunds(t)
  const from = { kind: 'payment' as const, paymentId }
  const { refund } = await t.core.call(contract.billing.refund.request, { from, amount, reason }, t.admin)
  return refund!
}

/** A customer with three open invoices in euros, issued a day apart, and due thirty days after that. */
export async function euroWorld(t: TestCore) {
  const { customer, issued } = await customerWithInvoices(t, 'acme', 'EUR')
  return { customerId: customer.id, issued }
}
