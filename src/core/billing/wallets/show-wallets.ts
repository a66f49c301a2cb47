import type { Row } from '#core/database/schema.ts'
import { answer } from '#core/runtime/handlers.ts'
import type { Transfer } from '#engines/billing/corrections/accounts.ts'
import { becauseOf, isOver, sumOf, usable } from '#engines/billing/wallets/grants.ts'
import { changesOf, MOVEMENTS, movementOf } from '#engines/billing/wallets/wallet-moves.ts'
import {
  wallets as leaf,
  type Wallet,
  type WalletEntry,
  type WalletGrant,
  type WalletHold,
} from '#shared/contract/billing/wallets.ts'
import { type GrantNow, grantState, grantsNow, isLapse, type Past, pastOf } from './grant-facts.ts'
import { dbOf, getWallet, paysForOf, type Session, storedWallet, type WalletRow } from './wallet-rows.ts'

/** Rows of a wallet that are shown one by one, the newest; what they come to counts all. */
const MOST = 500

/** What can be used comes first, then what is to come, then what is over. */
const STATES: readonly WalletGrant['state'][] = [
  'usable',
  'later',
  'asked',
  'waiting',
  'used',
  'expired',
  'cancelled',
]
const rankOf = ({ state }: WalletGrant) => STATES.indexOf(state)
const newest = (a: WalletGrant, b: WalletGrant) => (a.id < b.id ? 1 : -1)

/** Grants as the contract shows them: in the order of use, then those that are not used. */
function shownGrants(all: readonly GrantNow[], past: Past, now: bigint): WalletGrant[] {
  const order = usable(
    all.map(({ grant }) => grant),
    now,
  )
  const shown = all.map((one): WalletGrant => {
    const { row, grant } = one
    const place = order.indexOf(grant)
    return {
      ...{ id: row.id, kind: row.kind, amount: row.amount, priority: grant.priority, note: row.note },
      ...{ startsAt: row.starts_at, expiresAt: row.expires_at, held: grant.held },
      // What has expired and is not booked yet is nothing any more.
      rest: isOver(grant, now) ? 0n : grant.rest,
      lapsed: (past.lapsed.get(row.id) ?? 0n) + (isOver(grant, now) ? grant.rest : 0n),
      paysFor: paysForOf(row),
      state: grantState(one, past, now),
      approvalId: row.approval_id,
      place: place < 0 ? null : place + 1,
      because: place < 1 ? null : becauseOf(order[place - 1]!, grant),
      topUp:
        row.one_off_id === null
          ? null
          : { automatic: row.automatic !== 0n, invoice: past.charges.get(row.one_off_id) ?? null },
      ...{ createdBy: row.created_by, createdAt: row.created_at },
    }
  })
  return shown.sort((a, b) => rankOf(a) - rankOf(b) || (a.place ?? 0) - (b.place ?? 0) || newest(a, b))
}

/** A wallet as the contract shows it. */
function shown(row: WalletRow, customer: string, all: readonly GrantNow[], past: Past, now: bigint) {
  const grants = shownGrants(all, past, now)
  const order = usable(
    all.map(({ grant }) => grant),
    now,
  )
  const first = order.flatMap(({ expiresAt }) => expiresAt ?? []).sort((a, b) => (a < b ? -1 : 1))[0]
  const next = order.filter(one => one.expiresAt === first).map(one => ({ amount: one.rest }))
  const available = order.reduce((sum, grant) => sum + grant.rest, 0n)
  const limited = order.reduce((sum, grant) => (grant.paysFor.length > 0 ? sum + grant.rest : sum), 0n)
  const wallet: Wallet = {
    ...{ id: row.id, ...storedWallet(row), customer, available, limited },
    low: row.low_below !== null && available < row.low_below,
    held: all.reduce((sum, { grant }) => sum + grant.held, 0n),
    later: grants.reduce((sum, grant) => (grant.state === 'later' ? sum + grant.rest : sum), 0n),
    waiting: sumOf(grants.filter(grant => grant.state === 'waiting')),
    asked: sumOf(grants.filter(grant => grant.state === 'asked')),
    next: first === undefined ? null : { at: first, amount: sumOf(next) },
  }
  return { wallet, grants }
}

/** A wallet with its grants. */
export async function shownWallet(session: Session, row: WalletRow, now: bigint) {
  const { name } = await dbOf(session)
    .selectFrom('customers')
    .select('name')
    .where('id', '=', row.customer_id)
    .executeTakeFirstOrThrow()
  const own = (await grantsNow(session, { walletId: row.id }, now)).get(row.id) ?? []
  const past = await pastOf(
    session,
    own.map(one => one.row),
    now,
  )
  return shown(row, name, own, past, now)
}

/** One grant of a wallet as the contract shows it. */
export async function shownGrant(session: Session, wallet: WalletRow, grantId: string, now: bigint) {
  const { grants } = await shownWallet(session, wallet, now)
  return grants.find(grant => grant.id === grantId)!
}

export const listWallets = answer(leaf.list, async ({ reader, input, now }) => {
  const { customerId } = input
  let query = reader.db
    .selectFrom('wallets as wallet')
    .innerJoin('customers as customer', 'customer.id', 'wallet.customer_id')
    .selectAll('wallet')
    .select('customer.name as customer')
  if (customerId !== undefined) query = query.where('wallet.customer_id', '=', customerId)
  const rows = await query.orderBy('wallet.title').orderBy('wallet.id').execute()
  const grants = await grantsNow(reader, { customerId }, now)
  const past = await pastOf(
    reader,
    [...grants.values()].flat().map(one => one.row),
    now,
  )
  return {
    wallets: rows.map(
      ({ customer, ...row }) => shown(row, customer, grants.get(row.id) ?? [], past, now).wallet,
    ),
  }
})

export const showWallet = answer(leaf.get, async ({ reader, input, now }) => {
  const row = await getWallet(reader, input.walletId)
  const { wallet, grants } = await shownWallet(reader, row, now)
  const holds = await reader.db
    .selectFrom('wallet_holds')
    .selectAll()
    .where('wallet_id', '=', row.id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute()
  return {
    ...wallet,
    grants,
    holds: holds.map(hold => shownHold(hold, now)),
    entries: await entriesOf(reader, row, grants),
  }
})

/** A hold as it is by the clock. */
export function shownHold(row: Row<'wallet_holds'>, now: bigint): WalletHold {
  const state = row.state === 'active' && row.expires_at <= now ? 'expired' : row.state
  return {
    ...{ id: row.id, walletId: row.wallet_id, amount: row.amount, captured: row.captured, state },
    left: state === 'active' ? row.amount - row.captured : 0n,
    ...{ expiresAt: row.expires_at, reference: row.reference, metricId: row.metric_id },
    ...{ createdBy: row.created_by, createdAt: row.created_at, endedAt: row.ended_at },
  }
}

async function entriesOf(
  session: Session,
  wallet: WalletRow,
  grants: readonly Pick<WalletGrant, 'id' | 'expiresAt'>[],
): Promise<WalletEntry[]> {
  if (grants.length === 0) return []
  const accounts = grants.flatMap(({ id }) => [`wallet:${id}`, `held:${id}`])
  const rows = await dbOf(session)
    .selectFrom('balance_transfers as transfer')
    .leftJoin('invoices as invoice', 'invoice.id', 'transfer.source_id')
    .selectAll('transfer')
    .select('invoice.number')
    .where('transfer.customer_id', '=', wallet.customer_id)
    .where('transfer.currency', '=', wallet.currency)
    .where(eb => eb.or([eb('transfer.debit', 'in', accounts), eb('transfer.credit', 'in', accounts)]))
    .orderBy('transfer.at', 'desc')
    .orderBy('transfer.id', 'desc')
    .limit(MOST)
    .execute()
  const ends = new Map(grants.map(({ id, expiresAt }) => [id, expiresAt]))
  const entries = rows.map(row => {
    const transfer = { amount: row.amount, debit: row.debit, credit: row.credit } as Transfer
    const [grantId, change] = [...changesOf([transfer])][0]!
    // A free grant that is taken back and one that expires go to the same account.
    const back = transfer.credit === 'promotion' && !isLapse(row.credit, row.at, ends.get(grantId) ?? null)
    const movement = back ? 'withdrawn' : movementOf(transfer)
    return {
      ...{ id: row.id, at: row.at, movement, amount: row.amount, change: change.rest },
      ...{ grantId, debit: row.debit, credit: row.credit, reason: row.reason },
      ...{ source: row.source, sourceId: row.source_id, number: row.number },
    }
  })
  const rank = (one: WalletEntry) => MOVEMENTS.indexOf(one.movement)
  return entries.sort((a, b) => Number(b.at - a.at) || rank(b) - rank(a))
}
