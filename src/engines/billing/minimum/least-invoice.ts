import type { RatingStep } from '#shared/contract/billing/prices.ts'
import type { Taxed } from '#shared/contract/billing/tax-facts.ts'
import type { Span } from '#shared/contract/billing/values.ts'
import { givenOnce } from '../corrections/given-once.ts'
import { exactText, moneyText, scaled } from '../exact.ts'
import { totalsOf } from '../invoice-totals.ts'
import type { BilledItem, GeneratedLine } from '../model.ts'
import { placesOf, taxOn } from '../rate.ts'

/** The least that the invoices of a month come to, where no contract says one. */
export interface LeastInvoice {
  readonly customerId: string
  /** Who said it. */
  readonly of: 'customer' | 'workspace'
  /** Minor units, before tax, more than zero. */
  readonly amount: bigint
  /** What the lines of the month's invoices that stand come to, those of the minimum among them. */
  readonly invoiced: bigint
  /** What was billed for it in this month. */
  readonly billed: BilledItem | undefined
}

const MINIMUM = 'minimum/'

/** The item of what the invoices of a month in a currency lack to the least of a customer. */
export function leastItem(customerId: string, currency: string, month: string): string {
  return `${MINIMUM}${customerId}/${currency}/${month}`
}

/** Whether an item makes a month up to the least of a customer. */
export function isLeast(item: string): boolean {
  return item.startsWith(MINIMUM)
}

/** What holds for a customer: its own before the workspace's; zero of its own is none. Minor units. */
export function leastFor(
  own: { readonly amount: bigint | null; readonly currency: string },
  workspace: { readonly amount: bigint; readonly currency: string } | null,
  currency: string,
): Pick<LeastInvoice, 'of' | 'amount'> | null {
  if (own.amount !== null)
    return own.amount > 0n && own.currency === currency ? { of: 'customer', amount: own.amount } : null
  if (workspace === null || workspace.amount <= 0n || workspace.currency !== currency) return null
  return { of: 'workspace', amount: workspace.amount }
}

/**
 * The line that tops a month's invoices up: the least, less what they come to before tax, less what was billed for it
 * before. Where more came in since, it gives back what was too much. A month that comes to nothing or less has none.
 */
export function leastLine(
  least: LeastInvoice,
  of: {
    readonly currency: string
    readonly period: string
    readonly month: Span
    taxOf(until: bigint): Taxed
  },
  lines: readonly GeneratedLine[],
): GeneratedLine[] {
  const { customerId, billed } = least
  const { currency, month } = of
  const places = placesOf(currency)
  const net = least.invoiced - (billed?.amount ?? 0n) + totalsOf(lines).net
  if (net <= 0n) return []
  const owed = net < least.amount ? least.amount - net : 0n
  const amount = owed - (billed?.amount ?? 0n)
  if (amount === 0n) return []
  const money = (minor: bigint) => moneyText(minor, places)
  const steps: RatingStep[] = [
    {
      ...{ step: 'minimum-invoice', contract: '', minimum: money(least.amount) },
      ...{ net: money(net), amount: money(owed) },
    },
  ]
  if (billed !== undefined)
    steps.push({ step: 'billed', billed: money(billed.amount), amount: money(amount) })
  const stands = billed !== undefined && billed.amount !== 0n
  const whole = billed !== undefined && amount === -billed.amount
  const back = billed !== undefined && amount < 0n
  const taxed = back ? { rate: billed.taxRate, basis: billed.taxBasis ?? null } : of.taxOf(month.to)
  const line: GeneratedLine = {
    ...{ item: leastItem(customerId, currency, of.period), ordinal: billed?.lines ?? 0 },
    kind: stands ? (amount < 0n ? 'credit' : 'adjustment') : 'fee',
    ...{ subscriptionId: customerId, priceId: customerId, priceKey: 'minimum-invoice' },
    ...{ name: 'Minimum invoice', metricId: null, unit: '', service: month, quantity: 0n, scale: 0 },
    ...{ exact: exactText(scaled(amount, places)), amount, taxRate: taxed.rate },
    tax: whole ? -billed.tax : taxOn(amount, taxed.rate),
    // It is an amount before tax, whatever prices are.
    taxBasis: taxed.basis && { ...taxed.basis, inclusive: false },
    steps,
  }
  const once = givenOnce(line, billed)
  return once === null ? [] : [once]
}
