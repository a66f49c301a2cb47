import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { type Candidate, matchBankLine } from '#engines/billing/payments/match-bank-line.ts'
import { namesNumber, squeezed } from '#engines/billing/payments/names.ts'
import type { Suggestion } from '#shared/contract/billing/bank.ts'
import { openInvoices } from '../payments/open-invoices.ts'

/** More than so many are no help. */
const MOST = 5

/** What there is to suggest for open lines: made once, asked for each line. */
export interface Suggester {
  for(line: Row<'bank_lines'>): Suggestion[]
}

/** Reads what payments may be for: open invoices with the names and accounts of their customers. */
export async function createSuggester(reader: Reader, now: bigint): Promise<Suggester> {
  const open = await openInvoices(reader, now)
  const names = await namesOf(reader)
  const ibans = await ibansOf(reader)
  const numbers = new Map(open.map(invoice => [invoice.invoiceId, invoice.number]))
  const customers = new Map(open.map(invoice => [invoice.customerId, invoice.customer]))
  const candidates = open.map(
    (invoice): Candidate => ({
      ...{ invoiceId: invoice.invoiceId, customerId: invoice.customerId, number: invoice.number },
      ...{ currency: invoice.currency, open: invoice.open, dueAt: invoice.dueAt },
      names: [invoice.customer, ...(names.get(invoice.customerId) ?? [])],
      ibans: ibans.get(invoice.customerId) ?? [],
    }),
  )
  const back = await cameBack(reader)
  const refunds = await waitingRefunds(reader)
  return {
    for(line) {
      if (line.amount < 0n) return outgoing(line, back, refunds)
      const matches = matchBankLine(line, candidates).slice(0, MOST)
      return matches.map(({ customerId, allocations, rest, score, reasons }) => ({
        ...{ kind: 'payment' as const, customerId, customer: customers.get(customerId)! },
        allocations: allocations.map(part => ({ ...part, number: numbers.get(part.invoiceId)! })),
        ...{ rest, rowId: null, score, reasons: [...reasons] },
      }))
    },
  }
}

type Outgoing = {
  readonly rowId: string
  readonly customerId: string
  readonly customer: string
  readonly amount: bigint
  readonly currency: string
  readonly reference: string
}

/** Money that left: a direct debit that came back is known by its reference, a refund by its amount. */
function outgoing(
  line: Row<'bank_lines'>,
  back: readonly Outgoing[],
  refunds: readonly Outgoing[],
): Suggestion[] {
  const same = (row: Outgoing) => row.amount === -line.amount && row.currency === line.currency
  const shown = (kind: 'return' | 'refund', row: Outgoing, named: boolean): Suggestion => ({
    ...{ kind, customerId: row.customerId, customer: row.customer, allocations: [], rest: 0n },
    ...{ rowId: row.rowId, score: named ? 95 : 40, reasons: named ? ['reference', 'amount'] : ['amount'] },
  })
  const said = squeezed(`${line.reference} ${line.text}`)
  const named = back.filter(row => same(row) && namesNumber(said, row.reference))
  if (named.length > 0) return named.slice(0, MOST).map(row => shown('return', row, true))
  return refunds
    .filter(same)
    .slice(0, MOST)
    .map(row => shown('refund', row, false))
}

async function namesOf(reader: Reader): Promise<Map<string, string[]>> {
  const rows = await reader.db
    .selectFrom('billing_profiles')
    .select(['customer_id', 'legal_name'])
    .where('legal_name', '!=', '')
    .execute()
  const names = Map.groupBy(rows, row => row.customer_id)
  return new Map([...names].map(([id, all]) => [id, all.map(row => row.legal_name)]))
}

/** The accounts from which customers paid before. */
async function ibansOf(reader: Reader): Promise<Map<string, string[]>> {
  const paid = await reader.db
    .selectFrom('payments as payment')
    .innerJoin('bank_lines as line', 'line.id', 'payment.bank_line_id')
    .select(['payment.customer_id', 'line.iban'])
    .where('payment.state', '=', 'succeeded')
    .where('line.iban', '!=', '')
    .distinct()
    .execute()
  const grouped = Map.groupBy(paid, row => row.customer_id)
  return new Map([...grouped].map(([id, all]) => [id, all.map(row => row.iban)]))
}

/** Payments that have a reference, which a return names. */
async function cameBack(reader: Reader): Promise<Outgoing[]> {
  const rows = await reader.db
    .selectFrom('payments as payment')
    .innerJoin('customers as customer', 'customer.id', 'payment.customer_id')
    .select(['payment.id', 'payment.customer_id', 'customer.name', 'payment.amount', 'payment.currency'])
    .select('payment.reference')
    .where('payment.state', 'in', ['succeeded', 'pending'])
    .where('payment.method', '=', 'direct-debit')
    .where('payment.reference', '!=', '')
    .where('payment.refunded', '=', 0n)
    .execute()
  return rows.map(row => ({
    ...{ rowId: row.id, customerId: row.customer_id, customer: row.name },
    ...{ amount: row.amount, currency: row.currency, reference: row.reference },
  }))
}

async function waitingRefunds(reader: Reader): Promise<Outgoing[]> {
  const rows = await reader.db
    .selectFrom('refunds as refund')
    .innerJoin('customers as customer', 'customer.id', 'refund.customer_id')
    .select(['refund.id', 'refund.customer_id', 'customer.name', 'refund.amount', 'refund.currency'])
    .where('refund.state', 'in', ['waiting', 'sent'])
    .orderBy('refund.created_at')
    .execute()
  return rows.map(row => ({
    ...{ rowId: row.id, customerId: row.customer_id, customer: row.name },
    ...{ amount: row.amount, currency: row.currency, reference: '' },
  }))
}
