import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { answer, type CommandCall } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { getInvoice } from '../invoices/invoice-rows.ts'
import { leftOf } from '../payments/payment-rows.ts'
import { settleInvoice } from '../payments/settle.ts'
import { usePayment as settleWith } from '../payments/use-payment.ts'
import { balancesOf, bookTransfers } from './transfers.ts'

/** An invoice that is about to be paid. */
type Payable = Pick<Row<'invoices'>, 'id' | 'customer_id' | 'currency' | 'kind' | 'total'>

/** What pays how much of an invoice. Minor units of its currency. */
interface Plan {
  readonly balance: bigint
  readonly payments: readonly { readonly payment: Row<'payments'>; readonly amount: bigint }[]
  readonly rest: bigint
}

/**
 * What a customer has in their favour pays of an invoice: first the balance, which comes from credit notes, then what
 * is left of payments, the oldest first. Never more than the invoice asks for, nor than there is.
 */
async function planUse(session: Reader | Tx, invoice: Payable): Promise<Plan> {
  const { customer_id: customerId, currency } = invoice
  if (invoice.kind !== 'invoice') return { balance: 0n, payments: [], rest: 0n }
  const balances = await balancesOf(session, customerId)
  const balance = least(balances.find(one => one.currency === currency)?.amount ?? 0n, invoice.total)
  let rest = invoice.total - balance
  const rows = await reading(session as Tx)
    .db.selectFrom('payments')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('currency', '=', currency)
    .where('state', '=', 'succeeded')
    .orderBy('received_at')
    .orderBy('id')
    .execute()
  const payments = rows.flatMap(payment => {
    const amount = least(leftOf(payment), rest)
    rest -= amount
    return amount > 0n ? [{ payment, amount }] : []
  })
  return { balance, payments, rest }
}

/** Pays an invoice that was just issued as far as its customer has something in their favour. */
export async function payFromBalance(
  call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'actor' | 'commandId'>,
  invoice: Payable,
): Promise<void> {
  const { id: invoiceId, customer_id: customerId, currency } = invoice
  const { balance, payments } = await planUse(call.tx, invoice)
  if (balance > 0n) {
    const booking = { customerId, currency, reason: '', source: 'invoice', sourceId: invoiceId }
    const [sourceId] = await bookTransfers(call, booking, [
      { amount: balance, debit: 'balance', credit: 'receivable' },
    ])
    await settleInvoice(call, {
      invoiceId,
      customerId,
      kind: 'balance',
      sourceId: sourceId!,
      amount: balance,
    })
  }
  for (const { payment, amount } of payments) await settleWith(call, payment, [{ invoiceId, amount }])
}

const UNDECIDED: ReadonlySet<string> = new Set(['draft', 'held', 'approved'])

/** What will be used of an invoice that is not issued yet. */
export function invoiceBalance(environment: EnvironmentSettings) {
  return answer(leaf.balance, async ({ reader, input }) => {
    const invoice = await getInvoice(reader, input.invoiceId)
    const { currency, total, state } = invoice
    const settings = await readSettings(reader, environment)
    if (!settings['billing.useBalance'] || !UNDECIDED.has(state))
      return { currency, balance: 0n, payments: 0n, rest: total }
    const { balance, payments, rest } = await planUse(reader, invoice)
    return { currency, balance, payments: payments.reduce((sum, one) => sum + one.amount, 0n), rest }
  })
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
