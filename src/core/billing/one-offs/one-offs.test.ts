import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { addCustomer, day } from '../testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed } from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { billing, workspace } = contract
const leaf = billing.oneOff
const PERIOD = '2026-10'

describe.each(DATABASES)('one-off charges on %s', database => {
  let t: TestCore
  let customerId: string
  beforeEach(async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, { from: '2026-09-01' })
    customerId = customer.id
  })
  afterEach(() => t.close())

  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  /** Three hours of 150.00. */
  const HOURS = { name: 'Migration', unit: 'hours', quantity: '3', unitPrice: '150' }
  const add = (more: object = {}) =>
    t.core.call(leaf.add, { customerId, ...HOURS, firstPeriod: PERIOD, ...more }, t.admin)
  const list = async () => (await t.core.call(leaf.list, { customerId }, t.admin)).oneOffs
  const undo = async () => {
    const { entries } = await t.core.call(workspace.log.list, { limit: 1 }, t.admin)
    return t.core.call(workspace.log.undo, { commandId: entries[0]!.commandId }, t.admin)
  }
  const october = async () => {
    const invoices = await invoicesOf(t, PERIOD)
    return invoices.map(({ state, net, tax, total, text }) => ({ state, net, tax, total, text }))
  }
  const draft = async () => (await invoicesOf(t, PERIOD))[0]!

  it('billing.oneOff.add: waits for the close, which bills it once, with tax and its explanation', async () => {
    const made = await add({ note: 'Agreed by mail' })
    expect(made).toMatchObject({
      ...{ amount: 45_000n, currency: 'USD', firstPeriod: PERIOD, invoice: null, open: true },
      ...{ createdBy: { name: 'Ada' }, note: 'Agreed by mail', service: null, taxRate: null },
    })
    // It is for October: a close of September leaves it alone.
    await closeMonth(t, '2026-09')
    expect((await invoicesOf(t, '2026-09'))[0]!.text.join()).not.toContain('Migration')
    const dry = await closeMonth(t, PERIOD, { dryRun: true })
    // The fee of November in advance, 100.00, and the hours.
    expect(dry.report?.totals).toMatchObject([{ net: 55_000n, tax: 4400n, total: 59_400n }])
    await closeMonth(t, PERIOD)
    const once = await october()
    expect(once).toMatchObject([{ state: 'draft', net: 55_000n, tax: 4400n, total: 59_400n }])
    expect(once[0]!.text).toContain('one-off Migration 3 = 45000')
    await closeMonth(t, PERIOD)
    expect(await october()).toEqual(once)

    const row = await draft()
    expect(row.doubts.map(one => one.code)).not.toContain('new-metric')
    const full = await t.core.call(billing.invoice.get, { invoiceId: row.id }, t.admin)
    const line = full.lineItems.find(one => one.kind === 'one-off')!
    expect(line).toMatchObject({ unit: 'hours', tax: 3600n, taxRate: '0.08', service: full.span })
    const why = await t.core.call(billing.invoice.explain, { lineId: line.id }, t.admin)
    expect(why).toMatchObject({ plan: null, oneOff: { by: { name: 'Ada' }, note: 'Agreed by mail' } })
    expect(why.steps.map(step => step.step)).toEqual(['normalise', 'price', 'round'])
    expect(why.steps.at(-1)).toMatchObject({ exact: '450', amount: '450.00' })
    const { parts } = await t.core.call(billing.invoice.bridge, { invoiceId: row.id }, t.admin)
    expect(parts).toContainEqual({
      ...{ cause: 'one-off', name: 'Migration', amount: 45_000n, before: null, now: 45_000n },
    })
    expect(await list()).toMatchObject([{ invoice: { id: row.id, state: 'draft' }, open: true }])

    // Issued, it can no longer be changed, and is never billed again.
    const [issued] = await issueMonth(t, PERIOD)
    expect(await code(t.core.call(leaf.remove, { oneOffId: made.id }, t.admin))).toBe(
      'BILLING_ONE_OFF_BILLED',
    )
    expect(await code(t.core.call(leaf.edit, { oneOffId: made.id, ...HOURS }, t.admin))).toBe(
      'BILLING_ONE_OFF_BILLED',
    )
    await closeMonth(t, PERIOD)
    expect(await october()).toHaveLength(1)
    expect(await list()).toMatchObject([{ invoice: { number: issued!.number }, open: false }])
    // A full credit note takes it back with its tax, to nothing.
    for (const name of ['billing.creditLimit', 'billing.writeOffLimit'] as const)
      await t.core.call(workspace.settings.set, { name, value: 10_000 }, t.admin)
    const { creditNoteId } = await t.core.call(
      billing.correction.credit,
      { invoiceId: issued!.id, wanted: { kind: 'whole' }, money: 'balance', reason: 'Wrong' },
      t.admin,
    )
    const note = await t.core.call(billing.invoice.get, { invoiceId: creditNoteId! }, t.admin)
    expect(note.total).toBe(-59_400n)
  })

  it('billing.oneOff.add: onto a draft, which has to be looked at again', async () => {
    await closeMonth(t, PERIOD)
    const before = await draft()
    const made = await add({ invoiceId: before.id, firstPeriod: null, unit: '', taxRate: '0' })
    // 450.00 without tax, beside what was there.
    const after = await draft()
    expect([after.net - before.net, after.tax - before.tax]).toEqual([45_000n, 0n])
    expect(after.digest).not.toBe(before.digest)
    expect(made).toMatchObject({ invoice: { id: before.id }, firstPeriod: PERIOD, currency: 'USD' })
    const { history } = await t.core.call(billing.invoice.get, { invoiceId: before.id }, t.admin)
    expect(history.at(-1)).toMatchObject({ command: 'billing.oneOff.add', note: 'Migration' })

    await t.core.call(leaf.edit, { oneOffId: made.id, ...HOURS, quantity: '1.5', taxRate: '0' }, t.admin)
    expect((await draft()).net - before.net).toBe(22_500n)
    await undo()
    expect((await draft()).net - before.net).toBe(45_000n)
    await undo()
    expect((await draft()).net - before.net).toBe(22_500n)
    await t.core.call(leaf.remove, { oneOffId: made.id }, t.admin)
    expect(await draft()).toMatchObject({ net: before.net, total: before.total, lines: before.lines })
    expect(await list()).toEqual([])
    await undo()
    expect((await draft()).net - before.net).toBe(22_500n)
    await undo()
    expect(await draft()).toMatchObject({ net: before.net, digest: before.digest })

    const again = await add({ invoiceId: before.id })
    expect(again.invoice?.id).toBe(before.id)
    await undo()
    expect(await list()).toEqual([])
    await t.core.call(
      billing.invoice.approve,
      { invoiceId: before.id, digest: (await draft()).digest },
      t.admin,
    )
    expect(await code(add({ invoiceId: before.id }))).toBe('BILLING_INVOICE_STATE')
    const other = await addCustomer(t, 'beta')
    await t.core.call(billing.invoice.unapprove, { invoiceId: before.id }, t.admin)
    expect(await code(add({ invoiceId: before.id, customerId: other.id }))).toBe('BILLING_INVOICE_STATE')
  })

  it('billing.oneOff.remove: gives back what waits, and takes a draft of nothing else with it', async () => {
    const other = await addCustomer(t, 'beta')
    const of = { customerId: other.id }
    const made = await add({ ...of, service: { from: day('2026-10-05'), to: day('2026-10-08') } })
    // Nobody subscribed to anything: the charge alone makes the invoice.
    await closeMonth(t, PERIOD)
    const own = async () => (await invoicesOf(t, PERIOD)).filter(one => one.customerId === other.id)
    const [alone] = await own()
    expect(alone).toMatchObject({ net: 45_000n, total: 48_600n, plan: '', lines: 1 })
    const { lineItems } = await t.core.call(billing.invoice.get, { invoiceId: alone!.id }, t.admin)
    expect(lineItems[0]!.service).toEqual({ from: day('2026-10-05'), to: day('2026-10-08') })
    await t.core.call(leaf.remove, { oneOffId: made.id }, t.admin)
    expect(await own()).toEqual([])
    // The draft is gone: put back, it waits for the next close, which bills it.
    await undo()
    const { oneOffs } = await t.core.call(leaf.list, of, t.admin)
    expect(oneOffs).toMatchObject([{ invoice: null, open: true, service: { from: day('2026-10-05') } }])
    await closeMonth(t, PERIOD)
    expect(await own()).toMatchObject([{ total: 48_600n }])

    const waiting = await add({ firstPeriod: '2026-12' })
    await t.core.call(leaf.edit, { oneOffId: waiting.id, ...HOURS, name: 'Later' }, t.admin)
    expect(await list()).toMatchObject([{ name: 'Later', invoice: null }])
    await undo()
    expect(await list()).toMatchObject([{ name: 'Migration' }])
    await t.core.call(leaf.remove, { oneOffId: waiting.id }, t.admin)
    expect(await list()).toEqual([])
    expect(await code(t.core.call(leaf.remove, { oneOffId: waiting.id }, t.admin))).toBe(
      'WORKSPACE_NOT_FOUND',
    )
  })

  it('billing.oneOff.add: refuses what comes to nothing, and money back', async () => {
    expect(await code(add({ quantity: '0.001', unitPrice: '0.01' }))).toBe('BILLING_ONE_OFF_AMOUNT')
    expect(await code(add({ quantity: '999999999999', unitPrice: '99999999999999999' }))).toBe(
      'BILLING_ONE_OFF_AMOUNT',
    )
    for (const bad of [{ quantity: '-1' }, { unitPrice: '-5' }, { unitPrice: '0' }, { taxRate: '1.5' }])
      expect([bad, await code(add(bad))]).toEqual([bad, 'WORKSPACE_BAD_INPUT'])
    // Without a month it is for the one in which it was entered.
    expect((await add({ firstPeriod: null })).firstPeriod).toBe('2026-11')
    expect(await add({ currency: 'JPY', unitPrice: '1000.4', quantity: '1' })).toMatchObject({
      amount: 1000n,
    })
  })
})
