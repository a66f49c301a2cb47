import type { z } from 'zod'
import type { Reader } from '#core/database/store.ts'
import type { InputOf } from '#core/runtime/handlers.ts'
import type { CustomerWords, customers } from '#shared/contract/billing/customers.ts'
import type { subscriptions } from '#shared/contract/billing/subscriptions.ts'
import { loadSubscriptions, type StoredSubscription } from '../../subscriptions/subscription-rows.ts'
import { type StoredCustomer, storedCustomer } from '../customer-rows.ts'
import type { LineProblem, SaidCustomer, SaidSubscription } from './parse-lines.ts'

/** What is to be done to one customer, in commands. */
export interface CustomerPlan {
  readonly line: number
  readonly create: z.input<typeof CustomerWords> | null
  readonly edit: InputOf<typeof customers.edit> | null
  /** Known already; a customer that is created has its id afterwards. */
  readonly customerId: string | null
  readonly start: readonly (Omit<InputOf<typeof subscriptions.start>, 'customerId' | 'quantity'> & {
    readonly line: number
    readonly quantity: bigint
  })[]
  readonly unchanged: number
}

interface KnownPlan {
  readonly id: string
  readonly active: boolean
  /** Of its newest version; null where it has none. */
  readonly currencies: readonly string[] | null
}

/** What stands in the database, as far as a file concerns it. */
export interface Known {
  readonly zone: string
  readonly currency: string
  readonly customers: ReadonlyMap<string, StoredCustomer>
  readonly subscriptions: ReadonlyMap<string, readonly StoredSubscription[]>
  readonly plans: ReadonlyMap<string, KnownPlan>
  readonly planOfVersion: ReadonlyMap<string, string>
}

/** Reads what a file of customers is compared with, in one snapshot. */
export async function loadKnown(reader: Reader): Promise<Known> {
  const { db } = reader
  const { zone, currency } = await db
    .selectFrom('workspace_state')
    .select(['zone', 'currency'])
    .executeTakeFirstOrThrow()
  const profiles = new Map(
    (await db.selectFrom('billing_profiles').selectAll().execute()).map(row => [row.customer_id, row]),
  )
  const rows = await db.selectFrom('customers').selectAll().execute()
  const stored = await loadSubscriptions(reader, { limit: 1_000_000 })
  const versions = await db.selectFrom('plan_versions').select(['id', 'plan_id', 'number']).execute()
  const prices = await db.selectFrom('prices').select(['plan_version_id', 'currency']).execute()
  const plans = await db.selectFrom('plans').select(['id', 'key', 'active']).execute()
  const currencies = Map.groupBy(prices, price => price.plan_version_id)
  const newest = new Map<string, { id: string; number: bigint }>()
  for (const { id, plan_id, number } of versions)
    if ((newest.get(plan_id)?.number ?? 0n) < number) newest.set(plan_id, { id, number })
  return {
    zone,
    currency,
    customers: new Map(rows.map(row => [row.key, storedCustomer(row, profiles.get(row.id))])),
    subscriptions: Map.groupBy(stored, one => one.customerId),
    plans: new Map(
      plans.map(({ id, key, active }) => {
        const version = newest.get(id)
        const offered = version ? (currencies.get(version.id) ?? []).map(price => price.currency) : null
        return [key, { id, active: active !== 0n, currencies: offered }]
      }),
    ),
    planOfVersion: new Map(versions.map(version => [version.id, version.plan_id])),
  }
}

type Say = (problem: LineProblem) => void

/** What a file would do to what is known, and why its lines cannot be taken. */
export function planImport(
  said: readonly SaidCustomer[],
  known: Known,
  onDifferent: 'refuse' | 'edit',
  say: Say,
): CustomerPlan[] {
  return said.map(one => {
    const before = known.customers.get(one.key)
    const customer = before ? editOf(one, before, onDifferent, say) : createOf(one, known, say)
    const currency = before?.currency ?? one.words.currency ?? known.currency
    const start: CustomerPlan['start'][number][] = []
    let unchanged = 0
    for (const subscription of one.subscriptions) {
      const standing = before ? (known.subscriptions.get(before.id) ?? []) : []
      const outcome = subscriptionOf(subscription, standing, start, known, currency, say)
      if (outcome === 'unchanged') unchanged++
      else if (outcome !== null) start.push(outcome)
    }
    return { line: one.line, customerId: before?.id ?? null, ...customer, start, unchanged }
  })
}

function createOf(one: SaidCustomer, known: Known, say: Say): Pick<CustomerPlan, 'create' | 'edit'> {
  const { name, country, email = '', currency = known.currency, zone = known.zone } = one.words
  for (const [column, value] of Object.entries({ name, country }))
    if (value === undefined)
      say({ line: one.line, column, value: null, code: 'invalid', reason: `a ${column} is missing` })
  if (name === undefined || country === undefined) return { create: null, edit: null }
  return {
    create: { key: one.key, name, country, email, currency, zone, profile: one.profile },
    edit: null,
  }
}

function editOf(
  one: SaidCustomer,
  before: StoredCustomer,
  onDifferent: 'refuse' | 'edit',
  say: Say,
): Pick<CustomerPlan, 'create' | 'edit'> {
  const refused = (column: string, value: string, code: 'differs' | 'cannot-change', reason: string) =>
    say({ line: one.line, column, value, code, reason })
  const { currency, ...words } = one.words
  if (currency !== undefined && currency !== before.currency)
    refused('currency', currency, 'cannot-change', `${one.key} is billed in ${before.currency}`)
  const different: [string, unknown, unknown][] = [
    ...Object.entries(words).map(([column, value]): [string, unknown, unknown] => [
      column,
      value,
      before[column as 'name'],
    ]),
    ...Object.entries(one.profile).map(([column, value]): [string, unknown, unknown] => [
      column,
      value,
      before.profile[column as 'taxId'],
    ]),
  ].filter(([, value, was]) => JSON.stringify(value) !== JSON.stringify(was)) as never
  if (different.length === 0) return { create: null, edit: null }
  if (onDifferent === 'refuse') {
    for (const [column, value, was] of different)
      refused(column, String(value), 'differs', `it is ${JSON.stringify(was)} now`)
    return { create: null, edit: null }
  }
  const { name, email, country, zone } = { ...before, ...words }
  return { create: null, edit: { customerId: before.id, name, email, country, zone, profile: one.profile } }
}

function subscriptionOf(
  said: SaidSubscription,
  standing: readonly StoredSubscription[],
  begun: CustomerPlan['start'],
  known: Known,
  currency: string,
  say: Say,
): CustomerPlan['start'][number] | 'unchanged' | null {
  const no = (column: string, value: string, code: LineProblem['code'], reason: string) => {
    say({ line: said.line, column, value, code, reason })
    return null
  }
  const plan = known.plans.get(said.plan)
  if (!plan) return no('plan', said.plan, 'unknown-plan', `there is no plan ${said.plan}`)
  const same = standing.find(
    one => one.startedAt === said.at && (firstPlan(one, known) ?? one.planId) === plan.id,
  )
  if (same) {
    const [first] = same.phases
    const changed =
      (said.quantity !== undefined && first !== undefined && said.quantity !== first.quantity) ||
      (said.anchorAt !== undefined && said.anchorAt !== same.anchorAt) ||
      (said.billFrom !== undefined && said.billFrom !== same.billFrom) ||
      (said.alignment !== undefined && said.alignment !== same.alignment)
    if (!changed) return 'unchanged'
    const reason = 'it began with other terms; change the subscription from an instant on instead'
    return no('plan', said.plan, 'cannot-change', reason)
  }
  if (!plan.active) return no('plan', said.plan, 'inactive-plan', `${said.plan} is no longer offered`)
  const { currencies } = plan
  if (currencies === null || (currencies.length > 0 && !currencies.includes(currency)))
    return no('plan', said.plan, 'no-price', `${said.plan} has no price in ${currency}`)
  const overlaps =
    begun.some(one => one.planId === plan.id) ||
    standing.some(one =>
      one.phases.some(
        phase =>
          known.planOfVersion.get(phase.planVersionId) === plan.id &&
          (phase.to === null || phase.to > said.at),
      ),
    )
  if (overlaps) return no('plan', said.plan, 'overlap', `the customer has ${said.plan} in that time already`)
  const { line, at, anchorAt, billFrom, trialDays, alignment, quantity = 1n } = said
  return { line, planId: plan.id, at, quantity, ...stated({ anchorAt, billFrom, trialDays, alignment }) }
}

function firstPlan(one: StoredSubscription, known: Known): string | undefined {
  const [first] = one.phases
  return first && known.planOfVersion.get(first.planVersionId)
}

/** Members that were said, without the others. */
function stated<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
