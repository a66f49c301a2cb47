import type { Row } from '#core/database/schema.ts'
import { oneOffItem, oneOffOfItem } from '#engines/billing/one-off.ts'
import { countsAt, type Grant, isOver } from '#engines/billing/wallets/grants.ts'
import type { WalletGrant } from '#shared/contract/billing/wallets.ts'
import { heldParts } from './lapse.ts'
import { dbOf, grantOf, type OwnedGrant, ownedGrants, type Session } from './wallet-rows.ts'

/** Which wallets: one, those of a customer, or all. */
export interface Of {
  readonly walletId?: string | undefined
  readonly customerId?: string | undefined
}

/** A grant as it is stored, and as it is by the clock. */
export interface GrantNow {
  readonly row: OwnedGrant
  readonly grant: Grant
}

/** Grants by their wallets: what of holds that ended is not booked yet is at rest again. */
export async function grantsNow(session: Session, of: Of, now: bigint): Promise<Map<string, GrantNow[]>> {
  const db = dbOf(session)
  let query = ownedGrants(session)
  let over = db
    .selectFrom('wallet_holds')
    .select(['id', 'wallet_id'])
    .where('state', '=', 'active')
    .where('expires_at', '<=', now)
  if (of.walletId !== undefined) {
    query = query.where('grant.wallet_id', '=', of.walletId)
    over = over.where('wallet_id', '=', of.walletId)
  }
  if (of.customerId !== undefined) {
    query = query.where('grant.customer_id', '=', of.customerId)
    over = over.where('customer_id', '=', of.customerId)
  }
  const rows = await query.orderBy('grant.id').execute()
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

/** What is known of how grants came about and ended. */
export interface Past {
  /** The invoices that their charges are on; null for one that waits. What is charged no more is not there. */
  readonly charges: ReadonlyMap<string, Charge | null>
  /** Of the top-ups, and of what had to be allowed, those of which something came into the ledger. */
  readonly granted: ReadonlySet<string>
  /** Those that wait for another person. */
  readonly asked: ReadonlySet<string>
  /** What of grants expired and was never used, as it was booked. */
  readonly lapsed: ReadonlyMap<string, bigint>
}

type Charge = Pick<Row<'invoices'>, 'id' | 'number' | 'state'>
/** Rows asked for at a time: databases limit the parameters of a query. */
const PAGE = 500

/** How grants came about, and what of those that are over was lost. */
export async function pastOf(session: Session, rows: readonly OwnedGrant[], now: bigint): Promise<Past> {
  const db = dbOf(session)
  const charges = new Map<string, Charge | null>()
  const granted = new Set<string>()
  const asked = new Set<string>()
  const lapsed = new Map<string, bigint>()
  for (const some of paged(rows.filter(row => row.one_off_id !== null))) {
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
  }
  for (const some of paged(rows.filter(row => row.approval_id !== null))) {
    const ids = some.map(row => row.approval_id!)
    const requests = await db
      .selectFrom('approval_requests')
      .select('id')
      .where('id', 'in', ids)
      .where('state', 'in', ['waiting', 'approved'])
      .execute()
    for (const { id } of requests) asked.add(id)
  }
  const ended = (row: OwnedGrant) => row.expires_at !== null && row.expires_at <= now
  for (const some of paged(
    rows.filter(row => row.one_off_id !== null || row.approval_id !== null || ended(row)),
  )) {
    const own = new Map(some.map(row => [row.id, row]))
    const entries = await db
      .selectFrom('balance_transfers')
      .select(['source_id', 'credit', 'amount', 'at'])
      .where('source', '=', 'wallet-grant')
      .where('source_id', 'in', [...own.keys()])
      .execute()
    for (const { source_id: id, credit, amount, at } of entries) {
      granted.add(id)
      if (isLapse(credit, at, own.get(id)!.expires_at)) lapsed.set(id, (lapsed.get(id) ?? 0n) + amount)
    }
  }
  return { charges, granted, asked, lapsed }
}

/** Whether what left a grant expired: what is taken back of a free one goes to the same account, but before that. */
export function isLapse(credit: string, at: bigint, expiresAt: bigint | null): boolean {
  return (credit === 'expired' || credit === 'promotion') && expiresAt !== null && at >= expiresAt
}

function paged<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / PAGE) }, (_, page) =>
    rows.slice(page * PAGE, (page + 1) * PAGE),
  )
}

/** What a grant is at an instant. */
export function grantState({ row, grant }: GrantNow, past: Past, now: bigint): WalletGrant['state'] {
  if (!past.granted.has(row.id)) {
    if (row.approval_id !== null) return past.asked.has(row.approval_id) ? 'asked' : 'cancelled'
    if (row.one_off_id !== null) {
      const charge = past.charges.get(row.one_off_id)
      return charge === undefined || charge?.state === 'void' ? 'cancelled' : 'waiting'
    }
  }
  if (isOver(grant, now)) return 'expired'
  if (grant.rest === 0n && grant.held === 0n) return 'used'
  return countsAt(grant, now) ? 'usable' : 'later'
}
