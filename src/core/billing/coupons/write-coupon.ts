import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { compare, exactOf, isZero, scaled } from '#engines/billing/exact.ts'
import { coupons as leaf, type StoredCoupon } from '#shared/contract/billing/coupons.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { couponRow, getCoupon, shownCoupons, storedCoupon } from './coupon-rows.ts'

export const listCoupons = answer(leaf.list, async ({ reader }) => {
  const rows = await reader.db.selectFrom('coupons').selectAll().orderBy('code').execute()
  return { coupons: await shownCoupons(reader, rows) }
})

export const createCoupon = handle(leaf.create, async call => {
  const { tx, input, ids, now, actor } = call
  await refuseNonsense(tx, input)
  const taken = await tx.db
    .selectFrom('coupons')
    .select('id')
    .where('code', '=', input.code)
    .executeTakeFirst()
  if (taken) throw refuse('BILLING_COUPON_CODE_TAKEN', { code: input.code })
  const id = ids.next()
  const created = { archivedAt: null, createdBy: byWhom(actor), createdAt: now }
  return put(call, id, null, { ...input, ...created })
})

export const editCoupon = handle(leaf.edit, async call => {
  const { couponId, ...words } = call.input
  const before = await getCoupon(call.tx, couponId)
  const after = { ...storedCoupon(before), ...words }
  await refuseNonsense(call.tx, after)
  return put(call, couponId, before, after)
})

export const setCouponArchived = handle(leaf.setArchived, async call => {
  const { couponId, archived } = call.input
  const before = await getCoupon(call.tx, couponId)
  const archivedAt = archived ? (before.archived_at ?? call.now) : null
  return put(call, couponId, before, { ...storedCoupon(before), archivedAt })
})

export const restoreCoupon = handle(leaf.restore, async call => {
  const { tx, input } = call
  const { couponId, coupon } = input
  if (coupon) {
    const found = await tx.db.selectFrom('coupons').selectAll().where('id', '=', couponId).executeTakeFirst()
    await put(call, couponId, found ?? null, coupon)
    return { couponId }
  }
  const before = await getCoupon(tx, couponId)
  const redeemed = await tx.db
    .selectFrom('coupon_redemptions')
    .select('id')
    .where('coupon_id', '=', couponId)
    .executeTakeFirst()
  if (redeemed) throw refuse('BILLING_COUPON_IN_USE', { code: before.code })
  await tx.db.deleteFrom('coupons').where('id', '=', couponId).execute()
  call.undoWith(leaf.restore, { couponId, coupon: storedCoupon(before) }, [
    leaves('coupons', { id: couponId }, null),
  ])
  return { couponId }
})

/** Stores a coupon in the place of what there was of it. */
async function put(
  { tx, undoWith }: Pick<CommandCall<unknown>, 'tx' | 'undoWith'>,
  id: string,
  before: Row<'coupons'> | null,
  after: StoredCoupon,
) {
  const row = couponRow(id, after)
  if (before) await tx.db.updateTable('coupons').set(row).where('id', '=', id).execute()
  else await tx.db.insertInto('coupons').values(row).execute()
  const { id: _, ...holds } = row
  undoWith(leaf.restore, { couponId: id, coupon: before && storedCoupon(before) }, [
    leaves('coupons', { id }, holds),
  ])
  return (await shownCoupons(tx, [row]))[0]!
}

/** @throws Refusal `BILLING_COUPON_INVALID` */
async function refuseNonsense(
  tx: Tx,
  {
    off,
    validFrom,
    validUntil,
    planIds,
    metricIds,
    oneOffs,
  }: Pick<StoredCoupon, 'off' | 'validFrom' | 'validUntil' | 'planIds' | 'metricIds' | 'oneOffs'>,
): Promise<void> {
  if (off.kind === 'percent') {
    const percent = exactOf(off.percent)
    if (isZero(percent) || compare(percent, scaled(100n)) > 0) invalid('percent')
  } else {
    if (off.amount <= 0n) invalid('amount')
    if (findCurrency(off.currency) === undefined) invalid('currency')
  }
  if (validFrom !== null && validUntil !== null && validUntil <= validFrom) invalid('span')
  const known = async (table: 'plans' | 'metrics', ids: readonly string[] | null) =>
    ids === null ||
    (await tx.db.selectFrom(table).select('id').where('id', 'in', ids).execute()).length === new Set(ids).size
  // What is charged once is of no plan and no metric.
  if (oneOffs && (planIds !== null || metricIds !== null)) invalid('one-offs')
  if (!(await known('plans', planIds))) invalid('plan')
  if (!(await known('metrics', metricIds))) invalid('metric')
}

function invalid(reason: 'percent' | 'amount' | 'currency' | 'span' | 'plan' | 'metric' | 'one-offs'): never {
  throw refuse('BILLING_COUPON_INVALID', { reason })
}
