import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { type Account, balanceOf, type Transfer } from '#engines/billing/corrections/accounts.ts'
import { byCurrency } from '../by-currency.ts'

/** A snapshot, or a transaction that is read. */
type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>

/** Of whom, in what, and what it came of. */
export interface Booking {
  readonly customerId: string
  readonly currency: string
  readonly reason: string
  /** An entity and its row: a credit note, a write-off, a payment. */
  readonly source: string
  readonly sourceId: string
}

/**
 * Books transfers between accounts of a customer, one at least. Each has a debit and a credit, so the whole sums to zero by its
 * form. Rows are never changed: what was wrong is booked the other way round.
 * @returns the ids of the rows
 */
export async function bookTransfers(
  { tx, ids, now }: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now'>,
  booking: Booking,
  transfers: readonly Transfer[],
): Promise<string[]> {
  const rows: Row<'balance_transfers'>[] = transfers.map(({ amount, debit, credit }) => {
    if (amount <= 0n) throw new RangeError('a transfer of nothing')
    return {
      ...{
        id: ids.next(),
        customer_id: booking.customerId,
        currency: booking.currency,
        amount,
        debit,
        credit,
      },
      ...{ reason: booking.reason, source: booking.source, source_id: booking.sourceId, at: now },
    }
  })
  await tx.db.insertInto('balance_transfers').values(rows).execute()
  return rows.map(row => row.id)
}

/** Puts an amount onto a customer's balance, from the account that bears it. Gives the id of the entry. */
export async function creditBalance(
  call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now'>,
  booking: Booking & { readonly amount: bigint; readonly from: Account },
): Promise<string> {
  const { amount, from: debit } = booking
  return (await bookTransfers(call, booking, [{ amount, debit, credit: 'balance' }]))[0]!
}

/** Everything that was booked of a customer, the newest first; what moved in wallets is shown by them. */
export async function transfersOf(session: Session, customerId: string): Promise<Row<'balance_transfers'>[]> {
  return (
    (session as Reader).db
      .selectFrom('balance_transfers')
      .selectAll()
      .where('customer_id', '=', customerId)
      // What moved in wallets stands on accounts of grants, which begin with one of these.
      .where('debit', 'not like', 'wallet:%')
      .where('debit', 'not like', 'held:%')
      .where('credit', 'not like', 'wallet:%')
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .execute()
  )
}

/** What a customer has in their favour, by currency; currencies of nothing are left out. */
export async function balancesOf(
  session: Session,
  customerId: string,
): Promise<{ currency: string; amount: bigint }[]> {
  const rows = await transfersOf(session, customerId)
  return [...Map.groupBy(rows, row => row.currency)]
    .map(([currency, own]) => ({ currency, amount: balanceOf(own as unknown as Transfer[]) }))
    .filter(({ amount }) => amount !== 0n)
    .sort(byCurrency)
}
