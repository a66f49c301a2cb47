import type { Reader } from '#core/database/store.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { wallets as leaf } from '#shared/contract/billing/wallets.ts'
import { catchUp } from './lapse.ts'
import { noticeDays, tellOfGrants, tellWhereLow } from './tell.ts'
import { topUpWhereDue } from './top-up.ts'
import { getWallet } from './wallet-rows.ts'

export const lapseWallets = handle(leaf.lapse, async call => {
  let all = { holds: 0, grants: 0, told: 0 }
  for (const walletId of call.input.walletIds) {
    const wallet = await getWallet(call.tx, walletId)
    const { holds, lost } = await catchUp(call, wallet)
    await topUpWhereDue(call, wallet)
    const told = (await tellOfGrants(call, wallet)) + ((await tellWhereLow(call, wallet)) ? 1 : 0)
    all = { holds: all.holds + holds, grants: all.grants + lost.length, told: all.told + told }
  }
  return all
})

const DAY = 86_400_000n

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
    .where(eb => eb.or([eb('rest', '>', 0n), eb.and([eb('told_expired', 'is', null), eb('held', '=', 0n)])]))
    .limit(limit)
    .execute()
  const soon = await expiringWallets(reader, now, limit)
  const walletIds = [...new Set([...holds, ...grants, ...soon].map(row => row.wallet_id))]
  return { walletIds: walletIds.slice(0, limit) }
})

/** Wallets with grants that expire soon and of which nobody was told. */
async function expiringWallets(reader: Reader, now: bigint, limit: number) {
  const days = await noticeDays(reader)
  if (days === 0) return []
  return reader.db
    .selectFrom('wallet_grants')
    .select('wallet_id')
    .distinct()
    .where('expires_at', '>', now)
    .where('expires_at', '<=', now + BigInt(days) * DAY)
    .where('told_expiring', 'is', null)
    .where('rest', '>', 0n)
    .limit(limit)
    .execute()
}
