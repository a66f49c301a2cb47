import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { idsOfText } from '#core/workspace/search.ts'
import { customers as leaf } from '#shared/contract/billing/customers.ts'
import type { SubscriptionState } from '#shared/contract/billing/subscriptions.ts'
import { TOP_UP } from '../invoices/apart.ts'
import { loadSubscriptions, shownAt } from '../subscriptions/subscription-rows.ts'
import { narrowCustomers, sortCustomers } from './arrange-customers.ts'
import type { CustomerKeys } from './customer-keys.ts'
import { customerOf, getCustomer } from './customer-rows.ts'

/** What a search finds at most; a narrower word finds the rest. */
const MOST_FOUND = 5000

export const listCustomers = answer(leaf.list, async ({ reader, input, now }) => {
  const { filter, sort, offset, limit } = input
  const found =
    input.search.trim() === '' ? null : await idsOfText(reader, 'customer', input.search, MOST_FOUND)
  if (found?.length === 0) return { customers: [], count: 0 }
  // Plan, state and last invoice are worked out, so whatever asks for them asks of all customers.
  if (sort !== undefined || Object.keys(filter).length > 0) {
    const all = await customersOf(reader, await selected(reader, found).execute(), now)
    const narrowed = narrowCustomers(all, filter)
    const sorted = sortCustomers(narrowed, sort ?? { by: 'name', descending: false })
    return { count: sorted.length, customers: sorted.slice(offset, offset + limit) }
  }
  let counting = reader.db.selectFrom('customers').select(eb => eb.fn.countAll<bigint>().as('count'))
  if (found) counting = counting.where('id', 'in', found)
  const { count } = await counting.executeTakeFirstOrThrow()
  const rows = await selected(reader, found)
    .orderBy('name')
    .orderBy('id')
    .offset(offset)
    .limit(limit)
    .execute()
  return { count: Number(count), customers: await customersOf(reader, rows, now) }
})

function selected(reader: Reader, found: readonly string[] | null) {
  const query = reader.db.selectFrom('customers').selectAll()
  return found ? query.where('id', 'in', found) : query
}

/** More customers than this are not named one by one: what there is of all of them is read instead. */
const NAMED = 5000

/** Customers with their plan, its state, their last invoice, and how far they are closed. */
async function customersOf(reader: Reader, rows: readonly Row<'customers'>[], now: bigint) {
  const ids = rows.length > NAMED ? null : rows.map(row => row.id)
  const running = await runningPlans(reader, ids, now)
  const closed = await closedUntil(reader, ids)
  const totals = await lastTotals(reader, ids)
  return rows.map(row => {
    const { profile: _, ...customer } = customerOf(row, undefined)
    return {
      ...customer,
      plan: running.get(row.id)?.plan ?? null,
      state: running.get(row.id)?.state ?? null,
      lastTotal: totals.get(row.id) ?? null,
      closedUntil: closed.get(row.id) ?? null,
    }
  })
}

export function findCustomer(keys: CustomerKeys) {
  return answer(
    leaf.find,
    async ({ reader, input: { key } }) => {
      const row = await reader.db
        .selectFrom('customers')
        .select('id')
        .where('key', '=', key)
        .executeTakeFirst()
      if (row) keys.keep(reader, key, row.id)
      return { customerId: row?.id ?? null }
    },
    ({ input: { key } }) => {
      const customerId = keys.idOf(key)
      return customerId === undefined ? null : { value: { customerId }, tables: ['customers'] }
    },
  )
}

export const showCustomer = answer(leaf.get, async ({ reader, input, now }) => {
  const {
    industry: _i,
    tier: _t,
    seats: _s,
    signedUpOn: _o,
    ...customer
  } = await getCustomer(reader, input.customerId)
  const stored = await loadSubscriptions(reader, { customerId: customer.id })
  const closed = await closedUntil(reader, [customer.id])
  return {
    ...customer,
    subscriptions: await shownAt(reader, stored, now),
    closedUntil: closed.get(customer.id) ?? null,
  }
})

const STATE_OF: Readonly<Record<'trial' | 'active' | 'paused', SubscriptionState>> = {
  trial: 'trialing',
  active: 'active',
  paused: 'paused',
}

/** The plan in force and its state, by customer; where none is, whether one is to come or all are over. */
async function runningPlans(reader: Reader, ids: readonly string[] | null, now: bigint) {
  const result = new Map<string, { plan: string | null; state: SubscriptionState }>()
  if (ids?.length === 0) return result
  const rows = await reader.db
    .selectFrom('subscriptions as subscription')
    .innerJoin('subscription_phases as phase', 'phase.subscription_id', 'subscription.id')
    .innerJoin('plan_versions as version', 'version.id', 'phase.plan_version_id')
    .innerJoin('plans as plan', 'plan.id', 'version.plan_id')
    .select(['subscription.customer_id', 'plan.name', 'phase.kind'])
    .$if(ids !== null, query => query.where('subscription.customer_id', 'in', ids!))
    .where('phase.starts_at', '<=', now)
    .where(on => on.or([on('phase.ends_at', 'is', null), on('phase.ends_at', '>', now)]))
    .orderBy('subscription.started_at')
    .orderBy('subscription.id')
    .execute()
  for (const { customer_id, name, kind } of rows) {
    const before = result.get(customer_id)
    const state = STATE_OF[kind]
    if (!before) result.set(customer_id, { plan: name, state })
    else {
      const stronger = before.state === 'active' || state !== 'active' ? before.state : state
      result.set(customer_id, { plan: `${before.plan} + ${name}`, state: stronger })
    }
  }
  const others = await reader.db
    .selectFrom('subscriptions')
    .select(eb => ['customer_id', eb.fn.max('started_at').as('last')])
    .$if(ids !== null, query => query.where('customer_id', 'in', ids!))
    .groupBy('customer_id')
    .execute()
  for (const { customer_id, last } of others)
    if (!result.has(customer_id))
      result.set(customer_id, { plan: null, state: last > now ? 'scheduled' : 'cancelled' })
  return result
}

async function closedUntil(reader: Reader, ids: readonly string[] | null) {
  if (ids?.length === 0) return new Map<string, bigint | null>()
  const rows = await reader.db
    .selectFrom('billing_accounts')
    .select(['customer_id', 'closed_until'])
    .$if(ids !== null, query => query.where('customer_id', 'in', ids!))
    .execute()
  return new Map(rows.map(row => [row.customer_id, row.closed_until]))
}

/** What the invoices of each customer's newest month come to, in its own currency; top-ups are none of them. */
async function lastTotals(reader: Reader, ids: readonly string[] | null) {
  if (ids?.length === 0) return new Map<string, bigint>()
  const own = reader.db
    .selectFrom('invoices as invoice')
    .innerJoin('customers as customer', join =>
      join
        .onRef('customer.id', '=', 'invoice.customer_id')
        .onRef('customer.currency', '=', 'invoice.currency'),
    )
    .where('invoice.kind', '=', 'invoice')
    .where('invoice.state', '!=', 'void')
    .where('invoice.apart', '!=', TOP_UP)
    .$if(ids !== null, query => query.where('invoice.customer_id', 'in', ids!))
    .groupBy('invoice.customer_id')
  const newest = own.select(eb => ['invoice.customer_id', eb.fn.max('invoice.period').as('period')])
  const rows = await own
    .innerJoin(newest.as('newest'), join =>
      join
        .onRef('newest.customer_id', '=', 'invoice.customer_id')
        .onRef('newest.period', '=', 'invoice.period'),
    )
    .select(eb => ['invoice.customer_id', eb.fn.sum<bigint | string>('invoice.total').as('total')])
    .execute()
  return new Map(rows.map(({ customer_id, total }) => [customer_id, BigInt(total)]))
}
