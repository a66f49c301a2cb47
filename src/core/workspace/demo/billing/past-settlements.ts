import type { Row } from '#core/database/schema.ts'
import { idFromCommand } from '#shared/ids.ts'
import type { PastInvoice, PastRun } from './store-month.ts'

/** Why the demo gave a debt up. */
const GIVEN_UP = 'The customer went out of business'

export interface PastSettlements {
  readonly payments: Row<'payments'>[]
  readonly writeOffs: Row<'write_offs'>[]
  readonly transfers: Row<'balance_transfers'>[]
  readonly settlements: Row<'settlements'>[]
  readonly history: Row<'invoice_history'>[]
}

/**
 * What settled the invoices of a past month: a payment of the whole for each that was paid, a write-off for each
 * that was given up. The rows are those that the commands of payments and corrections store.
 * @param rows of the invoices, in the same order
 */
export function settlementRows(
  run: PastRun,
  invoices: readonly PastInvoice[],
  rows: readonly Row<'invoices'>[],
): PastSettlements {
  const made: PastSettlements = { payments: [], writeOffs: [], transfers: [], settlements: [], history: [] }
  for (const [index, { draft, state, settledAt: at }] of invoices.entries()) {
    if (at === null) continue
    const { id: invoiceId, customer_id: customerId, currency, total: amount } = draft.invoice
    const number = rows[index]!.number!
    const sourceId = idFromCommand(invoiceId, 3)
    const commandId = idFromCommand(invoiceId, 4)
    const kind = state === 'paid' ? ('payment' as const) : ('write-off' as const)
    const by = state === 'paid' ? null : run.by
    if (kind === 'payment')
      made.payments.push({
        ...{ id: sourceId, customer_id: customerId, title: `${draft.customer} · ${number}` },
        ...{ currency, amount, method: methodOf(currency), provider: 'manual', provider_ref: null },
        ...{ reference: number, state: 'succeeded', received_at: at, allocated: amount, refunded: 0n },
        ...{ failure: null, failure_text: null, note: null, asked_for: '[]', bank_line_id: null },
        ...{ created_by: run.by, created_at: at },
      })
    else {
      made.writeOffs.push({
        ...{ id: sourceId, invoice_id: invoiceId, customer_id: customerId, currency, amount },
        ...{ reverses: null, reason: GIVEN_UP, requested_by: run.by, approval_id: null, created_at: at },
      })
      made.transfers.push({
        ...{ id: idFromCommand(invoiceId, 6), customer_id: customerId, currency, amount },
        ...{ debit: 'bad-debt', credit: 'receivable', reason: GIVEN_UP },
        ...{ source: 'write-off', source_id: sourceId, at },
      })
    }
    made.settlements.push({
      ...{ id: idFromCommand(invoiceId, 5), invoice_id: invoiceId, customer_id: customerId },
      ...{ kind, source_id: sourceId, amount, at, created_by: by },
    })
    made.history.push({
      ...{ invoice_id: invoiceId, command_id: commandId, number: 4n, by, at },
      command: kind === 'payment' ? 'billing.invoice.paid' : 'billing.correction.writeOff',
      note: kind === 'payment' ? null : GIVEN_UP,
    })
  }
  return made
}

/** Companies in the euro area transfer, others mostly pay by card. */
function methodOf(currency: string): Row<'payments'>['method'] {
  return currency === 'USD' ? 'card' : 'bank-transfer'
}
