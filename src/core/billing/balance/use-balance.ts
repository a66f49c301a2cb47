import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { answer, type CommandCall } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { sumOf } from '#engines/billing/wallets/grants.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { getInvoice } from '../invoices/invoice-rows.ts'
import type { Parties } from '../invoices/parties.ts'
import { leftOf } from '../payments/payment-rows.ts'
import { settleInvoice } from '../payments/settle.ts'
import { usePayment as settleWith } from '../payments/use-payment.ts'
import { payFromWallets, planWallets } from '../wallets/pay-invoice.ts'
import { balancesOf, bookTransfers } from './transfers.ts'

/** An invoice that is about to be paid. */
type Payable = Pick<Row<'invoices'>, 'id' | 'customer_id' | 'currency' | 'kind' | 'total'>

/** What pays how much of an invoice. Minor units of its currency. */
interface Plan {
  readonly balance: bigint
  readonly wallets: bigint
  readonly payments: readonly { readonly payment: Row<'payments'>; readonly amount: bigint }[]
  readonly rest: bigint
}

/**
 * What a customer has in their favour pays of an invoice: first the balance, which comes from credit notes, then
 * wallets, which can expire, then what is left of payments, the oldest first. Never more than the invoice asks for, nor
 * than there is.
 * @param workspace whether the workspace uses balances and what is left of payments, for customers of whom nothing
 *   else is said; each wallet says so itself
 */
async function planUse(
  session: Reader | Tx,
  invoice: Payable,
  workspace: boolean,
  at: bigint,
): Promise<Plan> {
  const { customer_id: customerId, currency } = invoice
  if (invoice.kind !== 'invoice') return { balance: 0n, wallets: 0n, payments: [], rest: invoice.total }
  const useBalance = await usesBalance(session, customerId, workspace)
  const balances = useBalance ? await balancesOf(session, customerId) : []
  const balance = least(balances.find(one => one.currency === currency)?.amount ?? 0n, invoice.total)
  const shares = await planWallets(session, invoice, invoice.total - balance, at)
  const wallets = sumOf(shares.flatMap(({ parts }) => parts))
  let rest = invoice.total - balance - wallets
  if (!useBalance) return { balance, wallets, payments: [], rest }
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
  return { balance, wallets, payments, rest }
}

/**
 * Pays an invoice that was just issued as far as its customer has something in their favour, and fixes what did so that
 * its document asks for the rest alone.
 */
export async function payFromBalance(
  call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now' | 'receivedAt' | 'actor' | 'commandId' | 'effect'>,
  invoice: Payable,
  useBalance: boolean,
): Promise<void> {
  const { id: invoiceId, customer_id: customerId, currency } = invoice
  const { balance, wallets, payments } = await planUse(call.tx, invoice, useBalance, call.receivedAt)
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
  if (wallets > 0n) await payFromWallets(call, invoice, invoice.total - balance)
  for (const { payment, amount } of payments) await settleWith(call, payment, [{ invoiceId, amount }])
  await fixPrepaid(call.tx, invoiceId, { balance, wallets, payments: sumOf(payments) })
}

/** Stores with the parties of an invoice what had paid of it at its issue. */
async function fixPrepaid(
  tx: Tx,
  invoiceId: string,
  paid: { readonly balance: bigint; readonly wallets: bigint; readonly payments: bigint },
): Promise<void> {
  const { parties: text } = await getInvoice(tx, invoiceId)
  if (text === null || Object.values(paid).every(amount => amount === 0n)) return
  const { balance, wallets, payments } = paid
  const prepaid = { balance: `${balance}`, wallets: `${wallets}`, payments: `${payments}` }
  const parties: Parties = { ...fromCanonical<Parties>(text), prepaid }
  await tx.db
    .updateTable('invoices')
    .set({ parties: canonicalJson(parties) })
    .where('id', '=', invoiceId)
    .execute()
}

/** Whether what a customer has in their favour is used for their invoices: as was said of them, or of all. */
async function usesBalance(session: Reader | Tx, customerId: string, workspace: boolean): Promise<boolean> {
  const row = await reading(session as Tx)
    .db.selectFrom('billing_profiles')
    .select('use_balance')
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
  const own = row?.use_balance ?? null
  return own === null ? workspace : own !== 0n
}

const UNDECIDED: ReadonlySet<string> = new Set(['draft', 'held', 'approved'])

/** What will be used of an invoice that is not issued yet. */
export function invoiceBalance(environment: EnvironmentSettings) {
  return answer(leaf.balance, async ({ reader, input, now }) => {
    const invoice = await getInvoice(reader, input.invoiceId)
    const { currency, total, state } = invoice
    if (!UNDECIDED.has(state)) return { currency, balance: 0n, wallets: 0n, payments: 0n, rest: total }
    const settings = await readSettings(reader, environment)
    const plan = await planUse(reader, invoice, settings['billing.useBalance'], now)
    const { balance, wallets, payments, rest } = plan
    return { currency, balance, wallets, payments: payments.reduce((sum, one) => sum + one.amount, 0n), rest }
  })
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
