import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { byWhom, byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { type CommandCall, handle } from '#core/runtime/handlers.ts'
import { moneyText } from '#engines/billing/exact.ts'
import { oneOffLine } from '#engines/billing/one-off.ts'
import { placesOf } from '#engines/billing/rate.ts'
import { isTopUpDue } from '#engines/billing/wallets/auto-top-up.ts'
import { wallets as leaf, type PaysFor } from '#shared/contract/billing/wallets.ts'
import { buildDraft } from '../close/build-draft.ts'
import { monthIn } from '../close/month.ts'
import { demandOpenPeriod, isLocked, monthOf } from '../corrections/locked.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { TOP_UP } from '../invoices/apart.ts'
import { noteInvoice } from '../invoices/history.ts'
import { oneOffOf } from '../one-offs/one-off-rows.ts'
import { demandOpen, demandSense } from './grant.ts'
import { demandKnown } from './known-limits.ts'
import { shownGrant, shownWallet } from './show-wallets.ts'
import { type GrantRow, getWallet, paysForText, storedWallet, type WalletRow } from './wallet-rows.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'receivedAt' | 'actor' | 'commandId'>

interface Wanted {
  readonly amount: bigint
  readonly priority: number
  readonly expiresAt: bigint | null
  readonly note: string
  readonly paysFor: PaysFor | null
  readonly automatic: boolean
}

/**
 * Asks for a top-up: a charge without tax on a draft of its own, and a grant that counts once that invoice is paid. What
 * is paid ahead is no supply yet: the tax is on the invoices that the wallet pays.
 */
async function askForTopUp(call: Call, wallet: WalletRow, wanted: Wanted): Promise<string> {
  const { tx, ids, now, actor, receivedAt } = call
  const { currency, customer_id: customerId } = wallet
  const { amount, priority, expiresAt, note, paysFor, automatic } = wanted
  const oneOff: Row<'one_offs'> = {
    ...{ id: ids.next(), customer_id: customerId, currency, name: `${wallet.name}: top-up`, unit: '' },
    ...{ quantity: 1n, scale: 0n, unit_price: moneyText(amount, placesOf(currency)), tax_rate: '0' },
    ...{ service_from: null, service_to: null, first_period: await monthOf(tx, receivedAt), note },
    ...{ created_by: byWhomOrNobody(actor), created_at: now, subscription_id: null },
  }
  await tx.db.insertInto('one_offs').values(oneOff).execute()
  const grant: GrantRow = {
    ...{ id: ids.next(), wallet_id: wallet.id, customer_id: customerId, kind: 'paid', amount, note },
    ...{ priority: BigInt(priority), starts_at: receivedAt, expires_at: expiresAt },
    ...{ one_off_id: oneOff.id, automatic: automatic ? 1n : 0n, rest: 0n, held: 0n },
    ...{ pays_for: paysForText(paysFor), approval_id: null, told_expiring: null, told_expired: null },
    ...{ created_by: byWhom(actor), created_at: now },
  }
  await tx.db.insertInto('wallet_grants').values(grant).execute()
  await draftOf(call, oneOff)
  return grant.id
}

/** Stores a draft of one charge. It is compared with no other invoice, and no other with it. */
async function draftOf(call: Call, oneOff: Row<'one_offs'>): Promise<void> {
  const { tx, ids, now } = call
  const { customer_id: customerId, currency, first_period: period } = oneOff
  const { name: customer, zone } = await getCustomer(reading(tx), customerId)
  const month = monthIn(period, zone)
  const { invoice, lines } = buildDraft({
    ...{
      runId: ids.next(),
      place: 0,
      customerId,
      customer,
      zone,
      period,
      month,
      currency,
      plan: '',
      apart: TOP_UP,
    },
    ...{ lines: [oneOffLine(oneOffOf(oneOff), '0', month)], earlier: [] },
  })
  await tx.db
    .insertInto('invoices')
    .values({ ...invoice, doubts: '[]', doubt_weight: 0n, created_at: now })
    .execute()
  await tx.db.insertInto('invoice_lines').values(lines).execute()
  await noteInvoice(call, invoice.id, 'billing.wallet.topUp', oneOff.name)
}

export const topUpWallet = handle(leaf.topUp, async call => {
  const { tx, input, receivedAt } = call
  const { walletId, ...wanted } = input
  const wallet = await getWallet(tx, walletId)
  demandOpen(wallet)
  demandSense(wanted.amount, receivedAt, wanted.expiresAt, receivedAt)
  await demandKnown(tx, wanted.paysFor)
  await demandOpenPeriod(tx, await monthOf(tx, receivedAt))
  const grantId = await askForTopUp(call, wallet, { ...wanted, automatic: false })
  return shownGrant(tx, wallet, grantId, receivedAt)
})

/** What a wallet topped itself up by since an instant. */
async function automaticSince(tx: Tx, walletId: string, since: bigint): Promise<bigint> {
  const rows = await tx.db
    .selectFrom('wallet_grants')
    .select('amount')
    .where('wallet_id', '=', walletId)
    .where('automatic', '=', 1n)
    .where('created_at', '>=', since)
    .execute()
  return rows.reduce((sum, row) => sum + row.amount, 0n)
}

/**
 * Lets a wallet top itself up where it is to: asked whenever something was taken of it. A locked month has no new
 * invoices, so that it waits for the next one.
 */
export async function topUpWhereDue(call: Call, wallet: WalletRow): Promise<void> {
  const { tx, receivedAt } = call
  const auto = storedWallet(wallet).autoTopUp
  if (auto === null || wallet.archived_at !== null) return
  const period = await monthOf(tx, receivedAt)
  if (await isLocked(tx, period)) return
  const { zone } = await tx.db.selectFrom('workspace_state').select('zone').executeTakeFirstOrThrow()
  const { available, waiting } = (await shownWallet(tx, wallet, receivedAt)).wallet
  const thisMonth = await automaticSince(tx, wallet.id, monthIn(period, zone).from)
  if (!isTopUpDue(auto, { available, waiting, thisMonth })) return
  const terms = {
    amount: auto.amount,
    priority: 50,
    expiresAt: null,
    note: '',
    paysFor: null,
    automatic: true,
  }
  await askForTopUp(call, wallet, terms)
}
