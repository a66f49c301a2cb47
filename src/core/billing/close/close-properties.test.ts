import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createCore } from '#core/create-core.ts'
import { schema } from '#core/database/schema.ts'
import type { Store } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import { contract } from '#shared/contract/index.ts'
import { type TestCore, testClock, testCore, testIds, testServices, WORKSPACE } from '#test/kit/core-kit.ts'
import { addCustomer, day } from '../testing/catalogue-kit.ts'
import { closeMonth, closeWorld, invoicesOf, plan, storedBilling, subscribed } from '../testing/close-kit.ts'

const { billing } = contract
const MONTHS = ['2026-07', '2026-08', '2026-09', '2026-10'] as const
const ZONES = ['UTC', 'America/Los_Angeles', 'Pacific/Auckland']

interface Customer {
  readonly from: number
  readonly zone: string
}
interface Use {
  readonly who: number
  readonly metric: 'calls' | 'gb'
  /** Milliseconds since 1 July. */
  readonly at: number
  readonly quantity: number
  /** Before which close it comes in: 4 is after the last but one more. */
  readonly arrives: number
}

const START = day('2026-07-01')
const SPAN = 120 * 86_400_000

const customer = fc.record<Customer>({
  from: fc.nat({ max: 100 }),
  zone: fc.constantFrom(...ZONES),
})
const use = (customers: number) =>
  fc.record<Use>({
    who: fc.nat({ max: customers - 1 }),
    metric: fc.constantFrom('calls', 'gb'),
    at: fc.nat({ max: SPAN }),
    quantity: fc.integer({ min: 1, max: 900 }),
    arrives: fc.nat({ max: MONTHS.length }),
  })
const history = fc.array(customer, { minLength: 1, maxLength: 4 }).chain(customers =>
  fc.record({
    customers: fc.constant(customers),
    uses: fc.array(use(customers.length), { minLength: 10, maxLength: 40 }),
  }),
)

async function world(customers: readonly Customer[]): Promise<TestCore> {
  const t = await testCore('sqlite')
  const { pro } = await closeWorld(t)
  for (const [n, { from, zone }] of customers.entries()) {
    const first = new Date(Number(START) + from * 86_400_000).toISOString().slice(0, 10)
    await subscribed(t, `c${n}`, pro.planId, { from: first, zone })
  }
  return t
}

async function arrive(t: TestCore, uses: readonly (Use & { id: string })[]): Promise<void> {
  if (uses.length === 0) return
  const events = uses.map(({ id, who, metric, at, quantity }) => {
    return { id, customer: `c${who}`, metric, quantity: `${quantity}`, at: START + BigInt(at) }
  })
  await t.core.call(billing.usage.record, { events }, t.admin)
}

/** What each item comes to in the end, over all its lines. What costs nothing need not be on any invoice. */
async function sums(t: TestCore): Promise<Record<string, string>> {
  const { lines } = await storedBilling(t)
  const found = new Map<string, { amount: bigint; quantity: bigint }>()
  for (const { item, amount, quantity } of lines) {
    const before = found.get(item) ?? { amount: 0n, quantity: 0n }
    found.set(item, { amount: before.amount + amount, quantity: before.quantity + quantity })
  }
  return Object.fromEntries(
    [...found]
      .filter(([, one]) => one.amount !== 0n)
      .map(([item, one]) => [item, `${one.quantity} ${one.amount}`]),
  )
}

describe('laws of the close', () => {
  it('late usage of any age comes to what it would have, a dry run tells it before, and again adds nothing', async () => {
    let lateLines = 0
    await fc.assert(
      fc.asyncProperty(history, async ({ customers, uses }) => {
        const named = uses.map((one, n) => ({ ...one, id: `e${n}` }))
        const inTime = await world(customers)
        const late = await world(customers)
        try {
          await arrive(inTime, named)
          for (const [n, month] of MONTHS.entries()) {
            await arrive(
              late,
              named.filter(one => one.arrives === n),
            )
            await closeMonth(inTime, month)
            const dry = await closeMonth(late, month, { dryRun: true })
            const { report } = await closeMonth(late, month)
            expect(report).toEqual(dry.report)
            lateLines += report!.adjustments
          }
          await arrive(
            late,
            named.filter(one => one.arrives === MONTHS.length),
          )
          const { report } = await closeMonth(late, MONTHS[3])
          lateLines += report!.adjustments
          expect(await sums(late)).toEqual(await sums(inTime))
          const before = await storedBilling(late)
          for (const month of MONTHS) await closeMonth(late, month)
          expect(await storedBilling(late)).toEqual(before)
          expect(before.accounts.every(one => one.rerate_from === null)).toBe(true)
        } finally {
          await inTime.close()
          await late.close()
        }
      }),
      { numRuns: 12, seed: 5 },
    )
    expect(lateLines).toBeGreaterThan(5)
  }, 180_000)
})

describe('a month by subscription', () => {
  const subscription = fc.record({
    /** Days after 1 July. */
    from: fc.nat({ max: 100 }),
    /** In hundredths. */
    fee: fc.integer({ min: 1, max: 90_000 }),
    /** Ends so many days after it began; never where that is later than the closes. */
    days: fc.integer({ min: 1, max: 200 }),
  })

  it('comes to what it comes to together, to the cent, with its coupons, tax and minimum', async () => {
    let parted = 0
    const drawn = fc.record({
      subscriptions: fc.array(subscription, { minLength: 1, maxLength: 4 }),
      off: fc.integer({ min: 1, max: 20_000 }),
      percent: fc.integer({ min: 1, max: 100 }),
      minimum: fc.option(fc.bigInt(1n, 60_000n)),
    })
    await fc.assert(
      fc.asyncProperty(drawn, async ({ subscriptions, off, percent, minimum }) => {
        const t = await testCore('sqlite')
        try {
          const { id: customerId } = await addCustomer(t, 'acme')
          const of = { metricId: null, currency: 'USD' }
          for (const [n, one] of subscriptions.entries()) {
            const charge = { model: 'flat' as const, amount: `${one.fee / 100}` }
            const { planId } = await plan(t, `p${n}`, [{ key: 'fee', name: `Fee ${n}`, ...of, charge }])
            const at = START + BigInt(one.from) * 86_400_000n
            const { id } = await t.core.call(
              billing.subscription.start,
              { customerId, planId, at, trialDays: 0 },
              t.admin,
            )
            const end = at + BigInt(one.days) * 86_400_000n
            if (end < day('2026-10-31'))
              await t.core.call(billing.subscription.cancel, { subscriptionId: id, at: end }, t.admin)
          }
          const coupon = async (
            code: string,
            how: { kind: 'percent'; percent: string } | { kind: 'amount'; amount: bigint; currency: string },
          ) => {
            await t.core.call(billing.coupon.create, { code, name: code, off: how, months: null }, t.admin)
            await t.core.call(billing.coupon.apply, { code, customerId, from: START }, t.admin)
          }
          await coupon('PART', { kind: 'percent', percent: `${percent}` })
          await coupon('MONEY', { kind: 'amount', amount: BigInt(off), currency: 'USD' })
          await t.core.call(billing.arrangement.set, { customerId, minimum }, t.admin)
          const set = (invoices: 'together' | 'by-subscription') =>
            t.core.call(billing.arrangement.set, { customerId, invoices }, t.admin)
          const sums = (one: { readonly net: bigint; readonly tax: bigint; readonly total: bigint }) => ({
            ...{ net: one.net, tax: one.tax, total: one.total },
          })
          for (const month of MONTHS) {
            await set('together')
            const whole = (await closeMonth(t, month, { dryRun: true })).report!
            await set('by-subscription')
            const parts = (await closeMonth(t, month)).report!
            expect(parts.totals.map(sums)).toEqual(whole.totals.map(sums))
            if (parts.drafts > whole.drafts) parted++
            // What is there is parted and put together without changing what it comes to.
            const before = await storedBilling(t)
            await set('together')
            await set('by-subscription')
            const after = await storedBilling(t)
            expect(after.lines).toEqual(before.lines)
            expect(after.invoices.map(one => one.total)).toEqual(before.invoices.map(one => one.total))
          }
        } finally {
          await t.close()
        }
      }),
      { numRuns: 12, seed: 7 },
    )
    expect(parted).toBeGreaterThan(10)
  }, 180_000)
})

describe('a close of several pages', () => {
  const CUSTOMERS = 430
  let t: TestCore
  afterEach(() => t.close())

  /** So many customers with a fee each, without a command for each of them. */
  async function crowd(): Promise<void> {
    t = await testCore('sqlite')
    const currency = 'USD'
    const one = { key: 'base', name: 'Base fee', metricId: null, currency, due: 'arrears' as const }
    const { planId, versionId } = await plan(t, 'fee', [{ ...one, charge: { model: 'flat', amount: '10' } }])
    const from = day('2026-10-01')
    const id = (kind: string, n: number) => `00000000-0000-7000-${kind}-${String(n).padStart(12, '0')}`
    const numbers = Array.from({ length: CUSTOMERS }, (_, n) => n)
    await t.store.write(t.workspace, 'person', async tx => {
      await insertRows(
        tx,
        'customers',
        schema.customers,
        numbers.map(n => ({
          ...{ id: id('9001', n), key: `c${n}`, name: `Customer ${n}`, email: '', country: 'US', currency },
          ...{ zone: 'UTC', industry: '', tier: '', seats: 1n, signed_up_on: '2026-01-01', churned_on: null },
          created_at: 0n,
        })),
      )
      await insertRows(
        tx,
        'subscriptions',
        schema.subscriptions,
        numbers.map(n => ({
          ...{ id: id('9007', n), customer_id: id('9001', n), plan_id: planId, currency, interval: 'month' },
          ...{ alignment: 'calendar', started_at: from, anchor_at: from, bill_from: from, ended_at: null },
          created_at: 0n,
        })),
      )
      await insertRows(
        tx,
        'subscription_phases',
        schema.subscription_phases,
        numbers.map(n => ({
          ...{ id: id('9008', n), subscription_id: id('9007', n), plan_version_id: versionId },
          ...{ quantity: 1n, kind: 'active', starts_at: from, ends_at: null },
        })),
      )
    })
  }

  it('is completed by the next one, wherever it fails', async () => {
    await crowd()
    /** Writes of jobs that are let through; then one fails. */
    let left = Number.POSITIVE_INFINITY
    const failing: Store = {
      ...t.store,
      write(workspace, urgency, work) {
        if (urgency === 'job' && left-- === 0) return Promise.reject(new Error('cut off'))
        return t.store.write(workspace, urgency, work)
      },
      close: async () => {},
    }
    const clock = testClock()
    const core = createCore({
      ...{
        workspace: WORKSPACE,
        store: failing,
        clock,
        timer: clock,
        newId: testIds(clock, 5),
        log: () => {},
      },
      services: testServices(),
    })
    await core.start()
    const over = { ...t, core }
    const drafts: number[] = []
    try {
      for (let write = 2; ; write += 2) {
        left = write
        const outcome = await closeMonth(over, '2026-10').catch(() => null)
        left = Number.POSITIVE_INFINITY
        const { count } = await core.call(billing.invoice.list, { limit: 1 }, t.admin)
        drafts.push(count)
        if (outcome) break
        const { runs } = await core.call(billing.close.runs, { limit: 1 }, t.admin)
        expect(runs[0]).toMatchObject({ state: 'failed', report: null })
      }
    } finally {
      await core.close()
    }
    // It failed at the marks, in the middle of the drafts and at the end, and each went on from the one before.
    expect(drafts[0]).toBe(0)
    expect(drafts.some(count => count > 0 && count < CUSTOMERS)).toBe(true)
    expect(drafts.at(-1)).toBe(CUSTOMERS)
    const { invoices, accounts, lines } = await storedBilling(t)
    expect(lines).toHaveLength(CUSTOMERS)
    expect(new Set(invoices.map(one => one.net))).toEqual(new Set([1000n]))
    expect(accounts.every(one => one.rerate_from === null && one.closed_until === day('2026-11-01'))).toBe(
      true,
    )
  })

  it('is cancelled, keeps what it stored, and is completed by closing again', async () => {
    await crowd()
    const { jobId, runId } = await t.core.call(billing.close.start, { period: '2026-10' }, t.admin)
    await t.core.call(contract.workspace.jobs.cancel, { jobId }, t.admin)
    await t.core.jobs.idle()
    const run = await t.core.call(billing.close.get, { runId }, t.admin)
    expect(run).toMatchObject({ state: 'failed', report: null })
    const before = await t.core.call(billing.invoice.list, { limit: 1 }, t.admin)
    expect(before.count).toBeLessThan(CUSTOMERS)
    const { report } = await closeMonth(t, '2026-10')
    expect(report!.drafts).toBe(CUSTOMERS - before.count)
    expect(new Set((await storedBilling(t)).lines.map(one => one.item)).size).toBe(CUSTOMERS)
  })
})

describe('what a customer would be billed', () => {
  it('is what is issued', async () => {
    const t = await testCore('sqlite')
    try {
      const { pro } = await closeWorld(t)
      await subscribed(t, 'acme', pro.planId, { from: '2026-10-12' })
      await arrive(t, [{ id: 'e', who: 0, metric: 'gb', at: 0, quantity: 5, arrives: 0 }]).catch(() => {})
      const dry = await closeMonth(t, '2026-10', { dryRun: true })
      await closeMonth(t, '2026-10')
      const [draft] = await invoicesOf(t, '2026-10')
      const { id: invoiceId, digest } = draft!
      await t.core.call(billing.invoice.approve, { invoiceId, digest }, t.admin)
      const issued = await t.core.call(billing.invoice.issue, { invoiceId, digest }, t.admin)
      expect(dry.report!.totals).toEqual([
        { currency: 'USD', drafts: 1, net: issued.net, tax: issued.tax, total: issued.total },
      ])
    } finally {
      await t.close()
    }
  })
})
