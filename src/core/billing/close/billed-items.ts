import type { BilledItem } from '#engines/billing/model.ts'
import type { BilledLine } from '#shared/contract/billing/close-facts.ts'

/** What was billed, by subscription and item: sums over the lines of invoices that stand. */
export function billedItems(lines: readonly BilledLine[]): Map<string, Map<string, BilledItem>> {
  const bySubscription = new Map<string, Map<string, BilledItem>>()
  for (const line of lines) {
    if (line.credits === 'item') continue
    let items = bySubscription.get(line.subscriptionId)
    if (!items) bySubscription.set(line.subscriptionId, (items = new Map()))
    const before = items.get(line.item)
    const sum = line.stands ? 1n : 0n
    const { item, subscriptionId, priceId, priceKey, name, metricId, unit, service, taxRate, currency } = line
    const { taxBasis } = line
    items.set(item, {
      ...{
        item,
        subscriptionId,
        priceId,
        priceKey,
        name,
        metricId,
        unit,
        service,
        taxRate,
        taxBasis,
        currency,
      },
      scale: Number(line.scale),
      // The ordinals of lines of void invoices are taken too.
      lines: Number(line.ordinal) + 1,
      amount: (before?.amount ?? 0n) + sum * line.amount,
      tax: (before?.tax ?? 0n) + sum * line.tax,
      quantity: (before?.quantity ?? 0n) + sum * line.quantity,
    })
  }
  for (const line of lines) {
    if (line.credits === undefined || !line.stands) continue
    const items = bySubscription.get(line.subscriptionId)
    const billed = items?.get(line.item)
    if (!items || !billed) continue
    // Lines of credit notes are below zero.
    const sign = line.credits === 'item' ? -1n : 1n
    const { amount, tax } = billed.credited ?? { amount: 0n, tax: 0n }
    const credited = { amount: amount + sign * line.amount, tax: tax + sign * line.tax }
    items.set(line.item, { ...billed, credited })
  }
  return bySubscription
}
