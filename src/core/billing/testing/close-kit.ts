import type { z } from 'zod'
import type { Caller } from '#core/runtime/handlers.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { PriceInput } from '#shared/contract/billing/catalog.ts'
import type { CloseRun } from '#shared/contract/billing/close.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import type { TestCore } from '#test/kit/core-kit.ts'
import { addCustomer, day } from './catalogue-kit.ts'

const { billing } = contract

export type TestPrice = z.input<typeof PriceInput>

/** A fee of 100 in advance, calls at 0.10 above 100 free ones, storage in tiers, all in one currency. */
export function usualPrices(metrics: { calls: string; gb: string }, currency = 'USD'): TestPrice[] {
  return [
    { key: 'base', name: 'Base fee', metricId: null, currency, charge: { model: 'flat', amount: '100' } },
    {
      ...{ key: 'calls', name: 'API calls', metricId: metrics.calls, currency },
      charge: { model: 'standard', unit: '0.1', free: '100' },
    },
    {
      ...{ key: 'gb', name: 'Storage', metricId: metrics.gb, currency },
      charge: {
        model: 'graduated',
        tiers: [
          { upTo: '10', unit: '1' },
          { upTo: null, unit: '0.5' },
        ],
      },
    },
  ]
}

/** Two metrics and a plan `pro` on them. */
export async function closeWorld(t: TestCore) {
  const metric = (key: string, scale: number) =>
    t.core.call(
      billing.metric.create,
      { key, name: key, unit: key, scale, aggregation: 'sum', excess: 'refuse', groupBy: [] },
      t.admin,
    )
  const metrics = { calls: (await metric('calls', 0)).id, gb: (await metric('gb', 3)).id }
  const pro = await plan(t, 'pro', usualPrices(metrics))
  return { metrics, pro }
}

export async function plan(t: TestCore, key: string, prices: TestPrice[]) {
  const made = await t.core.call(billing.plan.create, { key, name: `Plan ${key}`, description: '' }, t.admin)
  const version = await t.core.call(billing.plan.addVersion, { planId: made.id, prices }, t.admin)
  return { planId: made.id, versionId: version.id }
}

/** A customer with a subscription from a day on, 1 September 2026 where nothing is said. */
export async function subscribed(
  t: TestCore,
  key: string,
  planId: string,
  more: { from?: string; zone?: string; currency?: string } = {},
) {
  const customer = await addCustomer(t, key, more)
  const at = day(more.from ?? '2026-09-01')
  const subscription = await t.core.call(
    billing.subscription.start,
    { customerId: customer.id, planId, at, trialDays: 0 },
    t.admin,
  )
  return { customer, subscription }
}

let events = 0
/** Usage of a customer at the beginning of a day. */
export async function use(t: TestCore, customer: string, metric: string, on: string, quantity: string) {
  const event = { id: `use-${events++}`, customer, metric, quantity, at: day(on) + 3_600_000n }
  return t.core.call(billing.usage.record, { events: [event] }, t.admin)
}

/** Closes a month and waits. Throws the job's failure as a refusal. */
export async function closeMonth(
  t: TestCore,
  period: string,
  more: { dryRun?: boolean; caller?: Caller } = {},
): Promise<CloseRun> {
  const { runId, jobId } = await t.core.call(
    billing.close.start,
    { period, dryRun: more.dryRun ?? false },
    more.caller ?? t.admin,
  )
  await t.core.jobs.idle()
  const job = await t.core.call(contract.workspace.jobs.get, { jobId }, t.admin)
  if (job.state !== 'done') {
    const { code, message, data } = job.failure ?? { code: `JOB_${job.state}`, message: '', data: {} }
    throw refuse(code, data, message)
  }
  return t.core.call(billing.close.get, { runId }, t.admin)
}

/** The invoices of a month, by customer, with lines as `kind name quantity = amount`. */
export async function invoicesOf(t: TestCore, period: string) {
  const { invoices } = await t.core.call(
    billing.invoice.list,
    { filter: { period }, sort: { by: 'customer', descending: false } },
    t.admin,
  )
  return Promise.all(
    invoices.map(async row => {
      const { lineItems } = await t.core.call(billing.invoice.get, { invoiceId: row.id }, t.admin)
      return {
        ...row,
        text: lineItems.map(line => `${line.kind} ${line.name} ${line.quantity} = ${line.amount}`),
      }
    }),
  )
}

/** Everything that billing stored, in the order of keys, but for ids and instants that a clock gave. */
export async function storedBilling(t: Pick<TestCore, 'store' | 'workspace'>) {
  return t.store.read(t.workspace, async ({ db }) => ({
    lines: (
      await db
        .selectFrom('invoice_lines as line')
        .innerJoin('invoices as invoice', 'invoice.id', 'line.invoice_id')
        .select([
          ...([
            'line.item',
            'line.ordinal',
            'line.kind',
            'line.quantity',
            'line.amount',
            'line.tax',
          ] as const),
          ...(['line.steps', 'invoice.period', 'invoice.currency'] as const),
        ])
        .orderBy('line.item')
        .orderBy('line.ordinal')
        .execute()
    ).map(({ steps, ...line }) => ({ ...line, steps: JSON.parse(steps) as unknown })),
    invoices: await db
      .selectFrom('invoices')
      .select(['customer_id', 'period', 'currency', 'state', 'net', 'tax', 'total', 'lines', 'doubts'])
      .orderBy('customer_id')
      .orderBy('period')
      .orderBy('total')
      .execute(),
    accounts: await db
      .selectFrom('billing_accounts')
      .select(['customer_id', 'closed_until', 'rerate_from'])
      .orderBy('customer_id')
      .execute(),
  }))
}

export const codesOf = (doubts: string) => fromCanonical<{ code: string }[]>(doubts).map(one => one.code)
