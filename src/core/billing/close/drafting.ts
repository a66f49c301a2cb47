import { waitsInMonth } from '#engines/billing/contracts/billing-cycle.ts'
import { ofVolume } from '#engines/billing/contracts/contract-item.ts'
import { invoiceLines } from '#engines/billing/contracts/contract-lines.ts'
import { isAbout, rampedOverrides } from '#engines/billing/contracts/ramp.ts'
import { ofCoupon } from '#engines/billing/coupons/coupon-item.ts'
import { couponsOfMonth } from '#engines/billing/coupons/coupons-of-month.ts'
import { whatIsDue } from '#engines/billing/due-items.ts'
import { decimalText, isStorable } from '#engines/billing/exact.ts'
import { generateLines } from '#engines/billing/generate-lines.ts'
import { type InvoicePart, partsOfMonth } from '#engines/billing/invoice-parts.ts'
import { type LeastInvoice, leastFor, leastItem } from '#engines/billing/minimum/least-invoice.ts'
import {
  type BilledItem,
  type ConsideredPeriod,
  type DueItem,
  type GeneratedLine,
  needsUsage,
  type PlanPrice,
  type PriceOverride,
  type UsageQuantity,
} from '#engines/billing/model.ts'
import { oneOffLine } from '#engines/billing/one-off.ts'
import { taxingOf } from '#engines/billing/tax/taxing.ts'
import type { Metric } from '#shared/contract/billing/catalog.ts'
import type { CloseProblem } from '#shared/contract/billing/close.ts'
import type {
  BilledLine,
  BilledSubscription,
  CustomerFacts,
  VersionFacts,
} from '#shared/contract/billing/close-facts.ts'
import type { TaxWorld } from '#shared/contract/billing/tax-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { apartFor } from '../invoices/apart.ts'
import { billedItems } from './billed-items.ts'
import { type BuiltDraft, buildDraft } from './build-draft.ts'
import { monthIn } from './month.ts'
import { requestOf, type UsageRequest } from './quantities.ts'
import { type Uncovered, uncoveredUsage } from './uncovered.ts'
import { contractWindows, historyOf, windowsOf } from './windows.ts'

/** What rating reads: the database behind a job's queries, or a snapshot directly. */
export interface DraftingParts {
  /** The close; drafts take their ids from it. */
  readonly runId: string
  readonly period: string
  /** Of customers of whom nothing else is said: a fraction. */
  readonly taxRate: string
  /** What decides about tax; nothing where the workspace has no rules. */
  readonly tax?: TaxWorld | null
  /** The workspace's least amount of a month's invoices, in minor units; nothing where it has none. */
  readonly least?: { readonly amount: bigint; readonly currency: string } | null
  /** Usage waits for a later close. */
  readonly withoutUsage?: boolean
  /** What would be billed also where a contract has no invoice in the month. */
  readonly always?: boolean
  /** The currency in which what a month's minimum lacks is asked for also where nothing else is missing. */
  readonly leastIn?: string | null
  prices(
    planVersionIds: readonly string[],
  ): Promise<{ readonly versions: readonly VersionFacts[]; readonly metrics: readonly Metric[] }>
  quantities(requests: readonly UsageRequest[]): Promise<{ readonly quantities: readonly UsageQuantity[] }>
  billed(
    subscriptions: readonly { readonly subscriptionId: string; readonly from: bigint }[],
  ): Promise<{ readonly lines: readonly BilledLine[] }>
}

export interface CustomerResult {
  readonly customerId: string
  /** One for each currency that something is missing in. */
  readonly drafts: readonly BuiltDraft[]
  /** Invoices of the month that can be added to, as `currency/what it is kept apart for`. */
  readonly open: readonly string[]
  readonly problems: readonly CloseProblem[]
  /** With what marks the customer was read; null where something was left out that the next close must see. */
  readonly settled: Settled | null
}

export interface Settled {
  readonly customerId: string
  readonly marks: bigint
  /** Up to where it is billed now. */
  readonly until: bigint
}

/** What a customer owes, before usage is known. */
interface Owing {
  readonly customer: CustomerFacts
  readonly month: Span
  readonly items: readonly DueItem[]
  readonly considered: readonly ConsideredPeriod[]
  readonly uncovered: readonly Uncovered[]
  readonly problems: CloseProblem[]
}

/** Customers with everything that rating them needs. */
export interface LoadedPage {
  readonly owing: readonly Owing[]
  /** Of each item with usage and each uncovered stretch, in their order. */
  readonly quantities: readonly UsageQuantity[]
  /** By subscription and item. */
  readonly billed: ReadonlyMap<string, ReadonlyMap<string, BilledItem>>
  /** The same of the whole time of contracts, for their subscriptions and of themselves. */
  readonly history: ReadonlyMap<string, ReadonlyMap<string, BilledItem>>
}

/** Rates pages of customers up to the end of a month. Previews, dry runs and closes are this. */
export function createDrafting(parts: DraftingParts) {
  const { period } = parts
  const versions = new Map<string, VersionFacts>()
  const terms = new Map<string, PlanPrice[]>()
  const metrics = new Map<string, Metric>()
  /** By price. */
  const plans = new Map<string, string>()
  const planOf = (priceId: string) => plans.get(priceId) ?? null

  /** Prices never change, so that each version is read once; so is a metric that was used without a price. */
  async function know(customers: readonly CustomerFacts[]): Promise<void> {
    const wanted = new Set<string>()
    for (const { subscriptions } of customers)
      for (const { phases, addOns } of subscriptions)
        for (const { planVersionId } of [...phases, ...addOns])
          if (!versions.has(planVersionId)) wanted.add(planVersionId)
    const unnamed = customers.some(one => one.metricIds.some(id => !metrics.has(id)))
    if (wanted.size === 0 && !unnamed) return
    const found = await parts.prices([...wanted])
    for (const metric of found.metrics) metrics.set(metric.id, metric)
    for (const version of found.versions) {
      const { planVersionId, prices } = version
      versions.set(planVersionId, version)
      for (const { id } of prices) plans.set(id, version.planId)
      terms.set(
        planVersionId,
        prices.map(price => ({
          price,
          planVersionId,
          metric: price.metricId === null ? null : metrics.get(price.metricId)!,
        })),
      )
    }
  }

  function owingOf(customer: CustomerFacts): Owing {
    const month = monthIn(period, customer.zone)
    const since = least(month.from, customer.closedUntil ?? 0n, customer.rerateFrom ?? month.from)
    const items: DueItem[] = []
    const considered: ConsideredPeriod[] = []
    const problems: CloseProblem[] = []
    for (const subscription of customer.subscriptions) {
      const unpriced = withoutPrice(subscription, month.to)
      if (unpriced !== null) problems.push(problem(customer, 'no-price', unpriced))
      const own = new Set([...subscription.phases, ...subscription.addOns].map(one => one.planVersionId))
      const due = whatIsDue(
        { ...subscription, zone: customer.zone },
        [...own].flatMap(id => ownTerms(customer, id, subscription)),
        since > subscription.billFrom ? since : subscription.billFrom,
        month.to,
      )
      for (const item of due.items) items.push(item)
      for (const one of due.considered) considered.push(one)
    }
    const uncovered = uncoveredUsage(customer, versions, { from: since, to: month.to })
    return { customer, month, items, considered, uncovered, problems }
  }

  /** The prices of a version, with those of the customer alone and of its contracts. */
  function ownTerms(
    { overrides = [], contracts = [] }: CustomerFacts,
    planVersionId: string,
    { id: subscriptionId, currency: own }: BilledSubscription,
  ): readonly PlanPrice[] {
    const all = terms.get(planVersionId) ?? []
    const about = contracts.filter(one => isAbout(one, { id: subscriptionId, currency: own }))
    if (overrides.length === 0 && about.length === 0) return all
    const { planId } = versions.get(planVersionId)!
    return all.map(one => {
      const { key: priceKey, currency } = one.price
      const of = overrides.filter(
        other => other.planId === planId && other.priceKey === priceKey && other.currency === currency,
      ) as readonly PriceOverride[]
      const ramped = rampedOverrides(about, of, { planId, priceKey, currency, subscriptionId })
      return ramped.length === 0 ? one : { ...one, overrides: ramped }
    })
  }

  /** The plan whose prices are all in other currencies than the subscription's, where there is one. */
  function withoutPrice({ currency, phases }: BilledSubscription, target: bigint): string | null {
    for (const phase of phases) {
      const version = versions.get(phase.planVersionId)
      if (phase.kind === 'trial' || phase.from >= target || !version || version.prices.length === 0) continue
      if (!version.prices.some(price => price.currency === currency))
        return `${version.planName}: ${currency}`
    }
    return null
  }

  /** Reads what customers used and what they were billed. */
  async function load(customers: readonly CustomerFacts[]): Promise<LoadedPage> {
    await know(customers)
    const owing = customers.map(owingOf)
    const requests = owing.flatMap(requestsOf)
    const windows = owing.flatMap(({ considered }) => windowsOf(considered))
    const contracted = customers.flatMap(one => [
      ...contractWindows(one),
      ...(one.least != null || parts.least ? [{ subscriptionId: one.customerId, from: 0n }] : []),
    ])
    const [{ quantities }, { lines }, agreed] = await Promise.all([
      requests.length === 0 ? { quantities: [] } : parts.quantities(requests),
      windows.length === 0 ? { lines: [] } : parts.billed(windows),
      contracted.length === 0 ? { lines: [] } : parts.billed(contracted),
    ])
    return { owing, quantities, billed: billedItems(lines), history: billedItems(agreed.lines) }
  }

  /**
   * Makes drafts of what is missing, and says what cannot be billed.
   * @param before how many customers came in pages before this one: drafts stand in the order of customers
   */
  function rate({ owing, quantities, billed, history }: LoadedPage, before = 0): CustomerResult[] {
    let next = 0
    return owing.map((one, index) => {
      const usage = new Map<string, UsageQuantity>()
      for (const item of one.items) {
        if (!needsUsage(item)) continue
        const used = quantities[next++]!
        usage.set(item.item, used)
        noteUnpriced(one, item, used)
      }
      for (const gap of one.uncovered) note(one, gap, quantities[next++]!)
      return resultOf(one, usage, { billed, history }, before + index)
    })
  }

  function requestsOf({ customer, items, uncovered }: Owing): UsageRequest[] {
    const { customerId } = customer
    const requests: UsageRequest[] = []
    for (const item of items) if (needsUsage(item)) requests.push(requestOf(customerId, item))
    for (const { metricId, span } of uncovered)
      requests.push({ customerId, metricId, from: span.from, to: span.to })
    return requests
  }

  function note({ customer, problems }: Owing, gap: Uncovered, usage: UsageQuantity): void {
    if (usage.events === 0) return
    // The metric may have been taken back after it was used.
    const metric = metrics.get(gap.metricId)
    const quantity = decimalText(usage.quantity, metric?.scale ?? 0)
    const detail = `${metric?.name ?? gap.metricId}: ${quantity} ${metric?.unit ?? ''}`.trim()
    problems.push(problem(customer, gap.code, detail))
  }

  /** Events that do not say what they cost come to nothing, and somebody has to know. */
  function noteUnpriced({ customer, problems }: Owing, { terms: own }: DueItem, usage: UsageQuantity): void {
    const unpriced = (usage.parts ?? []).reduce(
      (sum, { measured }) => sum + (measured?.model === 'dynamic' ? measured.unpriced : 0),
      0,
    )
    if (unpriced > 0)
      problems.push(problem(customer, 'event-without-price', `${own.price.name}: ${unpriced}`))
  }

  function resultOf(
    { customer, month, items, considered, problems }: Owing,
    quantities: ReadonlyMap<string, UsageQuantity>,
    { billed, history }: Pick<LoadedPage, 'billed' | 'history'>,
    place: number,
  ): CustomerResult {
    const before = new Map<string, BilledItem>()
    const all = new Map<string, BilledItem>()
    for (const { id } of customer.subscriptions)
      for (const [item, one] of billed.get(id) ?? []) {
        all.set(item, one)
        if (ofCoupon(item) === null && ofVolume(item) === null) before.set(item, one)
      }
    const taxing = taxingOf({ world: parts.tax ?? null, defaultRate: parts.taxRate, ...customer })
    const missing = generateLines({
      ...{ items, quantities, billed: before, considered },
      taxRate: parts.taxRate,
      taxOf: item => taxing.item(item, planOf(item.terms.price.id)),
    })
    const lines = parts.withoutUsage ? missing.filter(line => line.metricId === null) : missing
    const { customerId, marks, open, oneOffs = [], contracts = [] } = customer
    const once = oneOffs.map(one => oneOffLine(one, taxing.oneOff(one, month.to), month))
    const settled = { customerId, marks, until: month.to }
    const tooLarge = [...lines, ...once].find(line => !isStorable(line.amount) || !isStorable(line.tax))
    if (tooLarge) problems.push(problem(customer, 'too-large', tooLarge.name))
    const currencyOf = new Map([...customer.subscriptions, ...oneOffs].map(one => [one.id, one.currency]))
    const ofCurrency = (all: readonly GeneratedLine[], currency: string) =>
      all.filter(line => currencyOf.get(line.subscriptionId) === currency)
    const currencies = new Set([...lines, ...once].map(line => currencyOf.get(line.subscriptionId)!))
    // What was promised is owed also where nothing else is.
    for (const { currency } of contracts) currencies.add(currency)
    if (parts.leastIn) currencies.add(parts.leastIn)
    const agreed = historyOf(customer, history)
    const coupons = couponsOfMonth(customer.coupons ?? [], month)
    const waits = !parts.always && contracts.some(one => waitsInMonth(one, period, month, customer.zone))
    const drafts =
      tooLarge || waits
        ? []
        : [...currencies]
            .map(currency => ({
              currency,
              lines: invoiceLines({
                ...{ currency, period, month, zone: customer.zone, coupons, planOf, considered },
                taxOf: taxing.agreed,
                regular: ofCurrency(lines, currency),
                once: ofCurrency(once, currency),
                contracts: contracts.filter(one => one.currency === currency),
                billed: all,
                history: agreed,
                least: leastOf(customer, currency, history.get(customerId)),
                ...{ complete: !parts.withoutUsage, leastAlone: parts.leastIn === currency },
              }),
            }))
            .flatMap(one =>
              partsOf(customer, one.lines).map(part => draftOf(customer, month, one.currency, part, place)),
            )
    // What is left out has to be looked at again.
    const whole =
      lines.length === missing.length &&
      !waits &&
      !(parts.withoutUsage && (contracts.length > 0 || [...currencies].some(one => holds(customer, one)))) &&
      problems.every(one => one.code !== 'no-price' && one.code !== 'too-large')
    return { customerId, drafts, open, problems, settled: whole ? settled : null }
  }

  /** The invoices that a month's lines in a currency are on. */
  function partsOf(
    { invoices, subscriptions, oneOffs = [], contracts = [] }: CustomerFacts,
    lines: readonly GeneratedLine[],
  ): readonly InvoicePart<GeneratedLine>[] {
    // Usage within the free units of a plan that costs nothing is no invoice.
    if (lines.length === 0) return []
    if (invoices !== 'by-subscription') return [{ subscriptionId: null, lines }]
    const known = new Map(subscriptions.map(({ id }) => [id, id]))
    const owners = new Map(known)
    for (const { id, subscriptionId } of [...oneOffs, ...contracts])
      if (subscriptionId && known.has(subscriptionId)) owners.set(id, subscriptionId)
    return partsOfMonth(lines, owners)
  }

  /** What holds where no contract says another. */
  function holds({ least = null, currency: own = '' }: CustomerFacts, currency: string) {
    return leastFor({ amount: least, currency: own }, parts.least ?? null, currency)
  }

  function leastOf(
    customer: CustomerFacts,
    currency: string,
    billed: ReadonlyMap<string, BilledItem> | undefined,
  ): LeastInvoice | null {
    const least = holds(customer, currency)
    const { customerId, invoiced = {} } = customer
    return (
      least && {
        ...{ ...least, customerId, invoiced: invoiced[currency] ?? 0n },
        billed: billed?.get(leastItem(customerId, currency, period)),
      }
    )
  }

  function draftOf(
    customer: CustomerFacts,
    month: Span,
    currency: string,
    { subscriptionId, lines }: InvoicePart<GeneratedLine>,
    place: number,
  ): BuiltDraft {
    const apart = subscriptionId === null ? '' : apartFor(subscriptionId)
    const together = customer.invoices !== 'by-subscription'
    const own = customer.subscriptions.filter(one => together || one.id === subscriptionId)
    return buildDraft({
      ...{ runId: parts.runId, customerId: customer.customerId, customer: customer.name },
      ...{ zone: customer.zone, period, month, currency, apart, lines, place },
      plan: plansOf(own, currency, month),
      earlier: customer.earlier.filter(one => one.currency === currency && one.apart === apart),
    })
  }

  /** The plans in force at the end of the month; of subscriptions that ended, the last ones. */
  function plansOf(subscriptions: readonly BilledSubscription[], currency: string, month: Span): string {
    const names = new Set<string>()
    for (const one of subscriptions) {
      if (one.currency !== currency) continue
      const begun = one.phases.filter(phase => phase.from < month.to)
      // One that begins with the next month is here for its first fee in advance.
      const last = begun.at(-1) ?? one.phases.find(phase => phase.from === month.to)
      const ended = one.endedAt !== null && one.endedAt <= month.from
      if (last && !ended) names.add(versions.get(last.planVersionId)!.planName)
    }
    return [...names].sort().join(', ')
  }

  return { load, rate }
}

function problem(
  { customerId, name }: CustomerFacts,
  code: CloseProblem['code'],
  detail: string,
): CloseProblem {
  return { customerId, customer: name, code, detail }
}

function least(first: bigint, ...others: readonly bigint[]): bigint {
  return others.reduce((a, b) => (b < a ? b : a), first)
}
