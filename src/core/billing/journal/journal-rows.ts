import type { Row } from '#core/database/schema.ts'
import type { Reader } from '#core/database/store.ts'
import type { Posting } from '#engines/billing/journal/entries.ts'
import type { Chart, Entry } from '#engines/billing/journal/render.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { JournalEntry, JournalExport } from '#shared/contract/billing/journal.ts'
import type { Kept } from './entity-of.ts'

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
  /** Whose it is, where that is known already: of what takes an entry back. */
  readonly kept?: Kept
}

type StoredPosting = Omit<Posting, 'amount'> & { readonly amount: string }

/** Postings as canonical text: amounts are texts, because JSON has no integers of 64 bits. */
export function postingsText(postings: readonly Posting[]): string {
  return canonicalJson(postings.map(one => ({ ...one, amount: String(one.amount) })))
}

export function postingsOfText(text: string): Posting[] {
  return fromCanonical<StoredPosting[]>(text).map(one => ({ ...one, amount: BigInt(one.amount) }))
}

/** The entries of a fixed month in their order; of one currency, of one legal entity, where they are named. */
export async function storedEntries(
  session: Pick<Reader, 'db'>,
  period: string,
  currency?: string,
  entityId: string | null = null,
): Promise<Row<'journal_entries'>[]> {
  let query = session.db.selectFrom('journal_entries').selectAll().where('period', '=', period)
  if (currency !== undefined) query = query.where('currency', '=', currency)
  return (await query.orderBy('number').execute()).filter(row => isOf(row, entityId))
}

/** Whether an entry is of a legal entity; empty: of the workspace by its settings, null: of whoever. */
export function isOf(row: Pick<Row<'journal_entries'>, 'entity_id'>, entityId: string | null): boolean {
  return entityId === null || (row.entity_id ?? '') === entityId
}

/**
 * An entry as the contract shows it.
 * @param names of legal entities, by id
 */
export function shownEntry(row: Row<'journal_entries'>, names: ReadonlyMap<string, string>): JournalEntry {
  return {
    ...{
      source: row.source,
      number: Number(row.number),
      day: row.day,
      kind: row.kind as JournalEntry['kind'],
    },
    ...{ document: row.document, customerId: row.customer_id, customer: row.customer_name },
    ...{ currency: row.currency, text: row.text, postings: postingsOfText(row.postings) },
    entity: row.entity_id === null ? null : (names.get(row.entity_id) ?? row.entity_id),
    ...{ books: row.books, rate: row.rate },
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
    ...{ books: row.books, rate: row.rate },
  }
}

export function shownExport(row: Row<'journal_exports'>): JournalExport {
  return {
    ...{ id: row.id, period: row.period, profile: row.profile, currency: row.currency },
    ...{ number: Number(row.number), entries: Number(row.entries), total: row.total, digest: row.digest },
    ...{ fileName: row.file_name, exportedBy: row.exported_by, exportedAt: row.exported_at },
    entityId: row.entity_id,
  }
}

/** Where accounts that a legal entity has otherwise are kept. */
export function profileOf(profile: string, entityId: string | null): string {
  return entityId === null || entityId === '' ? profile : `${profile}@${entityId}`
}

/** What was entered for a profile, and what a legal entity has otherwise before that. */
export async function chartOf(
  session: Pick<Reader, 'db'>,
  profile: string,
  entityId: string | null = null,
): Promise<Chart> {
  const common = await enteredFor(session, profile)
  const own = profileOf(profile, entityId)
  return own === profile ? common : { ...common, ...(await enteredFor(session, own)) }
}

async function enteredFor(session: Pick<Reader, 'db'>, profile: string): Promise<Chart> {
  const rows = await session.db
    .selectFrom('journal_accounts')
    .select(['item', 'account', 'tax_key'])
    .where('profile', '=', profile)
    .orderBy('item')
    .execute()
  return Object.fromEntries(rows.map(row => [row.item, { account: row.account, taxKey: row.tax_key }]))
}
