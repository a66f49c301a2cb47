import type { Row } from '#core/database/schema.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import type { Transfer } from '#engines/billing/corrections/accounts.ts'
import { draw, inOrder, type Part, sumOf, takenOf } from '#engines/billing/wallets/grants.ts'
import { payBackMoves, payMoves, takenBy } from '#engines/billing/wallets/wallet-moves.ts'
import { settleInvoice } from '../payments/settle.ts'
import { bookMoves } from './book-moves.ts'
import { grantsNow } from './grant-facts.ts'
import { catchUp } from './lapse.ts'
import { topUpWhereDue } from './top-up.ts'
import { topUpsOn } from './top-up-lines.ts'
import { dbOf, getWallet, grantOf, type Session, type WalletRow } from './wallet-rows.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'receivedAt' | 'actor' | 'commandId'>
type Payable = Pick<Row<'invoices'>, 'id' | 'customer_id' | 'currency' | 'kind'>

/** What a wallet pays of an invoice, by grants. */
export interface WalletShare {
  readonly wallet: WalletRow
  readonly parts: readonly Part[]
}

/**
 * What wallets pay of an invoice: those of its currency that pay invoices, the oldest first, each by its grants in the
 * order of use. No wallet pays for a top-up, or money would be made of itself.
 * @param open what is left to be paid, in minor units
 */
export async function planWallets(
  session: Session,
  invoice: Payable,
  open: bigint,
  at: bigint,
): Promise<WalletShare[]> {
  if (open <= 0n) return []
  const wallets = await dbOf(session)
    .selectFrom('wallets')
    .selectAll()
    .where('customer_id', '=', invoice.customer_id)
    .where('currency', '=', invoice.currency)
    .where('pays_invoices', '=', 1n)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  if (wallets.length === 0) return []
  const topUps = (await topUpsOn(session, invoice)).map(({ line }) => ({ amount: line.amount + line.tax }))
  let left = open - sumOf(topUps)
  const shares: WalletShare[] = []
  for (const wallet of wallets) {
    const own = (await grantsNow(session, { walletId: wallet.id }, at)).get(wallet.id) ?? []
    const grants = own.map(({ grant }) => grant)
    const parts = draw(grants, left, at)
    left -= sumOf(parts)
    if (parts.length > 0) shares.push({ wallet, parts })
  }
  return shares
}

/** Pays an invoice that was just issued out of wallets. What they pay was planned in the same transaction. */
export async function payFromWallets(call: Call, invoice: Payable, open: bigint): Promise<bigint> {
  const { tx, receivedAt } = call
  let paid = 0n
  for (const { wallet, parts } of await planWallets(tx, invoice, open, receivedAt)) {
    await catchUp(call, wallet)
    const why = { reason: '', source: 'invoice', sourceId: invoice.id }
    await bookMoves(call, wallet, why, payMoves(parts))
    const amount = sumOf(parts)
    paid += amount
    await settleInvoice(call, {
      ...{ invoiceId: invoice.id, customerId: invoice.customer_id, amount },
      ...{ kind: 'wallet', sourceId: wallet.id },
    })
    await topUpWhereDue(call, wallet)
  }
  return paid
}

/** What wallets paid of an invoice and did not get back, in the order in which grants were used. */
async function sharesOf(session: Session, invoice: Pick<Payable, 'id'>): Promise<WalletShare[]> {
  const rows = await dbOf(session)
    .selectFrom('balance_transfers')
    .select(['amount', 'debit', 'credit'])
    .where('source_id', '=', invoice.id)
    .where('source', '=', 'invoice')
    .execute()
  const parts = takenBy(rows as unknown as Transfer[], 'wallet')
  if (parts.length === 0) return []
  const grants = await dbOf(session)
    .selectFrom('wallet_grants')
    .selectAll()
    .where(
      'id',
      'in',
      parts.map(part => part.grantId),
    )
    .execute()
  const shares: WalletShare[] = []
  for (const [walletId, own] of Map.groupBy(grants, grant => grant.wallet_id)) {
    const ids = new Set(own.map(grant => grant.id))
    const wallet = await getWallet(session, walletId)
    const paid = parts.filter(part => ids.has(part.grantId))
    shares.push({ wallet, parts: inOrder(paid, own.map(grantOf)) })
  }
  return shares.sort((a, b) => (a.wallet.created_at < b.wallet.created_at ? -1 : 1))
}

/**
 * Gives back to wallets what they paid of an invoice, to the same grants: what was used last comes back first. What
 * comes back to a grant that has expired since lapses.
 * @returns what came back, at most the amount
 */
export async function payBackWallets(
  call: Call,
  invoice: Payable,
  amount: bigint,
  reason: string,
): Promise<bigint> {
  let left = amount
  for (const { wallet, parts } of (await sharesOf(call.tx, invoice)).reverse()) {
    const back = takenOf([...parts].reverse(), left)
    if (back.length === 0) continue
    await bookMoves(call, wallet, { reason, source: 'invoice', sourceId: invoice.id }, payBackMoves(back))
    await settleInvoice(call, {
      ...{ invoiceId: invoice.id, customerId: invoice.customer_id, amount: -sumOf(back) },
      ...{ kind: 'wallet', sourceId: wallet.id },
    })
    left -= sumOf(back)
    await catchUp(call, wallet)
  }
  return amount - left
}
