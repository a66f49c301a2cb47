import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { couponItems } from '#engines/billing/coupons/coupon-item.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type {
  Coupon,
  Off,
  Redemption,
  StoredCoupon,
  StoredRedemption,
} from '#shared/contract/billing/coupons.ts'
import { refuse } from '#shared/errors.ts'

/** A snapshot, or a transaction that is read. */
type Session = Reader | Tx
const dbOf = (session: Session) => reading(session as Tx).db

const idsOf = (text: string | null) => (text === null ? null : fromCanonical<string[]>(text))

/** What a coupon takes off, by its row. */
export function offOf(row: Pick<Row<'coupons'>, 'percent' | 'amount' | 'currency'>): Off {
  return row.percent === null
    ? { kind: 'amount', amount: row.amount!, currency: row.currency! }
    : { kind: 'percent', percent: row.percent }
}

export function storedCoupon(row: Row<'coupons'>): StoredCoupon {
  return {
    ...{ code: row.code, name: row.name, off: offOf(row) },
    months: row.months === null ? null : Number(row.months),
    ...{ planIds: idsOf(row.plan_ids), metricIds: idsOf(row.metric_ids), oneOffs: row.one_offs === 1n },
    ...{ validFrom: row.valid_from, validUntil: row.valid_until },
    most: row.most === null ? null : Number(row.most),
    mostEach: row.most_each === null ? null : Number(row.most_each),
    ...{ archivedAt: row.archived_at, createdBy: row.created_by, createdAt: row.created_at },
  }
}

export function couponRow(id: string, one: StoredCoupon): Row<'coupons'> {
  const count = (value: number | null) => (value === null ? null : BigInt(value))
  const list = (ids: readonly string[] | null) => (ids === null ? null : canonicalJson(ids))
  const off =
    one.off.kind === 'percent'
      ? { kind: 'percent' as const, percent: one.off.percent, amount: null, currency: null }
      : { kind: 'amount' as const, percent: null, amount: one.off.amount, currency: one.off.currency }
  return {
    ...{ id, code: one.code, name: one.name, ...off, months: count(one.months) },
    ...{ plan_ids: list(one.planIds), metric_ids: list(one.metricIds), one_offs: one.oneOffs ? 1n : 0n },
    ...{ valid_from: one.validFrom, valid_until: one.validUntil },
    ...{ most: count(one.most), most_each: count(one.mostEach) },
    ...{ archived_at: one.archivedAt, created_by: one.createdBy, created_at: one.createdAt },
  }
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getCoupon(session: Session, id: string): Promise<Row<'coupons'>> {
  const row = await dbOf(session).selectFrom('coupons').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'coupon', id })
  return row
}

/** Coupons with how many customers have and had each. */
export async function shownCoupons(session: Session, rows: readonly Row<'coupons'>[]): Promise<Coupon[]> {
  const redeemed = await dbOf(session)
    .selectFrom('coupon_redemptions')
    .select(['coupon_id', 'ended_at'])
    .execute()
  const byCoupon = Map.groupBy(redeemed, row => row.coupon_id)
  return rows.map(row => {
    const own = byCoupon.get(row.id) ?? []
    const active = own.filter(one => one.ended_at === null).length
    return { id: row.id, ...storedCoupon(row), active, redeemed: own.length }
  })
}

export function storedRedemption(row: Row<'coupon_redemptions'>): StoredRedemption {
  return {
    ...{ couponId: row.coupon_id, customerId: row.customer_id, subscriptionId: row.subscription_id },
    ...{ from: row.from_at, endedAt: row.ended_at, appliedBy: row.applied_by, appliedAt: row.applied_at },
  }
}

export function redemptionRow(id: string, one: StoredRedemption): Row<'coupon_redemptions'> {
  return {
    ...{ id, coupon_id: one.couponId, customer_id: one.customerId, subscription_id: one.subscriptionId },
    ...{ from_at: one.from, ended_at: one.endedAt, applied_by: one.appliedBy, applied_at: one.appliedAt },
  }
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getRedemption(session: Session, id: string): Promise<Row<'coupon_redemptions'>> {
  const row = await dbOf(session)
    .selectFrom('coupon_redemptions')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'coupon-redemption', id })
  return row
}

/** What a coupon took off the invoices of a month that stand. */
export interface CouponUse {
  readonly period: string
  readonly currency: string
  /** Minor units: of lines that take off, and less what was taken back. */
  readonly off: bigint
  readonly net: bigint
}

/** Redemptions asked for at a time: each is a stretch of an index. */
const PAGE = 50

/** What redemptions took off, by redemption and month. */
export async function usesOf(
  session: Session,
  redemptionIds: readonly string[],
): Promise<Map<string, CouponUse[]>> {
  const uses = new Map<string, CouponUse[]>()
  for (let at = 0; at < redemptionIds.length; at += PAGE) {
    const some = redemptionIds.slice(at, at + PAGE)
    const stretches = some.map(id => ({ id, ...couponItems(id) }))
    const lines = await dbOf(session)
      .selectFrom('invoice_lines as line')
      .innerJoin('invoices as invoice', 'invoice.id', 'line.invoice_id')
      .select(['line.item', 'line.amount', 'invoice.period', 'invoice.currency'])
      .where(eb =>
        eb.or(
          stretches.map(({ from, before }) =>
            eb.and([eb('line.item', '>=', from), eb('line.item', '<', before)]),
          ),
        ),
      )
      .where('invoice.state', '!=', 'void')
      .execute()
    for (const { id, from } of stretches) {
      const own = lines.filter(line => line.item.startsWith(from))
      const months = Map.groupBy(own, line => `${line.period}/${line.currency}`)
      uses.set(
        id,
        [...months.values()].map(all => ({
          ...{ period: all[0]!.period, currency: all[0]!.currency },
          off: all.reduce((sum, { amount }) => (amount < 0n ? sum - amount : sum), 0n),
          net: all.reduce((sum, { amount }) => sum - amount, 0n),
        })),
      )
    }
  }
  return uses
}

/** The months in which something was taken off. */
export function monthsOf(uses: readonly CouponUse[]): Set<string> {
  return new Set(uses.filter(({ off }) => off > 0n).map(({ period }) => period))
}

/** Redemptions as the contract shows them, the newest first. */
export async function shownRedemptions(
  session: Session,
  rows: readonly Row<'coupon_redemptions'>[],
): Promise<Redemption[]> {
  if (rows.length === 0) return []
  const db = dbOf(session)
  const coupons = await db.selectFrom('coupons').selectAll().execute()
  const customers = await db.selectFrom('customers').select(['id', 'name']).execute()
  const plans = await db
    .selectFrom('subscriptions as subscription')
    .innerJoin('plans as plan', 'plan.id', 'subscription.plan_id')
    .select(['subscription.id', 'plan.name'])
    .where('subscription.customer_id', 'in', [...new Set(rows.map(row => row.customer_id))])
    .execute()
  const uses = await usesOf(
    session,
    rows.map(row => row.id),
  )
  return rows
    .map((row): Redemption => {
      const coupon = storedCoupon(coupons.find(one => one.id === row.coupon_id)!)
      const own = uses.get(row.id)!
      const usedMonths = monthsOf(own).size
      const given = [...Map.groupBy(own, use => use.currency)]
        .map(([currency, all]) => ({ currency, amount: all.reduce((sum, { net }) => sum + net, 0n) }))
        .sort((a, b) => (a.currency < b.currency ? -1 : 1))
      const usedUp = coupon.months !== null && usedMonths >= coupon.months
      return {
        ...{ id: row.id, ...storedRedemption(row), usedMonths, given },
        ...{ code: coupon.code, name: coupon.name, off: coupon.off, months: coupon.months },
        customer: customers.find(one => one.id === row.customer_id)!.name,
        plan: plans.find(one => one.id === row.subscription_id)?.name ?? null,
        state: row.ended_at !== null ? 'ended' : usedUp ? 'used-up' : 'active',
      }
    })
    .sort((a, b) => (a.id < b.id ? 1 : -1))
}
