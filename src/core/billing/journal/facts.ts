import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { type Booked, postingsOf, type Role } from '#engines/billing/journal/entries.ts'
import type { DraftEntry } from './journal-rows.ts'

type Session = Pick<Reader, 'db'>

/** Lines are read for so many invoices at a time: databases limit the parameters of a query. */
const PAGE = 500

/** Everything that was ever booked before an instant, as entries without a number, in no order. */
export async function bookedUntil(session: Session, until: bigint): Promise<DraftEntry[]> {
  return [
    ...(await documents(session, until)),
    ...(await paymentsOf(session, until)),
    ...(await refundsOf(session, until)),
    ...(await writeOffsOf(session, until)),
    ...(await transfersOf(session, until)),
  ]
}

async function documents(session: Session, until: bigint): Promise<DraftEntry[]> {
  const rows = await session.db
    .selectFrom('invoices as invoice')
    .innerJoin('customers as customer', 'customer.id', 'invoice.customer_id')
    .leftJoin('credit_notes as note', 'note.id', 'invoice.id')
    .leftJoin('invoice_voids as void', 'void.invoice_id', 'invoice.id')
    .select([
      'invoice.id',
      'invoice.kind',
      'invoice.number',
      'invoice.currency',
      'invoice.issued_at',
      'invoice.total',
    ])
    .select(['invoice.customer_id', 'customer.key', 'customer.name', 'note.credited', 'void.voided_at'])
    .where('invoice.number', 'is not', null)
    .where('invoice.issued_at', '<', until)
    .execute()
  const lines = await linesOf(
    session,
    rows.map(({ id }) => id),
  )
  return rows.flatMap(row => {
    const common = {
      ...{ document: row.number!, customerId: row.customer_id, customerKey: row.key, customerName: row.name },
      currency: row.currency,
    }
    const booked = (kind: 'invoice' | 'credit-note' | 'void'): Booked => ({
      ...{ kind, customer: row.key, lines: lines.get(row.id) ?? [], toBalance: toBalanceOf(row) },
    })
    const issued = { ...common, source: `invoice/${row.id}`, kind: row.kind, at: row.issued_at! }
    return [
      { ...issued, postings: postingsOf(booked(row.kind)) },
      ...(row.voided_at !== null && row.voided_at < until
        ? [
            {
              ...common,
              ...{ source: `invoice/${row.id}/void`, kind: 'void' as const, at: row.voided_at },
              postings: postingsOf(booked('void')),
            },
          ]
        : []),
    ]
  })
}

/** What of a document went onto the balance: of a month that came to less than nothing all of it. */
function toBalanceOf({ credited, total }: { credited: bigint | null; total: bigint }): bigint {
  return credited ?? (total < 0n ? -total : 0n)
}

async function linesOf(session: Session, ids: readonly string[]) {
  const found: Pick<
    Row<'invoice_lines'>,
    'invoice_id' | 'kind' | 'price_key' | 'amount' | 'tax' | 'tax_rate'
  >[] = []
  for (let from = 0; from < ids.length; from += PAGE)
    found.push(
      ...(await session.db
        .selectFrom('invoice_lines')
        .select(['invoice_id', 'kind', 'price_key', 'amount', 'tax', 'tax_rate'])
        .where('invoice_id', 'in', ids.slice(from, from + PAGE))
        .orderBy('invoice_id')
        .orderBy('position')
        .execute()),
    )
  const lines = found.map(({ invoice_id, kind, price_key, amount, tax, tax_rate }) => ({
    ...{ invoiceId: invoice_id, kind, key: price_key, amount, tax, taxRate: tax_rate },
  }))
  return Map.groupBy(lines, ({ invoiceId }) => invoiceId)
}

/** Money that came, also where it was reversed later: that is an entry of its own, once it was in a fixed month. */
async function paymentsOf(session: Session, until: bigint): Promise<DraftEntry[]> {
  const rows = await session.db
    .selectFrom('payments as payment')
    .innerJoin('customers as customer', 'customer.id', 'payment.customer_id')
    .select(['payment.id', 'payment.customer_id', 'payment.currency', 'payment.amount', 'payment.method'])
    .select(['payment.reference', 'payment.received_at', 'customer.key', 'customer.name'])
    .where('payment.state', '=', 'succeeded')
    .where('payment.received_at', '<', until)
    .execute()
  return rows.map(row => ({
    ...{ source: `payment/${row.id}`, kind: 'payment', at: row.received_at!, document: row.reference },
    ...{ customerId: row.customer_id, customerKey: row.key, customerName: row.name, currency: row.currency },
    postings: postingsOf({ kind: 'payment', customer: row.key, amount: row.amount, method: row.method }),
  }))
}

/** Money that goes back, from when it was decided: out of the balance, or of what was paid. */
async function refundsOf(session: Session, until: bigint): Promise<DraftEntry[]> {
  const rows = await session.db
    .selectFrom('refunds as refund')
    .innerJoin('customers as customer', 'customer.id', 'refund.customer_id')
    .leftJoin('payments as payment', 'payment.id', 'refund.payment_id')
    .select(['refund.id', 'refund.customer_id', 'refund.currency', 'refund.amount', 'refund.created_at'])
    .select(['refund.source', 'refund.reason', 'payment.method', 'customer.key', 'customer.name'])
    .where('refund.state', 'in', ['waiting', 'sent', 'done'])
    .where('refund.created_at', '<', until)
    .execute()
  return rows.map(row => ({
    ...{ source: `refund/${row.id}`, kind: 'refund', at: row.created_at, document: row.reason },
    ...{ customerId: row.customer_id, customerKey: row.key, customerName: row.name, currency: row.currency },
    postings: postingsOf({
      ...{ kind: 'refund', customer: row.key, amount: row.amount, ofBalance: row.source === 'balance' },
      method: row.method ?? 'bank-transfer',
    }),
  }))
}

async function writeOffsOf(session: Session, until: bigint): Promise<DraftEntry[]> {
  const rows = await session.db
    .selectFrom('write_offs as off')
    .innerJoin('customers as customer', 'customer.id', 'off.customer_id')
    .innerJoin('invoices as invoice', 'invoice.id', 'off.invoice_id')
    .select(['off.id', 'off.customer_id', 'off.currency', 'off.amount', 'off.created_at'])
    .select(['invoice.number', 'customer.key', 'customer.name'])
    .where('off.created_at', '<', until)
    .execute()
  return rows.map(row => ({
    ...{ source: `write-off/${row.id}`, kind: 'write-off', at: row.created_at, document: row.number! },
    ...{ customerId: row.customer_id, customerKey: row.key, customerName: row.name, currency: row.currency },
    postings: postingsOf({ kind: 'write-off', customer: row.key, amount: row.amount }),
  }))
}

/** Accounts of the double entry of customers as roles of the journal. What is to go back is owed until it is gone. */
const ROLE_OF: Readonly<Record<string, Role>> = {
  ...{ receivable: 'receivables', refundable: 'receivables', balance: 'balance' },
  ...{ consumed: 'revenue', expired: 'revenue', promotion: 'discounts' },
}

/**
 * What is at rest or held of a grant is in the customer's favour, as the balance is. What was paid ahead by an invoice
 * was revenue of that invoice and is taken back, until it is used; what was paid for elsewhere has no entry of ours to
 * take back.
 * @param invoiced whether the grant was paid for by an invoice
 */
function roleOf(account: string, invoiced: boolean): Role {
  if (/^(wallet|held):/.test(account)) return 'balance'
  if (account === 'prepaid') return invoiced ? 'revenue' : 'other'
  return ROLE_OF[account] ?? 'other'
}

/**
 * Movements between accounts that no document above has booked: what pays from the balance or from wallets, what goes
 * into wallets and lapses, and a refund that failed and so is on the balance.
 */
async function transfersOf(session: Session, until: bigint): Promise<DraftEntry[]> {
  const rows = await session.db
    .selectFrom('balance_transfers as transfer')
    .innerJoin('customers as customer', 'customer.id', 'transfer.customer_id')
    .leftJoin('refunds as refund', 'refund.id', 'transfer.source_id')
    .leftJoin('wallet_grants as grant', 'grant.id', 'transfer.source_id')
    .selectAll('transfer')
    .select(['customer.key', 'customer.name', 'refund.source as refunded_of', 'grant.one_off_id'])
    .where('transfer.source', 'not in', ['credit-note', 'write-off'])
    .where('transfer.debit', '!=', 'void')
    .where('transfer.at', '<', until)
    .execute()
  return rows
    .filter(
      row =>
        row.source !== 'refund' ||
        (row.debit === 'refundable' && row.credit === 'balance' && row.refunded_of !== 'balance'),
    )
    .map(row => ({
      ...{ source: `transfer/${row.id}`, kind: 'balance', at: row.at, document: row.reason },
      ...{
        customerId: row.customer_id,
        customerKey: row.key,
        customerName: row.name,
        currency: row.currency,
      },
      postings: postingsOf({
        ...{ kind: 'balance', customer: row.key, amount: row.amount },
        debit: roleOf(row.debit, row.one_off_id !== null),
        credit: roleOf(row.credit, row.one_off_id !== null),
      }),
    }))
}
