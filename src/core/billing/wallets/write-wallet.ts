import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { wallets as leaf, type StoredWallet } from '#shared/contract/billing/wallets.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { demandKnown } from './known-limits.ts'
import { catchUp } from './lapse.ts'
import { shownWallet } from './show-wallets.ts'
import { getWallet, grantsOf, storedWallet, type WalletRow, walletRow } from './wallet-rows.ts'
import { firstLook } from './wallet-schedule.ts'

export const createWallet = handle(leaf.create, async call => {
  const { tx, input, ids, now, actor } = call
  const customer = await getCustomer(tx, input.customerId)
  const { currency = customer.currency, ...words } = input
  if (findCurrency(currency) === undefined) throw refuse('BILLING_WALLET_INVALID', { reason: 'currency' })
  await refuseNonsense(call, input)
  await firstLook(call)
  const id = ids.next()
  const created = { archivedAt: null, createdBy: byWhom(actor), createdAt: now }
  return put(call, id, null, { ...words, currency, ...created })
})

export const editWallet = handle(leaf.edit, async call => {
  const { walletId, ...words } = call.input
  await refuseNonsense(call, words)
  const before = await getWallet(call.tx, walletId)
  return put(call, walletId, before, { ...storedWallet(before), ...words })
})

export const setWalletArchived = handle(leaf.setArchived, async call => {
  const { walletId, archived } = call.input
  const before = await getWallet(call.tx, walletId)
  if (archived) {
    await catchUp(call, before)
    await refuseFull(call, before)
  }
  const archivedAt = archived ? (before.archived_at ?? call.now) : null
  return put(call, walletId, before, { ...storedWallet(before), archivedAt })
})

export const restoreWallet = handle(leaf.restore, async call => {
  const { tx, input, undoWith } = call
  const { walletId, wallet } = input
  const before = await tx.db.selectFrom('wallets').selectAll().where('id', '=', walletId).executeTakeFirst()
  if (wallet) {
    await put(call, walletId, before ?? null, wallet)
    return { walletId }
  }
  const row = await getWallet(tx, walletId)
  const granted = await grantsOf(tx, walletId)
  // A wallet with a past stays: its ledger names it.
  if (granted.length > 0) await refuseFull(call, row, granted[0]!.amount)
  await tx.db.deleteFrom('wallets').where('id', '=', walletId).execute()
  undoWith(leaf.restore, { walletId, wallet: storedWallet(row) }, [leaves('wallets', { id: walletId }, null)])
  return { walletId }
})

/** @throws Refusal `BILLING_WALLET_NOT_EMPTY` where something is in it, or where something was, when that is said */
async function refuseFull(
  { tx }: Pick<CommandCall<unknown>, 'tx'>,
  wallet: WalletRow,
  least = 0n,
): Promise<void> {
  const grants = await grantsOf(tx, wallet.id)
  const amount = grants.reduce((sum, grant) => sum + grant.rest + grant.held, 0n) || least
  if (amount > 0n) throw refuse('BILLING_WALLET_NOT_EMPTY', { amount, currency: wallet.currency })
}

/** Stores a wallet in the place of what there was of it. */
async function put(
  { tx, undoWith, receivedAt }: Pick<CommandCall<unknown>, 'tx' | 'undoWith' | 'receivedAt'>,
  id: string,
  before: WalletRow | null,
  after: StoredWallet,
) {
  const customer = await getCustomer(tx, after.customerId)
  const row = walletRow(id, after, customer.name)
  if (before) await tx.db.updateTable('wallets').set(row).where('id', '=', id).execute()
  else
    await tx.db
      .insertInto('wallets')
      .values({ ...row, low_since: null })
      .execute()
  // Below another amount it is news again.
  if (before?.low_below !== row.low_below)
    await tx.db.updateTable('wallets').set({ low_since: null }).where('id', '=', id).execute()
  const { id: _, ...holds } = row
  undoWith(leaf.restore, { walletId: id, wallet: before && storedWallet(before) }, [
    leaves('wallets', { id }, holds),
  ])
  return (await shownWallet(tx, await getWallet(tx, id), receivedAt)).wallet
}

/** @throws Refusal `BILLING_WALLET_INVALID` */
async function refuseNonsense(
  { tx }: Pick<CommandCall<unknown>, 'tx'>,
  { autoTopUp: auto, lowBelow, paysFor }: Pick<StoredWallet, 'autoTopUp' | 'lowBelow' | 'paysFor'>,
): Promise<void> {
  if (lowBelow !== null && lowBelow <= 0n) throw refuse('BILLING_WALLET_INVALID', { reason: 'low' })
  await demandKnown(tx, paysFor)
  if (auto !== null && (auto.below <= 0n || auto.amount <= 0n || auto.most < auto.amount))
    throw refuse('BILLING_WALLET_INVALID', { reason: 'auto' })
}
