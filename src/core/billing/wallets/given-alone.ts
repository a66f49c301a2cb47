import { reading, type Tx } from '#core/database/store.ts'
import { monthsBefore, workspaceZone } from '../churn/months-before.ts'
import { isLapse } from './grant-facts.ts'
import type { WalletRow } from './wallet-rows.ts'

/**
 * What one person gave a customer for free in one currency without asking anybody, in the calendar month that runs in
 * the workspace's zone: into all wallets together, less what was taken back of it. Minor units. It is counted together
 * so that several small grants need the approval that one large one does; what somebody else allowed is not in it.
 * Read from the ledger, whose times are the authority's.
 *
 * @param person null for the workspace itself
 */
export async function givenAlone(
  tx: Tx,
  { customer_id: customerId, currency }: Pick<WalletRow, 'customer_id' | 'currency'>,
  person: string | null,
  now: bigint,
): Promise<bigint> {
  const [month] = monthsBefore(now, await workspaceZone(reading(tx)), 1)
  const booked = await tx.db
    .selectFrom('balance_transfers as transfer')
    .innerJoin('wallet_grants as grant', 'grant.id', 'transfer.source_id')
    .select(['grant.id', 'grant.expires_at'])
    .select(['transfer.debit', 'transfer.credit', 'transfer.amount', 'transfer.at'])
    .where('transfer.customer_id', '=', customerId)
    .where('transfer.currency', '=', currency)
    .where('transfer.at', '>=', month!.from)
    .where('transfer.source', '=', 'wallet-grant')
    .where('grant.kind', '=', 'free')
    .where('grant.approval_id', 'is', null)
    .where('grant.created_by', person === null ? 'is' : '=', person)
    .execute()
  const given = booked.filter(({ debit }) => debit === 'promotion')
  const ids = new Set(given.map(({ id }) => id))
  const back = booked.filter(
    ({ id, credit, at, expires_at: until }) =>
      credit === 'promotion' && ids.has(id) && !isLapse(credit, at, until),
  )
  return sumOf(given) - sumOf(back)
}

function sumOf(rows: readonly { readonly amount: bigint }[]): bigint {
  return rows.reduce((sum, { amount }) => sum + amount, 0n)
}
