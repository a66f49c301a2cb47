import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { couponItems } from '#engines/billing/coupons/coupon-item.ts'
import { coupons as leaf, type StoredRedemption } from '#shared/contract/billing/coupons.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { markForBilling } from '../accounts.ts'
import { isAuthority, remakeDrafts } from '../close/remake.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import {
  getCoupon,
  getRedemption,
  redemptionRow,
  shownRedemptions,
  storedRedemption,
  usesOf,
} from './coupon-rows.ts'

export const listRedemptions = answer(leaf.redemptions, async ({ reader, input }) => {
  let query = reader.db.selectFrom('coupon_redemptions').selectAll()
  if (input.couponId) query = query.where('coupon_id', '=', input.couponId)
  if (input.customerId) query = query.where('customer_id', '=', input.customerId)
  return { redemptions: await shownRedemptions(reader, await query.execute()) }
})

export const applyCoupon = (environment: EnvironmentSettings) =>
  handle(leaf.apply, async call => {
    const { tx, input, ids, now, actor } = call
    const { customerId, subscriptionId, code, from = now } = input
    await getCustomer(tx, customerId)
    if (subscriptionId !== null) {
      const own = await tx.db
        .selectFrom('subscriptions')
        .select('id')
        .where('id', '=', subscriptionId)
        .where('customer_id', '=', customerId)
        .executeTakeFirst()
      if (!own) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'subscription', id: subscriptionId })
    }
    const coupon = await tx.db.selectFrom('coupons').selectAll().where('code', '=', code).executeTakeFirst()
    if (!coupon) throw refuse('BILLING_COUPON_UNKNOWN', { code })
    await refuseWhereNotOffered(call, coupon)
    const id = ids.next()
    const by = { appliedBy: byWhom(actor), appliedAt: now }
    const given = { couponId: coupon.id, customerId, subscriptionId, from, endedAt: null, ...by }
    return put(call, environment, id, null, given)
  })

export const removeCoupon = (environment: EnvironmentSettings) =>
  handle(leaf.remove, async call => {
    const before = await getRedemption(call.tx, call.input.redemptionId)
    if (before.ended_at !== null) throw refuse('BILLING_COUPON_ENDED', { endedAt: before.ended_at })
    return put(call, environment, before.id, before, { ...storedRedemption(before), endedAt: call.now })
  })

export const restoreRedemption = (environment: EnvironmentSettings) =>
  handle(leaf.restoreRedemption, async call => {
    const { tx, input, undoWith } = call
    const { redemptionId, redemption } = input
    if (redemption) {
      const before = await tx.db
        .selectFrom('coupon_redemptions')
        .selectAll()
        .where('id', '=', redemptionId)
        .executeTakeFirst()
      await put(call, environment, redemptionId, before ?? null, redemption)
      return { redemptionId }
    }
    const before = await getRedemption(tx, redemptionId)
    const { code } = await getCoupon(tx, before.coupon_id)
    await tx.db.deleteFrom('coupon_redemptions').where('id', '=', redemptionId).execute()
    // Drafts that it took something off are made anew without it; what is out with it keeps it there.
    const because = { command: 'billing.coupon.remove', note: code }
    await remakeDrafts(call, environment, before.customer_id, because)
    if ((await isAuthority(tx)) && (await isUsed(tx, redemptionId)))
      throw refuse('BILLING_COUPON_IN_USE', { code })
    await markForBilling(tx, before.customer_id, before.from_at)
    undoWith(leaf.restoreRedemption, { redemptionId, redemption: storedRedemption(before) }, [
      leaves('coupon_redemptions', { id: redemptionId }, null),
    ])
    return { redemptionId }
  })

/** Whether a line of an invoice says that it took something off. */
async function isUsed(tx: Tx, redemptionId: string): Promise<boolean> {
  const items = couponItems(redemptionId)
  const used = await tx.db
    .selectFrom('invoice_lines')
    .select('id')
    .where('item', '>=', items.from)
    .where('item', '<', items.before)
    .limit(1)
    .executeTakeFirst()
  return used !== undefined
}

/** Stores a redemption in the place of what there was of it, and makes the drafts anew that it is about. */
async function put(
  call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'undoWith' | 'now' | 'commandId' | 'actor'>,
  environment: EnvironmentSettings,
  id: string,
  before: Row<'coupon_redemptions'> | null,
  after: StoredRedemption,
) {
  const { tx, undoWith, now } = call
  const row = redemptionRow(id, after)
  if (before) await tx.db.updateTable('coupon_redemptions').set(row).where('id', '=', id).execute()
  else await tx.db.insertInto('coupon_redemptions').values(row).execute()
  // A close that read the customer before sees that it has to look again; what is billed stays as it is.
  await markForBilling(tx, row.customer_id, now)
  const { code } = await getCoupon(tx, row.coupon_id)
  const command = row.ended_at === null ? 'billing.coupon.apply' : 'billing.coupon.remove'
  await remakeDrafts(call, environment, row.customer_id, { command, note: code })
  const { id: _, ...holds } = row
  undoWith(leaf.restoreRedemption, { redemptionId: id, redemption: before && storedRedemption(before) }, [
    leaves('coupon_redemptions', { id }, holds),
  ])
  return (await shownRedemptions(tx, [row]))[0]!
}

/**
 * What was taken away before it took anything off does not count towards the limits.
 * @throws Refusal `BILLING_COUPON_NOT_OFFERED`
 */
async function refuseWhereNotOffered(
  {
    tx,
    input,
    now,
  }: Pick<
    CommandCall<{ readonly customerId: string; readonly subscriptionId: string | null }>,
    'tx' | 'input' | 'now'
  >,
  coupon: Row<'coupons'>,
): Promise<void> {
  const not = (reason: 'archived' | 'not-yet' | 'over' | 'most' | 'most-each' | 'held'): never => {
    throw refuse('BILLING_COUPON_NOT_OFFERED', { code: coupon.code, reason })
  }
  if (coupon.archived_at !== null) not('archived')
  if (coupon.valid_from !== null && now < coupon.valid_from) not('not-yet')
  if (coupon.valid_until !== null && now >= coupon.valid_until) not('over')
  const all = await tx.db
    .selectFrom('coupon_redemptions')
    .selectAll()
    .where('coupon_id', '=', coupon.id)
    .execute()
  const held = all.filter(one => one.customer_id === input.customerId && one.ended_at === null)
  if (held.some(one => one.subscription_id === null || one.subscription_id === input.subscriptionId))
    not('held')
  const ended = all.filter(one => one.ended_at !== null).map(one => one.id)
  const uses = await usesOf(tx, ended)
  const counting = all.filter(one => one.ended_at === null || uses.get(one.id)!.length > 0)
  if (coupon.most !== null && BigInt(counting.length) >= coupon.most) not('most')
  const own = counting.filter(one => one.customer_id === input.customerId)
  if (coupon.most_each !== null && BigInt(own.length) >= coupon.most_each) not('most-each')
}
