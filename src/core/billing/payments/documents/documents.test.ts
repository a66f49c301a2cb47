import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { customerWithInvoices, refundPayment } from '../../testing/payment-kit.ts'

const { contact, correction, payment } = contract.billing
const { settings } = contract.workspace
const DAY = 86_400_000n

/** Texts of all pages, without spaces: characters of several fonts come apart. */
async function textOf(base64: string): Promise<string> {
  const pdf = await getDocument({ data: new Uint8Array(Buffer.from(base64, 'base64')), verbosity: 0 }).promise
  const pages = []
  for (let page = 1; page <= pdf.numPages; page++) {
    const { items } = await (await pdf.getPage(page)).getTextContent()
    pages.push(items.map(item => ('str' in item ? item.str : '')).join(' '))
  }
  await pdf.loadingTask.destroy()
  return pages.join(' ').replace(/\s+/g, ' ')
}

describe.each(DATABASES)('documents of payments on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  /** Invoices of 216, 108 and 108 USD, and a payment of 300 a day after the last. */
  const world = async () => {
    t = await testCore(database, { environment: { 'notify.privateAddresses': true } })
    const { customer, issued } = await customerWithInvoices(t)
    const paid = await t.core.call(
      payment.record,
      { customerId: customer.id, currency: 'USD', amount: 30_000n, reference: 'PO 7' },
      t.admin,
    )
    return { customerId: customer.id, issued, paid }
  }
  const withMail = async () => {
    for (const [name, value] of [
      ['notify.mailHost', 'localhost'],
      ['notify.mailPort', 1],
      ['notify.mailFrom', 'billing@example.com'],
    ] as const)
      await t.core.call(settings.set, { name, value }, t.admin)
  }
  const speak = (customerId: string, language: 'de' | 'ja') =>
    t.core.call(contact.setMessages, { customerId, sendInvoices: null, language }, t.admin)
  const stored = () =>
    t.store.read(t.workspace, reader =>
      reader.db
        .selectFrom('documents')
        .select(['entity', 'file_name', 'digest'])
        .where('entity', '!=', 'invoice')
        .orderBy('created_at')
        .execute(),
    )

  it('billing.payment.receipt: what came, what it settled, and what remains', async () => {
    const { issued, paid } = await world()
    const [first, second] = issued
    const receipt = await t.core.call(payment.receipt, { paymentId: paid.id }, t.admin)
    expect(receipt.fileName).toMatch(/^Receipt Customer acme \d{4}-\d\d-\d\d\.pdf$/)
    const text = await textOf(receipt.base64)
    // 300 pays 216 of the first whole and 84 of the second, which asks for 108: 24 are left.
    expect(text).toContain('300.00 USD')
    expect(text).toMatch(new RegExp(`${first!.number} .* 216\\.00 216\\.00 0\\.00`))
    expect(text).toMatch(new RegExp(`${second!.number} .* 108\\.00 84\\.00 24\\.00`))
    expect(text).toContain('Bank transfer')
    expect(text).toContain('PO 7')
    expect(text).not.toContain('Left on your account')
  })

  it('billing.payment.receipt: money that settles nothing is on the account, less what went back', async () => {
    const { customerId } = await world()
    const more = await t.core.call(
      payment.record,
      { customerId, currency: 'USD', amount: 50_000n, method: 'card', allocations: [] },
      t.admin,
    )
    await refundPayment(t, more.id, 10_000n)
    await speak(customerId, 'de')
    const { base64, fileName } = await t.core.call(payment.receipt, { paymentId: more.id }, t.admin)
    expect(fileName).toContain('Zahlungsbestätigung')
    const text = await textOf(base64)
    expect(text).toContain('noch keiner Rechnung zugeordnet')
    expect(text).toContain('Erstattet 100,00 USD')
    expect(text).toContain('Guthaben 400,00 USD')
  })

  it('billing.payment.receipt: there is none of money that did not come', async () => {
    const { customerId } = await world()
    const asked = await t.core.call(payment.request, { customerId, currency: 'USD', amount: 100n }, t.admin)
    for (const leaf of [payment.receipt, payment.sendReceipt])
      await expect(t.core.call(leaf, { paymentId: asked.id }, t.admin)).rejects.toMatchObject({
        code: 'BILLING_PAYMENT_STATE',
      })
  })

  it('billing.payment.statementPdf: entries with balances, and what is open by age at the end', async () => {
    const { customerId, issued } = await world()
    // Sixty days later the second is overdue for longer than the third.
    t.clock.advance(60 * 86_400_000)
    const to = t.clock.now() + DAY
    const text = await textOf(
      (await t.core.call(payment.statementPdf, { customerId, from: 0n, to }, t.admin)).base64,
    )
    for (const { number } of issued) expect(text).toContain(number!)
    // 216 + 108 + 108 − 300
    expect(text).toContain('Balance at the end 132.00')
    // Open are 24 and 108: due 30 days after issues that are a day apart.
    expect(text).toContain('Balance 132.00 USD')
    expect(text).toMatch(/1 to 30 days overdue|31 to 60 days overdue/)
    expect(text).not.toContain('not used yet')
    const before = await textOf(
      (await t.core.call(payment.statementPdf, { customerId, from: 0n, to: 1n }, t.admin)).base64,
    )
    expect(before).toContain('nothing is open')
    await expect(
      t.core.call(payment.statementPdf, { customerId, from: 2n, to: 1n }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_SPAN_INVERTED' })
  })

  it('billing.payment.statementPdf: a void invoice asks for nothing, and what no invoice used is said', async () => {
    const { customerId, issued } = await world()
    await t.core.call(settings.set, { name: 'billing.writeOffLimit', value: 1000 }, t.admin)
    const third = issued[2]!
    t.clock.advance(86_400_000)
    await t.core.call(correction.writeOff, { invoiceId: third.id, reason: 'gone' }, t.admin)
    await t.core.call(
      payment.record,
      { customerId, currency: 'USD', amount: 5_000n, allocations: [] },
      t.admin,
    )
    await speak(customerId, 'ja')
    const span = { customerId, from: 0n, to: t.clock.now() + DAY }
    const text = (await textOf((await t.core.call(payment.statementPdf, span, t.admin)).base64)).replaceAll(
      ' ',
      '',
    )
    // 132 − 108 written off − 50 on account = −26: 24 are open, 50 are not used.
    expect(text).toContain('期末残高−26.00')
    expect(text).toContain('期限前24.00USD')
    expect(text).toContain('未充当の入金・返還額−50.00USD')
    expect(text).toContain('貸倒処理')
  })

  it('billing.payment.sendReceipt, sendStatement: go out with a document that stays as it was sent', async () => {
    const { customerId, paid } = await world()
    await withMail()
    const span = { customerId, from: 0n, to: t.clock.now() + DAY }
    const reached = { to: [{ name: 'Customer acme', email: 'acme@example.com' }] }
    expect(await t.core.call(payment.sendReceipt, { paymentId: paid.id }, t.admin)).toEqual(reached)
    expect(await t.core.call(payment.sendStatement, { ...span, note: 'Thanks' }, t.admin)).toEqual(reached)
    await t.core.background.idle()
    const first = await stored()
    expect(first.map(({ entity }) => entity).sort()).toEqual(['receipt', 'statement'])
    await t.core.call(payment.reverse, { paymentId: paid.id, reason: 'bounced' }, t.admin)
    t.clock.advance(1000)
    await t.core.call(payment.sendStatement, { ...span, to: span.from }, t.admin)
    await t.core.background.idle()
    const after = await stored()
    expect(after).toHaveLength(3)
    expect(after).toEqual(expect.arrayContaining(first))
    const topics = await t.store.read(t.workspace, reader =>
      reader.db.selectFrom('notifications').select('topic').orderBy('topic').execute(),
    )
    expect(topics.map(({ topic }) => topic)).toEqual([
      ...['billing.receiptSent', 'billing.statementSent', 'billing.statementSent'],
    ])
  })

  it('billing.payment.sendStatement: says why nothing can go out', async () => {
    const { customerId, paid } = await world()
    const span = { customerId, from: 0n, to: 1n }
    await expect(t.core.call(payment.sendStatement, span, t.admin)).rejects.toMatchObject({
      code: 'NOTIFY_MAIL_NOT_SET_UP',
    })
    await withMail()
    await expect(t.core.call(payment.sendStatement, { ...span, from: 2n }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_SPAN_INVERTED',
    })
    await t.store.write(t.workspace, 'job', tx =>
      tx.db.updateTable('customers').set({ email: '' }).where('id', '=', customerId).execute(),
    )
    await expect(t.core.call(payment.sendReceipt, { paymentId: paid.id }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_NOBODY_TO_MAIL',
    })
  })
})
