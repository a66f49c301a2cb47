import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { fromCanonical } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { day } from '../testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, plan, subscribed, usualPrices } from '../testing/close-kit.ts'
import { lineId } from './invoice-rows.ts'
import { seriesOf } from './numbers.ts'
import type { Parties } from './parties.ts'

const { invoice, subscription } = contract.billing
const { settings, log, effects, search } = contract.workspace
const OTHER = 'f'.repeat(64)

const approve = (t: TestCore, one: { id: string; digest: string }) =>
  t.core.call(invoice.approve, { invoiceId: one.id, digest: one.digest }, t.admin)
const issue = (t: TestCore, one: { id: string; digest: string }) =>
  t.core.call(invoice.issue, { invoiceId: one.id, digest: one.digest }, t.admin)
const settle = async (t: TestCore, period: string) => {
  for (const one of await invoicesOf(t, period)) {
    if (one.state !== 'draft') continue
    await approve(t, one)
    await issue(t, one)
  }
}

describe.each(DATABASES)('the issue of invoices on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  it('billing.invoice.issue: gives the number and fixes what the document says', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    const { customer } = await subscribed(t, 'acme', pro.planId, {
      from: '2026-10-01',
      zone: 'Europe/Berlin',
    })
    for (const [name, value] of [
      ['billing.legalName', 'Test Company GmbH'],
      ['billing.address', ['Allee 1', '10115 Berlin']],
      ['billing.taxId', 'DE123'],
      ['billing.footer', 'Thank you'],
    ] as const)
      await t.core.call(
        settings.set,
        { name, value: typeof value === 'string' ? value : [...value] },
        t.admin,
      )
    await closeMonth(t, '2026-10')
    const [draft] = await invoicesOf(t, '2026-10')
    await expect(issue(t, draft!)).rejects.toMatchObject({
      code: 'BILLING_INVOICE_STATE',
      data: { state: 'draft' },
    })
    await approve(t, draft!)
    await expect(issue(t, { id: draft!.id, digest: OTHER })).rejects.toMatchObject({
      code: 'BILLING_INVOICE_CHANGED',
      data: { current: draft!.digest },
    })
    const issued = await issue(t, draft!)
    expect(issued).toMatchObject({
      ...{ state: 'issued', number: 'INV-2026-00001', issuedAt: t.clock.now(), pdf: 'waiting' },
      // Thirty days later at the same time of day.
      dueAt: t.clock.now() + 30n * 86_400_000n,
      digest: draft!.digest,
    })
    await expect(issue(t, draft!)).rejects.toMatchObject({ data: { state: 'issued' } })
    // What is changed from now on changes nothing of the document.
    await t.core.call(settings.set, { name: 'billing.legalName', value: 'Another AG' }, t.admin)
    const { parties } = await t.store.read(t.workspace, ({ db }) =>
      db.selectFrom('invoices').select('parties').where('id', '=', draft!.id).executeTakeFirstOrThrow(),
    )
    expect(fromCanonical<Parties>(parties!)).toMatchObject({
      customer: { key: 'acme', legalName: customer.name },
      workspace: { legalName: 'Test Company GmbH', address: ['Allee 1', '10115 Berlin'], taxId: 'DE123' },
      paymentDays: 30,
    })
    // Its document is asked for, once.
    const { effects: waiting } = await t.core.call(effects.list, {}, t.admin)
    expect(waiting.filter(effect => effect.kind === 'billing.invoice.pdf')).toHaveLength(1)
    const { hits } = await t.core.call(search.query, { text: 'INV-2026-00001' }, t.admin)
    expect(hits).toMatchObject([{ entity: 'invoice', link: `/billing/invoices?invoice=${draft!.id}` }])
    const { history } = await t.core.call(invoice.get, { invoiceId: draft!.id }, t.admin)
    expect(history.at(-1)).toMatchObject({ command: 'billing.invoice.issue', note: 'INV-2026-00001' })
  })

  it('billing.invoice.list: says what became of the document', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await closeMonth(t, '2026-10')
    const [draft] = await invoicesOf(t, '2026-10')
    const pdf = async () => (await invoicesOf(t, '2026-10'))[0]!.pdf
    expect(await pdf()).toBe('none')
    await approve(t, draft!)
    await issue(t, draft!)
    expect(await pdf()).toBe('waiting')
    await t.store.write(t.workspace, 'job', tx =>
      tx.db
        .updateTable('effects')
        .set({ state: 'failed' })
        .where('kind', '=', 'billing.invoice.pdf')
        .execute(),
    )
    expect(await pdf()).toBe('failed')
    await t.store.write(t.workspace, 'job', tx =>
      tx.db.updateTable('invoices').set({ document_id: t.workspace, document_digest: OTHER }).execute(),
    )
    expect(await pdf()).toBe('ready')
  })

  it('billing.invoice.issue: cannot be undone, and a repeat gives the same number', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    await closeMonth(t, '2026-10')
    const [draft] = await invoicesOf(t, '2026-10')
    await approve(t, draft!)
    const commandId = '00000000-0000-7000-8000-00000000aaaa'
    const input = { invoiceId: draft!.id, digest: draft!.digest }
    const first = await t.core.call(invoice.issue, input, { ...t.admin, commandId })
    expect(await t.core.call(invoice.issue, input, { ...t.admin, commandId })).toEqual(first)
    await expect(t.core.call(log.undo, { commandId }, t.admin)).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_UNDOABLE',
    })
  })

  it('a negative total is a credit note in a series of its own; a total of zero is issued too', async () => {
    t = await testCore(database)
    const { pro, metrics } = await closeWorld(t)
    const other = await plan(t, 'other', [usualPrices(metrics)[0]!])
    const acme = await subscribed(t, 'acme', pro.planId, { from: '2026-10-01' })
    const globex = await subscribed(t, 'globex', pro.planId, { from: '2026-10-01' })
    await closeMonth(t, '2026-10')
    await settle(t, '2026-10')
    // November was paid in advance by both: acme leaves, globex moves to a plan of the same price.
    const at = day('2026-11-01')
    await t.core.call(subscription.cancel, { subscriptionId: acme.subscription.id, at }, t.admin)
    await t.core.call(subscription.cancel, { subscriptionId: globex.subscription.id, at }, t.admin)
    await t.core.call(
      subscription.start,
      { customerId: globex.customer.id, planId: other.planId, at, trialDays: 0 },
      t.admin,
    )
    await closeMonth(t, '2026-10')
    await settle(t, '2026-10')
    const all = await invoicesOf(t, '2026-10')
    expect(all.map(one => `${one.customerKey} ${one.number} ${one.kind} ${one.total}`).sort()).toEqual([
      'acme CN-2026-00001 credit-note -10800',
      'acme INV-2026-00001 invoice 21600',
      'globex INV-2026-00002 invoice 21600',
      'globex INV-2026-00003 invoice 0',
    ])
    const [credit] = all.filter(one => one.kind === 'credit-note')
    expect(credit!.doubts.map(doubt => doubt.code)).toEqual(expect.arrayContaining(['negative', 'credit']))
    expect(credit!.text).toEqual(['credit Base fee -1 = -10000'])
  })

  it('numbers begin anew in every year of the workspace’s zone, and follow the prefix of the settings', async () => {
    t = await testCore(database)
    const { pro } = await closeWorld(t)
    for (const key of ['a', 'b', 'c']) await subscribed(t, key, pro.planId, { from: '2026-10-01' })
    await closeMonth(t, '2026-10')
    const [a, b, c] = await invoicesOf(t, '2026-10')
    for (const one of [a, b, c]) await approve(t, one!)
    expect((await issue(t, a!)).number).toBe('INV-2026-00001')
    // In Berlin it is 2027 already.
    t.clock.advance(Date.UTC(2026, 11, 31, 23, 30) - Number(t.clock.now()))
    expect((await issue(t, b!)).number).toBe('INV-2027-00001')
    for (const name of ['billing.invoicePrefix', 'billing.creditNotePrefix'])
      await t.core.call(settings.set, { name, value: 'R' }, t.admin)
    expect((await issue(t, c!)).number).toBe('R-2027-00001')
  })
})

describe('numbers of invoices', () => {
  it('of credit notes never come from the series of invoices, whatever the prefixes', () => {
    const at = BigInt(Date.UTC(2026, 11, 31, 23, 30))
    const settings = (invoicePrefix: string, creditNotePrefix: string, zone: string | null) => ({
      'billing.invoicePrefix': invoicePrefix,
      'billing.creditNotePrefix': creditNotePrefix,
      'workspace.zone': zone,
    })
    expect(seriesOf('credit-note', settings('R', 'R', null), at)).toBe('R-C-2026')
    expect(seriesOf('invoice', settings('R', 'R', null), at)).toBe('R-2026')
    expect(seriesOf('credit-note', settings('R', 'G', 'Asia/Tokyo'), at)).toBe('G-2027')
  })

  it('of lines are places on their invoice', () => {
    const invoiceId = '01a1fd55-7a80-7737-aafb-7263eb2bffff'
    expect(lineId(invoiceId, 258)).toBe('01a1fd55-7a80-7737-aafb-7263eb2b0102')
    expect(() => lineId(invoiceId, 65_536)).toThrow('65535 lines')
  })

  it('have no gap, no double and the order of issue, whatever is refused in between', async () => {
    const t = await testCore('sqlite')
    try {
      const { pro } = await closeWorld(t)
      const keys = Array.from({ length: 12 }, (_, n) => `c${n}`)
      for (const key of keys) await subscribed(t, key, pro.planId, { from: '2026-10-01' })
      await closeMonth(t, '2026-10')
      const drafts = await invoicesOf(t, '2026-10')
      let issued = 0
      const numbers: string[] = []
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              which: fc.nat({ max: drafts.length - 1 }),
              what: fc.constantFrom('approve', 'unapprove', 'issue', 'wrong', 'hold', 'release'),
            }),
            { minLength: 4, maxLength: 12 },
          ),
          async steps => {
            await Promise.all(
              steps.map(async ({ which, what }) => {
                const { id: invoiceId, digest } = drafts[which]!
                const refused = () => null
                if (what === 'approve') await approve(t, drafts[which]!).catch(refused)
                if (what === 'unapprove')
                  await t.core.call(invoice.unapprove, { invoiceId }, t.admin).catch(refused)
                if (what === 'hold')
                  await t.core.call(invoice.hold, { invoiceId, note: 'x' }, t.admin).catch(refused)
                if (what === 'release')
                  await t.core.call(invoice.release, { invoiceId }, t.admin).catch(refused)
                if (what === 'wrong') await issue(t, { id: invoiceId, digest: OTHER }).catch(refused)
                if (what === 'issue') {
                  const done = await issue(t, { id: invoiceId, digest }).catch(refused)
                  if (done) numbers.push(done.number!)
                }
              }),
            )
            const { invoices } = await t.core.call(invoice.list, {}, t.admin)
            const given = invoices.flatMap(one => (one.number === null ? [] : [one.number])).sort()
            issued = given.length
            expect(given).toEqual(
              Array.from({ length: issued }, (_, n) => `INV-2026-${String(n + 1).padStart(5, '0')}`),
            )
            expect(invoices.every(one => (one.number !== null) === (one.state === 'issued'))).toBe(true)
          },
        ),
        { numRuns: 25, seed: 7 },
      )
      expect(issued).toBeGreaterThan(5)
      expect(numbers).toEqual([...numbers].sort())
    } finally {
      await t.close()
    }
  }, 60_000)
})
