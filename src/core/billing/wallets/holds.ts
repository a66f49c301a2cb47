import type { Row } from '#core/database/schema.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { availableOf, draw, takenOf } from '#engines/billing/wallets/grants.ts'
import { forMetric } from '#engines/billing/wallets/pays-for.ts'
import { captureMoves, holdMoves } from '#engines/billing/wallets/wallet-moves.ts'
import { wallets as leaf } from '#shared/contract/billing/wallets.ts'
import { refuse } from '#shared/errors.ts'
import { bookMoves } from './book-moves.ts'
import { demandOpen } from './grant.ts'
import { catchUp, endHold, heldParts } from './lapse.ts'
import { shownHold } from './show-wallets.ts'
import { getHold, getWallet, grantOf, grantsOf } from './wallet-rows.ts'
import { watchWallet } from './watch-wallet.ts'

export const holdInWallet = handle(leaf.hold, async call => {
  const { tx, input, ids, now, receivedAt, actor, undoWith } = call
  const { walletId, amount, seconds, reference, metricId } = input
  const wallet = await getWallet(tx, walletId)
  demandOpen(wallet)
  await demandMetric(call, metricId)
  await catchUp(call, wallet)
  const grants = forMetric((await grantsOf(tx, walletId)).map(grantOf), metricId)
  const available = availableOf(grants, receivedAt)
  if (available < amount)
    throw refuse('BILLING_WALLET_SHORT', { available, asked: amount, currency: wallet.currency })
  const row: Row<'wallet_holds'> = {
    ...{ id: ids.next(), wallet_id: walletId, customer_id: wallet.customer_id, amount, captured: 0n },
    ...{ state: 'active', expires_at: receivedAt + BigInt(seconds) * 1000n, reference, metric_id: metricId },
    ...{ created_by: byWhom(actor), created_at: now, ended_at: null },
  }
  await tx.db.insertInto('wallet_holds').values(row).execute()
  const why = { reason: reference, source: 'wallet-hold', sourceId: row.id }
  await bookMoves(call, wallet, why, holdMoves(draw(grants, amount, receivedAt)))
  await watchWallet(call, wallet)
  undoWith(leaf.release, { holdId: row.id }, [
    leaves('wallet_holds', { id: row.id }, { state: 'active', captured: 0n }),
  ])
  return shownHold(row, receivedAt)
})

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
async function demandMetric({ tx }: Pick<CommandCall<unknown>, 'tx'>, id: string | null): Promise<void> {
  if (id === null) return
  const metric = await tx.db.selectFrom('metrics').select('id').where('id', '=', id).executeTakeFirst()
  if (!metric) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'metric', id })
}

/** A hold that still reserves something, with its wallet. @throws Refusal `BILLING_HOLD_ENDED` */
async function activeHold(
  { tx, receivedAt }: Pick<CommandCall<unknown>, 'tx' | 'receivedAt'>,
  holdId: string,
) {
  const hold = await getHold(tx, holdId)
  const { state } = shownHold(hold, receivedAt)
  if (state !== 'active') throw refuse('BILLING_HOLD_ENDED', { state })
  return { hold, wallet: await getWallet(tx, hold.wallet_id) }
}

export const captureHold = handle(leaf.capture, async call => {
  const { tx, input, receivedAt } = call
  const { hold, wallet } = await activeHold(call, input.holdId)
  const left = hold.amount - hold.captured
  const { amount = left, keepRest } = input
  if (amount > left) throw refuse('BILLING_HOLD_OVER', { left, asked: amount })
  const why = { reason: hold.reference, source: 'wallet-hold', sourceId: hold.id }
  await bookMoves(call, wallet, why, captureMoves(takenOf(await heldParts(tx, hold), amount)))
  const captured = hold.captured + amount
  await tx.db.updateTable('wallet_holds').set({ captured }).where('id', '=', hold.id).execute()
  if (amount === left || !keepRest) await endHold(call, wallet, hold, 'captured')
  // What came back may be of a grant that expired while it was held.
  await catchUp(call, wallet)
  return shownHold(await getHold(tx, hold.id), receivedAt)
})

export const releaseHold = handle(leaf.release, async call => {
  const { hold, wallet } = await activeHold(call, call.input.holdId)
  await endHold(call, wallet, hold, 'released')
  await catchUp(call, wallet)
  return shownHold(await getHold(call.tx, hold.id), call.receivedAt)
})
