import type { Parties } from '#core/billing/invoices/parties.ts'
import { type DemoBilling, demoBilling } from '#engines/demo/billing/billing.ts'
import { demoContracts } from '#engines/demo/billing/contracts.ts'
import { demoCoupons } from '#engines/demo/billing/coupons.ts'
import { demoRates } from '#engines/demo/billing/exchange-rates.ts'
import { lateBatch } from '#engines/demo/billing/late-batch.ts'
import { demoPriceList } from '#engines/demo/billing/price-list.ts'
import { debtorsOf } from '#engines/demo/billing/sellers.ts'
import { instantAt } from '#engines/demo/billing/span.ts'
import { type DemoUsage, demoUsage } from '#engines/demo/billing/usage-events.ts'
import type { DemoCompany } from '#engines/demo/company.ts'
import { monthPlus } from '#engines/demo/days.ts'
import { type DemoContext, type Submit, submitterOf } from './chunks.ts'
import { closeMonth, type PastCloses } from './close-months.ts'
import { bringLateUsageIn } from './late-batch.ts'
import type { KnownCatalogue } from './store-catalogue.ts'
import { couponRows } from './store-coupons.ts'
import type { Sellers } from './store-sellers.ts'
import { CUSTOMERS_PER_STORE, type CustomerTerms, subscriptionRows } from './store-subscriptions.ts'
import { seriesPortions, usagePortions } from './store-usage.ts'

/** The price list was there before the first month that is billed. */
const LISTED_BEFORE = 3 * 365
/** Writes under way while the next are computed. */
const MOST_WRITES = 3
const DAY = 86_400_000n

/**
 * Makes the billing of the demo's company: catalogue, subscriptions, usage, the closed months with their
 * invoices, and then the usage that came late. What an attempt before this one stored is not stored again.
 * @param tell how many months of how many are there
 */
export async function makeBilling(
  context: DemoContext,
  company: DemoCompany,
  tell: (done: number, total: number) => void,
): Promise<{ events: number; invoices: number }> {
  const submit = submitterOf(context)
  const billing = demoBilling(company)
  const { span } = billing
  const total = span.closed.length + 2
  tell(0, total)
  const { usage, events, ...closes } = await storeFacts(context, submit, company, billing)
  tell(1, total)
  let invoices = 0
  for (const [index, period] of span.closed.entries()) {
    invoices += await closeMonth(context, submit, period, closes)
    tell(index + 2, total)
  }
  const last = span.closed.at(-1)
  if (last)
    await submit('billing.storeOneOffs', { period: monthPlus(last, 1), by: closes.closer, at: closes.now })
  if (usage.late.ids.length > 0) await bringLateUsageIn(context, lateBatch(usage, span))
  tell(total, total)
  return { events, invoices }
}

/** Stores what happened, before any of it is billed. */
export async function storeFacts(
  context: DemoContext,
  submit: Submit,
  company: DemoCompany,
  billing: DemoBilling,
): Promise<PastCloses & { readonly usage: DemoUsage; readonly events: number }> {
  const { analysts, customers } = await submit('billing.people', null)
  const ids = new Map(customers)
  const catalogue = await storeCatalogue(submit, billing)
  const closer = analysts[0]!
  const now = BigInt(billing.span.until) * DAY
  const listed = instantAt(billing.span.start, 'UTC')
  await submit('billing.storeSellers', sellersOf(company, billing, ids, { by: closer, at: listed }))
  const parties = await storeTerms(context, submit, billing, ids, catalogue)
  const contracts = demoContracts(company, billing).map(one => ({
    ...one,
    customerId: ids.get(one.customer)!,
  }))
  await submit('billing.storeContracts', { by: closer, now, contracts })
  await submit(
    'billing.storeCoupons',
    couponRows(context.jobId, demoCoupons(billing), ids, catalogue, listed),
  )
  const usage = demoUsage(company, billing)
  return {
    ...{ usage, events: await storeUsage(context, submit, usage, ids, catalogue) },
    ...{ closer, approver: analysts[1] ?? closer, parties, now },
    keys: new Map(customers.map(([key, id]) => [id, key])),
    ...{
      debtors: new Set(debtorsOf(company.customers).map(key => ids.get(key)!)),
      last: billing.span.closed.at(-1)!,
    },
  }
}

/** Who sells, to whom for tax, and what currencies were worth. */
function sellersOf(
  company: DemoCompany,
  { taxFacts, profiles }: DemoBilling,
  ids: ReadonlyMap<string, string>,
  entered: Pick<Sellers, 'by' | 'at'>,
): Sellers {
  const customers = company.customers.map(({ key, country }) => ({
    ...{ ...taxFacts.get(key)!, customerId: ids.get(key)!, country, taxId: profiles.get(key)!.taxId },
  }))
  return { ...entered, customers, rates: demoRates(company) }
}

async function storeCatalogue(submit: Submit, { span }: DemoBilling): Promise<KnownCatalogue> {
  const listed = instantAt(span.start - LISTED_BEFORE, 'UTC')
  await submit('billing.storeMetrics', { at: listed })
  for (const [place, version] of demoPriceList().entries()) {
    const at = version.number === 1 ? listed : instantAt(span.priceChange - 14, 'UTC')
    await submit('billing.storeVersion', { version, at, place })
  }
  return submit('billing.catalogue', null)
}

async function storeTerms(
  { jobId }: DemoContext,
  submit: Submit,
  { subscriptions, profiles }: DemoBilling,
  ids: ReadonlyMap<string, string>,
  catalogue: KnownCatalogue,
): Promise<ReadonlyMap<string, Parties>> {
  const terms = [...subscriptions].map(
    ([key, subscription]): CustomerTerms => ({
      ...{ customerId: ids.get(key)!, subscription, profile: profiles.get(key)! },
    }),
  )
  const parties = new Map<string, Parties>()
  for (let start = 0; start < terms.length; start += CUSTOMERS_PER_STORE) {
    const some = terms.slice(start, start + CUSTOMERS_PER_STORE)
    const rows = subscriptionRows(jobId, start / CUSTOMERS_PER_STORE, some, catalogue)
    for (const [id, own] of await submit('billing.storeSubscriptions', rows)) parties.set(id, own)
  }
  return parties
}

async function storeUsage(
  context: DemoContext,
  submit: Submit,
  { series, events }: DemoUsage,
  ids: ReadonlyMap<string, string>,
  catalogue: KnownCatalogue,
): Promise<number> {
  const numbers: bigint[] = []
  for (const wanted of seriesPortions(series, catalogue, ids))
    numbers.push(...(await submit('billing.numberSeries', { wanted })))
  const writes: Promise<number>[] = []
  let stored = 0
  for (const portion of usagePortions(events, series, numbers, catalogue)) {
    context.signal.throwIfAborted()
    if (writes.length >= MOST_WRITES) stored += await writes.shift()!
    const write = submit('billing.storeUsage', portion)
    // A write that fails ends the job where it is waited for.
    write.catch(() => {})
    writes.push(write)
  }
  for (const write of writes) stored += await write
  return stored
}
