import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { handle } from '#core/runtime/handlers.ts'
import { grantMove, withdrawMove } from '#engines/billing/wallets/wallet-moves.ts'
import { wallets as leaf } from '#shared/contract/billing/wallets.ts'
import { refuse } from '#shared/errors.ts'
import { bookMoves } from './book-moves.ts'
import { catchUp } from './lapse.ts'
import { shownGrant } from './show-wallets.ts'
import { type GrantRow, getGrant, getWallet, type WalletRow } from './wallet-rows.ts'

/** The most that is granted at once, in minor units: sums of grants stay within what can be stored. */
const MOST = 10n ** 15n

/** @throws Refusal `BILLING_WALLET_ARCHIVED` */
export function demandOpen(wallet: WalletRow): void {
  if (wallet.archived_at !== null) throw refuse('BILLING_WALLET_ARCHIVED', { name: wallet.name })
}

/** @throws Refusal `BILLING_WALLET_INVALID` of what is over before it begins or now, or of more than can be kept */
export function demandSense(amount: bigint, startsAt: bigint, expiresAt: bigint | null, now: bigint): void {
  if (expiresAt !== null && (expiresAt <= startsAt || expiresAt <= now))
    throw refuse('BILLING_WALLET_INVALID', { reason: 'span' })
  if (amount > MOST) throw refuse('BILLING_WALLET_INVALID', { reason: 'over' })
}

export const grantToWallet = handle(leaf.grant, async call => {
  const { tx, input, ids, now, receivedAt, actor, undoWith } = call
  const { walletId, amount, kind, priority, startsAt = receivedAt, expiresAt, note } = input
  const wallet = await getWallet(tx, walletId)
  demandOpen(wallet)
  demandSense(amount, startsAt, expiresAt, receivedAt)
  const id = ids.next()
  const row: GrantRow = {
    ...{ id, wallet_id: walletId, customer_id: wallet.customer_id, kind, amount, note },
    ...{ priority: BigInt(priority), starts_at: startsAt, expires_at: expiresAt },
    ...{ one_off_id: null, automatic: 0n, rest: 0n, held: 0n },
    ...{ created_by: byWhom(actor), created_at: now },
  }
  await tx.db.insertInto('wallet_grants').values(row).execute()
  const why = { reason: note, source: 'wallet-grant', sourceId: id }
  await bookMoves(call, wallet, why, [grantMove(row, amount)])
  undoWith(leaf.withdraw, { grantId: id }, [leaves('wallet_grants', { id }, { rest: amount, held: 0n })])
  return shownGrant(tx, wallet, id, receivedAt)
})

export const withdrawGrant = handle(leaf.withdraw, async call => {
  const { tx, input, receivedAt } = call
  const wallet = await getWallet(tx, (await getGrant(tx, input.grantId)).wallet_id)
  await catchUp(call, wallet)
  const row = await getGrant(tx, input.grantId)
  if (row.one_off_id !== null) throw refuse('BILLING_GRANT_STAYS', { reason: 'paid' })
  if (row.rest === 0n) throw refuse('BILLING_GRANT_STAYS', { reason: 'nothing' })
  const why = { reason: input.note, source: 'wallet-grant', sourceId: row.id }
  await bookMoves(call, wallet, why, [withdrawMove(row, row.rest)])
  return shownGrant(tx, wallet, row.id, receivedAt)
})
