import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { accountSums, type Transfer } from '#engines/billing/corrections/accounts.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { invoiceFacts } from '../invoices/document/invoice-facts.ts'
import { addCustomer } from '../testing/catalogue-kit.ts'
import { closeMonth, invoicesOf, use } from '../testing/close-kit.ts'
import { customerWithInvoices, issueMonth } from '../testing/payment-kit.ts'
import { disputedOf } from './dispute-rows.ts'

const { correction, invoice, payment, period } = contract.billing
const { approval, people, settings } = contract.workspace

describe.each(DATABASES)('corrections on %s', database => {
  let t: TestCore
  let ben: Caller
  let world: Awaited<ReturnType<typeof customerWithInvoices>>
  /** The second invoice: one fee of 100.00 and 8.00 of tax. */
  let one: Awaited<ReturnType<typeof customerWithInvoices>>['issued'][number]

  beforeEach(async () => {
    t = await testCore(database)
    const added = await t.core.call(
      people.add,
      { name: 'Ben', email: 'ben@example.com', roles: ['approver'] },
      t.admin,
    )
    ben = t.as(added.id)
    world = await customerWithInvoices(t)
    one = world.issued[1]!
  })
  afterEach(() => t.close())

  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  const limits = (amount: number) =>
    Promise.all(
      (['billing.creditLimit', 'billing.writeOffLimit'] as const).map(name =>
        t.core.call(settings.set, { name, value: amount }, t.admin),
      ),
    )
  const WHOLE = { wanted: { kind: 'whole' as const }, money: 'balance' as const, reason: 'Wrong plan' }
  const credit = (invoiceId: string, more: object = {}) =>
    t.core.call(correction.credit, { ...WHOLE, invoiceId, ...more }, t.admin)
  const look = (invoiceId: string) => t.core.call(correction.get, { invoiceId }, t.admin)
  const allow = async (approvalId: string, by: Caller = ben) => {
    const { digest, nonce } = await t.core.call(approval.get, { approvalId }, by)
    return t.core.call(approval.approve, { approvalId, digest, nonce }, by)
  }
  const pay = (invoiceId: string, amount: bigint) =>
    t.core.call(
      payment.record,
      {
        ...{ customerId: world.customer.id, currency: 'USD', amount, method: 'bank-transfer' },
        ...{ receivedAt: t.clock.now(), allocations: [{ invoiceId, amount }] },
      },
      t.admin,
    )
  const balance = () => t.core.call(correction.balance, { customerId: world.customer.id }, t.admin)
  const statement = async () => {
    const span = { customerId: world.customer.id, from: 0n, to: t.clock.now() + 1n }
    const { currencies } = await t.core.call(payment.statement, span, t.admin)
    return currencies.flatMap(({ entries }) => entries.map(({ kind, text, amount }) => [kind, text, amount]))
  }
  const balanced = async () => {
    const sums = accountSums((await balance()).entries as unknown as Transfer[])
    expect([...sums.values()].reduce((a, b) => a + b, 0n)).toBe(0n)
    return sums
  }

  it('billing.correction.credit: every credit note asks another person where nothing else is set', async () => {
    const asked = await credit(one.id)
    expect(asked).toMatchObject({ creditNoteId: null, invoice: { state: 'issued' } })
    const request = await t.core.call(approval.get, { approvalId: asked.approvalId! }, ben)
    expect(request).toMatchObject({
      ...{ kind: 'billing.correction.credit', amount: one.total, currency: 'USD', mine: 'decide' },
      subject: { entity: 'invoice', rowId: one.id, title: `${one.number} · ${one.customer}` },
      reason: 'Wrong plan',
    })
    expect((await look(one.id)).waiting).toEqual([
      { kind: 'billing.correction.credit', approvalId: asked.approvalId },
    ])
    expect(await code(allow(asked.approvalId!, t.admin))).toBe('WORKSPACE_APPROVAL_OWN')
    expect(await code(credit(one.id))).toBe('WORKSPACE_APPROVAL_OPEN')
    expect((await allow(asked.approvalId!)).state).toBe('done')
    const after = await look(one.id)
    expect(after).toMatchObject({ state: 'paid', open: 0n, left: 0n, waiting: [] })
    expect(after.creditNotes).toMatchObject([
      {
        ...{ number: 'CN-2026-00001', total: one.total, tax: one.tax, applied: one.total, credited: 0n },
        ...{ invoiceNumber: one.number, requestedBy: { name: 'Ada' }, approvalId: asked.approvalId },
      },
    ])
  })

  /** The limit is 1.00: 0.60 and 0.40 reach it, on whichever invoices, and the next cent asks. */
  it('billing.correction.credit: small ones of one person to one customer count together, by the month', async () => {
    await limits(1)
    const cents = (amount: bigint) => ({ wanted: { kind: 'amount' as const, amount } })
    expect((await credit(one.id, cents(60n))).approvalId).toBeNull()
    const preview = async () =>
      (
        await t.core.call(
          correction.preview,
          { invoiceId: one.id, ...cents(41n), money: 'balance' } as never,
          t.admin,
        )
      ).asks
    expect(await preview()).toBe(true)
    expect((await credit(world.issued[2]!.id, cents(40n))).approvalId).toBeNull()
    const { approvalId } = await credit(one.id, cents(1n))
    const { facts } = await t.core.call(approval.get, { approvalId: approvalId! }, ben)
    expect(facts.find(fact => fact.name === 'credit.alone')).toMatchObject({
      ...{ before: { minor: 100n }, after: { minor: 101n } },
    })
    // What another person allowed is theirs too, and counts for nobody.
    await allow(approvalId!)
    t.clock.advance(32 * 86_400_000)
    expect(await preview()).toBe(false)
  })

  it('billing.correction.credit: a whole one takes back every line, with its own number and document', async () => {
    await limits(1000)
    const { creditNoteId, approvalId } = await credit(one.id)
    expect(approvalId).toBeNull()
    const note = await t.core.call(invoice.get, { invoiceId: creditNoteId! }, t.admin)
    expect(note).toMatchObject({
      ...{ kind: 'credit-note', state: 'issued', number: 'CN-2026-00001', note: 'Wrong plan' },
      ...{ net: -one.net, tax: -one.tax, total: -one.total, pdf: 'waiting' },
    })
    expect(note.lineItems.map(line => [line.kind, line.amount, line.tax, line.quantity])).toEqual([
      ['credit', -10_000n, -800n, '-1'],
    ])
    const why = await t.core.call(invoice.explain, { lineId: note.lineItems[0]!.id }, t.admin)
    expect(why.steps).toMatchObject([{ step: 'round', amount: '-100.00' }])
    expect((await look(creditNoteId!)).corrects).toEqual({ invoiceId: one.id, number: one.number })
    expect(await code(credit(creditNoteId!))).toBe('BILLING_CREDIT_OF_CREDIT')
    const facts = await t.store.read(t.workspace, async reader =>
      invoiceFacts(reader, creditNoteId!, await readSettings(reader, {})),
    )
    expect(facts).toMatchObject({
      kind: 'credit-note',
      corrects: { number: one.number, reason: 'Wrong plan' },
    })
    await t.core.background.idle()
    const pdf = await t.core.call(invoice.pdf, { invoiceId: creditNoteId! }, t.admin)
    expect(pdf).toMatchObject({ stored: true, fileName: 'CN-2026-00001.pdf' })
    expect(Buffer.from(pdf.base64, 'base64').subarray(0, 5).toString()).toBe('%PDF-')
    // The numbers of further ones follow without gaps.
    const next = await credit(world.issued[2]!.id, { wanted: { kind: 'amount', amount: 1n } })
    const second = await t.core.call(invoice.get, { invoiceId: next.creditNoteId! }, t.admin)
    expect(second.number).toBe('CN-2026-00002')
  })

  it('billing.correction.credit: parts add up to the invoice exactly, and never to more', async () => {
    await limits(1000)
    const [line] = (await look(one.id)).lines
    await credit(one.id, { wanted: { kind: 'amount', amount: 3333n } })
    await credit(one.id, { wanted: { kind: 'lines', lines: [{ lineId: line!.lineId, amount: 1000n }] } })
    const half = { kind: 'lines', lines: [{ lineId: line!.lineId, quantity: '2' }] }
    expect(await code(credit(one.id, { wanted: half }))).toBe('BILLING_CREDIT_OVER_LINE')
    expect(await code(credit(one.id, { wanted: { kind: 'amount', amount: one.total } }))).toBe(
      'BILLING_CREDIT_OVER_INVOICE',
    )
    const before = await look(one.id)
    expect(before.left).toBe(one.total - 3333n - 1080n)
    const preview = await t.core.call(
      correction.preview,
      { invoiceId: one.id, wanted: { kind: 'whole' }, money: 'balance' },
      t.admin,
    )
    expect(preview).toMatchObject({ total: before.left, applied: before.left, asks: false })
    await credit(one.id)
    const { creditNotes, left, state } = await look(one.id)
    expect([left, state]).toEqual([0n, 'paid'])
    expect(creditNotes.reduce((sum, note) => sum + note.total, 0n)).toBe(one.total)
    expect(creditNotes.reduce((sum, note) => sum + note.tax, 0n)).toBe(one.tax)
    expect(await code(credit(one.id))).toBe('BILLING_CREDIT_NOTHING')
    expect(
      await code(credit(one.id, { wanted: { kind: 'lines', lines: [{ lineId: one.id, amount: 1n }] } })),
    ).toBe('BILLING_CREDIT_LINE_UNKNOWN')
    expect(
      await code(credit(one.id, { wanted: { kind: 'lines', lines: [{ lineId: one.id, quantity: '1' }] } })),
    ).toBe('BILLING_CREDIT_LINE_UNKNOWN')
    expect((await balanced()).get('receivable')).toBe(-one.total)
  })

  it('billing.correction.credit: what was paid goes onto the balance, or back to who paid', async () => {
    await limits(1000)
    await pay(one.id, one.total)
    await credit(one.id, { wanted: { kind: 'amount', amount: 800n } })
    expect((await look(one.id)).creditNotes).toMatchObject([{ applied: 0n, refunded: 0n, credited: 800n }])
    expect((await balance()).balances).toEqual([{ currency: 'USD', amount: 800n }])
    await credit(one.id, { money: 'refund' })
    const { creditNotes, state, open } = await look(one.id)
    expect([state, open]).toEqual(['paid', 0n])
    expect(creditNotes[0]).toMatchObject({ applied: 0n, refunded: one.total - 800n, credited: 0n })
    const { payments } = await t.core.call(payment.list, {}, t.admin)
    expect(payments).toMatchObject([{ amount: one.total, allocated: 800n, refunded: one.total - 800n }])
    const { settlements } = await t.core.call(payment.settlementsOf, { invoiceId: one.id }, t.admin)
    expect(settlements.reduce((sum, row) => sum + row.amount, 0n)).toBe(one.total)
    const sums = await balanced()
    expect(sums.get('credited')).toBe(one.total)
    expect(sums.get('balance')).toBe(-800n)
    expect(sums.get('refundable')).toBe(-(one.total - 800n))
  })

  it('billing.correction.credit: whoever is asked sees where the money would go', async () => {
    await pay(one.id, one.total)
    const facts = async (money: 'balance' | 'refund', invoiceId: string) => {
      const { approvalId } = await credit(invoiceId, { money })
      const asked = await t.core.call(approval.get, { approvalId: approvalId! }, ben)
      return asked.facts.filter(({ name }) => /^credit.(refunded|credited)$/.test(name))
    }
    const usd = (minor: bigint) => ({ kind: 'money', minor, currency: 'USD' })
    expect(await facts('refund', one.id)).toEqual([
      { name: 'credit.refunded', before: null, after: usd(one.total) },
    ])
    const other = world.issued[2]!
    await pay(other.id, 300n)
    expect(await facts('balance', other.id)).toEqual([
      { name: 'credit.credited', before: null, after: usd(300n) },
    ])
  })

  it('billing.correction.credit: money goes back out of as many payments as it takes', async () => {
    await limits(1000)
    const released = await pay(one.id, 100n)
    await t.core.call(payment.release, { paymentId: released.id, invoiceId: one.id }, t.admin)
    for (const amount of [4_000n, 3_000n, 3_800n]) await pay(one.id, amount)
    await credit(one.id, { wanted: { kind: 'amount', amount: 5_000n }, money: 'refund' })
    const { payments } = await t.core.call(payment.list, {}, t.admin)
    expect(payments.reduce((sum, row) => sum + row.refunded, 0n)).toBe(5_000n)
    expect(payments.filter(row => row.refunded > 0n)).toHaveLength(2)
    expect(payments.find(row => row.id === released.id)).toMatchObject({ refunded: 0n, left: 100n })
    // A second one takes of what the first left, and nothing of the payment that was released.
    await credit(one.id, { money: 'refund' })
    const { payments: after } = await t.core.call(payment.list, {}, t.admin)
    expect(after.reduce((sum, row) => sum + row.refunded, 0n)).toBe(one.total)
    expect(after.find(row => row.id === released.id)).toMatchObject({ refunded: 0n, left: 100n })
  })

  it('billing.correction.credit: an allowed one ends when the invoice was paid, credited or void meanwhile', async () => {
    const { approvalId } = await credit(one.id)
    await pay(one.id, 100n)
    expect((await t.core.call(approval.get, { approvalId: approvalId! }, ben)).state).toBe('changed')
    expect(await code(allow(approvalId!))).toBe('WORKSPACE_APPROVAL_CHANGED')
    const draft = await code(credit((await addDraft()).id))
    expect(draft).toBe('BILLING_INVOICE_STATE')
  })

  async function addDraft() {
    await use(t, 'acme', 'calls', '2026-10-20', '500')
    await closeMonth(t, '2026-10')
    return (await invoicesOf(t, '2026-10')).find(row => row.state === 'draft')!
  }

  it('an item that was credited is not billed again, and not given back twice', async () => {
    await limits(100_000)
    // 500 calls of October come in late: 40.00 above the 100 free ones, on an invoice of its own.
    const late = await addDraft()
    await t.core.call(invoice.approve, { invoiceId: late.id, digest: late.digest }, t.admin)
    await t.core.call(invoice.issue, { invoiceId: late.id, digest: late.digest }, t.admin)
    await credit(late.id)
    const count = async () => (await invoicesOf(t, '2026-10')).length
    const before = await count()
    // The month is looked at again: what was billed stands, whatever was credited of it.
    await use(t, 'acme', 'calls', '2026-10-21', '100')
    await closeMonth(t, '2026-10')
    const more = (await invoicesOf(t, '2026-10')).filter(row => row.state === 'draft')
    expect(more.map(row => row.text)).toEqual([['adjustment API calls 100 = 1000']])
    expect(await count()).toBe(before + 1)
  })

  it('billing.correction.writeOff: gives up what is left, and takes that back', async () => {
    await pay(one.id, 300n)
    const { approvalId } = await t.core.call(
      correction.writeOff,
      { invoiceId: one.id, reason: 'Insolvent' },
      t.admin,
    )
    expect((await look(one.id)).state).toBe('issued')
    expect((await allow(approvalId!)).state).toBe('done')
    expect(await look(one.id)).toMatchObject({
      ...{ state: 'uncollectible', open: 0n },
      writeOffs: [{ amount: one.total - 300n, reverses: null, reason: 'Insolvent', approvalId }],
    })
    expect((await balanced()).get('bad-debt')).toBe(one.total - 300n)
    expect(await statement()).toContainEqual(['write-off', one.number, 300n - one.total])
    expect(await code(credit(one.id))).toBe('BILLING_INVOICE_STATE')
    const reverse = { invoiceId: one.id, reason: 'They pay after all' }
    await t.core.call(correction.reverseWriteOff, reverse, t.admin)
    const back = await look(one.id)
    expect(back).toMatchObject({ state: 'issued', open: one.total - 300n })
    expect(back.writeOffs.map(row => row.amount).sort()).toEqual([300n - one.total, one.total - 300n].sort())
    expect((await balanced()).get('bad-debt')).toBe(0n)
    expect(await code(t.core.call(correction.reverseWriteOff, reverse, t.admin))).toBe(
      'BILLING_INVOICE_STATE',
    )
    await limits(100_000)
    const again = await t.core.call(correction.writeOff, { invoiceId: one.id, reason: 'No' }, t.admin)
    expect(again).toMatchObject({ approvalId: null, invoice: { state: 'uncollectible' } })
    expect(await code(t.core.call(correction.writeOff, { invoiceId: one.id, reason: 'x' }, t.admin))).toBe(
      'BILLING_INVOICE_STATE',
    )
  })

  it('billing.correction.void: keeps the number, and bills nothing again', async () => {
    const { approvalId } = await t.core.call(
      correction.void,
      { invoiceId: one.id, reason: 'Never ordered' },
      t.admin,
    )
    expect((await allow(approvalId!)).state).toBe('done')
    expect(await t.core.call(invoice.get, { invoiceId: one.id }, t.admin)).toMatchObject({
      ...{ state: 'void', number: one.number, note: 'Never ordered' },
    })
    expect((await look(one.id)).void).toMatchObject({ reason: 'Never ordered', reissuedAs: null })
    expect((await balanced()).get('void')).toBe(one.total)
    expect(await statement()).toContainEqual(['void', one.number, -one.total])
    // Its month is looked at again: only what is new is billed, and not the fee.
    await use(t, 'acme', 'calls', '2026-09-10', '200')
    await closeMonth(t, '2026-10')
    const drafts = (await invoicesOf(t, '2026-10')).filter(row => row.state === 'draft')
    expect(drafts.map(row => row.text)).toEqual([['usage API calls 200 = 1000']])
    const reopen = { reason: 'x', invoiceId: one.id }
    expect(await code(t.core.call(correction.void, reopen, t.admin))).toBe('BILLING_INVOICE_STATE')
    const paid = world.issued[2]!
    await pay(paid.id, 1n)
    expect(await code(t.core.call(correction.void, { ...reopen, invoiceId: paid.id }, t.admin))).toBe(
      'BILLING_INVOICE_SETTLED',
    )
  })

  it('billing.correction.void: issues the same lines anew', async () => {
    const anew = { invoiceId: world.issued[2]!.id, reason: 'Address', reissue: true }
    const { approvalId } = await t.core.call(correction.void, anew, t.admin)
    const asked = await t.core.call(approval.get, { approvalId: approvalId! }, ben)
    expect(asked.facts.map(({ name }) => name)).toEqual(['invoice.total', 'void.reissue'])
    await limits(1000)
    await t.core.call(correction.void, { invoiceId: one.id, reason: 'Address', reissue: true }, t.admin)
    const { void: made } = await look(one.id)
    const draft = await t.core.call(invoice.get, { invoiceId: made!.reissuedAs! }, t.admin)
    expect(draft).toMatchObject({
      ...{ state: 'draft', number: null, period: one.period, total: one.total },
      ...{ note: `${one.number}: Address` },
    })
    await t.core.call(invoice.approve, { invoiceId: draft.id, digest: draft.digest }, t.admin)
    const issued = await t.core.call(invoice.issue, { invoiceId: draft.id, digest: draft.digest }, t.admin)
    expect(issued.number).toBe('INV-2026-00004')
    await closeMonth(t, one.period)
    expect((await invoicesOf(t, one.period)).filter(row => row.state === 'draft')).toEqual([])
  })

  it('billing.period.lock: nothing changes billed money of a locked month', async () => {
    const lock = (month: string) => t.core.call(period.lock, { period: month }, t.admin)
    expect(await code(lock('2026-11'))).toBe('BILLING_PERIOD_OPEN')
    const locked = await lock(one.period)
    expect(locked).toMatchObject({ locked: true, lockedBy: { name: 'Ada' }, undecided: 0, reopened: [] })
    expect(await code(lock(one.period))).toBe('BILLING_PERIOD_LOCKED')
    expect(await code(closeMonth(t, one.period))).toBe('BILLING_PERIOD_LOCKED')
    expect(await code(closeMonth(t, one.period, { dryRun: true }))).toBe('done')
    const gone = { invoiceId: one.id, reason: 'x' }
    expect(await code(t.core.call(correction.void, gone, t.admin))).toBe('BILLING_PERIOD_LOCKED')
    expect((await look(one.id)).locked).toBe(true)
    // A credit note is booked in the month of today, which is open.
    expect(await code(credit(one.id))).toBe('done')
    await addDraft()
    await expect(lock('2026-10')).rejects.toMatchObject({
      code: 'BILLING_PERIOD_UNDECIDED',
      data: { count: 1 },
    })
    expect((await t.core.call(period.list, {}, t.admin)).periods.map(row => row.period)).toEqual([one.period])
  })

  it('billing.period.reopen: takes another person, and says why', async () => {
    const month = { period: one.period }
    const reopen = { ...month, reason: 'A wrong price' }
    expect(await code(t.core.call(period.reopen, reopen, t.admin))).toBe('BILLING_PERIOD_NOT_LOCKED')
    await t.core.call(period.lock, month, t.admin)
    const { approvalId } = await t.core.call(period.reopen, reopen, t.admin)
    expect(await code(t.core.call(period.reopen, reopen, t.admin))).toBe('WORKSPACE_APPROVAL_OPEN')
    expect((await allow(approvalId!)).state).toBe('done')
    expect(await t.core.call(period.get, month, t.admin)).toMatchObject({
      ...{ locked: false, lockedBy: null, approvalId: null },
      reopened: [{ by: { name: 'Ben' }, reason: 'A wrong price' }],
    })
    // The same request does not open a later lock.
    await t.core.call(period.lock, month, t.admin)
    expect(await code(allow(approvalId!))).toBe('WORKSPACE_APPROVAL_STATE')
  })

  it('billing.period.lock: waits for a close of the month; billing.period.open: for a lock', async () => {
    const system: Caller = { person: null, device: 'test', assurance: 'system', system: true }
    const open = t.core.call(period.open, { period: one.period, reason: 'A wrong price' }, system)
    expect(await code(open)).toBe('BILLING_PERIOD_NOT_LOCKED')
    await t.store.write(t.workspace, 'person', async tx => {
      const { db } = tx
      const run = db.selectFrom('close_runs').select('job_id').where('period', '=', '2026-10').limit(1)
      await db.updateTable('jobs').set({ state: 'running' }).where('id', 'in', run).execute()
    })
    await expect(t.core.call(period.lock, { period: '2026-10' }, t.admin)).rejects.toMatchObject({
      ...{ code: 'BILLING_CLOSE_RUNNING', data: { period: '2026-10' } },
    })
    expect(await code(t.core.call(period.lock, { period: one.period }, t.admin))).toBe('done')
  })

  it('offline approvals of a locked month end: the decision is refused where it arrives', async () => {
    const draft = await addDraft()
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db
        .insertInto('period_locks')
        .values({
          ...{ id: draft.id, period: '2026-10', locked_by: t.admin.person!, locked_at: 1n },
          ...{ reopened_by: null, reopened_at: null, reason: null, approval_id: null },
        })
        .execute()
    })
    const seen = { invoiceId: draft.id, digest: draft.digest }
    expect(await code(t.core.call(invoice.approve, seen, t.admin))).toBe('BILLING_PERIOD_LOCKED')
    expect(await code(t.core.call(invoice.hold, { invoiceId: draft.id, note: 'x' }, t.admin))).toBe(
      'BILLING_PERIOD_LOCKED',
    )
  })

  it('what is corrected directly is the business of the authority', async () => {
    await limits(1000)
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('workspace_state').set({ authority: 'connected' }).execute()
    })
    expect(await code(credit(one.id))).toBe('SYNC_REQUESTED')
    const given = { invoiceId: one.id, reason: 'x' }
    expect(await code(t.core.call(correction.writeOff, given, t.admin))).toBe('SYNC_REQUESTED')
    expect(await code(t.core.call(correction.void, given, t.admin))).toBe('SYNC_REQUESTED')
  })

  it('billing.correction.list: by customer, the newest first', async () => {
    await limits(1000)
    await credit(one.id, { wanted: { kind: 'amount', amount: 100n } })
    t.clock.advance(1000)
    await credit(one.id, { wanted: { kind: 'amount', amount: 200n } })
    await t.core.call(correction.writeOff, { invoiceId: one.id, reason: 'Insolvent' }, t.admin)
    const all = await t.core.call(correction.list, {}, t.admin)
    expect(all.creditNotes.map(note => note.total)).toEqual([200n, 100n])
    expect(all.writeOffs.map(row => row.amount)).toEqual([one.total - 300n])
    const other = await addCustomer(t, 'other')
    const none = await t.core.call(correction.list, { customerId: other.id }, t.admin)
    expect(none).toEqual({ creditNotes: [], writeOffs: [], disputes: [] })
    await issueMonth(t, '2026-10')
    const disputed = await t.store.read(t.workspace, reader => disputedOf(reader, []))
    expect(disputed.size).toBe(0)
  })
})
