import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf } from '../testing/close-kit.ts'
import { customerWithInvoices, issueMonth } from '../testing/payment-kit.ts'

const { contact, correction, customer, invoice, subscription } = contract.billing
const { settings } = contract.workspace

describe.each(DATABASES)('mails of invoices on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const set = (name: string, value: string | number | boolean) =>
    t.core.call(settings.set, { name, value }, t.admin)
  /** A workspace that mails; nobody listens at its server. */
  const begin = async () => {
    t = await testCore(database, { environment: { 'notify.privateAddresses': true } })
    await set('notify.mailHost', 'localhost')
    await set('notify.mailPort', 1)
    await set('notify.mailFrom', 'billing@example.com')
  }
  const send = (invoiceId: string, more: object = {}) =>
    t.core.call(invoice.send, { invoiceId, ...more }, t.admin)
  /** What was asked for of an invoice, once its document is made. */
  const sent = async (invoiceId: string) => {
    await t.core.background.idle()
    const { deliveries } = await t.core.call(invoice.mails, { invoiceId }, t.admin)
    return deliveries.map(({ topic, target }) => `${topic} to ${target}`)
  }
  const issuedOf = async (customerId: string, planId: string) => {
    await t.core.call(
      subscription.start,
      { customerId, planId, at: day('2026-09-01'), trialDays: 0 },
      t.admin,
    )
    await closeMonth(t, '2026-09')
    return (await issueMonth(t, '2026-09'))[0]!
  }
  const addCustomer = (email: string) =>
    t.core.call(
      customer.create,
      { key: 'quiet', name: 'Quiet', email, country: 'US', currency: 'USD', zone: 'UTC' },
      t.admin,
    )

  it('billing.invoice.send: a credit note goes out as one, and an address in place of contacts by its name', async () => {
    await begin()
    const { issued } = await customerWithInvoices(t)
    await set('billing.creditLimit', 1000)
    const [one] = issued
    const { creditNoteId } = await t.core.call(
      correction.credit,
      { invoiceId: one!.id, wanted: { kind: 'whole' }, money: 'balance', reason: 'Wrong plan' },
      t.admin,
    )
    expect(await send(creditNoteId!)).toEqual({ to: [{ name: 'Customer acme', email: 'acme@example.com' }] })
    expect(await sent(creditNoteId!)).toEqual(['billing.creditNoteSent to acme@example.com'])
    const to = { email: 'eve@acme.example', name: 'Eve', language: 'en' }
    expect(await send(one!.id, { to })).toEqual({ to: [{ name: 'Eve', email: 'eve@acme.example' }] })
    expect(await sent(one!.id)).toEqual(['billing.invoiceSent to eve@acme.example'])
  })

  it('billing.invoice.send: says that there is nobody to write to, no server, or no invoice yet', async () => {
    await begin()
    await set('billing.sendInvoices', true)
    const { pro } = await closeWorld(t)
    const quiet = await addCustomer('')
    const list = await t.core.call(contact.list, { customerId: quiet.id }, t.admin)
    expect(list).toMatchObject({ contacts: [], reaches: [], workspaceSends: true })
    const one = await issuedOf(quiet.id, pro.planId)
    expect(await sent(one.id)).toEqual([])
    await expect(send(one.id)).rejects.toMatchObject({
      ...{ code: 'BILLING_NOBODY_TO_MAIL', data: { customerId: quiet.id } },
    })
    await t.core.call(settings.clear, { name: 'notify.mailFrom' }, t.admin)
    await expect(send(one.id)).rejects.toMatchObject({ code: 'NOTIFY_MAIL_NOT_SET_UP' })
    await closeMonth(t, '2026-10')
    const [draft] = await invoicesOf(t, '2026-10')
    await expect(send(draft!.id)).rejects.toMatchObject({
      ...{ code: 'BILLING_INVOICE_NOT_ISSUED', data: { state: 'draft' } },
    })
  })

  it('billing.contact.setMessages: a customer that wants its invoices gets them, and no other', async () => {
    await begin()
    const { pro } = await closeWorld(t)
    const one = await addCustomer('quiet@example.com')
    const says = (sendInvoices: boolean | null) =>
      t.core.call(contact.setMessages, { customerId: one.id, sendInvoices, language: null }, t.admin)
    const first = await issuedOf(one.id, pro.planId)
    expect(await sent(first.id)).toEqual([])
    await says(true)
    await closeMonth(t, '2026-10')
    const [second] = await issueMonth(t, '2026-10')
    expect(await sent(second!.id)).toEqual(['billing.invoiceSent to quiet@example.com'])
  })
})
