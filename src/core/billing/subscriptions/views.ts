import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { periodEnd } from '#engines/billing/life-changes.ts'
import { lifeStateAt, momentsOf } from '#engines/billing/life-cycle.ts'
import { type Recurring, recurringAt } from '#engines/billing/mrr.ts'
import { phaseAt } from '#engines/billing/phases.ts'
import { cadenceAt } from '#engines/billing/strands.ts'
import type { SubscriptionLine } from '#shared/contract/billing/subscription-views.ts'
import { subscriptions as leaf } from '#shared/contract/billing/subscriptions.ts'
import { changeOf, changesOf, lifelineOf, zoneOf } from './life.ts'
import { pricesOf } from './preview.ts'
import { standingsOf } from './standings.ts'
import {
  getSubscription,
  knownBy,
  loadSubscriptions,
  planNames,
  plansOfVersions,
  type StoredSubscription,
} from './subscription-rows.ts'

const YEAR = 366n * 86_400_000n
/** Renewals that are shown ahead. */
const AHEAD = 3
/** Subscriptions whose rows are read at a time. */
const AT_ONCE = 1000

export const overviewSubscriptions = answer(leaf.overview, async ({ reader, input, now }) => {
  const lines: SubscriptionLine[] = []
  for (let offset = 0; ; offset += AT_ONCE) {
    const page = await loadSubscriptions(reader, { ...input, offset, limit: AT_ONCE })
    lines.push(...(await linesOf(reader, page, now)))
    if (page.length < AT_ONCE) return { subscriptions: lines }
  }
})

async function linesOf(
  reader: Reader,
  all: readonly StoredSubscription[],
  now: bigint,
): Promise<SubscriptionLine[]> {
  if (all.length === 0) return []
  const customerIds = [...new Set(all.map(one => one.customerId))]
  const customers = new Map(
    (
      await reader.db
        .selectFrom('customers')
        .select(['id', 'key', 'name', 'zone'])
        .where('id', 'in', customerIds)
        .execute()
    ).map(row => [row.id, row]),
  )
  const standings = await standingsOf(reader, customerIds)
  const prices = await pricesOf(reader, all)
  const plans = await plansOfVersions(reader, [
    ...new Set(all.flatMap(one => one.phases.map(phase => phase.planVersionId))),
  ])
  const names = await planNames(
    reader,
    all.filter(one => one.phases.length === 0).map(one => one.planId),
  )
  const planned = await plannedOf(
    reader,
    all.map(one => one.id),
    now,
  )
  return all.map(one => {
    const customer = customers.get(one.customerId)!
    const state = lifeStateAt(one, standings.get(one.customerId) ?? null, now)
    const phase = knownBy(one, now)
    const plan = phase ? plans.get(phase.planVersionId) : undefined
    const over = state === 'cancelled' || state === 'expired'
    const trial = one.phases.find(part => part.kind === 'trial' && part.to !== null && part.to > now)
    const recurring = over || state === 'scheduled' ? null : recurringOf(one, prices(one), now)
    const next = planned.get(one.id)
    return {
      ...{ id: one.id, customerId: one.customerId, customer: customer.name, customerKey: customer.key },
      ...{
        zone: customer.zone,
        planId: plan?.planId ?? one.planId,
        plan: plan?.name ?? names.get(one.planId)!,
      },
      ...{ version: plan?.number ?? 0, state, currency: one.currency },
      interval: cadenceAt(one.cadences, now).interval,
      seats: phase?.quantity ?? 0n,
      addOns: one.addOns.filter(addOn => addOn.stretches.some(part => part.to === null || part.to > now))
        .length,
      mrr: recurring?.monthly ?? 0n,
      startedAt: one.startedAt,
      trialEndsAt: trial?.to ?? null,
      renewsAt: recurring === null ? null : periodEnd(lifelineOf(one), now, customer.zone),
      endsAt: one.endedAt,
      planned: next ? { kind: next.kind, at: next.at } : null,
    }
  })
}

function recurringOf(
  one: StoredSubscription,
  prices: Parameters<typeof recurringAt>[1],
  at: bigint,
): Recurring {
  return recurringAt(one, prices, one.currency, at)
}

/** The next planned change of each subscription. */
async function plannedOf(reader: Reader, ids: readonly string[], now: bigint) {
  const rows = await reader.db
    .selectFrom('subscription_changes')
    .select(['subscription_id', 'kind', 'at'])
    .where('subscription_id', 'in', ids)
    .where('at', '>', now)
    .where('taken_back_at', 'is', null)
    .orderBy('at', 'desc')
    .orderBy('number', 'desc')
    .execute()
  return new Map(rows.map(row => [row.subscription_id, row]))
}

export const subscriptionStory = answer(leaf.story, async ({ reader, input, now }) => {
  const one = await getSubscription(reader, input.subscriptionId)
  const zone = await zoneOf(reader, one)
  const standing = (await standingsOf(reader, [one.customerId])).get(one.customerId) ?? null
  const noted = await reader.db
    .selectFrom('subscription_events')
    .selectAll()
    .where('subscription_id', '=', one.id)
    .execute()
  const changes = await changesOf(reader, [one.id])
  const successors = await reader.db
    .selectFrom('subscription_terms')
    .select('subscription_id')
    .where('predecessor_id', '=', one.id)
    .orderBy('subscription_id')
    .execute()
  const prices = (await pricesOf(reader, [one]))(one)
  const state = lifeStateAt(one, standing, now)
  const over = state === 'cancelled' || state === 'expired'
  return {
    changes: changes.map(row => ({
      ...{ id: row.id, number: row.number, change: changeOf(row), by: row.by, madeAt: row.made_at },
      ...{ takenBackAt: row.taken_back_at, takenBackBy: row.taken_back_by },
    })),
    moments: momentsOf(one, standing, 0n, now + YEAR).map(moment => ({
      ...moment,
      notedAt:
        noted.find(row => row.at === moment.at && row.transition === moment.transition)?.noted_at ?? null,
    })),
    bills: await billsOf(reader, one.id),
    renewals: over ? [] : renewalsOf(one, prices, zone, now),
    recurring: over ? null : recurringOf(one, prices, now > one.startedAt ? now : one.startedAt),
    standing,
    successors: successors.map(row => row.subscription_id),
  }
})

/** The beginnings of the next billing periods with the fees that they bring, as far as it runs on then. */
function renewalsOf(
  one: StoredSubscription,
  prices: Parameters<typeof recurringAt>[1],
  zone: string,
  now: bigint,
) {
  const renewals: { at: bigint; amount: bigint }[] = []
  for (let at = now > one.startedAt ? now : one.startedAt; renewals.length < AHEAD; ) {
    at = periodEnd(lifelineOf(one), at, zone)
    const phase = phaseAt(one.phases, at)
    if (!phase) break
    renewals.push({ at, amount: phase.kind === 'active' ? recurringOf(one, prices, at).perPeriod : 0n })
  }
  return renewals
}

/** Invoices that have lines of a subscription, with what those lines come to. */
async function billsOf(reader: Reader, subscriptionId: string) {
  const rows = await reader.db
    .selectFrom('invoice_lines as line')
    .innerJoin('invoices as invoice', 'invoice.id', 'line.invoice_id')
    .select(eb => [
      'invoice.id',
      'invoice.number',
      'invoice.state',
      'invoice.period',
      'invoice.issued_at',
      'invoice.created_at',
      eb.fn.sum<bigint>('line.amount').as('amount'),
    ])
    .where('line.subscription_id', '=', subscriptionId)
    .groupBy([
      'invoice.id',
      'invoice.number',
      'invoice.state',
      'invoice.period',
      'invoice.issued_at',
      'invoice.created_at',
    ])
    .orderBy('invoice.period', 'desc')
    .orderBy('invoice.id', 'desc')
    .limit(200)
    .execute()
  return rows.map(row => ({
    ...{ invoiceId: row.id, number: row.number, state: row.state, period: row.period },
    ...{ amount: BigInt(row.amount), at: row.issued_at ?? row.created_at },
  }))
}
