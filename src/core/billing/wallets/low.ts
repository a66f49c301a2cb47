import type { CommandCall } from '#core/runtime/handlers.ts'
import { shownWallet } from './show-wallets.ts'
import { getWallet } from './wallet-rows.ts'

/** Notes of a wallet of which enough is available again that the next time is news. */
export async function noLongerLow(
  { tx, receivedAt }: Pick<CommandCall<unknown>, 'tx' | 'receivedAt'>,
  walletId: string,
): Promise<void> {
  const row = await getWallet(tx, walletId)
  if (row.low_since === null) return
  if ((await shownWallet(tx, row, receivedAt)).wallet.low) return
  await tx.db.updateTable('wallets').set({ low_since: null }).where('id', '=', walletId).execute()
}
