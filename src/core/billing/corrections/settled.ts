import { type Reader, reading, type Tx } from '#core/database/store.ts'

/** A snapshot, or a transaction that is read. */
type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>

/** What settled an invoice so far, in minor units. */
export interface Settled {
  /** What it still asks for. */
  readonly open: bigint
  /** Of it, what payments settled. */
  readonly paid: bigint
  /** Of it, what the balance paid, less what credit notes put there. */
  readonly fromBalance: bigint
  /** Of it, what wallets paid. */
  readonly fromWallets: bigint
  /** Sum of all that settled it. */
  readonly settled: bigint
}

/** What an invoice still asks for, and what settled it. */
export async function settledOfInvoice(
  session: Session,
  invoice: { readonly id: string; readonly total: bigint },
): Promise<Settled> {
  const rows = await reading(session as Tx)
    .db.selectFrom('settlements')
    .select(eb => ['kind', eb.fn.sum<bigint | string>('amount').as('amount')])
    .where('invoice_id', '=', invoice.id)
    .groupBy('kind')
    .execute()
  const settled = rows.reduce((sum, row) => sum + BigInt(row.amount), 0n)
  const by = (kind: 'payment' | 'balance' | 'wallet') =>
    BigInt(rows.find(row => row.kind === kind)?.amount ?? 0n)
  return {
    ...{ open: invoice.total - settled, settled },
    ...{ paid: by('payment'), fromBalance: by('balance'), fromWallets: by('wallet') },
  }
}

/** What must still be so of an invoice for what was allowed to be done with it; null when it is gone. */
export async function settledSubject(reader: Reader, invoiceId: string): Promise<unknown> {
  const invoice = await reader.db
    .selectFrom('invoices')
    .select(['id', 'state', 'digest', 'total'])
    .where('id', '=', invoiceId)
    .executeTakeFirst()
  if (!invoice) return null
  const { settled } = await settledOfInvoice(reader, invoice)
  return { state: invoice.state, digest: invoice.digest, settled }
}
