import { afterEach, describe, expect, it } from 'vitest'
import type { ScheduleCall, ScheduleLook } from '#core/workspace/schedules/schedule-kind.ts'
import { fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore } from '#test/kit/core-kit.ts'
import { addCustomer } from '../testing/catalogue-kit.ts'
import { dunningWorld, goTo, runDunning } from '../testing/dunning-kit.ts'
import { dunningSchedule } from './dunning-run.ts'

const { dunning, payment, invoice, dispute, subscription, customer } = contract.billing
const { log, settings } = contract.workspace

describe.each(DATABASES)('dunning on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function world() {
    const made = await dunningWorld(database)
    t = made.t
    return made
  }
  const byId = () => ({ ...t.admin, commandId: crypto.randomUUID() })
  const undo = (commandId: string) => t.core.call(log.undo, { commandId }, t.admin)
  const simulated = (of: object) =>
    t.core.call(dunning.simulate, of as { invoiceId: string }, t.admin).then(all => all.invoices)
  const cases = async () => (await t.core.call(dunning.list, {}, t.admin)).cases
  const told = () =>
    t.store.read(t.workspace, async ({ db }) => {
      const rows = await db
        .selectFrom('effects')
        .select('payload')
        .where('kind', '=', 'notify')
        .orderBy('id')
        .execute()
      return rows
        .map(row => fromCanonical<{ topic: string; params: Record<string, unknown> }>(row.payload))
        .filter(({ topic }) => topic.startsWith('billing.'))
    })
  const rowsOf = () =>
    t.store.read(t.workspace, ({ db }) =>
      db
        .selectFrom('dunning_steps')
        .selectAll()
        .orderBy('at')
        .orderBy('invoice_id')
        .orderBy('track')
        .execute(),
    )

  it('billing.dunning.run: each step once, told to the customer and kept on the invoice', async () => {
    const { first } = await world()
    goTo(t, '2026-12-24T08:00:00Z')
    // Day 3 after Monday the 21st is Thursday the 24th; at eight nobody is written to.
    expect(await runDunning(t)).toEqual({ looked: 3, invoices: 0, steps: 0 })
    goTo(t, '2026-12-24T09:00:00Z')
    const { due } = await t.core.call(dunning.due, {}, t.admin)
    expect(due).toMatchObject([
      {
        invoiceId: first.id,
        amount: 21_600n,
        campaign: 'Standard',
        steps: [{ days: 3, message: 'reminder' }],
      },
    ])
    expect(await runDunning(t)).toEqual({ looked: 3, invoices: 1, steps: 1 })
    expect(await runDunning(t)).toEqual({ looked: 3, invoices: 0, steps: 0 })
    expect((await told()).at(-1)).toMatchObject({
      topic: 'billing.invoiceReminder',
      params: { number: first.number, amount: { amount: 21_600n, currency: 'USD' }, dueOn: '2026-12-21' },
    })
    const { history } = await t.core.call(invoice.get, { invoiceId: first.id }, t.admin)
    expect(history.at(-1)).toMatchObject({ command: 'billing.dunning.step', note: 'due +3: reminder' })
    expect(await rowsOf()).toMatchObject([
      { track: 'due', days: 3n, recipients: 1n, amount: 21_600n, version: 1n },
    ])
    const all = await cases()
    expect(all.map(one => [one.state, one.steps, one.overdueDays])).toEqual([
      ['overdue', 0, 2],
      ['overdue', 0, 1],
      ['reminded', 1, 3],
    ])
    // Friday the 25th, Saturday the 26th (so Monday the 28th), and seven days after the 24th.
    expect(all.map(one => new Date(Number(one.next!.at)).toISOString().slice(0, 13))).toEqual([
      '2026-12-25T09',
      '2026-12-28T09',
      '2026-12-31T09',
    ])
  })

  it('billing.dunning.simulate: what it says is what comes about, failures and all', async () => {
    const { customerId, first, second } = await world()
    const asked = await t.core.call(
      payment.request,
      { customerId, currency: 'USD', amount: second.total, method: 'direct-debit', invoiceIds: [second.id] },
      t.admin,
    )
    goTo(t, '2026-12-18T10:30:00Z')
    await t.core.call(payment.fail, { paymentId: asked.id, code: 'AM04' }, t.admin)
    const before = (await simulated({ customerId })).flatMap(one =>
      one.ahead.map(step => ({ invoiceId: one.invoiceId, ...step })),
    )
    const planned = before.map(one => `${one.at} ${one.invoiceId} ${one.track} ${one.days}`).sort()
    // Three steps for each invoice, and three after the failure of one.
    expect(planned).toHaveLength(12)
    for (const at of [...new Set(before.map(one => one.at))].sort((a, b) => (a < b ? -1 : 1))) {
      goTo(t, at)
      await runDunning(t)
      const { payments } = await t.core.call(payment.list, { filter: { states: ['pending'] } }, t.admin)
      for (const { id } of payments) await t.core.call(payment.fail, { paymentId: id, code: 'AM04' }, t.admin)
    }
    const rows = await rowsOf()
    expect(rows.map(row => `${row.at} ${row.invoice_id} ${row.track} ${row.days}`).sort()).toEqual(planned)
    const retried = rows.filter(row => row.payment_id !== null)
    expect(retried.map(row => [row.invoice_id, row.days])).toEqual([
      [second.id, 3n],
      [second.id, 7n],
    ])
    const again = await t.core.call(payment.get, { paymentId: retried[0]!.payment_id! }, t.admin)
    expect(again).toMatchObject({ method: 'direct-debit', amount: second.total, state: 'failed' })
    const [now] = await simulated({ invoiceId: second.id })
    expect(now).toMatchObject({ state: 'final-notice', retries: 'exhausted', ahead: [], next: null })
    expect(now!.done.map(one => [one.track, one.days])).toHaveLength(6)
    expect((await simulated({ invoiceId: first.id }))[0]).toMatchObject({ retries: 'none' })
  })

  it('a failure without hope is told and not tried again; a payment under way holds retries', async () => {
    const { customerId, first } = await world()
    const request = () =>
      t.core.call(
        payment.request,
        { customerId, currency: 'USD', amount: first.total, invoiceIds: [first.id] },
        t.admin,
      )
    const fail = (paymentId: string, code: string) => t.core.call(payment.fail, { paymentId, code }, byId())
    await fail((await request()).id, 'account-closed')
    goTo(t, '2026-11-25T10:00:00Z')
    await runDunning(t)
    expect((await told()).at(-1)).toMatchObject({ topic: 'billing.paymentFailed' })
    expect((await cases()).map(one => [one.retries, one.hold, one.next?.days])).toEqual([
      ['stopped', null, 7],
    ])
    const second = await request()
    expect((await cases()).map(one => [one.retries, one.next?.track])).toEqual([['waiting', 'due']])
    await fail(second.id, 'declined')
    expect((await cases()).map(one => [one.retries, one.next?.days])).toEqual([['retrying', 3]])
    // It came after all: nothing failed any more.
    await t.core.call(payment.confirm, { paymentId: second.id }, t.admin)
    await expect(cases()).resolves.toEqual([])
  })

  it('what is disputed is not dunned, what is paused waits, and both can be taken back', async () => {
    const { customerId, first, second } = await world()
    goTo(t, '2026-12-28T10:00:00Z')
    const { id } = await t.core.call(
      dispute.open,
      { invoiceId: first.id, amount: first.total, reason: 'Never used it' },
      t.admin,
    )
    const pausing = byId()
    const { pauseId } = await t.core.call(
      dunning.pause,
      { customerId, invoiceId: second.id, until: t.clock.now() + 86_400_000n, reason: 'They called' },
      pausing,
    )
    const holds = async () => Object.fromEntries((await cases()).map(one => [one.number, one.hold]))
    expect(await holds()).toMatchObject({ [first.number!]: 'disputed', [second.number!]: 'paused' })
    const [paused] = await simulated({ invoiceId: second.id })
    expect(paused).toMatchObject({ pauses: [{ id: pauseId, reason: 'They called', createdBy: 'Ada' }] })
    expect(new Date(Number(paused!.ahead[0]!.at)).toISOString()).toBe('2026-12-29T10:00:00.000Z')
    expect(await runDunning(t)).toMatchObject({ invoices: 1 })
    await undo(pausing.commandId)
    await t.core.call(dispute.decide, { disputeId: id, decision: 'won', outcome: 'They did' }, t.admin)
    expect(await runDunning(t)).toMatchObject({ invoices: 2 })
    // All of the customer, until somebody resumes; another pause takes its place.
    await t.core.call(dunning.pause, { customerId, reason: 'Talks' }, t.admin)
    const other = byId()
    const all = await t.core.call(dunning.pause, { customerId, reason: 'More talks' }, other)
    goTo(t, '2027-06-01T10:00:00Z')
    expect(await runDunning(t)).toMatchObject({ invoices: 0 })
    expect((await cases())[0]!.pauses).toMatchObject([{ reason: 'More talks', until: null, invoiceId: null }])
    await undo(other.commandId)
    expect((await cases())[0]!.pauses).toMatchObject([{ reason: 'Talks' }])
    const resuming = byId()
    await t.core.call(dunning.resume, all, resuming)
    expect((await cases()).map(one => one.hold)).toEqual([null, null, null])
    await undo(resuming.commandId)
    expect((await cases())[0]!.hold).toBe('paused')
  })

  it('billing.dunning.pause: refuses what cannot be', async () => {
    const { customerId, first } = await world()
    const other = await addCustomer(t, 'other')
    const pause = (more: object) =>
      t.core.call(dunning.pause, { customerId, reason: 'Why', ...more }, t.admin)
    await expect(pause({ until: t.clock.now() })).rejects.toMatchObject({
      code: 'BILLING_DUNNING_PAUSE_PAST',
    })
    await expect(pause({ customerId: other.id, invoiceId: first.id })).rejects.toMatchObject({
      code: 'BILLING_INVOICE_NOT_OPEN',
    })
    await expect(pause({ customerId: crypto.randomUUID() })).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
    await expect(
      t.core.call(dunning.resume, { pauseId: crypto.randomUUID() }, t.admin),
    ).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
  })

  it('billing.dunning.save: versions, segments by rank, and undoing', async () => {
    const { first, campaign, customerId } = await world()
    const { id: campaignId, name, rank, active, terms } = campaign
    expect(campaign).toMatchObject({ name: 'Standard', version: 1, active: true, changedBy: null })
    const save = (more: object, caller = byId()) =>
      t.core.call(dunning.save, { name, rank, active, terms, ...more }, caller)
    await expect(save({ terms: { ...terms, steps: [] } })).rejects.toMatchObject({
      code: 'BILLING_DUNNING_INVALID',
      data: { reason: 'nothing-to-do', step: null },
    })
    await expect(save({ campaignId: crypto.randomUUID() })).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
    })
    await expect(simulated({ customerId, terms: { ...terms, steps: [] } })).rejects.toMatchObject({
      code: 'BILLING_DUNNING_INVALID',
    })
    const changing = byId()
    const changed = await save({ campaignId, terms: { ...terms, minimum: '200' } }, changing)
    expect(changed).toMatchObject({ version: 2, changedBy: 'Ada', terms: { minimum: '200' } })
    expect((await save({ campaignId, name: 'Usual', terms: changed.terms })).version).toBe(2)
    const held = (await simulated({ customerId })).map(one => [one.hold, one.ahead.length])
    expect(held).toEqual([
      [null, 3],
      ['below-minimum', 0],
      ['below-minimum', 0],
    ])
    // With terms that are tried nothing is stored.
    expect((await simulated({ customerId, terms })).map(one => one.ahead.length)).toEqual([3, 3, 3])
    await expect(undo(changing.commandId)).rejects.toMatchObject({ code: 'WORKSPACE_UNDO_OVERTAKEN' })
    const planId = (await t.core.call(subscription.list, { customerId }, t.admin)).subscriptions[0]!.planId
    const own = { ...terms, segment: { ...terms.segment, planIds: [planId], amountFrom: '200' } }
    const making = byId()
    const made = await save({ name: 'Big', rank: 1, terms: own }, making)
    const names = async () => (await simulated({ customerId })).map(one => one.campaign?.name)
    expect(await names()).toEqual(['Big', 'Usual', 'Usual'])
    await undo(making.commandId)
    expect(await names()).toEqual(['Usual', 'Usual', 'Usual'])
    await save({ campaignId, active: false })
    expect((await simulated({ invoiceId: first.id }))[0]).toMatchObject({
      campaign: null,
      hold: 'no-campaign',
    })
    goTo(t, '2026-12-30T10:00:00Z')
    expect(await runDunning(t)).toMatchObject({ invoices: 0 })
    const { versions } = await t.core.call(dunning.versions, { campaignId }, t.admin)
    expect(versions.map(one => [one.version, one.terms.minimum, one.createdBy])).toEqual([
      [3, '0', 'Ada'],
      [2, '200', 'Ada'],
      [1, '0', null],
    ])
    expect(made.version).toBe(1)
    const undone = await t.core.call(log.list, { limit: 20 }, t.admin)
    const last = undone.entries.find(one => one.command === 'workspace.log.undo')!
    await undo(last.commandId)
    expect(await names()).toEqual(['Big', undefined, undefined])
  })

  it('what ends it: the customer counts as unpaid, or what the invoice bills ends', async () => {
    const { customerId, campaign } = await world()
    const { id: campaignId, name, rank, active, terms } = campaign
    const end = (action: string, days: number) =>
      t.core.call(
        dunning.save,
        {
          ...{ campaignId, name, rank, active },
          terms: { ...terms, steps: [], final: { action, days } } as never,
        },
        t.admin,
      )
    const standing = async () =>
      (await t.core.call(subscription.list, { customerId }, t.admin)).subscriptions.map(one => one.state)
    await end('mark-unpaid', 1)
    goTo(t, '2026-12-22T09:00:00Z')
    expect(await standing()).toEqual(['past-due'])
    await runDunning(t)
    t.clock.advance(1)
    expect(await standing()).toEqual(['unpaid'])
    await end('cancel', 5)
    goTo(t, '2026-12-29T09:00:00Z')
    await runDunning(t)
    expect((await rowsOf()).map(row => row.action)).toEqual(['mark-unpaid', 'cancel', 'cancel', 'cancel'])
    expect(await standing()).toEqual(['expired'])
    expect((await cases()).map(one => one.state)).toEqual(['cancelled', 'cancelled', 'cancelled'])
    const [one] = (await t.core.call(subscription.list, { customerId }, t.admin)).subscriptions
    expect(one).toMatchObject({ endReason: 'unpaid', settlement: 'credit' })
  })

  it('tasks: given, told to the analysts, done, and open again', async () => {
    const { first, campaign } = await world()
    const { id: campaignId, name, rank, active, terms } = campaign
    const steps = [{ track: 'due' as const, days: 1, task: 'Call them', retry: true }]
    await t.core.call(dunning.save, { campaignId, name, rank, active, terms: { ...terms, steps } }, t.admin)
    goTo(t, '2026-12-22T09:00:00Z')
    expect(await runDunning(t)).toMatchObject({ steps: 1 })
    const list = async (open = true) => (await t.core.call(dunning.tasks, { open }, t.admin)).tasks
    const [task] = await list()
    expect(task).toMatchObject({ text: 'Call them', number: first.number, doneAt: null, doneBy: null })
    expect((await told()).at(-1)).toMatchObject({
      topic: 'billing.dunningTask',
      params: { task: 'Call them' },
    })
    // Without a failure before it, the payment is asked for by card.
    const { payments } = await t.core.call(payment.list, { filter: { states: ['pending'] } }, t.admin)
    expect(payments).toMatchObject([{ method: 'card', amount: first.total, reference: first.number }])
    const doing = byId()
    await t.core.call(dunning.setTask, { taskId: task!.id, done: true }, doing)
    expect([await list(), await list(false)]).toMatchObject([[], [{ doneBy: 'Ada', doneAt: t.clock.now() }]])
    await undo(doing.commandId)
    expect(await list()).toHaveLength(1)
    await t.core.call(dunning.setTask, { taskId: task!.id, done: false }, t.admin)
    await expect(
      t.core.call(dunning.setTask, { taskId: crypto.randomUUID(), done: true }, t.admin),
    ).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('where there is nobody to write to the step is done, and says so', async () => {
    const { customerId, first } = await world()
    const words = { name: 'Customer acme', country: 'US', zone: 'UTC' }
    await t.core.call(customer.edit, { customerId, ...words, email: '' }, t.admin)
    goTo(t, '2026-12-24T09:00:00Z')
    const before = (await told()).length
    expect(await runDunning(t)).toMatchObject({ steps: 1 })
    expect((await told()).length).toBe(before)
    const [one] = await simulated({ invoiceId: first.id })
    expect(one!.done).toMatchObject([{ message: 'reminder', recipients: 0 }])
    // With an address, but without a document that could go with it; the legal name signs.
    await t.core.call(customer.edit, { customerId, ...words, email: 'pay@example.com' }, t.admin)
    await t.core.call(settings.set, { name: 'billing.legalName', value: 'Test Ltd.' }, t.admin)
    await t.store.write(t.workspace, 'job', tx =>
      tx.db.updateTable('invoices').set({ effect_id: null, document_id: null }).execute(),
    )
    goTo(t, '2026-12-25T09:00:00Z')
    expect(await runDunning(t)).toMatchObject({ steps: 1 })
    expect((await told()).at(-1)).toMatchObject({ documents: [], params: { company: 'Test Ltd.' } })
  })

  it('an invoice that is unknown, or paid, has nothing to come', async () => {
    const { customerId, first } = await world()
    expect(await simulated({ invoiceId: crypto.randomUUID() })).toEqual([])
    goTo(t, '2026-12-28T10:00:00Z')
    const { due } = await t.core.call(dunning.due, { until: t.clock.now() }, t.admin)
    expect(due.map(one => one.invoiceId)).toContain(first.id)
    await t.core.call(payment.record, { customerId, currency: 'USD', amount: first.total }, t.admin)
    expect(await simulated({ invoiceId: first.id })).toEqual([])
    const system = { person: null, device: 'test', assurance: 'system', system: true } as const
    expect(await t.core.call(dunning.step, { invoiceId: first.id }, system)).toEqual({ steps: 0 })
    await expect(t.core.call(dunning.simulate, {}, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_BAD_INPUT',
    })
  })
})

describe('the hourly look', () => {
  const JOB = '00000000-0000-7000-8000-000000000009'
  const run = (due: unknown[]) =>
    dunningSchedule.run({
      query: async () => ({ looked: 4, due }),
      command: async () => ({ jobId: JOB }),
    } as unknown as ScheduleCall<unknown>)
  const look = (state: string) =>
    dunningSchedule.look!(JOB, {
      query: async () => ({ state, result: { looked: 4, invoices: 1, steps: 1 } }),
    } as unknown as ScheduleLook)

  it('begins a job only where something is due', async () => {
    expect(await run([])).toEqual({ over: true, summary: { looked: 4, invoices: 0, steps: 0 } })
    expect(await run([{}])).toEqual({ over: false, reference: JOB })
    expect(await look('queued')).toEqual({ over: false, reference: JOB })
    expect(await look('done')).toEqual({ over: true, summary: { looked: 4, invoices: 1, steps: 1 } })
    await expect(look('failed')).rejects.toMatchObject({ code: 'BILLING_DUNNING_FAILED' })
    const at = BigInt(Date.UTC(2026, 10, 21, 9, 30))
    expect(dunningSchedule.due({ every: 'cron', expression: '0 * * * *' }).next(at)).toBe(at + 1_800_000n)
  })
})
