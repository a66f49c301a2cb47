import { reading, type Tx } from '#core/database/store.ts'
import { byWhom, byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { approvalKind } from '#core/workspace/approvals/approval-kind.ts'
import { requestApproval } from '#core/workspace/approvals/request-approval.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { powerOfTen } from '#engines/billing/exact.ts'
import { placesOf } from '#engines/billing/rate.ts'
import { grantMove, withdrawMove } from '#engines/billing/wallets/wallet-moves.ts'
import { wallets as leaf } from '#shared/contract/billing/wallets.ts'
import { refuse } from '#shared/errors.ts'
import { bookMoves } from './book-moves.ts'
import { givenAlone } from './given-alone.ts'
import { demandKnown } from './known-limits.ts'
import { catchUp } from './lapse.ts'
import { noLongerLow } from './low.ts'
import { shownGrant, shownWallet } from './show-wallets.ts'
import { type GrantRow, getGrant, getWallet, paysForText, type WalletRow } from './wallet-rows.ts'

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

/** Up to which amount, in minor units of a currency, one person gives a customer for free alone in a month. */
export async function grantLimit(tx: Pick<Tx, 'db'>, currency: string): Promise<bigint> {
  // Nothing in the environment overrides it.
  const settings = await readSettings(reading(tx as Tx), {})
  return BigInt(settings['billing.grantLimit']) * powerOfTen(placesOf(currency))
}

/** A free grant above the limit: about its wallet, in which it stands already, with nothing in it. */
export const grantKind = approvalKind({
  name: 'billing.wallet.grant',
  entity: 'wallet',
  leaf: leaf.give,
  voters: ['approver'],
  quorum: 1,
  expiresAfter: null,
  async subject(reader, walletId, { grantId }) {
    const row = await reader.db
      .selectFrom('wallet_grants as grant')
      .innerJoin('wallets as wallet', 'wallet.id', 'grant.wallet_id')
      .select(['grant.amount', 'grant.priority', 'grant.starts_at', 'grant.expires_at', 'grant.pays_for'])
      .select(['grant.rest', 'grant.held', 'wallet.currency', 'wallet.archived_at'])
      .where('grant.id', '=', grantId)
      .where('grant.wallet_id', '=', walletId)
      .executeTakeFirst()
    return row ?? null
  },
})

type Books = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'receivedAt'>

/** Puts into a wallet what was granted. */
async function book(call: Books, wallet: WalletRow, row: GrantRow): Promise<void> {
  const why = { reason: row.note, source: 'wallet-grant', sourceId: row.id }
  await bookMoves(call, wallet, why, [grantMove(row, row.amount)])
  await noLongerLow(call, wallet.id)
}

export const grantToWallet = handle(leaf.grant, async call => {
  const { tx, input, ids, now, receivedAt, actor, undoWith } = call
  const { walletId, amount, kind, priority, startsAt = receivedAt, expiresAt, note, paysFor } = input
  const wallet = await getWallet(tx, walletId)
  demandOpen(wallet)
  demandSense(amount, startsAt, expiresAt, receivedAt)
  await demandKnown(tx, paysFor)
  const id = ids.next()
  const row: GrantRow = {
    ...{ id, wallet_id: walletId, customer_id: wallet.customer_id, kind, amount, note },
    ...{ priority: BigInt(priority), starts_at: startsAt, expires_at: expiresAt },
    ...{ pays_for: paysForText(paysFor), approval_id: null, told_expiring: null, told_expired: null },
    ...{ one_off_id: null, automatic: 0n, rest: 0n, held: 0n },
    ...{ created_by: byWhom(actor), created_at: now },
  }
  await tx.db.insertInto('wallet_grants').values(row).execute()
  if (kind === 'free') {
    const given = await givenAlone(tx, wallet, row.created_by, receivedAt)
    if (given + amount > (await grantLimit(tx, wallet.currency))) {
      await askFor(call, wallet, row, given)
      return shownGrant(tx, wallet, id, receivedAt)
    }
  }
  await book(call, wallet, row)
  undoWith(leaf.withdraw, { grantId: id }, [leaves('wallet_grants', { id }, { rest: amount, held: 0n })])
  return shownGrant(tx, wallet, id, receivedAt)
})

type Asks = Parameters<typeof requestApproval>[0]

/**
 * Asks another person to allow a grant, which waits in its wallet until then.
 * @param given what the same person gave the customer this month without asking
 */
async function askFor(call: Asks, wallet: WalletRow, row: GrantRow, given: bigint): Promise<void> {
  const { tx, actor, receivedAt } = call
  const { currency } = wallet
  const { available } = (await shownWallet(tx, wallet, receivedAt)).wallet
  const money = (minor: bigint) => ({ kind: 'money' as const, minor, currency })
  const approvalId = await requestApproval(call, grantKind, {
    rowId: wallet.id,
    title: wallet.title,
    input: { grantId: row.id, requestedBy: byWhomOrNobody(actor) },
    reason: row.note,
    money: { amount: row.amount, currency },
    facts: [
      { name: 'wallet.available', before: money(available), after: money(available + row.amount) },
      ...(given === 0n
        ? []
        : [{ name: 'wallet.given', before: money(given), after: money(given + row.amount) }]),
      ...(row.expires_at === null
        ? []
        : [{ name: 'wallet.until', before: null, after: { kind: 'instant' as const, at: row.expires_at } }]),
    ],
  })
  await tx.db.updateTable('wallet_grants').set({ approval_id: approvalId }).where('id', '=', row.id).execute()
}

export const giveGrant = handle(leaf.give, async call => {
  const { tx, input, receivedAt } = call
  const row = await getGrant(tx, input.grantId)
  const wallet = await getWallet(tx, row.wallet_id)
  demandOpen(wallet)
  demandSense(row.amount, row.starts_at, row.expires_at, receivedAt)
  const { grants } = await shownWallet(tx, wallet, receivedAt)
  // The request that is carried out is over by now: what says that it was given is the ledger.
  if (!['asked', 'cancelled'].includes(grants.find(({ id }) => id === row.id)!.state))
    throw refuse('BILLING_GRANT_GIVEN', {})
  await book(call, wallet, row)
  return shownGrant(tx, wallet, row.id, receivedAt)
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
