import type { Row } from '#core/database/schema.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import type { Transfer } from '#engines/billing/corrections/accounts.ts'
import { inOrder, isOver, type Part, sumOf, usable } from '#engines/billing/wallets/grants.ts'
import { payLines, widthOf } from '#engines/billing/wallets/pays-for.ts'
import { payBackMoves, payMoves, takenBy } from '#engines/billing/wallets/wallet-moves.ts'
import { settleInvoice } from '../payments/settle.ts'
import { bookMoves } from './book-moves.ts'
import { grantsNow } from './grant-facts.ts'
import { catchUp } from './lapse.ts'
import { noLongerLow } from './low.ts'
import { payableLines } from './payable-lines.ts'
import {
  dbOf,
  getWallet,
  grantOf,
  ownedGrants,
  paysForOf,
  type Session,
  type WalletRow,
} from './wallet-rows.ts'
import { watchWallet } from './watch-wallet.ts'

type Call = Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'receivedAt' | 'actor' | 'commandId' | 'effect'>
type Payable = Pick<Row<'invoices'>, 'id' | 'customer_id' | 'currency' | 'kind'>

/** What a wallet pays of an invoice, by grants. */
export interface WalletShare {
  readonly wallet: WalletRow
  readonly parts: readonly Part[]
}

/** Narrow wallets come before those that pay for everything, then the older one. */
function compareWallets(a: WalletRow, b: WalletRow): number {
  const width = (row: WalletRow) => widthOf({ paysFor: [paysForOf(row)].filter(one => one !== null) })
  if (width(a) !== width(b)) return width(a) - width(b)
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? -1 : 1
  return a.id < b.id ? -1 : 1
}

/**
 * What wallets pay of an invoice: those of its currency that pay invoices, the narrower and then the older first, each
 * by its grants in the order of use, and each grant only lines that it is for. No wallet pays for a top-up, or money
 * would be made of itself.
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
    .execute()
  if (wallets.length === 0) return []
  const { lines, topUps } = await payableLines(session, invoice)
  const all = []
  for (const wallet of wallets.sort(compareWallets)) {
    const own = (await grantsNow(session, { walletId: wallet.id }, at)).get(wallet.id) ?? []
    all.push({
      wallet,
      grants: usable(
        own.map(({ grant }) => grant),
        at,
      ),
    })
  }
  const grants = all.flatMap(one => one.grants)
  const parts = payLines(grants, lines, open - topUps)
  return all.flatMap(({ wallet, grants }) => {
    const ids = new Set(grants.map(({ id }) => id))
    const own = parts.filter(({ grantId }) => ids.has(grantId))
    return own.length > 0 ? [{ wallet, parts: own }] : []
  })
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
    await watchWallet(call, wallet)
  }
  return paid
}

/** What wallets paid of an invoice and did not get back, in the order in which grants were used. */
async function sharesOf(session: Session, invoice: Pick<Payable, 'id'>) {
  const rows = await dbOf(session)
    .selectFrom('balance_transfers')
    .select(['amount', 'debit', 'credit'])
    .where('source_id', '=', invoice.id)
    .where('source', '=', 'invoice')
    .execute()
  const parts = takenBy(rows as unknown as Transfer[], 'wallet')
  if (parts.length === 0) return []
  const grants = await ownedGrants(session)
    .where(
      'grant.id',
      'in',
      parts.map(part => part.grantId),
    )
    .execute()
  const shares = []
  for (const [walletId, own] of Map.groupBy(grants, grant => grant.wallet_id)) {
    const ids = new Set(own.map(grant => grant.id))
    const wallet = await getWallet(session, walletId)
    const paid = inOrder(
      parts.filter(part => ids.has(part.grantId)),
      own.map(grantOf),
    )
    // As they were used: what each paid stands in the place of what is left of it.
    const grantsInOrder = paid.map(({ grantId, amount }) => ({
      ...grantOf(own.find(({ id }) => id === grantId)!),
      rest: amount,
    }))
    shares.push({ wallet, parts: paid, grants: grantsInOrder })
  }
  return shares.sort((a, b) => compareWallets(a.wallet, b.wallet))
}

/** What of an invoice's lines is given back: `credited` by line, with tax. */
type Credited = ReadonlyMap<string, bigint>

/**
 * What wallets can go on paying of an invoice of which something is given back: what was used first stays, as far as
 * lines that it is for are left.
 */
async function keptParts(
  session: Session,
  invoice: Pick<Payable, 'id' | 'customer_id'>,
  credited: Credited,
  most: bigint,
): Promise<Part[]> {
  const shares = await sharesOf(session, invoice)
  if (shares.length === 0) return []
  const { lines } = await payableLines(session, invoice, credited)
  return payLines(
    shares.flatMap(share => share.grants),
    lines,
    most,
  )
}

/**
 * What has to go back to wallets when parts of lines are given back, because what they paid is for nothing else of the
 * invoice. Minor units.
 */
export async function mustReturn(
  session: Session,
  invoice: Pick<Payable, 'id' | 'customer_id'>,
  credited: Credited,
  paid: bigint,
): Promise<bigint> {
  if (paid === 0n) return 0n
  return paid - sumOf(await keptParts(session, invoice, credited, paid))
}

/** What comes back, and of what. */
interface Back {
  /** What wallets paid of the invoice and did not get back. */
  readonly paid: bigint
  /** How much of it comes back. */
  readonly amount: bigint
  /** What is given back of the lines altogether; of a void nothing is left that could be paid. */
  readonly credited?: Credited
}

/** The parts that come back: what was used last first, but what is for nothing that is left of the invoice before all. */
async function partsBack(
  session: Session,
  invoice: Pick<Payable, 'id' | 'customer_id'>,
  { paid, amount, credited = new Map() }: Back,
) {
  if (amount === 0n) return []
  const kept = await keptParts(session, invoice, credited, paid - amount)
  const keeps = new Map(kept.map(part => [part.grantId, part.amount]))
  return (await sharesOf(session, invoice)).reverse().flatMap(({ wallet, parts, grants }) => {
    const back = parts
      .map(({ grantId, amount }) => ({ grantId, amount: amount - (keeps.get(grantId) ?? 0n) }))
      .filter(part => part.amount > 0n)
      .reverse()
    return back.length > 0 ? [{ wallet, back, grants }] : []
  })
}

/** What of that which comes back would expire at once, because its grant has. */
export async function lapsesOf(
  session: Session,
  invoice: Pick<Payable, 'id' | 'customer_id'>,
  back: Back,
  at: bigint,
): Promise<bigint> {
  const parts = await partsBack(session, invoice, back)
  return sumOf(
    parts.flatMap(one =>
      one.back.filter(({ grantId }) => isOver(one.grants.find(({ id }) => id === grantId)!, at)),
    ),
  )
}

/** What went back to wallets, and what of it expired at once, because its grant had. */
export interface Returned {
  readonly amount: bigint
  readonly lapsed: bigint
}

/**
 * Gives back to wallets what they paid of an invoice, to the same grants. What comes back to a grant that has expired
 * since lapses.
 */
export async function payBackWallets(
  call: Call,
  invoice: Payable,
  wanted: Back,
  reason: string,
): Promise<Returned> {
  let returned: Returned = { amount: 0n, lapsed: 0n }
  for (const { wallet, back } of await partsBack(call.tx, invoice, wanted)) {
    // What had expired before is booked before, so that it is not counted among what comes back.
    await catchUp(call, wallet)
    await bookMoves(call, wallet, { reason, source: 'invoice', sourceId: invoice.id }, payBackMoves(back))
    await settleInvoice(call, {
      ...{ invoiceId: invoice.id, customerId: invoice.customer_id, amount: -sumOf(back) },
      ...{ kind: 'wallet', sourceId: wallet.id },
    })
    const { lost } = await catchUp(call, wallet)
    await noLongerLow(call, wallet.id)
    returned = { amount: returned.amount + sumOf(back), lapsed: returned.lapsed + sumOf(lost) }
  }
  return returned
}
