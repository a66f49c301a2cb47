import { afterEach, describe, expect, it } from 'vitest'
import { tableNames } from '#core/database/schema.ts'
import { submitterOf } from '#core/workspace/demo/billing/chunks.ts'
import { makeBilling, storeFacts } from '#core/workspace/demo/billing/make-billing.ts'
import {
  beginDemo,
  billedLines,
  type DemoWorld,
  demoWorld,
  pastInvoices,
  reallyClose,
  smallCompany,
} from '#core/workspace/demo/testing/billing-kit.ts'
import { demoBilling } from '#engines/demo/billing/billing.ts'
import { type DemoCompany, demoCompany } from '#engines/demo/company.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, WORKSPACE } from '#test/kit/core-kit.ts'

const { billing } = contract
const OPEN = '2026-10'

let t: DemoWorld
afterEach(() => t.close())

const make = (world: DemoWorld, company: DemoCompany) => makeBilling(world.context, company, () => {})

describe.each(DATABASES)('the demo’s billing on %s', database => {
  it('stores closed months as invoices in force, numbered without gaps', async () => {
    t = await demoWorld(database)
    const made = await make(t, smallCompany(8))
    expect(made.invoices).toBeGreaterThan(200)
    const invoices = await pastInvoices(t)
    expect(invoices.length).toBe(made.invoices)
    for (const [series, all] of Map.groupBy(invoices, one => one.number!.slice(0, -5))) {
      expect(all.map(one => one.number)).toEqual(
        all.map((_, index) => `${series}${String(index + 1).padStart(5, '0')}`),
      )
      const issued = all.map(one => one.issued_at!)
      expect(issued).toEqual([...issued].sort((a, b) => (a < b ? -1 : 1)))
      expect(new Set(all.map(one => one.kind)).size).toBe(1)
    }
    expect(new Set(invoices.map(one => one.period)).size).toBe(17)
    for (const one of invoices) {
      expect(one.net + one.tax).toBe(one.total)
      expect(one.due_at! - one.issued_at!).toBeGreaterThan(13n * 86_400_000n)
      expect(one.title).toContain(one.number!)
    }
    const lines = Map.groupBy(await billedLines(t), line => `${line.key}/${line.period}`)
    for (const [key, all] of Map.groupBy(invoices, one => `${one.key}/${one.period}`)) {
      const sum = lines.get(key)!.reduce((total, line) => total + line.amount + line.tax, 0n)
      expect(sum).toBe(all.reduce((total, one) => total + one.total, 0n))
    }

    const { invoices: found } = await t.core.call(
      billing.invoice.list,
      { filter: { search: invoices[0]!.number! } },
      t.analyst,
    )
    const [first] = found.filter(one => one.number === invoices[0]!.number)
    expect(first).toMatchObject({ customerKey: invoices[0]!.key, pdf: 'none' })
    const whole = await t.core.call(billing.invoice.get, { invoiceId: first!.id }, t.analyst)
    expect(whole.history.map(one => one.command)).toEqual([
      'billing.close.start',
      'billing.invoice.approve',
      'billing.invoice.issue',
      'billing.invoice.paid',
    ])
    // What is paid was paid by a payment, and owes nothing.
    const { settlements, open } = await t.core.call(
      billing.payment.settlementsOf,
      { invoiceId: first!.id },
      t.analyst,
    )
    expect(settlements.map(({ kind, amount }) => [kind, amount])).toEqual([['payment', whole.total]])
    expect(open).toBe(0n)
  })

  it('leaves a month to close whose drafts deserve a second look; closing again adds nothing', async () => {
    t = await demoWorld(database)
    const company = smallCompany(4)
    await make(t, company)
    const { imports } = await t.core.call(billing.usage.imports.list, {}, t.analyst)
    expect(imports.map(one => [one.state, one.late, one.stored])).toEqual([['stored', 96n, 96n]])
    const { demo } = await t.core.call(contract.workspace.demo.state, {}, t.analyst)
    expect(demo?.billing).toEqual({ openMonth: OPEN, lateFile: imports[0]!.fileName })

    // A month that was closed: by what is known since, nothing of it is missing.
    expect(await reallyClose(t, '2026-04')).toMatchObject({ drafts: 0, extended: 0, lines: 0 })

    const report = await reallyClose(t, OPEN)
    expect(report.problems).toEqual([])
    const { cast } = demoBilling(company)
    const { invoices } = await t.core.call(billing.invoice.list, { filter: { period: OPEN } }, t.analyst)
    const doubts = (part: string) =>
      [...cast]
        .filter(([, own]) => own === part)
        .map(([key]) => invoices.find(one => one.customerKey === key)?.doubts.map(doubt => doubt.code))
    expect(doubts('jump')).toEqual([['jump']])
    expect(doubts('new-metric')).toEqual([['new-metric']])
    expect(doubts('to-free')[0]).toContain('negative')
    expect(doubts('downgrade')[0]).toEqual(expect.arrayContaining(['credit', 'plan-change']))
    expect(doubts('upgrade')[0]).toContain('plan-change')
    expect(doubts('zero')[0]).toContain('zero')
    expect(doubts('late').length).toBe(6)
    for (const codes of doubts('late')) expect(codes).toContain('adjustment')
    expect(await reallyClose(t, OPEN)).toMatchObject({ drafts: 0, extended: 0, lines: 0, adjustments: 0 })
  })
})

describe('the demo’s billing', () => {
  it('bills what closes would have billed, month after month', async () => {
    const company = demoCompany('quarterdeck', '2026-11', 20)
    const { subscriptions, span } = demoBilling(company)
    // Of customers who changed nothing in mid-month a close today knows what one knew then. Those who came
    // after the first month play no part.
    const customers = company.customers.filter(({ key, signupDay, churnDay }) => {
      const { phases } = subscriptions.get(key)!
      const steady = phases.every(phase => phase.kind !== 'paused' && phase.plan === phases[0]!.plan)
      return signupDay > span.start && churnDay === null && steady && phases[0]!.plan !== 'free'
    })
    const some = { ...company, customers: customers.slice(0, 12) }
    expect(some.customers.length).toBe(12)
    t = await demoWorld('sqlite')
    await make(t, some)
    const lines = await billedLines(t)
    expect(lines.length).toBeGreaterThan(500)
    await t.close()

    t = await demoWorld('sqlite')
    const facts = demoBilling(some)
    await storeFacts(t.context, submitterOf(t.context), some, facts)
    for (const period of facts.span.closed) await reallyClose(t, period)
    expect(await billedLines(t)).toEqual(lines)
  })

  it('goes on after a crash where it was, and makes the same', async () => {
    const company = smallCompany(3)
    t = await demoWorld('sqlite')
    await make(t, company)
    const invoices = await pastInvoices(t)
    const lines = await billedLines(t)
    expect((await make(t, company)).invoices).toBe(0)
    expect(await pastInvoices(t)).toEqual(invoices)
    await t.close()

    t = await demoWorld('sqlite')
    for (const [chunk, count] of [
      ['billing.storeVersion', 3],
      ['billing.storeUsage', 9],
      ['billing.storeMonth', 5],
      ['billing.endMonth', 9],
    ] as const) {
      let left: number = count
      const crash = new Error('killed')
      const killed = make(
        {
          ...t,
          context: {
            ...t.context,
            submit: (name, data) => {
              if (name === chunk && left-- === 0) throw crash
              return t.context.submit(name, data)
            },
          },
        },
        company,
      )
      await expect(killed).rejects.toBe(crash)
    }
    await make(t, company)
    expect(await pastInvoices(t)).toEqual(invoices)
    expect(await billedLines(t)).toEqual(lines)
  })

  it('goes away whole with the demo, and comes again with the same numbers', async () => {
    t = await demoWorld('sqlite')
    const company = smallCompany(12)
    await make(t, company)
    const invoices = await pastInvoices(t)
    await t.core.call(contract.workspace.demo.remove, {}, t.admin)
    const left = await t.store.read(WORKSPACE, async reader => {
      const names: string[] = []
      for (const name of [...tableNames].filter(one =>
        /^(invoice|usage|subscr|plan|price|metric|billing|close|number|search)/.test(one),
      )) {
        const row = await reader.db
          .selectFrom(name as 'people')
          .selectAll()
          .executeTakeFirst()
        if (row) names.push(name)
      }
      return names
    })
    expect(left).toEqual([])
    const before = t.jobId
    Object.assign(t, await beginDemo(t))
    expect(t.jobId).not.toBe(before)
    await make(t, company)
    expect(await pastInvoices(t)).toEqual(invoices)
  })
})
