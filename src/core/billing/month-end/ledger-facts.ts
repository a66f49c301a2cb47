import type { Reader } from '#core/database/store.ts'
import { heldOf, walletOf } from '#engines/billing/corrections/accounts.ts'
import type { MonthEndFacts } from '#engines/billing/month-end/judge.ts'

/**
 * Proves that the books come to each other, over all months: what payments say they settle is what settles
 * invoices by them; nothing settles more than an invoice asks for, and paid are those that ask for nothing any
 * more; no customer has less than nothing on their balance; every number that was given is on a document.
 */
export async function ledgerFacts(reader: Reader): Promise<Pick<MonthEndFacts, 'ledger' | 'missingNumbers'>> {
  return {
    ledger: {
      payments: await wrongPayments(reader),
      invoices: await wrongInvoices(reader),
      balances: (await overdrawn(reader)) + (await wrongGrants(reader)),
    },
    missingNumbers: await missingNumbers(reader),
  }
}

async function wrongPayments({ db }: Reader): Promise<number> {
  const payments = await db.selectFrom('payments').select(['id', 'allocated']).execute()
  const settled = await db
    .selectFrom('settlements')
    .select(eb => ['source_id', eb.fn.sum<bigint | string>('amount').as('amount')])
    .where('kind', '=', 'payment')
    .groupBy('source_id')
    .execute()
  const by = new Map(settled.map(row => [row.source_id, BigInt(row.amount)]))
  return payments.filter(({ id, allocated }) => allocated !== (by.get(id) ?? 0n)).length
}

async function wrongInvoices({ db }: Reader): Promise<number> {
  const invoices = await db
    .selectFrom('invoices')
    .select(['id', 'state', 'total'])
    .where('state', 'in', ['issued', 'paid'])
    .where('kind', '=', 'invoice')
    .where('total', '>', 0n)
    .execute()
  const settled = await db
    .selectFrom('settlements')
    .select(eb => ['invoice_id', eb.fn.sum<bigint | string>('amount').as('amount')])
    .groupBy('invoice_id')
    .execute()
  const by = new Map(settled.map(row => [row.invoice_id, BigInt(row.amount)]))
  return invoices.filter(({ id, state, total }) => {
    const open = total - (by.get(id) ?? 0n)
    return open < 0n || (open === 0n) !== (state === 'paid')
  }).length
}

async function overdrawn({ db }: Reader): Promise<number> {
  const sums = async (side: 'debit' | 'credit') =>
    db
      .selectFrom('balance_transfers')
      .select(eb => ['customer_id', 'currency', eb.fn.sum<bigint | string>('amount').as('amount')])
      .where(side, '=', 'balance')
      .groupBy(['customer_id', 'currency'])
      .execute()
  const given = new Map(
    (await sums('credit')).map(row => [`${row.customer_id}/${row.currency}`, BigInt(row.amount)]),
  )
  return (await sums('debit')).filter(
    row => BigInt(row.amount) > (given.get(`${row.customer_id}/${row.currency}`) ?? 0n),
  ).length
}

/** Grants of wallets of which something else is kept than their two accounts say. */
async function wrongGrants({ db }: Reader): Promise<number> {
  const sums = async (side: 'debit' | 'credit') =>
    (
      await db
        .selectFrom('balance_transfers')
        .select(eb => [`${side} as account`, eb.fn.sum<bigint | string>('amount').as('amount')])
        .where(eb => eb.or([eb(side, 'like', 'wallet:%'), eb(side, 'like', 'held:%')]))
        .groupBy(side)
        .execute()
    ).map(row => [row.account, BigInt(row.amount)] as const)
  const [taken, given] = [new Map(await sums('debit')), new Map(await sums('credit'))]
  const of = (account: string) => (given.get(account) ?? 0n) - (taken.get(account) ?? 0n)
  const grants = await db.selectFrom('wallet_grants').select(['id', 'rest', 'held']).execute()
  return grants.filter(({ id, rest, held }) => rest !== of(walletOf(id)) || held !== of(heldOf(id))).length
}

async function missingNumbers({ db }: Reader): Promise<number> {
  const series = await db.selectFrom('number_series').selectAll().execute()
  let missing = 0
  for (const { series: name, next } of series) {
    const { rows } = await db
      .selectFrom('invoices')
      .select(eb => eb.fn.countAll<bigint>().as('rows'))
      // Every number of a series begins with its name and a hyphen; `.` is the sign behind it.
      .where('number', '>=', `${name}-`)
      .where('number', '<', `${name}.`)
      .executeTakeFirstOrThrow()
    const lost = Number(next - 1n - rows)
    missing += lost > 0 ? lost : 0
  }
  return missing
}
