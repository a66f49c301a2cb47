import type { Reader } from '#core/database/store.ts'
import { answer } from '#core/runtime/handlers.ts'
import { type BankLine, bank as leaf } from '#shared/contract/billing/bank.ts'
import { shownLine } from './bank-rows.ts'
import { createSuggester } from './suggest.ts'

interface Filter {
  readonly accountId?: string | undefined
  readonly states?: readonly BankLine['state'][] | undefined
}

function narrowed(reader: Reader, { accountId, states }: Filter) {
  let query = reader.db.selectFrom('bank_lines')
  if (accountId !== undefined) query = query.where('account_id', '=', accountId)
  // PostgreSQL has no empty list.
  if (states !== undefined) query = query.where('state', 'in', [...states, '' as BankLine['state']])
  return query
}

/** The newest first; open ones with what they may be. */
export const listBankLines = answer(leaf.lines, async ({ reader, input, now }) => {
  const { offset, limit, ...filter } = input
  const rows = await narrowed(reader, filter)
    .selectAll()
    .orderBy('booked_on', 'desc')
    .orderBy('id', 'desc')
    .offset(offset)
    .limit(limit)
    .execute()
  const { count } = await narrowed(reader, filter)
    .select(eb => eb.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow()
  const suggester = rows.some(row => row.state === 'open') ? await createSuggester(reader, now) : null
  return {
    lines: rows.map(row => shownLine(row, row.state === 'open' ? suggester!.for(row) : [])),
    count: Number(count),
  }
})
