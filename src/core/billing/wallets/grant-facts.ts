import type { Row } from '#core/database/schema.ts'
import { oneOffItem, oneOffOfItem } from '#engines/billing/one-off.ts'
import { countsAt, type Grant, isOver } from '#engines/billing/wallets/grants.ts'
import type { WalletGrant } from '#shared/contract/billing/wallets.ts'
import { heldParts } from './lapse.ts'
import { dbOf, type GrantRow, grantOf, type Session } from './wallet-rows.ts'

/** Which wallets: one, those of a customer, or all. */
export interface Of {
  readonly walletId?: string | undefined
  readonly customerId?: string | undefined
}

/** A grant as it is stored, and as it is by the clock. */
export interface GrantNow {
  readonly row: GrantRow
  readonly grant: Grant
}

/** Grants by their wallets: what of holds that ended is not booked yet is at rest again. */
export async function grantsNow(session: Session, of: Of, now: bigint): Promise<Map<string, GrantNow[]>> {
  const db = dbOf(session)
  let query = db.selectFrom('wallet_grants').selectAll()
  let over = db
    .selectFrom('wallet_holds')
    .select(['id', 'wallet_id'])
    .where('state', '=', 'active')
    .where('expires_at', '<=', now)
  if (of.walletId !== undefined) {
    query = query.where('wallet_id', '=', of.walletId)
    over = over.where('wallet_id', '=', of.walletId)
  }
  if (of.customerId !== undefined) {
    query = query.where('customer_id', '=', of.customerId)
    over = over.where('customer_id', '=', of.customerId)
  }
  const rows = await query.orderBy('id').execute()
  const back = new Map<string, bigint>()
  for (const hold of await over.execute())
    for (const { grantId, amount } of await heldParts(session, hold))
      back.set(grantId, (back.get(grantId) ?? 0n) + amount)
  const all = rows.map(row => {
    const grant = grantOf(row)
    const more = back.get(row.id) ?? 0n
    return { row, grant: { ...grant, rest: grant.rest + more, held: grant.held - more } }
  })
  return Map.groupBy(all, ({ row }) => row.wallet_id)
}

/** What is known of the top-ups among grants. */
export interface TopUps {
  /** The invoices that their charges are on; null for one that waits. What is charged no more is not there. */
  readonly charges: ReadonlyMap<string, Charge | null>
  /** The grants of which something came into the ledger. */
  readonly granted: ReadonlySet<string>
}

type Charge = Pick<Row<'invoices'>, 'id' | 'number' | 'state'>
/** Rows asked for at a time: databases limit the parameters of a query. */
const PAGE = 500

/** What became of the top-ups among grants. */
export async function topUpsOf(session: Session, rows: readonly GrantRow[]): Promise<TopUps> {
  const db = dbOf(session)
  const charges = new Map<string, Charge | null>()
  const granted = new Set<string>()
  const topUps = rows.filter(row => row.one_off_id !== null)
  for (let at = 0; at < topUps.length; at += PAGE) {
    const some = topUps.slice(at, at + PAGE)
    const ids = some.map(row => row.one_off_id!)
    for (const { id } of await db.selectFrom('one_offs').select('id').where('id', 'in', ids).execute())
      charges.set(id, null)
    const lines = await db
      .selectFrom('invoice_lines as line')
      .innerJoin('invoices as invoice', 'invoice.id', 'line.invoice_id')
      .select(['line.item', 'invoice.id', 'invoice.number', 'invoice.state'])
      .where('line.item', 'in', ids.map(oneOffItem))
      .orderBy('line.ordinal')
      .execute()
    for (const { item, ...invoice } of lines) charges.set(oneOffOfItem(item)!, invoice)
    const entries = await db
      .selectFrom('balance_transfers')
      .select('source_id')
      .distinct()
      .where('source', '=', 'wallet-grant')
      .where(
        'source_id',
        'in',
        some.map(row => row.id),
      )
      .execute()
    for (const { source_id } of entries) granted.add(source_id)
  }
  return { charges, granted }
}

/** What a grant is at an instant. */
export function grantState({ row, grant }: GrantNow, topUps: TopUps, now: bigint): WalletGrant['state'] {
  if (row.one_off_id !== null && !topUps.granted.has(row.id)) {
    const charge = topUps.charges.get(row.one_off_id)
    return charge === undefined || charge?.state === 'void' ? 'cancelled' : 'waiting'
  }
  if (isOver(grant, now)) return 'expired'
  if (grant.rest === 0n && grant.held === 0n) return 'used'
  return countsAt(grant, now) ? 'usable' : 'later'
}
