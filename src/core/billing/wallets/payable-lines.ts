import type { Row } from '#core/database/schema.ts'
import { ofCoupon } from '#engines/billing/coupons/coupon-item.ts'
import type { LineFacts, PayableLine } from '#engines/billing/wallets/pays-for.ts'
import { topUpsOn } from './top-up-lines.ts'
import { dbOf, type Session } from './wallet-rows.ts'

/** Ids asked for at a time: databases limit the parameters of a query. */
const PAGE = 500

/**
 * The lines of an invoice that wallets can pay, and what top-ups on it ask for, which none pays. What a coupon takes off
 * a line is of the plan, metric and product of that line.
 * @param credited what of lines is given back, with tax
 */
export async function payableLines(
  session: Session,
  invoice: Pick<Row<'invoices'>, 'id' | 'customer_id'>,
  credited: ReadonlyMap<string, bigint> = new Map(),
): Promise<{ lines: PayableLine[]; topUps: bigint }> {
  const rows = await dbOf(session)
    .selectFrom('invoice_lines')
    .select(['id', 'item', 'price_id', 'price_key', 'metric_id', 'amount', 'tax'])
    .where('invoice_id', '=', invoice.id)
    .orderBy('position')
    .execute()
  const topUps = await topUpsOn(session, invoice)
  const asked = new Set(topUps.map(({ line }) => line.id))
  const plans = await plansOf(
    session,
    rows.map(row => row.price_id),
  )
  const factsOf = (row: (typeof rows)[number]): LineFacts => ({
    ...{ planId: plans.get(row.price_id) ?? null, metricId: row.metric_id, key: row.price_key },
  })
  const byItem = new Map(rows.map(row => [row.item, row]))
  return {
    lines: rows
      .filter(row => !asked.has(row.id))
      .map(row => {
        const base = byItem.get(ofCoupon(row.item)?.of ?? row.item) ?? row
        return { ...factsOf(base), amount: row.amount + row.tax - (credited.get(row.id) ?? 0n) }
      }),
    topUps: topUps.reduce((sum, { line }) => sum + line.amount + line.tax, 0n),
  }
}

/** The plans of prices, by the ids of prices. */
async function plansOf(session: Session, priceIds: readonly string[]): Promise<Map<string, string>> {
  const plans = new Map<string, string>()
  const ids = [...new Set(priceIds)]
  for (let at = 0; at < ids.length; at += PAGE)
    for (const { id, plan_id } of await dbOf(session)
      .selectFrom('prices as price')
      .innerJoin('plan_versions as version', 'version.id', 'price.plan_version_id')
      .select(['price.id', 'version.plan_id'])
      .where('price.id', 'in', ids.slice(at, at + PAGE))
      .execute())
      plans.set(id, plan_id)
  return plans
}
