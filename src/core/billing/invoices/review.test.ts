import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, subscribed, use, usualPrices } from '../testing/close-kit.ts'

const { invoice } = contract.billing
const { log, people, comments } = contract.workspace
const OTHER = 'f'.repeat(64)
const commandId = '00000000-0000-7000-8000-00000000aaaa'

/** Drafts of October: acme's of 225 with tax, and globex's. */
async function drafts(t: TestCore) {
  const { pro } = await closeWorld(t)
  await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
  await subscribed(t, 'globex', pro.planId, { from: '2026-10-01' })
  await use(t, 'acme', 'calls', '2026-10-05', '350')
  await closeMonth(t, '2026-10')
  const [acme, globex] = await invoicesOf(t, '2026-10')
  return { acme: acme!, globex: globex!, pro }
}

const person = async (t: TestCore, name: string, role: 'analyst' | 'ops' | 'auditor'): Promise<Caller> => {
  const added = await t.core.call(
    people.add,
    { name, email: `${name.toLowerCase()}@example.com`, roles: [role] },
    t.admin,
  )
  return t.as(added.id)
}

describe.each(DATABASES)('the review of invoices on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const get = (invoiceId: string) => t.core.call(invoice.get, { invoiceId }, t.admin)
  const row = async (invoiceId: string) => {
    const { invoices } = await t.core.call(invoice.list, {}, t.admin)
    return invoices.find(one => one.id === invoiceId)!
  }

  it('billing.invoice.approve: of what the person saw, and taken back until the issue', async () => {
    t = await testCore(database)
    const { acme } = await drafts(t)
    const { id: invoiceId, digest } = acme
    await expect(t.core.call(invoice.approve, { invoiceId, digest: OTHER }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_INVOICE_CHANGED',
      data: { current: digest },
    })
    const approved = await t.core.call(invoice.approve, { invoiceId, digest }, { ...t.admin, commandId })
    expect(approved).toMatchObject({ state: 'approved', approvedBy: t.admin.person, digest })
    await expect(t.core.call(invoice.approve, { invoiceId, digest }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_INVOICE_STATE',
      data: { state: 'approved' },
    })
    await t.core.call(log.undo, { commandId }, t.admin)
    expect(await row(invoiceId)).toMatchObject({ state: 'draft', approvedBy: null, approvedAt: null })
    const { history } = await get(invoiceId)
    expect(history.map(one => one.command)).toEqual(
      expect.arrayContaining(['billing.close.start', 'billing.invoice.approve', 'billing.invoice.unapprove']),
    )
    // What was taken back can be done again by undoing that.
    const { entries } = await t.core.call(log.list, { command: 'workspace.log.undo' }, t.admin)
    await t.core.call(log.undo, { commandId: entries[0]!.commandId }, t.admin)
    expect(await row(invoiceId)).toMatchObject({ state: 'approved' })
    await t.core.call(invoice.issue, { invoiceId, digest }, t.admin)
    await expect(t.core.call(invoice.unapprove, { invoiceId }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_INVOICE_STATE',
      data: { state: 'issued' },
    })
  })

  it('billing.invoice.unapprove: undoing an approval that somebody else gave anew is refused', async () => {
    t = await testCore(database)
    const { acme } = await drafts(t)
    const grace = await person(t, 'Grace', 'analyst')
    const { id: invoiceId, digest } = acme
    await t.core.call(invoice.approve, { invoiceId, digest }, { ...t.admin, commandId })
    await t.core.call(invoice.unapprove, { invoiceId }, grace)
    t.clock.advance(1000)
    await t.core.call(invoice.approve, { invoiceId, digest }, grace)
    await expect(t.core.call(log.undo, { commandId }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_UNDO_OVERTAKEN',
    })
    expect(await row(invoiceId)).toMatchObject({ state: 'approved', approvedBy: grace.person })
  })

  it('billing.invoice.hold, release: with a note, there and back', async () => {
    t = await testCore(database)
    const { acme } = await drafts(t)
    const { id: invoiceId, digest } = acme
    const held = await t.core.call(invoice.hold, { invoiceId, note: 'ask sales' }, { ...t.admin, commandId })
    expect(held).toMatchObject({ state: 'held', note: 'ask sales' })
    await expect(t.core.call(invoice.approve, { invoiceId, digest }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_INVOICE_STATE',
      data: { state: 'held' },
    })
    await expect(t.core.call(invoice.hold, { invoiceId, note: 'x' }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_INVOICE_STATE',
    })
    await t.core.call(log.undo, { commandId }, t.admin)
    expect(await row(invoiceId)).toMatchObject({ state: 'draft', note: null })
    await t.core.call(invoice.hold, { invoiceId, note: 'again' }, t.admin)
    const release = '00000000-0000-7000-8000-00000000bbbb'
    await t.core.call(invoice.release, { invoiceId }, { ...t.admin, commandId: release })
    await expect(t.core.call(invoice.release, { invoiceId }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_INVOICE_STATE',
    })
    await t.core.call(log.undo, { commandId: release }, t.admin)
    expect(await row(invoiceId)).toMatchObject({ state: 'held', note: 'again' })
    // The host itself, of whom no person is known, is nobody in the history.
    const host: Caller = { person: null, device: 'test', assurance: 'system', system: true }
    expect(await t.core.call(invoice.release, { invoiceId }, host)).toMatchObject({ state: 'draft' })
    expect((await get(invoiceId)).history.at(-1)).toMatchObject({
      command: 'billing.invoice.release',
      by: null,
    })
  })

  it('billing.invoice.sendBack: from approved to draft, with a comment where people talk', async () => {
    t = await testCore(database)
    const { acme } = await drafts(t)
    const grace = await person(t, 'Grace', 'analyst')
    const { id: invoiceId, digest } = acme
    await t.core.call(invoice.approve, { invoiceId, digest }, t.admin)
    const back = await t.core.call(
      invoice.sendBack,
      { invoiceId, comment: '@Ada the storage is too high' },
      grace,
    )
    expect(back).toMatchObject({
      ...{ state: 'draft', approvedBy: null, comments: 1 },
      note: '@Ada the storage is too high',
    })
    const listed = await t.core.call(comments.list, { entity: 'invoice', rowId: invoiceId }, t.admin)
    expect(listed.comments).toMatchObject([
      {
        body: '@Ada the storage is too high',
        author: { name: 'Grace' },
        mentions: [{ personId: t.admin.person }],
      },
    ])
    await t.core.call(invoice.hold, { invoiceId, note: 'x' }, t.admin)
    await expect(t.core.call(invoice.sendBack, { invoiceId, comment: 'y' }, grace)).rejects.toMatchObject({
      code: 'BILLING_INVOICE_STATE',
      data: { state: 'held' },
    })
    // What was refused left no comment.
    expect((await row(invoiceId)).comments).toBe(1)
  })

  it('billing.invoice.assign: to somebody who is active, or to nobody', async () => {
    t = await testCore(database)
    const { acme } = await drafts(t)
    const grace = await person(t, 'Grace', 'analyst')
    const { id: invoiceId } = acme
    const personId = grace.person!
    await t.core.call(invoice.assign, { invoiceId, personId }, { ...t.admin, commandId })
    const { invoices } = await t.core.call(invoice.list, { filter: { assignee: personId } }, grace)
    expect(invoices.map(one => one.id)).toEqual([invoiceId])
    await t.core.call(log.undo, { commandId }, t.admin)
    expect((await row(invoiceId)).assignee).toBeNull()
    await expect(
      t.core.call(invoice.assign, { invoiceId, personId: t.workspace }, t.admin),
    ).rejects.toMatchObject({ code: 'BILLING_ASSIGNEE_UNKNOWN', data: { personId: t.workspace } })
    await t.core.call(people.setActive, { personId, active: false }, t.admin)
    await expect(t.core.call(invoice.assign, { invoiceId, personId }, t.admin)).rejects.toMatchObject({
      code: 'BILLING_ASSIGNEE_UNKNOWN',
    })
  })

  it('billing.invoice.*: analysts decide, others read', async () => {
    t = await testCore(database)
    const { acme } = await drafts(t)
    const { id: invoiceId, digest } = acme
    for (const who of [await person(t, 'Otto', 'ops'), await person(t, 'Uma', 'auditor')]) {
      expect((await t.core.call(invoice.get, { invoiceId }, who)).id).toBe(invoiceId)
      for (const attempt of [
        t.core.call(invoice.approve, { invoiceId, digest }, who),
        t.core.call(invoice.unapprove, { invoiceId }, who),
        t.core.call(invoice.hold, { invoiceId, note: 'x' }, who),
        t.core.call(invoice.release, { invoiceId }, who),
        t.core.call(invoice.sendBack, { invoiceId, comment: 'x' }, who),
        t.core.call(invoice.assign, { invoiceId, personId: null }, who),
        t.core.call(invoice.issue, { invoiceId, digest }, who),
      ])
        await expect(attempt).rejects.toMatchObject({ code: 'WORKSPACE_FORBIDDEN' })
    }
    for (const attempt of [
      t.core.call(invoice.get, { invoiceId: t.workspace }, t.admin),
      t.core.call(invoice.approve, { invoiceId: t.workspace, digest }, t.admin),
      t.core.call(invoice.explain, { lineId: t.workspace }, t.admin),
      t.core.call(invoice.bridge, { invoiceId: t.workspace }, t.admin),
    ])
      await expect(attempt).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
  })

  it('two analysts at once: the second approval of one draft is refused, marks are seen by both', async () => {
    t = await testCore(database)
    const { acme, globex } = await drafts(t)
    const grace = await person(t, 'Grace', 'analyst')
    const outcomes = await Promise.allSettled([
      t.core.call(invoice.approve, { invoiceId: acme.id, digest: acme.digest }, t.admin),
      t.core.call(invoice.approve, { invoiceId: acme.id, digest: acme.digest }, grace),
      t.core.call(invoice.hold, { invoiceId: globex.id, note: 'mine' }, grace),
    ])
    expect(outcomes.map(one => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const { invoices } = await t.core.call(invoice.list, { filter: { period: '2026-10' } }, t.admin)
    expect(invoices.map(one => [one.customerKey, one.state, one.approvedBy]).sort()).toEqual([
      ['acme', 'approved', t.admin.person],
      ['globex', 'held', null],
    ])
  })

  it('billing.invoice.list, summary, periods: filter, sort, count and sum', async () => {
    t = await testCore(database)
    const { acme, globex, pro } = await drafts(t)
    await subscribed(t, 'tyrell', pro.planId, { from: '2026-10-01', currency: 'USD' })
    await use(t, 'globex', 'calls', '2026-11-05', '200')
    t.clock.advance(15 * 86_400_000)
    await closeMonth(t, '2026-11')
    const list = (input: Parameters<typeof t.core.call<typeof invoice.list>>[1]) =>
      t.core.call(invoice.list, input, t.admin)
    const all = await list({})
    expect(all.count).toBe(5)
    expect(all.invoices[0]!.doubts.length).toBeGreaterThan(0)
    const keys = (found: Awaited<ReturnType<typeof list>>) => found.invoices.map(one => one.customerKey)
    expect(
      keys(await list({ filter: { period: '2026-11' }, sort: { by: 'customer', descending: true } })),
    ).toEqual(['tyrell', 'globex', 'acme'])
    // Without an invoice before it there is no change, which comes last either way.
    for (const descending of [true, false]) {
      const sorted = await list({ filter: { period: '2026-11' }, sort: { by: 'change', descending } })
      expect(keys(sorted).at(-1)).toBe('tyrell')
      const [a, b] = sorted.invoices
      expect(descending ? a!.change! >= b!.change! : a!.change! <= b!.change!).toBe(true)
    }
    const page = await list({ sort: { by: 'total', descending: false }, offset: 1, limit: 2 })
    expect(page.count).toBe(5)
    expect(page.invoices).toHaveLength(2)
    expect(page.invoices[0]!.total <= page.invoices[1]!.total).toBe(true)
    expect((await list({ offset: 10 })).count).toBe(5)
    expect(keys(await list({ filter: { search: 'cust tyr' } }))).toEqual(['tyrell'])
    expect((await list({ filter: { search: 'unheard' } })).count).toBe(0)
    expect(keys(await list({ filter: { customerId: acme.customerId, period: '2026-10' } }))).toEqual(['acme'])
    const clean = await list({ filter: { doubts: 'clean' } })
    const doubtful = await list({ filter: { doubts: 'doubtful' } })
    expect(clean.count + doubtful.count).toBe(5)
    expect(clean.invoices.every(one => one.doubts.length === 0)).toBe(true)
    const november = (await list({ filter: { period: '2026-11', customerId: globex.customerId } }))
      .invoices[0]!
    expect(november).toMatchObject({
      previous: globex.total,
      change: november.total - globex.total,
    })

    const summary = await t.core.call(invoice.summary, { filter: { period: '2026-10' } }, t.admin)
    expect(summary).toEqual({
      states: [{ state: 'draft', count: 2 }],
      doubtful: 2,
      clean: 0,
      totals: [{ currency: 'USD', count: 2, total: acme.total + globex.total }],
      plans: [{ plan: acme.plan, count: 2 }],
    })
    await t.core.call(invoice.approve, { invoiceId: acme.id, digest: acme.digest }, t.admin)
    await t.core.call(invoice.issue, { invoiceId: acme.id, digest: acme.digest }, t.admin)
    expect((await t.core.call(invoice.periods, undefined, t.admin)).periods).toEqual([
      { period: '2026-11', invoices: 3, open: 3 },
      { period: '2026-10', invoices: 2, open: 1 },
    ])
  })

  it('billing.invoice.explain, bridge: a line opens to its usage, an invoice to what changed', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId)
    await use(t, 'acme', 'calls', '2026-09-05', '150')
    await use(t, 'acme', 'calls', '2026-10-05', '100')
    await use(t, 'acme', 'calls', '2026-10-05', '50')
    await use(t, 'acme', 'calls', '2026-10-31', '200')
    await closeMonth(t, '2026-09')
    await closeMonth(t, '2026-10')
    const [october] = await invoicesOf(t, '2026-10')
    const { lineItems, previousId } = await get(october!.id)
    const calls = lineItems.find(line => line.priceKey === 'calls')!
    const why = await t.core.call(invoice.explain, { lineId: calls.id }, t.admin)
    expect(why).toMatchObject({
      line: { quantity: '350', amount: 2500n },
      plan: { planId: pro.planId, name: 'Plan pro', version: 1 },
      before: [{ period: '2026-09', quantity: '150', amount: 500n }],
    })
    expect(
      why.usage.map(one => [new Date(Number(one.at)).toISOString().slice(0, 10), one.quantity, one.events]),
    ).toEqual([
      ['2026-10-05', '150', 2],
      ['2026-10-31', '200', 1],
    ])
    expect(why.steps.map(step => step.step)).toEqual(expect.arrayContaining(['normalise', 'price', 'round']))
    const fee = lineItems.find(line => line.kind === 'fee')!
    expect((await t.core.call(invoice.explain, { lineId: fee.id }, t.admin)).usage).toEqual([])

    const bridge = await t.core.call(invoice.bridge, { invoiceId: october!.id }, t.admin)
    const september = await get(previousId!)
    expect(bridge.from).toEqual({ invoiceId: previousId, period: '2026-09', total: september.total })
    expect(bridge.parts.reduce((sum, part) => sum + part.amount, 0n)).toBe(october!.total - september.total)
    const first = await t.core.call(invoice.bridge, { invoiceId: previousId! }, t.admin)
    expect(first.from).toEqual({ invoiceId: null, period: null, total: 0n })
    expect(first.parts.reduce((sum, part) => sum + part.amount, 0n)).toBe(september.total)
  })

  it('billing.invoice.bridge: another version that asks the same is no change of the price', async () => {
    t = await testCore(database)
    const { metrics, pro } = await closeWorld(t)
    const { subscription } = await subscribed(t, 'acme', pro.planId)
    await use(t, 'acme', 'gb', '2026-09-05', '9')
    await use(t, 'acme', 'gb', '2026-10-05', '30')
    await closeMonth(t, '2026-09')
    const again = await t.core.call(
      contract.billing.plan.addVersion,
      { planId: pro.planId, prices: usualPrices(metrics) },
      t.admin,
    )
    await t.core.call(
      contract.billing.subscription.change,
      { subscriptionId: subscription.id, planVersionId: again.id, at: day('2026-10-01') },
      t.admin,
    )
    await closeMonth(t, '2026-10')
    const [october] = await invoicesOf(t, '2026-10')
    const { parts } = await t.core.call(invoice.bridge, { invoiceId: october!.id }, t.admin)
    expect(parts.map(part => part.cause)).toEqual(expect.arrayContaining(['volume', 'mix']))
    expect(parts.map(part => part.cause)).not.toContain('price')
  })
})

it('billing.invoice.list, summary: of some states, and in every currency by itself; refuse what is not there', async () => {
  const t = await testCore('sqlite')
  const { acme, globex } = await drafts(t)
  const write = (values: object, id: string) =>
    t.store.write(t.workspace, 'job', tx =>
      tx.db.updateTable('invoices').set(values).where('id', '=', id).execute(),
    )
  await write({ currency: 'EUR', doubt_weight: 0n }, globex.id)
  await t.core.call(invoice.approve, { invoiceId: acme.id, digest: acme.digest }, t.admin)
  const listed = async (states: ('draft' | 'approved' | 'held')[]) =>
    (await t.core.call(invoice.list, { filter: { states } }, t.admin)).invoices.map(one => one.customerKey)
  expect(await listed(['approved'])).toEqual(['acme'])
  expect(await listed(['draft', 'held'])).toEqual(['globex'])
  expect(await listed(['held'])).toEqual([])
  const keysOf = async (filter: object) =>
    (await t.core.call(invoice.list, { filter }, t.admin)).invoices.map(one => one.customerKey).sort()
  expect(await keysOf({ currencies: ['EUR', 'JPY'] })).toEqual(['globex'])
  expect(await keysOf({ currencies: ['JPY'] })).toEqual([])
  expect(await keysOf({ plans: [acme.plan], currencies: ['USD'] })).toEqual(['acme'])
  expect(await keysOf({ plans: [acme.plan] })).toEqual(['acme', 'globex'])
  expect(await keysOf({ plans: ['Another plan'] })).toEqual([])
  expect(await keysOf({ plans: [] })).toEqual([])
  const summary = await t.core.call(invoice.summary, {}, t.admin)
  expect(summary).toMatchObject({
    ...{ doubtful: 1, clean: 1 },
    totals: [
      { currency: 'EUR', count: 1, total: globex.total },
      { currency: 'USD', count: 1, total: acme.total },
    ],
  })
  const stranger = { invoiceId: acme.customerId }
  for (const asked of [
    t.core.call(invoice.get, stranger, t.admin),
    t.core.call(invoice.pdf, stranger, t.admin),
    t.core.call(invoice.release, stranger, t.admin),
  ])
    await expect(asked).rejects.toMatchObject({
      ...{ code: 'WORKSPACE_NOT_FOUND', data: { entity: 'invoice', id: acme.customerId } },
    })

  // The document of a draft is made when it is asked for, and none is kept of it.
  expect(await t.core.call(invoice.pdf, { invoiceId: globex.id }, t.admin)).toMatchObject({
    ...{ fileName: 'draft.pdf', stored: false },
  })
  const system = { person: null, device: 'test', assurance: 'system' as const, system: true as const }
  const done = { invoiceId: globex.id, documentId: t.workspace, digest: OTHER }
  await expect(t.core.call(invoice.pdfDone, done, system)).rejects.toMatchObject({
    ...{ code: 'BILLING_INVOICE_STATE', data: { state: 'draft' } },
  })
  await t.close()
})
