import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { schema } from '#core/database/schema.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed, use } from '../testing/close-kit.ts'
import { issueMonth } from '../testing/payment-kit.ts'

const { billing, workspace } = contract
const leaf = billing.monthEnd
const PERIOD = '2026-10'

describe.each(DATABASES)('the end of a month on %s', database => {
  let t: TestCore
  let world: Awaited<ReturnType<typeof closeWorld>>
  beforeEach(async () => {
    t = await testCore(database)
    world = await closeWorld(t)
  })
  afterEach(() => t.close())

  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  const get = (period = PERIOD) => t.core.call(leaf.get, { period }, t.admin)
  const step = async (name: string, period = PERIOD) =>
    (await get(period)).steps.find(one => one.step === name)!
  const states = async (...names: string[]) => {
    const { steps } = await get()
    return names.map(name => steps.find(one => one.step === name)?.state)
  }
  const check = (name: string, more: { note?: string; seen?: number } = {}, by: Caller = t.admin) =>
    t.core.call(leaf.check, { period: PERIOD, step: name, ...more }, by)
  const newest = async () => {
    const { entries } = await t.core.call(workspace.log.list, { limit: 1 }, t.admin)
    return entries[0]!.commandId
  }
  const undo = async () => t.core.call(workspace.log.undo, { commandId: await newest() }, t.admin)
  const insert = <T extends keyof typeof schema>(table: T, rows: Record<string, unknown>[]) =>
    t.store.write(t.workspace, 'person', tx => insertRows(tx, table, schema[table], rows as never))
  const sweep = async () => {
    await t.core.call(billing.subscription.sweep, {}, t.admin)
    await t.core.jobs.idle()
  }

  it('billing.monthEnd.get: walks a month from its usage to its lock', async () => {
    await subscribed(t, 'acme', world.pro.planId, { from: '2026-10-01' })
    await use(t, 'acme', 'calls', '2026-09-12', '1')
    await use(t, 'acme', 'calls', '2026-10-12', '300')
    expect(await states('over', 'daily', 'close', 'drafts', 'documents', 'lock')).toEqual([
      ...['done', 'todo', 'todo', 'blocked', 'blocked', 'blocked'],
    ])
    expect(await step('metrics')).toMatchObject({ state: 'todo', count: 1, names: ['calls'] })
    await sweep()
    expect((await step('daily')).state).toBe('done')

    await closeMonth(t, PERIOD, { dryRun: true })
    expect((await step('dry-run')).state).toBe('done')
    const run = await closeMonth(t, PERIOD)
    // What was used in September had no subscription: the close says so, and a person may accept it.
    expect(await get()).toMatchObject({ closeRunId: run.id, ready: false, locked: false })
    expect(await states('close', 'drafts', 'issue', 'documents')).toEqual(['done', 'todo', 'done', 'none'])
    expect((await step('drafts')).parts).toContainEqual({ code: 'unassigned', count: 1 })

    const [draft] = await invoicesOf(t, PERIOD)
    await t.core.call(billing.invoice.hold, { invoiceId: draft!.id, note: 'Who are they?' }, t.admin)
    expect(await states('drafts', 'held')).toEqual(['done', 'todo'])
    await t.core.call(billing.invoice.release, { invoiceId: draft!.id }, t.admin)
    const { digest } = (await invoicesOf(t, PERIOD))[0]!
    await t.core.call(billing.invoice.approve, { invoiceId: draft!.id, digest }, t.admin)
    expect((await step('issue')).count).toBe(1)
    await t.core.call(billing.invoice.issue, { invoiceId: draft!.id, digest }, t.admin)
    await t.core.background.idle()
    expect(await states('issue', 'documents', 'mails', 'ledger', 'numbers', 'outbox')).toEqual([
      ...['done', 'done', 'none', 'done', 'done', 'done'],
    ])

    const left = (await get()).steps.filter(one => ['todo', 'waiting'].includes(one.state))
    expect(left.every(one => one.checkable)).toBe(true)
    for (const { step: name, count } of left) await check(name, { seen: count, note: 'seen' })
    expect(await get()).toMatchObject({ ready: true, left: 0 })
    expect((await step('lock')).state).toBe('todo')
    await t.core.call(billing.period.lock, { period: PERIOD }, t.admin)
    expect((await step('lock')).state).toBe('done')
    // What was checked off says how the month was closed, and stays.
    expect(await code(check('metrics'))).toBe('BILLING_PERIOD_LOCKED')
    expect(await code(t.core.call(leaf.uncheck, { period: PERIOD, step: 'metrics' }, t.admin))).toBe(
      'BILLING_PERIOD_LOCKED',
    )

    // Late usage opens the question again, also where the month is locked.
    await use(t, 'acme', 'calls', '2026-10-30', '5')
    expect(await step('late')).toMatchObject({ state: 'todo', count: 1 })
  })

  it('billing.monthEnd.get: says that a month is not over, and what comes after it', async () => {
    await subscribed(t, 'acme', world.pro.planId)
    const { steps } = await get('2027-03')
    const of = (name: string) => steps.find(one => one.step === name)!
    expect(of('over')).toMatchObject({ state: 'blocked', at: day('2027-04-01') })
    expect(of('close').state).toBe('blocked')
  })

  it('billing.monthEnd.get: sees documents, mails, bank lines, payments, refunds and disputes', async () => {
    const { customer } = await subscribed(t, 'acme', world.pro.planId, { from: '2026-10-01' })
    const other = await subscribed(t, 'beta', world.pro.planId, { from: '2026-10-01' })
    const third = await subscribed(t, 'core', world.pro.planId, { from: '2026-10-01' })
    await closeMonth(t, PERIOD)
    const issued = await issueMonth(t, PERIOD)
    await t.core.background.idle()
    const id = (n: number) => `00000000-0000-7000-8000-00000000000${n}`
    const effect = (n: number, state: string) => ({
      ...{ id: id(n), command_id: id(n), kind: 'test', payload: '{}', state, attempts: 0n },
      ...{ not_before: 0n, lease_until: null, result: null, error: null, created_at: 0n, done_at: null },
    })
    const columns = Object.keys(schema.effects.columns)
    const fitted = (row: Record<string, unknown>) =>
      Object.fromEntries(columns.map(name => [name, row[name] ?? null]))
    await insert('effects', [fitted(effect(1, 'failed')), fitted(effect(2, 'waiting'))])
    for (const [index, effect_id] of [id(1), id(2)].entries())
      await t.store.write(t.workspace, 'person', tx =>
        tx.db
          .updateTable('invoices')
          .set({ document_id: null, effect_id })
          .where('id', '=', issued[index]!.id)
          .execute(),
      )
    expect(await step('documents')).toMatchObject({
      parts: [
        { code: 'failed', count: 1 },
        { code: 'making', count: 1 },
      ],
    })

    for (const [name, value] of [
      ['notify.mailHost', 'mail.example.com'],
      ['notify.mailFrom', 'bills@example.com'],
      ['billing.sendInvoices', true],
    ] as const)
      await t.core.call(workspace.settings.set, { name, value }, t.admin)
    expect(await step('mails')).toMatchObject({ state: 'todo', count: 3 })
    // One customer wants none; of the others one mail is under way and one came back.
    await t.core.call(
      billing.contact.setMessages,
      { customerId: third.customer.id, sendInvoices: false, language: null },
      t.admin,
    )
    const mail = (n: number, customerId: string, state: string) => [
      insert('notifications', [
        {
          ...{ id: id(n), topic: 'billing.invoiceSent', once_key: id(n), entity: 'invoice' },
          row_id: issued.find(one => one.customerId === customerId)!.id,
          ...{ params: '{}', urgency: 'normal', link: null, documents: '[]', by: null, created_at: 0n },
        },
      ]),
      insert('deliveries', [
        {
          ...{ id: id(n), notification_id: id(n), topic: 'billing.invoiceSent', channel: 'email' },
          ...{ person_id: null, customer_id: customerId, target: 'a@example.com', name: 'A', language: 'en' },
          ...{ state, reason: null, attempts: 1n, unsure: 0n, not_before: 0n, effect_id: id(n) },
          ...{ message_id: id(n), sent_at: null, failure: null, answer: null, created_at: 0n },
        },
      ]),
    ]
    await Promise.all(mail(3, customer.id, 'waiting'))
    expect(await step('mails')).toMatchObject({
      state: 'todo',
      parts: [
        { code: 'unsent', count: 1 },
        { code: 'underWay', count: 1 },
      ],
    })
    await Promise.all(mail(4, other.customer.id, 'bounced'))
    expect((await step('mails')).parts).toContainEqual({ code: 'failed', count: 1 })
    await Promise.all(mail(5, other.customer.id, 'sent'))
    expect(await step('mails')).toMatchObject({ state: 'waiting', count: 1 })

    // 500.00 came on 31 October, of which 108.00 settles a part of an invoice and 392.00 nothing.
    const paid = await t.core.call(
      billing.payment.record,
      {
        ...{ customerId: customer.id, currency: 'USD', amount: 50_000n, method: 'bank-transfer' },
        receivedAt: day('2026-10-31'),
        allocations: [{ invoiceId: issued.find(one => one.customerId === customer.id)!.id, amount: 10_800n }],
      },
      t.admin,
    )
    expect(await step('payments')).toMatchObject({ state: 'todo', count: 1 })
    expect((await step('ledger')).state).toBe('done')
    await insert('bank_lines', [bankLine(id(6), '2026-10-31'), bankLine(id(7), '2026-11-01')])
    expect(await step('bank-lines')).toMatchObject({ state: 'todo', count: 1 })
    await insert('refunds', [
      {
        ...{ id: id(8), payment_id: paid.id, customer_id: customer.id, currency: 'USD', amount: 100n },
        ...{ reason: '', state: 'waiting', provider_ref: null, created_by: null, done_at: null },
        ...{
          created_at: day('2026-10-31'),
          title: '',
          source: 'payment',
          credit_note_id: null,
          way: 'original',
        },
        ...{ holder: '', iban: '', bic: '', provider: 'manual', paid_on: null, failure: null },
        ...{ failure_text: null, approval_id: null },
      },
    ])
    expect((await step('refunds')).count).toBe(1)
    await t.core.call(
      billing.dispute.open,
      {
        ...{ invoiceId: issued[1]!.id, amount: 100n, reason: 'Too much' },
        deadlineAt: t.clock.now() + 86_400_000n,
      },
      t.admin,
    )
    expect(await step('disputes')).toMatchObject({
      ...{ count: 1, at: t.clock.now() + 86_400_000n, row: issued[1]!.id },
    })
  })

  it('billing.monthEnd.get: proves the books, and sees where they do not come to each other', async () => {
    const { customer } = await subscribed(t, 'acme', world.pro.planId, { from: '2026-10-01' })
    await closeMonth(t, PERIOD)
    const [issued] = await issueMonth(t, PERIOD)
    const { id: invoiceId, total: amount } = issued!
    await t.core.call(
      billing.payment.record,
      {
        ...{ customerId: customer.id, currency: 'USD', amount, method: 'bank-transfer' },
        ...{ receivedAt: t.clock.now(), allocations: [{ invoiceId, amount }] },
      },
      t.admin,
    )
    const { wallet } = contract.billing
    const { id: walletId } = await t.core.call(wallet.create, { customerId: customer.id, name: 'W' }, t.admin)
    await t.core.call(wallet.grant, { walletId, amount: 100n }, t.admin)
    await t.core.call(wallet.hold, { walletId, amount: 30n }, t.admin)
    expect(await states('ledger', 'numbers')).toEqual(['done', 'done'])
    await insert('settlements', [
      {
        ...{ id: '00000000-0000-7000-8000-000000000001', invoice_id: issued!.id, customer_id: customer.id },
        ...{ kind: 'balance', source_id: 'x', amount: 1n, at: 0n, created_by: null },
      },
    ])
    await insert('balance_transfers', [
      {
        ...{ id: '00000000-0000-7000-8000-000000000002', customer_id: customer.id, currency: 'USD' },
        ...{ amount: 5n, debit: 'balance', credit: 'receivable', reason: '', source: 'x', source_id: 'x' },
        at: 0n,
      },
    ])
    await t.store.write(t.workspace, 'person', async tx => {
      await tx.db.updateTable('payments').set({ allocated: 1n }).execute()
      await tx.db.updateTable('wallet_grants').set({ rest: 71n }).execute()
      await tx.db.updateTable('number_series').set({ next: 9n }).execute()
    })
    expect(await step('ledger')).toMatchObject({
      count: 4,
      parts: [
        { code: 'payments', count: 1 },
        { code: 'invoices', count: 1 },
        { code: 'balances', count: 2 },
      ],
    })
    expect(await step('numbers')).toMatchObject({ state: 'todo', count: 7 })
  })

  it('billing.monthEnd.get: counts what waits for approval and what did not reach the server', async () => {
    await subscribed(t, 'acme', world.pro.planId, { from: '2026-10-01' })
    await closeMonth(t, PERIOD)
    const [issued] = await issueMonth(t, PERIOD)
    await t.core.call(
      billing.correction.credit,
      { invoiceId: issued!.id, wanted: { kind: 'whole' }, money: 'balance', reason: 'Wrong plan' },
      t.admin,
    )
    expect(await step('approvals')).toMatchObject({ state: 'waiting', count: 1 })
    const row = (number: bigint, state: string) => ({
      ...{ number, id: `00000000-0000-7000-8000-00000000000${number}`, command: 'x', command_version: 1n },
      ...{ actor: null, device: '', assurance: '', at: 0n, input: '{}', state, queued_at: 0n, attempts: 0n },
    })
    const columns = Object.keys(schema.outbox.columns)
    await insert(
      'outbox',
      [row(1n, 'pending'), row(2n, 'review')].map(one =>
        Object.fromEntries(columns.map(name => [name, (one as Record<string, unknown>)[name] ?? null])),
      ),
    )
    expect(await step('outbox')).toMatchObject({
      parts: [
        { code: 'review', count: 1 },
        { code: 'waiting', count: 1 },
      ],
    })
  })

  it('billing.monthEnd.check: by hand, with a note, and back', async () => {
    expect(await step('bank-balance')).toMatchObject({ state: 'todo', byHand: true, check: null })
    expect(await check('bank-balance', { note: ' Agreed with the bank ' })).toEqual({ checks: 1 })
    expect(await step('bank-balance')).toMatchObject({
      state: 'done',
      check: { by: { name: 'Ada' }, note: 'Agreed with the bank', seen: 1 },
    })
    await check('bank-balance', { note: 'Again' })
    await undo()
    expect((await step('bank-balance')).check?.note).toBe('Agreed with the bank')
    await undo()
    expect((await step('bank-balance')).check?.note).toBe('Again')
    expect(await t.core.call(leaf.uncheck, { period: PERIOD, step: 'bank-balance' }, t.admin)).toEqual({
      checks: 0,
    })
    await undo()
    expect((await step('bank-balance')).check?.note).toBe('Again')
    await undo()
    expect((await step('bank-balance')).state).toBe('todo')
    await check('bank-balance')
    await undo()
    expect((await step('bank-balance')).state).toBe('todo')
    expect(await code(check('ledger'))).toBe('BILLING_MONTH_END_NOT_BY_HAND')
    expect(await code(check('nobody-knows'))).toBe('BILLING_MONTH_END_STEP_UNKNOWN')
    expect(await code(t.core.call(leaf.uncheck, { period: PERIOD, step: 'bank-balance' }, t.admin))).toBe(
      'BILLING_MONTH_END_NOT_CHECKED',
    )
    const auditor = await t.core.call(
      workspace.people.add,
      { name: 'Eve', email: 'eve@example.com', roles: ['auditor'] },
      t.admin,
    )
    expect(await code(check('bank-balance', {}, t.as(auditor.id)))).toBe('WORKSPACE_FORBIDDEN')
  })

  it('billing.monthEnd.addStep, renameStep, moveStep, setStepActive: steps of the workspace', async () => {
    const add = (title: string) => t.core.call(leaf.addStep, { title }, t.admin)
    const titles = async () =>
      (await t.core.call(leaf.ownSteps, undefined, t.admin)).steps.map(one => one.title)
    const shown = async (period = PERIOD) =>
      (await get(period)).steps.filter(one => one.code === 'own').map(one => [one.title, one.state])
    const a = await add('Accruals')
    const b = await add('Board report')
    const c = await add('Cash forecast')
    expect(await shown()).toEqual([
      ['Accruals', 'todo'],
      ['Board report', 'todo'],
      ['Cash forecast', 'todo'],
    ])
    await t.core.call(leaf.moveStep, { stepId: c.id, place: 0 }, t.admin)
    expect(await titles()).toEqual(['Cash forecast', 'Accruals', 'Board report'])
    await undo()
    expect(await titles()).toEqual(['Accruals', 'Board report', 'Cash forecast'])
    await t.core.call(leaf.moveStep, { stepId: a.id, place: 99 }, t.admin)
    expect(await titles()).toEqual(['Board report', 'Cash forecast', 'Accruals'])
    await t.core.call(leaf.renameStep, { stepId: b.id, title: 'Report' }, t.admin)
    await undo()
    expect(await titles()).toContain('Board report')
    await check(b.id)
    await t.core.call(leaf.setStepActive, { stepId: b.id, active: false }, t.admin)
    await t.core.call(leaf.setStepActive, { stepId: a.id, active: false }, t.admin)
    // What was checked off stays in its month; what is out of use does not come up in others.
    expect(await shown()).toEqual([
      ['Board report', 'done'],
      ['Cash forecast', 'todo'],
    ])
    expect(await shown('2026-09')).toEqual([['Cash forecast', 'todo']])
    await undo()
    expect(await shown('2026-09')).toEqual([
      ['Cash forecast', 'todo'],
      ['Accruals', 'todo'],
    ])
    const d = await add('Done twice')
    await undo()
    const { steps } = await t.core.call(leaf.ownSteps, undefined, t.admin)
    expect(steps.find(one => one.id === d.id)).toMatchObject({ active: false })
    expect(await code(t.core.call(leaf.renameStep, { stepId: t.admin.person!, title: 'x' }, t.admin))).toBe(
      'WORKSPACE_NOT_FOUND',
    )
  })
})

function bankLine(id: string, booked_on: string) {
  return {
    ...{ id, file_id: id, account_id: id, fingerprint: id, booked_on, value_on: booked_on, amount: 100n },
    ...{ currency: 'USD', name: '', iban: '', text: '', reference: '', return_code: '', state: 'open' },
    ...{ payment_id: null, note: null, decided_by: null, decided_at: null },
  }
}
