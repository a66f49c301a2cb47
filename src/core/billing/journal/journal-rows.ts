import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import type { Posting } from '#engines/billing/journal/entries.ts'
import type { Chart, Entry } from '#engines/billing/journal/render.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { JournalEntry, JournalExport } from '#shared/contract/billing/journal.ts'

/** Something that was booked, before it has a place in a month. */
export interface DraftEntry {
  /** What it is of, the same whenever it is looked at. */
  readonly source: string
  readonly kind: JournalEntry['kind']
  readonly at: bigint
  readonly document: string
  readonly customerId: string
  readonly customerKey: string
  readonly customerName: string
  readonly currency: string
  readonly postings: readonly Posting[]
}

type StoredPosting = Omit<Posting, 'amount'> & { readonly amount: string }

/** Postings as canonical text: amounts are texts, because JSON has no integers of 64 bits. */
export function postingsText(postings: readonly Posting[]): string {
  return canonicalJson(postings.map(one => ({ ...one, amount: String(one.amount) })))
}

function postingsOfText(text: string): Posting[] {
  return fromCanonical<StoredPosting[]>(text).map(one => ({ ...one, amount: BigInt(one.amount) }))
}

/** The entries of a fixed month in their order; of one currency, where it is named. */
export async function storedEntries(
  session: Pick<Reader, 'db'>,
  period: string,
  currency?: string,
): Promise<Row<'journal_entries'>[]> {
  let query = session.db.selectFrom('journal_entries').selectAll().where('period', '=', period)
  if (currency !== undefined) query = query.where('currency', '=', currency)
  return query.orderBy('number').execute()
}

/** An entry as the contract shows it. */
export function shownEntry(row: Row<'journal_entries'>): JournalEntry {
  return {
    ...{
      source: row.source,
      number: Number(row.number),
      day: row.day,
      kind: row.kind as JournalEntry['kind'],
    },
    ...{ document: row.document, customerId: row.customer_id, customer: row.customer_name },
    ...{ currency: row.currency, text: row.text, postings: postingsOfText(row.postings) },
  }
}

/** An entry as a file has it. */
export function fileEntry(row: Row<'journal_entries'>): Entry {
  return {
    ...{ number: Number(row.number), day: row.day, document: row.document, text: row.text },
    ...{
      customer: row.customer_key,
      customerName: row.customer_name,
      postings: postingsOfText(row.postings),
    },
  }
}

export function shownExport(row: Row<'journal_exports'>): JournalExport {
  return {
    ...{ id: row.id, period: row.period, profile: row.profile, currency: row.currency },
    ...{ number: Number(row.number), entries: Number(row.entries), total: row.total, digest: row.digest },
    ...{ fileName: row.file_name, exportedBy: row.exported_by, exportedAt: row.exported_at },
  }
}

/** What was entered for a profile. */
export async function chartOf(session: Pick<Reader, 'db'>, profile: string): Promise<Chart> {
  const rows = await session.db
    .selectFrom('journal_accounts')
    .select(['item', 'account', 'tax_key'])
    .where('profile', '=', profile)
    .orderBy('item')
    .execute()
  return Object.fromEntries(rows.map(row => [row.item, { account: row.account, taxKey: row.tax_key }]))
}
