import type { Row } from '#core/database/schema.ts'
import type { Transfer } from '#engines/billing/corrections/accounts.ts'
import { inOrder, lapsedParts, type Part } from '#engines/billing/wallets/grants.ts'
import { lapseMoves, releaseMoves, takenBy } from '#engines/billing/wallets/wallet-moves.ts'
import { type BookCall, bookMoves } from './book-moves.ts'
import { dbOf, grantOf, grantsOf, type Session, type WalletRow } from './wallet-rows.ts'

/** What a hold still reserves, by the ledger, in the order of use. */
export async function heldParts(session: Session, hold: HoldKey): Promise<Part[]> {
  const rows = await dbOf(session)
    .selectFrom('balance_transfers')
    .select(['amount', 'debit', 'credit'])
    .where('source_id', '=', hold.id)
    .execute()
  const grants = (await grantsOf(session, hold.wallet_id)).map(grantOf)
  return inOrder(takenBy(rows as unknown as Transfer[], 'held'), grants)
}

type HoldKey = Pick<Row<'wallet_holds'>, 'id' | 'wallet_id'>

/** Ends a hold: what it still reserves comes back to the grants that it was of. */
export async function endHold(
  call: BookCall,
  wallet: WalletRow,
  hold: Row<'wallet_holds'>,
  state: 'captured' | 'released' | 'expired',
): Promise<void> {
  const why = { reason: hold.reference, source: 'wallet-hold', sourceId: hold.id }
  await bookMoves(call, wallet, why, releaseMoves(await heldParts(call.tx, hold)))
  await call.tx.db
    .updateTable('wallet_holds')
    .set({ state, ended_at: call.receivedAt })
    .where('id', '=', hold.id)
    .execute()
}

/**
 * Books what has ended by the clock: holds, whose parts come back, and then grants, whose rest lapses. Everything that
 * takes from a wallet runs it first, so that the ledger never lags behind what is decided; the daily look runs it for the
 * others. What was booked has nothing left to book.
 * @returns how many holds ended, and what of which grants was lost
 */
export async function catchUp(call: BookCall, wallet: WalletRow): Promise<{ holds: number; lost: Part[] }> {
  const { tx, receivedAt } = call
  const over = await tx.db
    .selectFrom('wallet_holds')
    .selectAll()
    .where('wallet_id', '=', wallet.id)
    .where('state', '=', 'active')
    .where('expires_at', '<=', receivedAt)
    .orderBy('id')
    .execute()
  for (const hold of over) await endHold(call, wallet, hold, 'expired')
  const grants = (await grantsOf(tx, wallet.id)).map(grantOf)
  const parts = lapsedParts(grants, receivedAt)
  const kinds = new Map(grants.map(grant => [grant.id, grant.kind]))
  for (const part of parts) {
    const why = { reason: '', source: 'wallet-grant', sourceId: part.grantId }
    await bookMoves(call, wallet, why, lapseMoves([part], kinds))
  }
  return { holds: over.length, lost: parts }
}
