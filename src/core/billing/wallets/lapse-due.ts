import { answer, handle } from '#core/runtime/handlers.ts'
import { wallets as leaf } from '#shared/contract/billing/wallets.ts'
import { catchUp } from './lapse.ts'
import { topUpWhereDue } from './top-up.ts'
import { getWallet } from './wallet-rows.ts'

export const lapseWallets = handle(leaf.lapse, async call => {
  let all = { holds: 0, grants: 0 }
  for (const walletId of call.input.walletIds) {
    const wallet = await getWallet(call.tx, walletId)
    const { holds, grants } = await catchUp(call, wallet)
    await topUpWhereDue(call, wallet)
    all = { holds: all.holds + holds, grants: all.grants + grants }
  }
  return all
})

export const dueWallets = answer(leaf.due, async ({ reader, input, now }) => {
  const { limit } = input
  const holds = await reader.db
    .selectFrom('wallet_holds')
    .select('wallet_id')
    .distinct()
    .where('state', '=', 'active')
    .where('expires_at', '<=', now)
    .limit(limit)
    .execute()
  const grants = await reader.db
    .selectFrom('wallet_grants')
    .select('wallet_id')
    .distinct()
    .where('expires_at', '<=', now)
    .where('rest', '>', 0n)
    .limit(limit)
    .execute()
  const walletIds = [...new Set([...holds, ...grants].map(row => row.wallet_id))]
  return { walletIds: walletIds.slice(0, limit) }
})
