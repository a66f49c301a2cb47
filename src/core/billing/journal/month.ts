import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import { zoned } from '#engines/billing/calendar.ts'
import { mirrored } from '#engines/billing/journal/entries.ts'
import type { Settings } from '#shared/settings.ts'
import { monthIn } from '../close/month.ts'
import { type Kept, keptEntries } from './entity-of.ts'
import { bookedUntil } from './facts.ts'
import { type DraftEntry, postingsOfText, postingsText, storedEntries } from './journal-rows.ts'

type Session = Pick<Reader, 'db'>

/** When the entries of a month were fixed; null where they are not. */
export async function fixedAt(session: Session, period: string): Promise<bigint | null> {
  const row = await session.db
    .selectFrom('journal_months')
    .select('fixed_at')
    .where('period', '=', period)
    .executeTakeFirst()
  return row?.fixed_at ?? null
}

/**
 * The entries of a month: those that were fixed, or what they would be. What belongs to a month that is fixed
 * already and came later stands in this one, on its first day; what was taken back of what was fixed, too.
 * By the calendar of the workspace's zone an instant belongs to a month.
 */
export async function monthEntries(
  session: Session,
  period: string,
  settings: Settings,
): Promise<Row<'journal_entries'>[]> {
  if ((await fixedAt(session, period)) !== null) return storedEntries(session, period)
  const zone = settings['workspace.zone']!
  const months = await session.db.selectFrom('journal_months').select('period').execute()
  const fixed = new Set(months.map(row => row.period))
  const stored = new Set(
    (await session.db.selectFrom('journal_entries').select('source').execute()).map(row => row.source),
  )
  const { from, to } = monthIn(period, zone)
  const dayOf = (at: bigint) => zoned(at, zone).toPlainDate().toString()
  const first = dayOf(from)
  const booked = await bookedUntil(session, to)
  const drafts = [...booked, ...(await takenBack(session, stored, from))]
  const ofMonth = drafts
    .filter(({ source, postings }) => !stored.has(source) && postings.length > 0)
    .map(draft => ({ ...draft, day: dayOf(draft.at) }))
    .filter(({ day }) => day >= first || fixed.has(day.slice(0, 7)))
    .sort((a, b) => Number(a.at - b.at) || (a.source < b.source ? -1 : 1))
  const kept = await keptEntries(session, ofMonth, settings)
  return ofMonth.map(({ day, ...draft }, index) =>
    rowOf(draft, period, day < first ? first : day, index + 1, draft.kept ?? kept.get(draft.source)!),
  )
}

/** Payments that were reversed and refunds that failed after their month was fixed: their entries the other way round. */
async function takenBack(session: Session, stored: ReadonlySet<string>, at: bigint): Promise<DraftEntry[]> {
  const payments = await session.db
    .selectFrom('payments')
    .select('id')
    .where('state', '=', 'reversed')
    .execute()
  const refunds = await session.db
    .selectFrom('refunds')
    .select('id')
    .where('state', 'in', ['failed', 'cancelled'])
    .execute()
  const sources = [...payments.map(({ id }) => `payment/${id}`), ...refunds.map(({ id }) => `refund/${id}`)]
  const drafts: DraftEntry[] = []
  for (const source of sources.filter(one => stored.has(one))) {
    const row = await session.db
      .selectFrom('journal_entries')
      .selectAll()
      .where('source', '=', source)
      .executeTakeFirstOrThrow()
    drafts.push({
      ...{ source: `${source}/reversed`, kind: 'reversal', at, document: row.document },
      ...{ customerId: row.customer_id, customerKey: row.customer_key, customerName: row.customer_name },
      ...{ currency: row.currency, postings: mirrored(postingsOfText(row.postings)) },
      kept: { entityId: row.entity_id, books: row.books, rate: row.rate },
    })
  }
  return drafts
}

const KINDS: Readonly<Record<DraftEntry['kind'], string>> = {
  ...{ invoice: 'Invoice', 'credit-note': 'Credit note', void: 'Void invoice', payment: 'Payment' },
  ...{ refund: 'Refund', 'write-off': 'Write-off', balance: 'Balance', reversal: 'Taken back' },
}

function rowOf(
  draft: DraftEntry,
  period: string,
  day: string,
  number: number,
  { entityId, books, rate }: Kept,
): Row<'journal_entries'> {
  return {
    ...{ source: draft.source, period, number: BigInt(number), day, kind: draft.kind },
    ...{ document: draft.document, customer_id: draft.customerId, customer_key: draft.customerKey },
    ...{ customer_name: draft.customerName, currency: draft.currency },
    text: [KINDS[draft.kind], draft.document, draft.customerName].filter(Boolean).join(' '),
    postings: postingsText(draft.postings),
    ...{ entity_id: entityId, books, rate },
  }
}
