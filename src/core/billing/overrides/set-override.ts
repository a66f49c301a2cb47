import type { Reader, Tx } from '#core/database/store.ts'
import { byWhom, byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle, type InputOf } from '#core/runtime/handlers.ts'
import { approvalKind } from '#core/workspace/approvals/approval-kind.ts'
import { requestApproval } from '#core/workspace/approvals/request-approval.ts'
import { checkPrice, type KnownMetrics } from '#engines/billing/check-price.ts'
import { termsOf } from '#engines/billing/generate-lines.ts'
import { type BelowFloor, belowFloor } from '#engines/billing/price-floor.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Price } from '#shared/contract/billing/catalog.ts'
import { overrides as leaf } from '#shared/contract/billing/overrides.ts'
import { refuse } from '#shared/errors.ts'
import { markForBilling } from '../accounts.ts'
import { priceOf } from '../catalog/plan-rows.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import {
  findOverride,
  getOverride,
  overrideRow,
  overrideRows,
  type StoredOverride,
  shownOverrides,
  storedOverride,
} from './override-rows.ts'

type Asked = InputOf<typeof leaf.set>

/** A price of one customer alone below the floor of the plan's price. */
export const overrideKind = approvalKind({
  name: 'billing.override',
  entity: 'customer',
  leaf: leaf.setApproved,
  voters: ['approver'],
  quorum: 1,
  expiresAfter: null,
  subject: async (reader, _customerId, input) => listPrice(reader, input),
})

export const listOverrides = answer(leaf.list, async ({ reader, input }) => {
  const rows = (await overrideRows(reader, [input.customerId])).get(input.customerId) ?? []
  return { overrides: await shownOverrides(reader, rows) }
})

export const setOverride = handle(leaf.set, async call => {
  const { tx, input, actor } = call
  const customer = await getCustomer(tx, input.customerId)
  const list = await checked(tx, input)
  const below = floorOf(list, input.terms)
  if (below === null) return put(call, input, byWhom(actor))
  const approvalId = await requestApproval(call, overrideKind, {
    rowId: customer.id,
    title: `${customer.name}: ${list.name}`,
    input: { ...input, requestedBy: byWhomOrNobody(actor) },
    reason: input.reason,
    facts: [
      { name: 'override.floor', before: null, after: { kind: 'number', text: `${list.floorPercent} %` } },
      { name: 'override.quantity', before: null, after: { kind: 'number', text: below.quantity } },
      {
        name: 'override.amount',
        before: { kind: 'text', text: `${below.list} ${input.currency}` },
        after: { kind: 'text', text: `${below.own} ${input.currency}` },
      },
    ],
  })
  return { override: null, approvalId }
})

export const setApprovedOverride = handle(leaf.setApproved, async call => {
  const { requestedBy, ...asked } = call.input
  await getCustomer(call.tx, asked.customerId)
  await checked(call.tx, asked)
  return put(call, asked, requestedBy)
})

export const endOverride = handle(leaf.end, async ({ tx, input, now, undoWith }) => {
  const { overrideId: id, at = now } = input
  const row = await getOverride(tx, id)
  if (row.ends_at !== null && row.ends_at <= at) throw refuse('BILLING_OVERRIDE_EMPTY', {})
  const never = at <= row.starts_at
  if (never) await tx.db.deleteFrom('price_overrides').where('id', '=', id).execute()
  else await tx.db.updateTable('price_overrides').set({ ends_at: at }).where('id', '=', id).execute()
  await markForBilling(tx, row.customer_id, never ? row.starts_at : at)
  undoWith(leaf.restore, { overrideId: id, override: storedOverride(row) }, [
    leaves('price_overrides', { id }, never ? null : { ends_at: at }),
  ])
  return { overrideId: id, to: never ? null : at }
})

export const restoreOverride = handle(leaf.restore, async ({ tx, input, undoWith }) => {
  const { overrideId: id, override } = input
  const before = await findOverride(tx, id)
  if (before) await tx.db.deleteFrom('price_overrides').where('id', '=', id).execute()
  if (override) {
    await refuseOverlap(tx, override, id)
    await tx.db.insertInto('price_overrides').values(overrideRow(id, override)).execute()
  }
  for (const one of [before && storedOverride(before), override])
    if (one) await markForBilling(tx, one.customerId, one.from)
  const { id: _, ...holds } = override ? overrideRow(id, override) : { id }
  undoWith(leaf.restore, { overrideId: id, override: before ? storedOverride(before) : null }, [
    leaves('price_overrides', { id }, override ? holds : null),
  ])
  return { overrideId: id }
})

async function put(
  { tx, ids, now, undoWith }: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'undoWith'>,
  asked: Asked,
  createdBy: string | null,
) {
  const id = ids.next()
  const stored: StoredOverride = { ...asked, createdBy, createdAt: now }
  const row = overrideRow(id, stored)
  await refuseOverlap(tx, stored, id)
  await tx.db.insertInto('price_overrides').values(row).execute()
  await markForBilling(tx, asked.customerId, asked.from)
  const { id: _, ...holds } = row
  undoWith(leaf.restore, { overrideId: id, override: null }, [leaves('price_overrides', { id }, holds)])
  const [override = null] = await shownOverrides(tx, [row])
  return { override, approvalId: null }
}

/**
 * The plan's price that is overridden, as its newest version says it.
 * @throws Refusal where there is none, where nothing changes, and where what comes of it makes no sense
 */
async function checked(tx: Tx, { terms, from, to, ...asked }: Asked): Promise<Price> {
  if (Object.values(terms).every(value => value === undefined) || (to !== null && to <= from))
    throw refuse('BILLING_OVERRIDE_EMPTY', {})
  const list = await listPrice(tx, asked)
  if (!list) throw refuse('BILLING_PRICE_UNKNOWN', { price: asked.priceKey, currency: asked.currency })
  if (terms.charge && (terms.charge.model === 'flat') !== (list.charge.model === 'flat'))
    throw refuse('BILLING_PRICE_INVALID', { path: 'terms.charge', reason: 'fee-for-usage' })
  const [problem] = checkPrice(withTerms(list, terms), await knownMetrics(tx))
  // A metric that is no longer offered to others may have a price still.
  if (problem && problem.reason !== 'metric-inactive')
    throw refuse('BILLING_PRICE_INVALID', { path: `terms.${problem.path}`, reason: problem.reason })
  if (Number(terms.discountPercent ?? 0) > 100)
    throw refuse('BILLING_PRICE_INVALID', { path: 'terms.discountPercent', reason: 'discount-over-100' })
  return list
}

/** The price of the newest version of a plan; null where it has none. */
export async function listPrice(
  session: Pick<Reader | Tx, 'db'>,
  asked: Pick<Asked, 'planId' | 'priceKey' | 'currency'>,
): Promise<Price | null> {
  const row = await (session.db as Reader['db'])
    .selectFrom('prices as price')
    .innerJoin('plan_versions as version', 'version.id', 'price.plan_version_id')
    .selectAll('price')
    .where('version.plan_id', '=', asked.planId)
    .where('price.key', '=', asked.priceKey)
    .where('price.currency', '=', asked.currency)
    .orderBy('version.number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? priceOf(row) : null
}

/** A list price with what terms say in its place. */
export function withTerms(list: Price, { discountPercent: _, ...changes }: Asked['terms']): Price {
  const said = Object.entries(changes).filter(([, value]) => value !== undefined)
  return { ...list, ...Object.fromEntries(said) }
}

/** Whether terms bring a list price below its floor, and where; null where they do not. */
export function floorOf(list: Price, terms: Asked['terms']): BelowFloor | null {
  if (list.floorPercent === undefined) return null
  // A minimum counts, whether it raises the amount or is made up on its own.
  const whole = (price: Price) => ({ ...termsOf(price), minimum: price.minimum })
  const own = { ...whole(withTerms(list, terms)), discountPercent: terms.discountPercent ?? '0' }
  return belowFloor(whole(list), own, list.floorPercent)
}

export async function knownMetrics(tx: Tx): Promise<KnownMetrics> {
  const rows = await tx.db.selectFrom('metrics').select(['id', 'key', 'active', 'group_by']).execute()
  return new Map(
    rows.map(row => [
      row.id,
      { key: row.key, active: row.active !== 0n, groupBy: fromCanonical<string[]>(row.group_by) },
    ]),
  )
}

async function refuseOverlap(tx: Tx, wanted: StoredOverride, id: string): Promise<void> {
  const rows = (await overrideRows(tx, [wanted.customerId])).get(wanted.customerId) ?? []
  const other = rows.find(
    row =>
      row.id !== id &&
      row.plan_id === wanted.planId &&
      row.price_key === wanted.priceKey &&
      row.currency === wanted.currency &&
      (wanted.to === null || row.starts_at < wanted.to) &&
      (row.ends_at === null || row.ends_at > wanted.from),
  )
  if (other) throw refuse('BILLING_OVERRIDE_OVERLAP', { from: other.starts_at, to: other.ends_at })
}
