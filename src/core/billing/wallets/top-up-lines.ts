import type { Row } from '#core/database/schema.ts'
import { oneOffItem, oneOffOfItem } from '#engines/billing/one-off.ts'
import { dbOf, type GrantRow, type Session } from './wallet-rows.ts'

/** A top-up that an invoice asks for. */
export interface TopUpLine {
  readonly grant: GrantRow
  readonly line: Row<'invoice_lines'>
}

/** The lines of an invoice that top wallets up. */
export async function topUpsOn(
  session: Session,
  invoice: Pick<Row<'invoices'>, 'id' | 'customer_id'>,
): Promise<TopUpLine[]> {
  const grants = await dbOf(session)
    .selectFrom('wallet_grants')
    .selectAll()
    .where('customer_id', '=', invoice.customer_id)
    .where('one_off_id', 'is not', null)
    .execute()
  if (grants.length === 0) return []
  const byCharge = new Map(grants.map(grant => [grant.one_off_id, grant]))
  const lines = await dbOf(session)
    .selectFrom('invoice_lines')
    .selectAll()
    .where('invoice_id', '=', invoice.id)
    .where('item', 'like', `${oneOffItem('')}%`)
    .orderBy('position')
    .execute()
  return lines.flatMap(line => {
    const grant = byCharge.get(oneOffOfItem(line.item))
    return grant ? [{ grant, line }] : []
  })
}
