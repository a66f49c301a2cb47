import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { firstDifference, phaseAt, stateAt } from '#engines/billing/phases.ts'
import type { Phase, Subscription } from '#shared/contract/billing/subscriptions.ts'
import { refuse } from '#shared/errors.ts'
import { markForBilling } from '../accounts.ts'

/** A subscription as its rows hold it: what does not depend on the time of asking. */
export interface StoredSubscription extends Omit<Subscription, 'planName' | 'state' | 'versions'> {
  readonly createdAt: bigint
}

interface PlanOfVersion {
  readonly planId: string
  readonly name: string
  readonly number: number
}

function phaseOf(row: Row<'subscription_phases'>): Phase {
  return {
    id: row.id,
    planVersionId: row.plan_version_id,
    quantity: row.quantity,
    kind: row.kind,
    from: row.starts_at,
    to: row.ends_at,
  }
}

function storedOf(row: Row<'subscriptions'>, phases: readonly Phase[]): StoredSubscription {
  return {
    id: row.id,
    customerId: row.customer_id,
    planId: row.plan_id,
    currency: row.currency,
    interval: row.interval,
    alignment: row.alignment,
    startedAt: row.started_at,
    anchorAt: row.anchor_at,
    billFrom: row.bill_from,
    endedAt: row.ended_at,
    phases: [...phases],
    createdAt: row.created_at,
  }
}

/** The subscriptions of some customers, or of all, with their phases in order; the newest first. */
export async function loadSubscriptions(
  session: Pick<Reader | Tx, 'db'>,
  narrow: {
    readonly customerId?: string | undefined
    readonly id?: string | undefined
    readonly offset?: number
    readonly limit?: number
  },
): Promise<StoredSubscription[]> {
  const db = session.db as Reader['db']
  let query = db
    .selectFrom('subscriptions')
    .selectAll()
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(narrow.limit ?? 10_000)
    .offset(narrow.offset ?? 0)
  if (narrow.customerId !== undefined) query = query.where('customer_id', '=', narrow.customerId)
  if (narrow.id !== undefined) query = query.where('id', '=', narrow.id)
  const rows = await query.execute()
  if (rows.length === 0) return []
  const phases = await db
    .selectFrom('subscription_phases')
    .selectAll()
    .where(
      'subscription_id',
      'in',
      rows.map(row => row.id),
    )
    .orderBy('subscription_id')
    .orderBy('starts_at')
    .execute()
  const bySubscription = Map.groupBy(phases, phase => phase.subscription_id)
  return rows.map(row => storedOf(row, (bySubscription.get(row.id) ?? []).map(phaseOf)))
}

/** One subscription with its phases. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getSubscription(
  session: Pick<Reader | Tx, 'db'>,
  id: string,
): Promise<StoredSubscription> {
  const [found] = await loadSubscriptions(session, { id })
  if (!found) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'subscription', id })
  return found
}

/** The plans of some plan versions, by version. */
export async function plansOfVersions(
  session: Pick<Reader | Tx, 'db'>,
  versionIds: readonly string[],
): Promise<Map<string, PlanOfVersion>> {
  if (versionIds.length === 0) return new Map()
  const rows = await (session.db as Reader['db'])
    .selectFrom('plan_versions as version')
    .innerJoin('plans as plan', 'plan.id', 'version.plan_id')
    .select(['version.id', 'version.number', 'plan.id as plan_id', 'plan.name'])
    .where('version.id', 'in', versionIds)
    .execute()
  return new Map(
    rows.map(row => [row.id, { planId: row.plan_id, name: row.name, number: Number(row.number) }]),
  )
}

/** Subscriptions as the contract shows them at an instant: with their state and the plan in force then. */
export async function shownAt(
  session: Pick<Reader | Tx, 'db'>,
  all: readonly StoredSubscription[],
  now: bigint,
): Promise<Subscription[]> {
  const plans = await plansOfVersions(session, [
    ...new Set(all.flatMap(one => one.phases.map(phase => phase.planVersionId))),
  ])
  const names = await planNames(
    session,
    all.filter(one => one.phases.length === 0).map(one => one.planId),
  )
  return all.map(one => {
    const { createdAt: _, ...rest } = one
    // Before its beginning the first plan, after its end the last one is what it is known by.
    const phase = phaseAt(one.phases, now) ?? (now < one.startedAt ? one.phases[0] : one.phases.at(-1))
    const plan = phase ? plans.get(phase.planVersionId) : undefined
    return {
      ...rest,
      planId: plan?.planId ?? one.planId,
      planName: plan?.name ?? names.get(one.planId) ?? '',
      state: stateAt(one.phases, one.startedAt, one.endedAt, now),
      versions: [...new Set(one.phases.map(phase => phase.planVersionId))].flatMap(planVersionId => {
        const version = plans.get(planVersionId)
        return version
          ? [{ planVersionId, planId: version.planId, plan: version.name, number: version.number }]
          : []
      }),
    }
  })
}

async function planNames(session: Pick<Reader | Tx, 'db'>, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, string>()
  const rows = await (session.db as Reader['db'])
    .selectFrom('plans')
    .select(['id', 'name'])
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(row => [row.id, row.name]))
}

/**
 * Stores a subscription as it is to be, null for not at all, and marks its customer for billing from the first
 * instant that differs. Phases that stay as they are keep their rows.
 */
export async function putSubscription(
  tx: Tx,
  before: StoredSubscription | null,
  after: StoredSubscription | null,
): Promise<void> {
  const one = (after ?? before)!
  const kept = new Set(after?.phases.map(phase => phase.id))
  const gone = (before?.phases ?? []).filter(phase => !kept.has(phase.id)).map(phase => phase.id)
  if (gone.length > 0) await tx.db.deleteFrom('subscription_phases').where('id', 'in', gone).execute()
  if (after) {
    const row = subscriptionRow(after)
    await tx.db
      .insertInto('subscriptions')
      .values(row)
      .onConflict(conflict => conflict.column('id').doUpdateSet(row))
      .execute()
    const known = new Map(before?.phases.map(phase => [phase.id, phase]))
    for (const phase of after.phases) {
      const was = known.get(phase.id)
      const values = phaseRow(after.id, phase)
      if (!was) await tx.db.insertInto('subscription_phases').values(values).execute()
      else if (!samePhase(was, phase))
        await tx.db.updateTable('subscription_phases').set(values).where('id', '=', phase.id).execute()
    }
  } else await tx.db.deleteFrom('subscriptions').where('id', '=', one.id).execute()
  const since = firstDifference(before?.phases ?? [], after?.phases ?? [])
  if (since !== null) await markForBilling(tx, one.customerId, since)
}

/** The row of a subscription. */
export function subscriptionRow(one: StoredSubscription): Row<'subscriptions'> {
  return {
    id: one.id,
    customer_id: one.customerId,
    plan_id: one.planId,
    currency: one.currency,
    interval: one.interval,
    alignment: one.alignment,
    started_at: one.startedAt,
    anchor_at: one.anchorAt,
    bill_from: one.billFrom,
    ended_at: one.endedAt,
    created_at: one.createdAt,
  }
}

/** The row of a phase. */
export function phaseRow(subscriptionId: string, phase: Phase): Row<'subscription_phases'> {
  return {
    id: phase.id,
    subscription_id: subscriptionId,
    plan_version_id: phase.planVersionId,
    quantity: phase.quantity,
    kind: phase.kind,
    starts_at: phase.from,
    ends_at: phase.to,
  }
}

function samePhase(a: Phase, b: Phase): boolean {
  return (
    a.planVersionId === b.planVersionId &&
    a.quantity === b.quantity &&
    a.kind === b.kind &&
    a.from === b.from &&
    a.to === b.to
  )
}
