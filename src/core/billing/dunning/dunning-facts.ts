import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { campaignFor } from '#engines/billing/dunning/campaign.ts'
import type { DunningSubject } from '#engines/billing/dunning/next-steps.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { OpenInvoice } from '#shared/contract/billing/payments.ts'
import { findCurrency } from '#shared/currencies.ts'
import { disputedOf } from '../corrections/dispute-rows.ts'
import { failuresOf } from '../payments/failures.ts'
import { openInvoices } from '../payments/open-invoices.ts'
import { type Campaign, campaignOf, campaignRows } from './campaign-rows.ts'

type Session = Pick<Reader, 'db'>
/** Rows asked for at a time: databases limit the parameters of a query. */
const PAGE = 500

/** An open invoice with everything that decides what is done about it. */
export interface Facts {
  readonly invoice: OpenInvoice
  readonly subject: DunningSubject
  readonly campaign: Campaign | null
  readonly pauses: readonly Row<'dunning_pauses'>[]
  readonly done: readonly Row<'dunning_steps'>[]
}

interface Of {
  readonly invoiceId?: string | undefined
  readonly customerId?: string | undefined
}

/**
 * Open invoices as dunning sees them, longest due first.
 * @param now by which it is told how long they are overdue
 */
export async function dunningFacts(reader: Session, of: Of, now: bigint): Promise<Facts[]> {
  const customerId = of.customerId ?? (await customerOf(reader, of.invoiceId))
  const all = await openInvoices(reader, now, customerId)
  const invoices = of.invoiceId === undefined ? all : all.filter(one => one.invoiceId === of.invoiceId)
  if (invoices.length === 0) return []
  const ids = invoices.map(one => one.invoiceId)
  const customerIds = [...new Set(invoices.map(one => one.customerId))]
  const campaigns = (await campaignRows(reader)).map(campaignOf)
  const [customers, plans, done, pauses, pending, failures, disputed] = [
    new Map((await customersOf(reader, customerIds)).map(row => [row.id, row])),
    await plansOf(reader, campaigns, customerIds),
    Map.groupBy(await stepsOf(reader, ids), row => row.invoice_id),
    Map.groupBy(await pausesOf(reader, customerIds), row => row.customer_id),
    await pendingFor(reader, customerIds),
    await failuresOf(reader, ids),
    await disputedOf(reader, ids),
  ]
  return invoices.map(invoice => {
    const { invoiceId, currency, zone, total } = invoice
    const { country, tier } = customers.get(invoice.customerId)!
    const places = findCurrency(currency)?.minorDigits ?? 2
    const steps = done.get(invoiceId) ?? []
    const own = (pauses.get(invoice.customerId) ?? []).filter(
      ({ invoice_id, until }) =>
        (invoice_id === '' || invoice_id === invoiceId) && (until === null || until > now),
    )
    const planIds = plans.get(invoice.customerId) ?? []
    return {
      invoice,
      campaign: campaignFor(campaigns, { planIds, currency, places, country, tier, total }),
      subject: {
        ...{ zone, places, dueAt: invoice.dueAt, open: invoice.open },
        disputed: disputed.get(invoiceId) ?? 0n,
        failure: failures.get(invoiceId) ?? null,
        pending: pending.has(invoiceId),
        pauses: own.map(({ until }) => ({ until })),
        done: steps.map(({ track, days, at, message, action }) => ({
          ...{ track, days: Number(days), at, message, action },
        })),
      },
      pauses: own,
      done: steps,
    }
  })
}

/** Whether there is anything to say of an invoice: it is overdue, a payment failed, or something was done. */
export function isCase({ invoice, subject }: Facts): boolean {
  return invoice.overdueDays > 0 || subject.failure !== null || subject.done.length > 0
}

async function customerOf({ db }: Session, invoiceId: string | undefined): Promise<string | undefined> {
  if (invoiceId === undefined) return undefined
  const row = await db
    .selectFrom('invoices')
    .select('customer_id')
    .where('id', '=', invoiceId)
    .executeTakeFirst()
  return row?.customer_id ?? ''
}

/** Asks page by page. */
async function paged<T>(
  ids: readonly string[],
  ask: (some: readonly string[]) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = []
  for (let from = 0; from < ids.length; from += PAGE) found.push(...(await ask(ids.slice(from, from + PAGE))))
  return found
}

function customersOf({ db }: Session, ids: readonly string[]) {
  return paged(ids, some =>
    db.selectFrom('customers').select(['id', 'country', 'tier']).where('id', 'in', some).execute(),
  )
}

/** Which plans customers are or were on, where a campaign asks for it. */
async function plansOf({ db }: Session, campaigns: readonly Campaign[], customerIds: readonly string[]) {
  if (!campaigns.some(one => one.terms.segment.planIds.length > 0)) return new Map<string, string[]>()
  const rows = await paged(customerIds, some =>
    db
      .selectFrom('subscriptions')
      .select(['customer_id', 'plan_id'])
      .where('customer_id', 'in', some)
      .orderBy('id')
      .execute(),
  )
  const byCustomer = Map.groupBy(rows, row => row.customer_id)
  return new Map([...byCustomer].map(([id, own]) => [id, own.map(row => row.plan_id)]))
}

function stepsOf({ db }: Session, ids: readonly string[]) {
  return paged(ids, some =>
    db
      .selectFrom('dunning_steps')
      .selectAll()
      .where('invoice_id', 'in', some)
      .orderBy('at')
      .orderBy('track')
      .execute(),
  )
}

function pausesOf({ db }: Session, ids: readonly string[]) {
  return paged(ids, some =>
    db
      .selectFrom('dunning_pauses')
      .selectAll()
      .where('customer_id', 'in', some)
      .orderBy('created_at')
      .orderBy('id')
      .execute(),
  )
}

/** Invoices for which a payment is under way. */
async function pendingFor({ db }: Session, customerIds: readonly string[]): Promise<Set<string>> {
  const rows = await paged(customerIds, some =>
    db
      .selectFrom('payments')
      .select('asked_for')
      .where('customer_id', 'in', some)
      .where('state', '=', 'pending')
      .execute(),
  )
  return new Set(rows.flatMap(row => fromCanonical<string[]>(row.asked_for)))
}
