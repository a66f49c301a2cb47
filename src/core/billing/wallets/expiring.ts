import { answer } from '#core/runtime/handlers.ts'
import { wallets as leaf } from '#shared/contract/billing/wallets.ts'
import { grantsNow, pastOf } from './grant-facts.ts'

const DAY = 86_400_000n

export const expiringGrants = answer(leaf.expiring, async ({ reader, input, now }) => {
  const { customerId, days } = input
  const span = BigInt(days) * DAY
  const wallets = await reader.db
    .selectFrom('wallets as wallet')
    .innerJoin('customers as customer', 'customer.id', 'wallet.customer_id')
    .select(['wallet.id', 'wallet.name', 'wallet.currency', 'customer.name as customer'])
    .execute()
  const known = new Map(wallets.map(row => [row.id, row]))
  const all = [...(await grantsNow(reader, { customerId }, now)).values()].flat().filter(({ row }) => {
    const { expires_at: at } = row
    return at !== null && at > now - span && at <= now + span
  })
  const { lapsed } = await pastOf(
    reader,
    all.map(({ row }) => row),
    now,
  )
  const grants = all.flatMap(({ row, grant }) => {
    const expiresAt = row.expires_at!
    const expired = expiresAt <= now
    // What is not booked yet is lost as well.
    const amount = expired ? (lapsed.get(row.id) ?? 0n) + grant.rest : grant.rest
    if (amount === 0n) return []
    const { name: wallet, currency, customer } = known.get(row.wallet_id)!
    return {
      ...{ grantId: row.id, walletId: row.wallet_id, wallet, customerId: row.customer_id, customer },
      ...{ currency, kind: row.kind, note: row.note, amount, expiresAt, expired },
      toldAt: expired ? row.told_expired : row.told_expiring,
    }
  })
  return {
    grants: grants.sort((a, b) => Number(a.expiresAt - b.expiresAt) || (a.grantId < b.grantId ? -1 : 1)),
  }
})
