import type { Row } from '#core/database/schema.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { grantMove, withdrawMove } from '#engines/billing/wallets/wallet-moves.ts'
import { bookMoves } from './book-moves.ts'
import { noLongerLow } from './low.ts'
import { topUpsOn } from './top-up-lines.ts'
import { dbOf, type GrantRow, getWallet, type Session } from './wallet-rows.ts'

/** What of a top-up came into the ledger and was not taken out again. */
async function grantedOf(session: Session, grant: GrantRow): Promise<bigint> {
  const rows = await dbOf(session)
    .selectFrom('balance_transfers')
    .select(['amount', 'debit', 'credit'])
    .where('source', '=', 'wallet-grant')
    .where('source_id', '=', grant.id)
    .execute()
  return rows.reduce((sum, { amount, debit, credit }) => {
    if (debit === 'prepaid') return sum + amount
    return credit === 'prepaid' ? sum - amount : sum
  }, 0n)
}

/** What credit notes gave back of a line, with tax. */
async function creditedOf(session: Session, line: Row<'invoice_lines'>): Promise<bigint> {
  const rows = await dbOf(session)
    .selectFrom('credit_note_lines')
    .select(['amount', 'tax'])
    .where('line_id', '=', line.id)
    .execute()
  return rows.reduce((sum, row) => sum + row.amount + row.tax, 0n)
}

/**
 * Brings the top-ups on an invoice to what follows from its state: what was paid for and not credited counts once the
 * invoice is paid. Where it is asked for again, what is left of it is taken out until it is paid; what was used already
 * stays used. Done twice it changes nothing.
 */
export async function followTopUps(
  call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now'>,
  invoice: Pick<Row<'invoices'>, 'id' | 'customer_id'>,
  paid: boolean,
): Promise<void> {
  const { tx, ids, now } = call
  for (const { grant, line } of await topUpsOn(tx, invoice)) {
    const wanted = paid ? line.amount + line.tax - (await creditedOf(tx, line)) : 0n
    const granted = await grantedOf(tx, grant)
    const wallet = await getWallet(tx, grant.wallet_id)
    const why = { reason: grant.note, source: 'wallet-grant', sourceId: grant.id }
    const book = { tx, ids, receivedAt: now }
    if (wanted > granted) {
      await bookMoves(book, wallet, why, [grantMove(grant, wanted - granted)])
      await tx.db.updateTable('wallet_grants').set({ amount: wanted }).where('id', '=', grant.id).execute()
      await noLongerLow(book, wallet.id)
    }
    const out = granted - wanted < grant.rest ? granted - wanted : grant.rest
    if (out > 0n) await bookMoves(book, wallet, why, [withdrawMove(grant, out)])
  }
}

/** The least that is left of top-ups among lines that are to be credited, where more of one was used; null where not. */
export async function usedTopUp(
  session: Session,
  invoice: Pick<Row<'invoices'>, 'id' | 'customer_id'>,
  given: readonly { readonly lineId: string; readonly amount: bigint; readonly tax: bigint }[],
): Promise<bigint | null> {
  for (const { grant, line } of await topUpsOn(session, invoice)) {
    const one = given.find(({ lineId }) => lineId === line.id)
    if (one && one.amount + one.tax > grant.rest) return grant.rest
  }
  return null
}
