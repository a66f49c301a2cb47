import type { Reader } from '#core/database/store.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { zoned } from '#engines/billing/calendar.ts'
import { decimalText } from '#engines/billing/exact.ts'
import { totalsOf } from '#engines/billing/invoice-totals.ts'
import { keepsPaid } from '#engines/billing/life-changes.ts'
import type { BilledSubscription } from '#shared/contract/billing/close-facts.ts'
import type { ThoughtLine } from '#shared/contract/billing/subscription-views.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { workspaceLeast } from '../arrangements/arrangement-rows.ts'
import type { BuiltDraft } from '../close/build-draft.ts'
import { createDrafting } from '../close/drafting.ts'
import { billedLines, customersToBill, pricesOfVersions } from '../close/facts.ts'
import { usageOfRequests } from '../close/quantities.ts'
import { apartFor } from '../invoices/apart.ts'
import { taxWorld } from '../tax/tax-world.ts'
import type { StoredSubscription } from './subscription-rows.ts'

/** What an invoice would say, or several together. */
export interface ThoughtInvoice {
  readonly period: string
  readonly net: bigint
  readonly tax: bigint
  readonly total: bigint
  readonly lines: readonly Omit<ThoughtLine, 'because'>[]
  /** Of each line, what makes it this one and no other. */
  readonly names: readonly string[]
}

/** The invoices of a month in one currency. */
export interface ThoughtMonth {
  readonly period: string
  /** What the invoice of the subscription is kept apart for. */
  readonly own: string
  /** By what they are kept apart for. */
  readonly drafts: ReadonlyMap<string, BuiltDraft>
}

/** Names no close. Nothing of what is thought is stored. */
const NO_RUN = '00000000-0000-7000-8000-000000000000'

/**
 * What the close of a month would bill a customer in the currency of a subscription, by the same code that a close
 * runs, without storing anything.
 * @param at in the month, by the customer's own calendar
 * @param instead a subscription as it would be
 */
export async function thoughtMonth(
  reader: Reader,
  environment: EnvironmentSettings,
  of: {
    readonly customerId: string
    readonly subscriptionId: string
    readonly zone: string
    readonly currency: string
  },
  at: bigint,
  instead: StoredSubscription | null = null,
): Promise<ThoughtMonth> {
  // What counts from the first instant of a month is on the invoice of the month before: its fees are due then.
  const period = zoned(at - 1n, of.zone)
    .toPlainDate()
    .toPlainYearMonth()
    .toString()
  const settings = await readSettings(reader, environment)
  const drafting = createDrafting({
    ...{ runId: NO_RUN, period, taxRate: settings['billing.taxRate'] },
    tax: await taxWorld(reader, environment),
    least: workspaceLeast(settings),
    prices: ids => pricesOfVersions(reader, ids),
    quantities: async requests => ({ quantities: await usageOfRequests(reader, requests) }),
    billed: subscriptions => billedLines(reader, subscriptions),
  })
  const { customerId } = of
  const only = [customerId]
  const { customers } = await customersToBill(reader, { after: null, limit: 1, period, only })
  // Whoever has a subscription is a customer to bill.
  const customer = customers[0]!
  const subscriptions = instead
    ? [...customer.subscriptions.filter(one => one.id !== instead.id), billedOf(instead)]
    : customer.subscriptions
  const since = instead ? customer.closedUntil : null
  // A change that goes back before what was billed lets the close look at everything from there again.
  const rerateFrom = since !== null && at < since ? earlier(customer.rerateFrom, at) : customer.rerateFrom
  const [result] = drafting.rate(await drafting.load([{ ...customer, subscriptions, rerateFrom }]))
  const drafts = result!.drafts.filter(({ invoice }) => invoice.currency === of.currency)
  return {
    period,
    own: customer.invoices === 'by-subscription' ? apartFor(of.subscriptionId) : '',
    drafts: new Map(drafts.map(draft => [draft.invoice.apart, draft])),
  }
}

/** What the invoice of the subscription would say. */
export function ownInvoice({ period, own, drafts }: ThoughtMonth): ThoughtInvoice {
  return together(period, [drafts.get(own)])
}

/**
 * What the invoices would say that a change is about, without it and with it: that of the subscription, and others
 * that it changes too, such as the one with what a minimum lacks.
 */
export function changedInvoices(
  without: ThoughtMonth,
  within: ThoughtMonth,
): { readonly without: ThoughtInvoice; readonly within: ThoughtInvoice } {
  const saying = (draft: BuiltDraft | undefined) => (draft ? namesOf(draft).sort().join('\n') : '')
  const places = new Set([without.own, ...without.drafts.keys(), ...within.drafts.keys()])
  const about = [...places].filter(
    place => place === without.own || saying(without.drafts.get(place)) !== saying(within.drafts.get(place)),
  )
  const of = ({ period, drafts }: ThoughtMonth) =>
    together(
      period,
      about.map(place => drafts.get(place)),
    )
  return { without: of(without), within: of(within) }
}

const namesOf = ({ lines }: BuiltDraft) => lines.map(line => `${line.item}/${line.ordinal}/${line.amount}`)

function together(period: string, drafts: readonly (BuiltDraft | undefined)[]): ThoughtInvoice {
  const all = drafts.filter(draft => draft !== undefined)
  const lines = all.flatMap(draft => draft.lines)
  return {
    ...{ period, ...totalsOf(lines) },
    lines: lines.map(line => ({
      ...{ kind: line.kind, name: line.name, unit: line.unit, amount: line.amount, tax: line.tax },
      quantity: decimalText(line.quantity, Number(line.scale)),
      service: { from: line.service_from, to: line.service_to },
    })),
    names: all.flatMap(namesOf),
  }
}

function billedOf(one: StoredSubscription): BilledSubscription {
  const { id, currency, interval, alignment, anchorAt, billFrom, endedAt, phases, cadences, addOns } = one
  return {
    ...{ id, currency, interval, alignment, anchorAt, billFrom, endedAt, phases, cadences, addOns },
    keepsPaid: keepsPaid(one),
  }
}

function earlier(a: bigint | null, b: bigint): bigint {
  return a === null || b < a ? b : a
}
