import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { idsOfText } from '#core/workspace/search.ts'
import { allocate } from '#engines/billing/payments/allocate.ts'
import { namesNumber, squeezed } from '#engines/billing/payments/names.ts'
import { payments as leaf, type PaymentState } from '#shared/contract/billing/payments.ts'
import { refuse } from '#shared/errors.ts'
import { paymentDetail, paymentRows, shownPayment } from './payment-rows.ts'
import { openInvoicesOf, stateOf } from './settle.ts'

/** Payments under some words that are looked at, at most. */
const MOST_FOUND = 20_000

type Filter = NonNullable<Parameters<typeof narrowed>[2]>

async function narrowed<Q>(
  reader: Reader,
  query: Q,
  filter: {
    customerId?: string | undefined
    states?: readonly PaymentState[] | undefined
    method?: string | undefined
    left?: boolean | undefined
    search: string
  },
): Promise<Q> {
  // The queries differ in what they select; all stand on the same table under the same name.
  let narrow = query as unknown as ReturnType<typeof paymentRows>
  if (filter.customerId !== undefined) narrow = narrow.where('payment.customer_id', '=', filter.customerId)
  // PostgreSQL has no empty list.
  if (filter.states !== undefined)
    narrow = narrow.where('payment.state', 'in', [...filter.states, '' as PaymentState])
  if (filter.method !== undefined) narrow = narrow.where('payment.method', '=', filter.method as 'card')
  if (filter.left === true)
    narrow = narrow
      .where('payment.state', '=', 'succeeded')
      .where(eb => eb('payment.amount', '>', eb('payment.allocated', '+', eb.ref('payment.refunded'))))
  if (filter.search.trim() !== '') {
    const ids = await idsOfText(reader, 'payment', filter.search, MOST_FOUND)
    narrow = narrow.where('payment.id', 'in', [...ids, ''])
  }
  return narrow as unknown as Q
}

export const listPayments = answer(leaf.list, async ({ reader, input }) => {
  const { filter, offset, limit } = input
  const rows = await (await narrowed(reader, paymentRows(reader), filter))
    .orderBy(eb => eb.fn.coalesce('payment.received_at', 'payment.created_at'), 'desc')
    .orderBy('payment.id', 'desc')
    .offset(offset)
    .limit(limit)
    .execute()
  return { payments: rows.map(shownPayment), count: await countOf(reader, filter) }
})

async function countOf(reader: Reader, filter: Filter): Promise<number> {
  const query = reader.db.selectFrom('payments as payment').select(eb => eb.fn.countAll<bigint>().as('count'))
  const { count } = await (await narrowed(reader, query, filter)).executeTakeFirstOrThrow()
  return Number(count)
}

export const showPayment = answer(leaf.get, ({ reader, input }) => paymentDetail(reader, input.paymentId))

export const proposeAllocation = answer(leaf.propose, async ({ reader, input }) => {
  const open = await openInvoicesOf(reader, input.customerId)
  const text = squeezed(input.reference)
  const named = open.filter(({ number }) => namesNumber(text, number)).map(({ id }) => id)
  const { allocations, rest } = allocate(input.amount, input.currency, open, named)
  return { allocations: [...allocations], rest }
})

export const settlementsOfInvoice = answer(leaf.settlementsOf, async ({ reader, input }) => {
  const { invoiceId } = input
  const known = await reader.db
    .selectFrom('invoices')
    .select('id')
    .where('id', '=', invoiceId)
    .executeTakeFirst()
  if (!known) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'invoice', id: invoiceId })
  const rows = await reader.db
    .selectFrom('settlements')
    .select(['id', 'kind', 'source_id', 'amount', 'at'])
    .where('invoice_id', '=', invoiceId)
    .orderBy('at')
    .orderBy('id')
    .execute()
  return {
    ...(await stateOf(reader, invoiceId)),
    settlements: rows.map(({ source_id, ...row }) => ({ ...row, sourceId: source_id })),
  }
})
