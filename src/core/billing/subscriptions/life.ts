import type { Row } from '#core/database/schema.ts'
import { schema } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { type Expectation, leaves } from '#core/runtime/expectation.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { applyChange, type LifeDecision } from '#engines/billing/life-changes.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { LifeChange, Lifeline } from '#shared/contract/billing/subscription-life.ts'
import { subscriptions as leaf } from '#shared/contract/billing/subscriptions.ts'
import { refuse } from '#shared/errors.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import {
  partRows,
  phaseRow,
  putSubscription,
  type StoredSubscription,
  shownAt,
  subscriptionRow,
} from './subscription-rows.ts'

export type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'undoWith' | 'actor'>
type ChangeRow = Row<'subscription_changes'>

/** What of a subscription its changes change. */
export function lifelineOf(one: StoredSubscription): Lifeline {
  const { startedAt, endedAt, endReason, settlement, card, afterTrial } = one
  const { phases, cadences, addOns } = one
  return { startedAt, endedAt, endReason, settlement, card, afterTrial, phases, cadences, addOns }
}

/** A subscription with another life; its row says the first of its rhythms. */
export function withLife(one: StoredSubscription, life: Lifeline): StoredSubscription {
  const { interval, alignment, anchorAt } = life.cadences[0]!
  return { ...one, ...life, interval, alignment, anchorAt }
}

/** The zone of a subscription's customer. */
export async function zoneOf(session: Pick<Reader | Tx, 'db'>, one: StoredSubscription): Promise<string> {
  return (await getCustomer(session, one.customerId)).zone
}

/** What was decided, or the refusal that it is. @param plan of what the change is about */
export function settleLife(decision: LifeDecision, change: LifeChange, plan = ''): Lifeline {
  if (decision.ok) return decision.life
  const { reason, state } = decision.refusal
  if (reason === 'add-on-twice') throw refuse('BILLING_ADD_ON_TWICE', { plan })
  if (reason === 'add-on-unknown') {
    const { addOnId } = change as Extract<LifeChange, { readonly addOnId: string }>
    throw refuse('WORKSPACE_NOT_FOUND', { entity: 'add-on', id: addOnId })
  }
  if (reason === 'inverted') {
    const { at: from, until } = change as Extract<LifeChange, { readonly until: bigint | null }>
    throw refuse('BILLING_SPAN_INVERTED', { from, to: until! })
  }
  throw refuse('BILLING_SUBSCRIPTION_STATE', { state, reason })
}

/** The number of the next change of a subscription, which also names the strand that it makes. */
export async function nextNumber(session: Pick<Reader | Tx, 'db'>, subscriptionId: string): Promise<bigint> {
  const { last } = await (session.db as Reader['db'])
    .selectFrom('subscription_changes')
    .select(eb => eb.fn.max('number').as('last'))
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirstOrThrow()
  return (last === null ? 0n : BigInt(last)) + 1n
}

/**
 * Applies a change, keeps it with what was before, and says how to undo it.
 * @param plan what it is about, for its refusals
 */
export async function carryOut(
  call: Call,
  before: StoredSubscription,
  change: LifeChange,
  more: { readonly number: bigint; readonly zone: string; readonly plan?: string; readonly planId?: string },
) {
  const { tx, ids, now, actor } = call
  const life = settleLife(applyChange(lifelineOf(before), change, more.zone), change, more.plan)
  const after = named(
    { ...withLife(before, life), ...(more.planId === undefined ? {} : { planId: more.planId }) },
    ids,
  )
  const row: ChangeRow = {
    ...{ id: ids.next(), subscription_id: before.id, number: more.number, kind: change.kind },
    ...{ at: change.at, change: canonicalJson(change), before: canonicalJson(lifelineOf(before)) },
    ...{ by: byWhom(actor), made_at: now, taken_back_at: null, taken_back_by: null },
  }
  await tx.db.insertInto('subscription_changes').values(row).execute()
  return store(call, before, after, { id: row.id, before: null, after: row })
}

/** A change's row as it was before a command and as it is after it. */
export interface ChangeOfRow {
  readonly id: string
  readonly before: ChangeRow | null
  readonly after: ChangeRow | null
}

/** Stores what becomes of a subscription, says how to undo it, and shows it. */
export async function store(
  call: Call,
  before: StoredSubscription | null,
  after: StoredSubscription,
  change?: ChangeOfRow,
) {
  await putSubscription(call.tx, before, after)
  call.undoWith(
    leaf.restore,
    {
      subscriptionId: after.id,
      subscription: withoutId(before),
      ...(change ? { change: { id: change.id, row: change.before && { ...change.before } } } : {}),
    },
    [
      ...asLeft(after.id, after),
      ...(change ? [leaves('subscription_changes', { id: change.id }, change.after)] : []),
    ],
  )
  const [shown] = await shownAt(reading(call.tx), [after], call.now)
  return shown!
}

/** Puts a change's row as it is to be; null takes it away. */
export async function putChangeRow(tx: Tx, id: string, row: ChangeRow | null): Promise<void> {
  await tx.db.deleteFrom('subscription_changes').where('id', '=', id).execute()
  if (row) await insertRows(tx, 'subscription_changes', schema.subscription_changes, [row])
}

/** The changes of some subscriptions, one at least, in the order in which they were made. */
export async function changesOf(
  session: Pick<Reader | Tx, 'db'>,
  subscriptionIds: readonly string[],
): Promise<ChangeRow[]> {
  return (session.db as Reader['db'])
    .selectFrom('subscription_changes')
    .selectAll()
    .where('subscription_id', 'in', subscriptionIds)
    .orderBy('subscription_id')
    .orderBy('number')
    .execute()
}

/** What a change's row says. */
export const changeOf = (row: Pick<ChangeRow, 'change'>) => fromCanonical<LifeChange>(row.change)
/** The subscription as it was before a change. */
export const beforeOf = (row: Pick<ChangeRow, 'before'>) => fromCanonical<Lifeline>(row.before)

/** A subscription without its id, as undoing is given it. */
export function withoutId(one: StoredSubscription | null) {
  if (!one) return null
  const { id: _, ...rest } = one
  return rest
}

/** How a command leaves the rows of a subscription. */
export function asLeft(id: string, one: StoredSubscription | null): Expectation[] {
  if (!one) return [leaves('subscriptions', { id }, null)]
  const { id: _, ...row } = subscriptionRow(one)
  const [terms = null] = partRows(one).terms
  return [
    leaves('subscriptions', { id }, row),
    leaves('subscription_terms', { subscription_id: id }, terms),
    ...one.phases.map(phase => {
      const { id: phaseId, ...holds } = phaseRow(id, phase)
      return leaves('subscription_phases', { id: phaseId }, holds)
    }),
    ...partRows(one).addOns.map(({ id: addOnId, ...holds }) =>
      leaves('subscription_add_ons', { id: addOnId }, holds),
    ),
  ]
}

/** New phases get their ids from the command. */
export function named(one: StoredSubscription, ids: Call['ids']): StoredSubscription {
  return { ...one, phases: one.phases.map(phase => (phase.id === '' ? { ...phase, id: ids.next() } : phase)) }
}
