import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { ofCoupon } from '#engines/billing/coupons/coupon-item.ts'
import { leastFor } from '#engines/billing/minimum/least-invoice.ts'
import { oneOffLine } from '#engines/billing/one-off.ts'
import { taxingOf } from '#engines/billing/tax/taxing.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { arrangementsOf, workspaceLeast } from '../arrangements/arrangement-rows.ts'
import { lineRow, placed } from '../close/build-draft.ts'
import { dropDraft, remakeDrafts } from '../close/remake.ts'
import { recompose } from '../close/store-drafts.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { linesOf } from '../invoices/invoice-rows.ts'
import { buyersOf, taxWorld } from '../tax/tax-world.ts'
import { isChangeable, linesOfOneOffs, type OneOffRow, oneOffOf, type Placed } from './one-off-rows.ts'

/** Where a one-off charge is billed; null while it waits. @throws Refusal where that can no longer be changed */
export async function changeablePlace(tx: Tx, row: OneOffRow): Promise<Placed | null> {
  const place = (await linesOfOneOffs(reading(tx).db, [row])).at(-1)
  if (!place) return null
  if (!isChangeable(place.state))
    throw refuse('BILLING_ONE_OFF_BILLED', { state: place.state, number: place.number })
  return place
}

/** Puts a one-off charge onto an open invoice: in the place of its line, else behind the others. */
export async function putOnDraft(
  tx: Tx,
  environment: EnvironmentSettings,
  invoice: Row<'invoices'>,
  row: OneOffRow,
): Promise<void> {
  const settings = await readSettings(reading(tx), environment)
  const profile = await tx.db
    .selectFrom('billing_profiles')
    .select('tax_rate')
    .where('customer_id', '=', row.customer_id)
    .executeTakeFirst()
  const month = { from: invoice.period_from, to: invoice.period_to }
  const buyers = await buyersOf(tx, [row.customer_id])
  const taxing = taxingOf({
    world: await taxWorld(tx, environment),
    ...{ buyer: buyers.get(row.customer_id), taxRate: profile?.tax_rate ?? null, zone: invoice.zone },
    defaultRate: settings['billing.taxRate'],
  })
  const oneOff = oneOffOf(row)
  const line = oneOffLine(oneOff, taxing.oneOff(oneOff, month.to), month)
  const before = await linesOf(tx, invoice.id)
  const own = before.find(one => one.item === line.item)
  const position = Number(own?.position ?? (before.at(-1)?.position ?? -1n) + 1n)
  const made = {
    ...lineRow(line, invoice.id, position),
    // A line of a reissue is not the first one of its item.
    ordinal: own?.ordinal ?? 0n,
  }
  if (own) await tx.db.deleteFrom('invoice_lines').where('id', '=', own.id).execute()
  await tx.db
    .insertInto('invoice_lines')
    .values({ ...made, ...placed(invoice.id, position) })
    .execute()
  const after = [...before.filter(one => one !== own), made]
  await recompose(tx, invoice, await composedOf(tx, invoice), after)
}

/** Takes a line off an open invoice; one that had no other goes with it. Says whether the invoice is still there. */
export async function takeOffDraft(tx: Tx, invoice: Row<'invoices'>, lineId: string): Promise<boolean> {
  const all = await linesOf(tx, invoice.id)
  const gone = all.find(one => one.id === lineId)?.item
  // What a coupon takes off it goes with it.
  const goes = (one: Row<'invoice_lines'>) => one.id === lineId || ofCoupon(one.item)?.of === gone
  // What lacks to the least amount of a month follows when the rest of it is made anew.
  const rest = all.filter(one => !goes(one))
  for (const { id } of all.filter(one => !rest.includes(one)))
    await tx.db.deleteFrom('invoice_lines').where('id', '=', id).execute()
  if (rest.length > 0) {
    await recompose(tx, invoice, await composedOf(tx, invoice), rest)
    return true
  }
  await dropDraft(tx, invoice.id)
  return false
}

/**
 * Lets the rest of an invoice follow a one-off charge that changed: what a coupon takes off it, what a contract makes
 * of the sum, and what is lacking to a least amount. Where there is none of them, the other lines stay as they are.
 */
export async function followOneOff(
  call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'commandId' | 'actor' | 'now'>,
  environment: EnvironmentSettings,
  invoice: Pick<Row<'invoices'>, 'id' | 'customer_id' | 'currency'>,
): Promise<void> {
  if (await othersFollow(call.tx, environment, invoice))
    await remakeDrafts(call, environment, invoice.customer_id, null)
}

async function othersFollow(
  tx: Tx,
  environment: EnvironmentSettings,
  { customer_id: customerId, currency }: Pick<Row<'invoices'>, 'customer_id' | 'currency'>,
): Promise<boolean> {
  const coupon = await tx.db
    .selectFrom('coupon_redemptions as redemption')
    .innerJoin('coupons as coupon', 'coupon.id', 'redemption.coupon_id')
    .select('redemption.id')
    .where('redemption.customer_id', '=', customerId)
    .where('coupon.one_offs', '=', 1n)
    .limit(1)
    .executeTakeFirst()
  if (coupon) return true
  const contract = await tx.db
    .selectFrom('contracts')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('state', '=', 'active')
    .limit(1)
    .executeTakeFirst()
  if (contract) return true
  const customer = await getCustomer(tx, customerId)
  const own = (await arrangementsOf(tx, [customerId])).get(customerId)?.minimum ?? null
  const workspace = workspaceLeast(await readSettings(reading(tx), environment))
  return leastFor({ amount: own, currency: customer.currency }, workspace, currency) !== null
}

async function composedOf(tx: Tx, { customer_id, plan }: Row<'invoices'>) {
  const { name } = await tx.db
    .selectFrom('customers')
    .select('name')
    .where('id', '=', customer_id)
    .executeTakeFirstOrThrow()
  return { customer: name, plan }
}
