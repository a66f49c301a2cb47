import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { itemCredited } from '#engines/billing/corrections/credited-item.ts'
import { keepsPaid } from '#engines/billing/life-changes.ts'
import type { Metric } from '#shared/contract/billing/catalog.ts'
import {
  type BilledLine,
  type CustomerFacts,
  type EarlierInvoice,
  closeFacts as leaf,
  type VersionFacts,
} from '#shared/contract/billing/close-facts.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { arrangementsOf, workspaceLeast } from '../arrangements/arrangement-rows.ts'
import { metricOf } from '../catalog/metrics.ts'
import { priceOf } from '../catalog/plan-rows.ts'
import { contractFacts } from '../contracts/contract-facts.ts'
import { couponFacts } from '../coupons/coupon-facts.ts'
import { TOP_UP } from '../invoices/apart.ts'
import { taxBasisOf } from '../invoices/tax-text.ts'
import { pendingOneOffs } from '../one-offs/one-off-rows.ts'
import { overrideRows, storedOverride } from '../overrides/override-rows.ts'
import { withParts } from '../subscriptions/subscription-rows.ts'
import { buyersOf, taxWorld } from '../tax/tax-world.ts'
import { shiftMonth } from './month.ts'

/** Months of earlier invoices that a draft is compared with. */
const HISTORY = 12

/** Customers in the order of ids, with all that is needed to say what they owe, but usage and prices. */
export const closeCustomers = answer(leaf.customers, ({ reader, input }) => customersToBill(reader, input))

/** What decides about tax. */
export const closeTax = (environment: EnvironmentSettings) =>
  answer(leaf.tax, async ({ reader }) => ({
    world: await taxWorld(reader, environment),
    least: workspaceLeast(await readSettings(reader, environment)),
  }))

/** Customers as they have to be billed for a month: all after one, or some alone. */
export async function customersToBill(
  reader: Reader,
  input: {
    readonly after: string | null
    readonly limit: number
    readonly period: string
    readonly only?: readonly string[] | undefined
  },
): Promise<{ readonly customers: readonly CustomerFacts[]; readonly more: boolean }> {
  const { after, limit, period } = input
  let query = reader.db
    .selectFrom('customers as customer')
    .leftJoin('billing_profiles as profile', 'profile.customer_id', 'customer.id')
    .leftJoin('billing_accounts as account', 'account.customer_id', 'customer.id')
    .select([
      'customer.id',
      'customer.key',
      'customer.name',
      'customer.zone',
      'customer.currency',
      'profile.tax_rate',
      'account.closed_until',
      'account.rerate_from',
      'account.marks',
    ])
    .orderBy('customer.id')
    .limit(limit + 1)
  if (after !== null) query = query.where('customer.id', '>', after)
  if (input.only) query = query.where('customer.id', 'in', input.only)
  const found = await query.execute()
  const rows = found.slice(0, limit)
  const ids = rows.map(row => row.id)
  if (ids.length === 0) return { customers: [], more: false }
  const subscriptions = await subscriptionsOf(reader, ids)
  const overrides = await overrideRows(reader, ids)
  const metrics = await metricsOf(reader, ids)
  const earlier = await earlierInvoices(reader, ids, period)
  const open = await openOf(reader, ids, period)
  const coupons = await couponFacts(reader, ids, period)
  const contracts = await contractFacts(reader, ids, period)
  const arranged = await arrangementsOf(reader, ids)
  const invoiced = await invoicedOf(reader, ids, period)
  const oneOffs = await pendingOneOffs(reader, ids, period)
  const taxed = await reader.db.selectFrom('tax_rules').select('id').limit(1).execute()
  const buyers = taxed.length === 0 ? null : await buyersOf(reader, ids)
  const customers = rows.map(
    (row): CustomerFacts => ({
      customerId: row.id,
      key: row.key,
      name: row.name,
      zone: row.zone,
      taxRate: row.tax_rate,
      buyer: buyers?.get(row.id),
      ...{ currency: row.currency, least: arranged.get(row.id)?.minimum ?? null },
      ...{ invoices: arranged.get(row.id)?.invoices, invoiced: invoiced.get(row.id) ?? {} },
      closedUntil: row.closed_until,
      rerateFrom: row.rerate_from,
      marks: row.marks ?? 0n,
      subscriptions: subscriptions.get(row.id) ?? [],
      overrides: (overrides.get(row.id) ?? []).map(one => ({ id: one.id, ...storedOverride(one) })),
      oneOffs: oneOffs.get(row.id) ?? [],
      metricIds: (metrics.get(row.id) ?? []).map(one => one.metric_id),
      earlier: earlier.get(row.id) ?? [],
      open: (open.get(row.id) ?? []).map(one => `${one.currency}/${one.apart}`),
      coupons: coupons.get(row.id) ?? [],
      contracts: contracts.get(row.id) ?? [],
    }),
  )
  return { customers, more: found.length > limit }
}

async function subscriptionsOf(reader: Reader, customerIds: readonly string[]) {
  const rows = await reader.db
    .selectFrom('subscriptions')
    .selectAll()
    .where('customer_id', 'in', customerIds)
    .orderBy('customer_id')
    .orderBy('started_at')
    .orderBy('id')
    .execute()
  const all = (await withParts(reader, rows)).map(one => {
    const { id, customerId, currency, interval, alignment, anchorAt, billFrom, endedAt } = one
    const { phases, cadences, addOns } = one
    return {
      ...{ id, customerId, currency, interval, alignment, anchorAt, billFrom, endedAt },
      ...{ phases, cadences, addOns, keepsPaid: keepsPaid(one) },
    }
  })
  return Map.groupBy(all, one => one.customerId)
}

async function metricsOf(reader: Reader, customerIds: readonly string[]) {
  const rows = await reader.db
    .selectFrom('usage_series')
    .select(['customer_id', 'metric_id'])
    .distinct()
    .where('customer_id', 'in', customerIds)
    .execute()
  return Map.groupBy(rows, row => row.customer_id)
}

/** Invoices of the months before, by customer, the newest first. */
export async function earlierInvoices(
  reader: Reader,
  customerIds: readonly string[],
  period: string,
): Promise<Map<string, EarlierInvoice[]>> {
  const rows = await reader.db
    .selectFrom('invoice_summaries')
    .selectAll()
    .where('customer_id', 'in', customerIds)
    .where('period', '<', period)
    .where('period', '>=', shiftMonth(period, -HISTORY))
    .orderBy('customer_id')
    .orderBy('period', 'desc')
    .orderBy('invoice_id')
    .execute()
  const byCustomer = new Map<string, EarlierInvoice[]>()
  for (const { customer_id, invoice_id, currency, apart, plan, total, summary, ...row } of rows) {
    const one = { invoiceId: invoice_id, currency, apart, period: row.period, plan, total, summary }
    const all = byCustomer.get(customer_id)
    if (all) all.push(one)
    else byCustomer.set(customer_id, [one])
  }
  return byCustomer
}

/** What the lines of the month's invoices that stand come to, by customer and currency; credit notes give nothing back. */
async function invoicedOf(reader: Reader, customerIds: readonly string[], period: string) {
  const rows = await reader.db
    .selectFrom('invoices as invoice')
    .innerJoin('invoice_lines as line', 'line.invoice_id', 'invoice.id')
    .select(eb => [
      'invoice.customer_id',
      'invoice.currency',
      eb.fn.sum<bigint | string>('line.amount').as('amount'),
    ])
    .where('invoice.customer_id', 'in', customerIds)
    .where('invoice.period', '=', period)
    .where('invoice.state', '!=', 'void')
    .where('invoice.apart', '!=', TOP_UP)
    .where('line.item', 'not like', 'credit/%')
    .groupBy(['invoice.customer_id', 'invoice.currency'])
    .execute()
  return new Map(
    [...Map.groupBy(rows, row => row.customer_id)].map(([id, own]) => [
      id,
      Object.fromEntries(own.map(({ currency, amount }) => [currency, BigInt(amount)])),
    ]),
  )
}

/** The month's invoices that can still be added to. */
async function openOf(reader: Reader, customerIds: readonly string[], period: string) {
  const rows = await reader.db
    .selectFrom('invoices')
    .select(['customer_id', 'currency', 'apart'])
    .where('customer_id', 'in', customerIds)
    .where('period', '=', period)
    .where('state', 'in', ['draft', 'held'])
    .execute()
  return Map.groupBy(rows, row => row.customer_id)
}

export const closePrices = answer(leaf.prices, ({ reader, input }) =>
  pricesOfVersions(reader, input.planVersionIds),
)

/** Versions of plans with their prices, and all metrics. */
export async function pricesOfVersions(
  reader: Reader,
  ids: readonly string[],
): Promise<{ readonly versions: readonly VersionFacts[]; readonly metrics: readonly Metric[] }> {
  const metrics = (await reader.db.selectFrom('metrics').selectAll().execute()).map(metricOf)
  if (ids.length === 0) return { versions: [], metrics }
  const versions = await reader.db
    .selectFrom('plan_versions as version')
    .innerJoin('plans as plan', 'plan.id', 'version.plan_id')
    .select(['version.id', 'version.plan_id', 'plan.name'])
    .where('version.id', 'in', ids)
    .execute()
  const prices = await reader.db
    .selectFrom('prices')
    .selectAll()
    .where('plan_version_id', 'in', ids)
    .orderBy('plan_version_id')
    .orderBy('position')
    .execute()
  const byVersion = Map.groupBy(prices, price => price.plan_version_id)
  return {
    versions: versions.map(version => ({
      planVersionId: version.id,
      planId: version.plan_id,
      planName: version.name,
      prices: (byVersion.get(version.id) ?? []).map(priceOf),
    })),
    metrics,
  }
}

export const closeBilled = answer(leaf.billed, ({ reader, input }) =>
  billedLines(reader, input.subscriptions),
)

/** Of void invoices those whose lines are not billed again: they were taken back for good. */
async function voidForGood(reader: Reader, invoiceIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (invoiceIds.length === 0) return new Set()
  const rows = await reader.db
    .selectFrom('invoice_voids')
    .select('invoice_id')
    .where('reissued_as', 'is', null)
    .execute()
  return new Set(rows.map(row => row.invoice_id))
}

/** What was billed for subscriptions, each from an instant on. */
export async function billedLines(
  reader: Reader,
  subscriptions: readonly { readonly subscriptionId: string; readonly from: bigint }[],
): Promise<{ readonly lines: readonly BilledLine[] }> {
  if (subscriptions.length === 0) return { lines: [] }
  const from = subscriptions.reduce(
    (least, one) => (one.from < least ? one.from : least),
    subscriptions[0]!.from,
  )
  const rows = await reader.db
    .selectFrom('invoice_lines as line')
    .innerJoin('invoices as invoice', 'invoice.id', 'line.invoice_id')
    .select([
      'invoice.id as invoice_id',
      'invoice.state',
      'invoice.currency',
      'line.item',
      'line.ordinal',
      'line.amount',
      'line.tax',
      'line.tax_rate',
      'line.tax_basis',
      'line.quantity',
      'line.scale',
      'line.service_from',
      'line.service_to',
      'line.subscription_id',
      'line.price_id',
      'line.price_key',
      'line.name',
      'line.metric_id',
      'line.unit',
    ])
    .where(
      'line.subscription_id',
      'in',
      subscriptions.map(one => one.subscriptionId),
    )
    .where('line.service_to', '>', from)
    .execute()
  rows.sort((a, b) => (a.item === b.item ? Number(a.ordinal - b.ordinal) : a.item < b.item ? -1 : 1))
  const forGood = await voidForGood(
    reader,
    rows.filter(row => row.state === 'void').map(row => row.invoice_id),
  )
  return {
    lines: rows.map(
      (row): BilledLine => ({
        item: itemCredited(row.item) ?? row.item,
        ordinal: row.ordinal,
        stands: row.state !== 'void' || forGood.has(row.invoice_id),
        ...(itemCredited(row.item) === null ? {} : { credits: 'item' as const }),
        ...(forGood.has(row.invoice_id) ? { credits: 'itself' as const } : {}),
        amount: row.amount,
        tax: row.tax,
        taxRate: row.tax_rate,
        taxBasis: taxBasisOf(row.tax_basis),
        quantity: row.quantity,
        scale: row.scale,
        service: { from: row.service_from, to: row.service_to },
        subscriptionId: row.subscription_id,
        priceId: row.price_id,
        priceKey: row.price_key,
        name: row.name,
        metricId: row.metric_id,
        unit: row.unit,
        currency: row.currency,
      }),
    ),
  }
}
