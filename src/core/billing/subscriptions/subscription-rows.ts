import type { Row } from '#core/database/schema.ts'
import { schema } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import { firstLifeDifference } from '#engines/billing/life-changes.ts'
import { lifeStateAt } from '#engines/billing/life-cycle.ts'
import { phaseAt } from '#engines/billing/phases.ts'
import { cadenceAt } from '#engines/billing/strands.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { AddOn, Cadence } from '#shared/contract/billing/subscription-life.ts'
import type { Phase, Subscription } from '#shared/contract/billing/subscriptions.ts'
import { refuse } from '#shared/errors.ts'
import { markForBilling } from '../accounts.ts'
import { standingsOf } from './standings.ts'

/** A subscription as its rows hold it: what does not depend on the time of asking. */
export interface StoredSubscription extends Omit<Subscription, 'planName' | 'state' | 'versions'> {
  /** `interval`, `alignment` and `anchorAt` are of its first rhythm here, and of the one in force where it is shown. */
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

/** What stands in the tables beside a subscription's own row. */
interface Parts {
  readonly phases: ReadonlyMap<string, readonly Phase[]>
  readonly terms: ReadonlyMap<string, Row<'subscription_terms'>>
  readonly cadences: ReadonlyMap<string, readonly Cadence[]>
  readonly addOns: ReadonlyMap<string, readonly AddOn[]>
}

function storedOf(row: Row<'subscriptions'>, parts: Parts): StoredSubscription {
  const terms = parts.terms.get(row.id)
  const { interval, alignment } = row
  const own = { ordinal: 0, interval, alignment, anchorAt: row.anchor_at, from: row.started_at }
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
    phases: [...(parts.phases.get(row.id) ?? [])],
    cadences: [...(parts.cadences.get(row.id) ?? [own])],
    addOns: [...(parts.addOns.get(row.id) ?? [])],
    endReason: terms ? terms.end_reason : row.ended_at === null ? null : 'cancelled',
    settlement: terms?.settlement ?? 'credit',
    card: terms ? terms.card !== 0n : true,
    afterTrial: terms?.after_trial ?? 'convert',
    predecessorId: terms?.predecessor_id ?? null,
    createdAt: row.created_at,
  }
}

/** Phases, terms, rhythms and add-ons of some subscriptions, by their ids. */
async function partsOf(session: Pick<Reader | Tx, 'db'>, ids: readonly string[]): Promise<Parts> {
  const db = session.db as Reader['db']
  const phases = await db
    .selectFrom('subscription_phases')
    .selectAll()
    .where('subscription_id', 'in', ids)
    .orderBy('subscription_id')
    .orderBy('starts_at')
    .execute()
  const terms = await db
    .selectFrom('subscription_terms')
    .selectAll()
    .where('subscription_id', 'in', ids)
    .execute()
  const cadences = await db
    .selectFrom('subscription_cadences')
    .selectAll()
    .where('subscription_id', 'in', ids)
    .orderBy('subscription_id')
    .orderBy('starts_at')
    .execute()
  const addOns = await db
    .selectFrom('subscription_add_ons')
    .selectAll()
    .where('subscription_id', 'in', ids)
    .orderBy('subscription_id')
    .orderBy('ordinal')
    .execute()
  const by = <R extends { subscription_id: string }, T>(rows: readonly R[], make: (row: R) => T) => {
    const groups = Map.groupBy(rows, row => row.subscription_id)
    return new Map([...groups].map(([id, own]) => [id, own.map(make)]))
  }
  return {
    phases: by(phases, phaseOf),
    terms: new Map(terms.map(row => [row.subscription_id, row])),
    cadences: by(cadences, cadenceOf),
    addOns: by(addOns, addOnOf),
  }
}

function cadenceOf(row: Row<'subscription_cadences'>): Cadence {
  const { interval, alignment, anchor_at: anchorAt, starts_at: from } = row
  return { ordinal: Number(row.ordinal), interval, alignment, anchorAt, from }
}

function addOnOf(row: Row<'subscription_add_ons'>): AddOn {
  return {
    ...{ id: row.id, ordinal: Number(row.ordinal), planVersionId: row.plan_version_id },
    ...{ priceId: row.price_id, interval: row.interval, alignment: row.alignment },
    ...{ anchorAt: row.anchor_at, stretches: fromCanonical<AddOn['stretches']>(row.stretches) },
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
  return withParts(session, rows)
}

/** Subscriptions with what stands in the tables beside their rows. */
export async function withParts(
  session: Pick<Reader | Tx, 'db'>,
  rows: readonly Row<'subscriptions'>[],
): Promise<StoredSubscription[]> {
  if (rows.length === 0) return []
  const parts = await partsOf(
    session,
    rows.map(row => row.id),
  )
  return rows.map(row => storedOf(row, parts))
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
  const plans = await plansOfVersions(session, [...new Set(all.flatMap(versionsOf))])
  const standings = await standingsOf(session, [...new Set(all.map(one => one.customerId))])
  const names = await planNames(
    session,
    all.filter(one => one.phases.length === 0).map(one => one.planId),
  )
  return all.map(one => {
    const { createdAt: _, ...rest } = one
    const phase = knownBy(one, now)
    const plan = phase ? plans.get(phase.planVersionId) : undefined
    const { interval, alignment, anchorAt } = cadenceAt(one.cadences, now)
    return {
      ...rest,
      ...{ interval, alignment, anchorAt },
      planId: plan?.planId ?? one.planId,
      planName: plan?.name ?? names.get(one.planId)!,
      state: lifeStateAt(one, standings.get(one.customerId) ?? null, now),
      versions: [...new Set(versionsOf(one))].map(planVersionId => {
        const { planId, name, number } = plans.get(planVersionId)!
        return { planVersionId, planId, plan: name, number }
      }),
    }
  })
}

/**
 * The phase that a subscription is known by: before its beginning the first, after its end the last. None where it
 * ended as it began.
 */
export function knownBy(one: StoredSubscription, now: bigint): Phase | undefined {
  return phaseAt(one.phases, now) ?? (now < one.startedAt ? one.phases[0] : one.phases.at(-1))
}

function versionsOf(one: StoredSubscription): string[] {
  return [...one.phases, ...one.addOns].map(part => part.planVersionId)
}

/** The names of plans, for subscriptions that no version is known of. */
export async function planNames(session: Pick<Reader | Tx, 'db'>, ids: readonly string[]) {
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
  await putParts(tx, one.id, before, after)
  const since = firstLifeDifference(before, after)
  if (since !== null) await markForBilling(tx, one.customerId, since)
}

const NO_PARTS: ReturnType<typeof partRows> = { terms: [], cadences: [], addOns: [] }

/** Stores what stands beside the row; of most subscriptions that is nothing. */
async function putParts(
  tx: Tx,
  id: string,
  before: StoredSubscription | null,
  after: StoredSubscription | null,
): Promise<void> {
  const was = before ? partRows(before) : NO_PARTS
  const is = after ? partRows(after) : NO_PARTS
  const differs = (part: keyof typeof NO_PARTS) => canonicalJson(was[part]) !== canonicalJson(is[part])
  if (differs('terms')) {
    await tx.db.deleteFrom('subscription_terms').where('subscription_id', '=', id).execute()
    await insertRows(tx, 'subscription_terms', schema.subscription_terms, is.terms)
  }
  if (differs('cadences')) {
    await tx.db.deleteFrom('subscription_cadences').where('subscription_id', '=', id).execute()
    await insertRows(tx, 'subscription_cadences', schema.subscription_cadences, is.cadences)
  }
  if (differs('addOns')) {
    await tx.db.deleteFrom('subscription_add_ons').where('subscription_id', '=', id).execute()
    await insertRows(tx, 'subscription_add_ons', schema.subscription_add_ons, is.addOns)
  }
}

/** The rows beside a subscription's own; none where they would say only what the row says. */
export function partRows(one: StoredSubscription) {
  const { id, endedAt, endReason, settlement, card, afterTrial, predecessorId } = one
  const usual =
    card &&
    settlement === 'credit' &&
    afterTrial === 'convert' &&
    predecessorId === null &&
    endReason === (endedAt === null ? null : 'cancelled')
  const own = one.cadences.length < 2 && one.cadences[0]!.ordinal === 0
  return {
    terms: usual
      ? []
      : [
          {
            ...{ subscription_id: id, card: card ? 1n : 0n, after_trial: afterTrial, settlement },
            ...{ end_reason: endReason, predecessor_id: predecessorId },
          },
        ],
    cadences: own
      ? []
      : one.cadences.map(({ ordinal, interval, alignment, anchorAt, from }) => ({
          ...{ subscription_id: id, ordinal: BigInt(ordinal), interval, alignment },
          ...{ anchor_at: anchorAt, starts_at: from },
        })),
    addOns: one.addOns.map(addOn => ({
      ...{ id: addOn.id, subscription_id: id, ordinal: BigInt(addOn.ordinal) },
      ...{ plan_version_id: addOn.planVersionId, price_id: addOn.priceId, interval: addOn.interval },
      ...{ alignment: addOn.alignment, anchor_at: addOn.anchorAt },
      stretches: canonicalJson(addOn.stretches),
    })),
  }
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
