import type { CommandCall } from '#core/runtime/handlers.ts'
import type { Transfer } from '#engines/billing/corrections/accounts.ts'
import { changesOf } from '#engines/billing/wallets/wallet-moves.ts'
import { type Booking, bookTransfers } from '../balance/transfers.ts'
import type { WalletRow } from './wallet-rows.ts'

/** What of a command books. Its time is the authority's: that is what ends grants and holds. */
export type BookCall = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'receivedAt'>

/**
 * Books transfers of grants, and keeps what is at rest and held of each beside it. Whoever calls it took no more than
 * there is; what would take more is a bug, and leaves no trace.
 */
export async function bookMoves(
  { tx, ids, receivedAt }: BookCall,
  wallet: Pick<WalletRow, 'customer_id' | 'currency'>,
  why: Pick<Booking, 'reason' | 'source' | 'sourceId'>,
  moves: readonly Transfer[],
): Promise<void> {
  if (moves.length === 0) return
  const { customer_id: customerId, currency } = wallet
  await bookTransfers({ tx, ids, now: receivedAt }, { customerId, currency, ...why }, moves)
  for (const [grantId, change] of changesOf(moves)) {
    const changed = await tx.db
      .updateTable('wallet_grants')
      .set(eb => ({ rest: eb('rest', '+', change.rest), held: eb('held', '+', change.held) }))
      .where('id', '=', grantId)
      .returning(['rest', 'held'])
      .executeTakeFirstOrThrow()
    if (changed.rest < 0n || changed.held < 0n) throw new RangeError(`grant ${grantId} is overdrawn`)
  }
}
