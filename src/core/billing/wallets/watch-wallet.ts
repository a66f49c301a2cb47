import type { CommandCall } from '#core/runtime/handlers.ts'
import { tellWhereLow } from './tell.ts'
import { topUpWhereDue } from './top-up.ts'
import type { WalletRow } from './wallet-rows.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'receivedAt' | 'actor' | 'commandId' | 'effect'>

/** After something was taken of a wallet: it tops itself up where it is to, and somebody is told where little is left. */
export async function watchWallet(call: Call, wallet: WalletRow): Promise<void> {
  await topUpWhereDue(call, wallet)
  await tellWhereLow(call, wallet)
}
