import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { applyChange } from '#engines/billing/life-changes.ts'
import type { PlanPrice } from '#engines/billing/model.ts'
import { directionOf, recurringAt } from '#engines/billing/mrr.ts'
import { subscriptions as leaf } from '#shared/contract/billing/subscriptions.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { pricesOfVersions } from '../close/facts.ts'
import { lifelineOf, settleLife, withLife, zoneOf } from './life.ts'
import { getSubscription, type StoredSubscription } from './subscription-rows.ts'
import { think } from './think.ts'
import { changedInvoices, ownInvoice, thoughtMonth } from './thought-invoice.ts'

/** An add-on that is only thought of has no id of its own. */
const THOUGHT = '00000000-0000-7000-8000-000000000000'

/** Prices of all plan versions of some subscriptions, each in its subscription's currency. */
export async function pricesOf(
  reader: Reader,
  all: readonly StoredSubscription[],
): Promise<(one: StoredSubscription) => PlanPrice[]> {
  const ids = new Set(all.flatMap(one => [...one.phases, ...one.addOns].map(part => part.planVersionId)))
  const { versions } = await pricesOfVersions(reader, [...ids])
  const byVersion = new Map(versions.map(version => [version.planVersionId, version.prices]))
  return one =>
    [...new Set([...one.phases, ...one.addOns].map(part => part.planVersionId))].flatMap(planVersionId =>
      (byVersion.get(planVersionId) ?? [])
        .filter(price => price.currency === one.currency)
        .map(price => ({ price, planVersionId, metric: null })),
    )
}

/** What a change would come to in money: the invoices of its month without it and with it, and what recurs. */
export function previewChange(environment: EnvironmentSettings) {
  return answer(leaf.preview, async ({ reader, input, now }) => {
    const { before, change, zone, plan } = await think(reader, input.change, now, () => THOUGHT)
    const life = settleLife(applyChange(lifelineOf(before), change, zone), change, plan)
    const after = withLife(before, life)
    const of = { ...before, subscriptionId: before.id, zone }
    const { without, within } = changedInvoices(
      await thoughtMonth(reader, environment, of, change.at),
      await thoughtMonth(reader, environment, of, change.at, after),
    )
    const known = new Set(without.names)
    const left = new Set(within.names)
    const prices = await pricesOf(reader, [before, after])
    const was = recurringAt(before, prices(before), before.currency, change.at)
    const is = recurringAt(after, prices(after), before.currency, change.at)
    return {
      at: change.at,
      ...{ period: within.period, currency: before.currency, direction: directionOf(was, is) },
      without: { net: without.net, tax: without.tax, total: without.total },
      within: { net: within.net, tax: within.tax, total: within.total },
      lines: within.lines.map((line, index) => ({ ...line, because: !known.has(within.names[index]!) })),
      gone: without.lines.flatMap((line, index) =>
        left.has(without.names[index]!) ? [] : [{ ...line, because: true }],
      ),
      recurring: { before: was, after: is },
    }
  })
}

export function nextInvoice(environment: EnvironmentSettings) {
  return answer(leaf.nextInvoice, async ({ reader, input, now }) => {
    const one = await getSubscription(reader, input.subscriptionId)
    const zone = await zoneOf(reader, one)
    const of = { ...one, subscriptionId: one.id, zone }
    const { period, net, tax, total, lines } = ownInvoice(await thoughtMonth(reader, environment, of, now))
    return {
      ...{ period, currency: one.currency, net, tax, total },
      lines: lines.map(line => ({ ...line, because: false })),
    }
  })
}
