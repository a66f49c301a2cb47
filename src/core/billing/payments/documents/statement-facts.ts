import type { Reader } from '#core/database/store.ts'
import type { StatementFacts } from '#core/documents/statement-document.ts'
import { localDay } from '#engines/billing/calendar.ts'
import { agingOf } from '#engines/billing/payments/aging.ts'
import type { Settings } from '#shared/settings.ts'
import { getCustomer } from '../../customers/customer-rows.ts'
import { frameOf } from '../../invoices/document/frame-of.ts'
import { partiesOf } from '../../invoices/parties.ts'
import { statementOf } from '../statement.ts'

export interface StatementSpan {
  readonly customerId: string
  readonly from: bigint
  readonly to: bigint
}

/**
 * What a statement says of a customer between two instants, with what was open at the end by age.
 * @throws Refusal `BILLING_SPAN_INVERTED`, `WORKSPACE_NOT_FOUND`
 */
export async function statementFacts(
  reader: Reader,
  span: StatementSpan,
  settings: Settings,
  madeAt: bigint,
): Promise<StatementFacts> {
  const { customerId, from, to } = span
  const currencies = await statementOf(reader, span)
  const { zone } = await getCustomer(reader, customerId)
  const open = await openAt(reader, customerId, to)
  return {
    ...frameOf(await partiesOf(reader, customerId, settings), settings),
    kind: 'statement',
    ...{ zone, madeAt, period: { from, to } },
    currencies: currencies.map(one => ({
      ...one,
      aging: agingOf(
        one.closing,
        open
          .filter(({ currency }) => currency === one.currency)
          .map(({ amount, dueAt }) => ({
            amount,
            overdueDays: localDay(to - 1n, zone) - localDay(dueAt, zone),
          })),
      ),
    })),
  }
}

/** What invoices asked for at an instant: what was issued, less what had settled it by then. */
async function openAt(reader: Reader, customerId: string, at: bigint) {
  const invoices = await reader.db
    .selectFrom('invoices')
    .select(['id', 'currency', 'total', 'due_at', 'state', 'reviewed_at'])
    .where('customer_id', '=', customerId)
    .where('kind', '=', 'invoice')
    .where('number', 'is not', null)
    .where('issued_at', '<', at)
    .execute()
  const settlements = await reader.db
    .selectFrom('settlements')
    .select(['invoice_id', 'amount'])
    .where('customer_id', '=', customerId)
    .where('at', '<', at)
    .execute()
  const settled = Map.groupBy(settlements, row => row.invoice_id)
  return (
    invoices
      // A void invoice asks for nothing from then on.
      .filter(({ state, reviewed_at }) => state !== 'void' || reviewed_at! >= at)
      .map(({ id, currency, total, due_at }) => ({
        ...{ currency, dueAt: due_at! },
        amount: (settled.get(id) ?? []).reduce((rest, { amount }) => rest - amount, total),
      }))
      .filter(({ amount }) => amount > 0n)
  )
}
