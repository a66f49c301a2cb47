import type { Reader } from '#core/database/store.ts'
import { answer, type InputOf } from '#core/runtime/handlers.ts'
import { idsOfText } from '#core/workspace/search.ts'
import { refunds as leaf } from '#shared/contract/billing/refunds.ts'
import { byCurrency } from '../by-currency.ts'
import { refundRows, shownRefund, showRefund } from './refund-rows.ts'

/** Refunds under some words that are looked at, at most. */
const MOST_FOUND = 20_000

/** Which rows are meant, as a condition of a query over `refunds as refund`. */
async function wanted(reader: Reader, filter: InputOf<typeof leaf.list>['filter']) {
  const ids =
    filter.search.trim() === '' ? null : await idsOfText(reader, 'refund', filter.search, MOST_FOUND)
  return (query: ReturnType<typeof refundRows>) => {
    let narrow = query
    if (filter.customerId !== undefined) narrow = narrow.where('refund.customer_id', '=', filter.customerId)
    // PostgreSQL has no empty list.
    if (filter.states !== undefined)
      narrow = narrow.where('refund.state', 'in', [...filter.states, '' as 'waiting'])
    return ids === null ? narrow : narrow.where('refund.id', 'in', [...ids, ''])
  }
}

export const listRefunds = answer(leaf.list, async ({ reader, input }) => {
  const { filter, offset, limit } = input
  const narrowed = await wanted(reader, filter)
  const rows = await narrowed(refundRows(reader))
    .orderBy('refund.created_at', 'desc')
    .orderBy('refund.id', 'desc')
    .offset(offset)
    .limit(limit)
    .execute()
  const counts = await narrowed(refundRows(reader))
    .clearSelect()
    .select(eb => eb.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow()
  return { refunds: rows.map(shownRefund), count: Number(counts.count), waiting: await waitingSums(reader) }
})

/** What is still to be paid out, by currency, whatever is looked for. */
async function waitingSums(reader: Reader) {
  const rows = await reader.db
    .selectFrom('refunds')
    .select(eb => [
      'currency',
      eb.fn.sum<bigint | string>('amount').as('amount'),
      eb.fn.countAll<bigint>().as('count'),
    ])
    .where('state', 'in', ['waiting', 'sent'])
    .groupBy('currency')
    .execute()
  return rows
    .map(({ currency, amount, count }) => ({ currency, amount: BigInt(amount), count: Number(count) }))
    .sort(byCurrency)
}

export const getRefundShown = answer(leaf.get, ({ reader, input }) => showRefund(reader, input.refundId))
