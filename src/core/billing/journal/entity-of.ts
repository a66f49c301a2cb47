import type { Reader } from '#core/database/store.ts'
import { zoned } from '#engines/billing/calendar.ts'
import { divide, exactOf, exactText } from '#engines/billing/exact.ts'
import { findRate, type KnownRate } from '#engines/billing/exchange/find-rate.ts'
import { fromCanonical } from '#shared/canonical.ts'
import type { Settings } from '#shared/settings.ts'
import { type EntityRow, entityRows } from '../entities/entity-rows.ts'
import type { Parties } from '../invoices/parties.ts'
import type { DraftEntry } from './journal-rows.ts'

type Session = Pick<Reader, 'db'>

/** Rows are looked up by so many ids at a time: databases limit the parameters of a query. */
const PAGE = 500

/** Of which legal entity an entry is, and by which rate its books keep it. */
export interface Kept {
  /** Null: the workspace, as its settings describe it. */
  readonly entityId: string | null
  /** The currency of the books; null where nobody said it. */
  readonly books: string | null
  /** Units of the entry's currency for one of the books'; null where they are the same, or there is no rate. */
  readonly rate: string | null
}

/**
 * Says of entries whose they are: of a document that of the seller who issued it, of a payment and its refund that of
 * the first invoice that it settled, of a write-off that of its invoice, of everything else that of who bills the
 * customer now. What takes an entry back is of the same.
 */
export async function keptEntries(
  session: Session,
  drafts: readonly DraftEntry[],
  settings: Pick<Settings, 'workspace.currency' | 'billing.rateDays' | 'workspace.zone'>,
): Promise<Map<string, Kept>> {
  const entities = await entityRows(session)
  const sourceOf = (draft: DraftEntry) => draft.source.split('/') as [kind: string, id: string]
  const idsOf = (kind: string) =>
    drafts.flatMap(draft => (sourceOf(draft)[0] === kind ? [sourceOf(draft)[1]] : []))
  const payments = new Map([
    ...(await paymentsOfRefunds(session, idsOf('refund'))),
    ...idsOf('payment').map(id => [id, id] as const),
  ])
  const settled = await invoicesOfPayments(session, [...new Set(payments.values())])
  const offs = await invoicesOfWriteOffs(session, idsOf('write-off'))
  const invoiceOf = (draft: DraftEntry) => {
    const [kind, id] = sourceOf(draft)
    return kind === 'invoice' ? id : kind === 'write-off' ? offs.get(id) : settled.get(payments.get(id) ?? '')
  }
  const invoices = [...new Set(drafts.flatMap(draft => invoiceOf(draft) ?? []))]
  const parties = await partiesOfInvoices(session, invoices)
  const customers = await entitiesOfCustomers(session, entities)
  const rates = await ratesOf(session, drafts, settings)
  return new Map(
    drafts.map(draft => {
      const own = parties.get(invoiceOf(draft) ?? '')
      const entityId = own ? (own.workspace.entity?.id ?? null) : customers(draft.customerId)
      const entity = entities.find(row => row.id === entityId)
      const books = own?.workspace.entity?.currency ?? entity?.currency ?? settings['workspace.currency']
      return [draft.source, { entityId, books, rate: rates(draft, books, own) }]
    }),
  )
}

async function paged<T>(
  ids: readonly string[],
  read: (some: readonly string[]) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = []
  for (let from = 0; from < ids.length; from += PAGE)
    found.push(...(await read(ids.slice(from, from + PAGE))))
  return found
}

async function paymentsOfRefunds(session: Session, ids: readonly string[]) {
  const rows = await paged(ids, some =>
    session.db.selectFrom('refunds').select(['id', 'payment_id']).where('id', 'in', some).execute(),
  )
  return rows.flatMap(({ id, payment_id }) => (payment_id === null ? [] : [[id, payment_id] as const]))
}

/** The first invoice that a payment settled. */
async function invoicesOfPayments(session: Session, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await paged(ids, some =>
    session.db
      .selectFrom('settlements')
      .select(['source_id', 'invoice_id', 'id'])
      .where('kind', '=', 'payment')
      .where('source_id', 'in', some)
      .orderBy('id', 'desc')
      .execute(),
  )
  return new Map(rows.map(row => [row.source_id, row.invoice_id]))
}

async function invoicesOfWriteOffs(session: Session, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await paged(ids, some =>
    session.db.selectFrom('write_offs').select(['id', 'invoice_id']).where('id', 'in', some).execute(),
  )
  return new Map(rows.map(row => [row.id, row.invoice_id]))
}

async function partiesOfInvoices(session: Session, ids: readonly string[]): Promise<Map<string, Parties>> {
  const rows = await paged(ids, some =>
    session.db.selectFrom('invoices').select(['id', 'parties']).where('id', 'in', some).execute(),
  )
  return new Map(
    rows.flatMap(({ id, parties }) => (parties === null ? [] : [[id, fromCanonical<Parties>(parties)]])),
  )
}

/** Who bills a customer now. */
async function entitiesOfCustomers(session: Session, entities: readonly EntityRow[]) {
  const rows = await session.db
    .selectFrom('customer_taxes')
    .select(['customer_id', 'entity_id'])
    .where('entity_id', 'is not', null)
    .execute()
  const own = new Map(rows.map(row => [row.customer_id, row.entity_id]))
  return (customerId: string) => own.get(customerId) ?? entities[0]?.id ?? null
}

/** The rate of the day of an entry; of a document the one that its tax was converted by. */
async function ratesOf(
  session: Session,
  drafts: readonly DraftEntry[],
  settings: Pick<Settings, 'billing.rateDays' | 'workspace.zone'>,
) {
  const within = settings['billing.rateDays']
  const dayOf = (at: bigint) => zoned(at, settings['workspace.zone']!).toPlainDate()
  const days = drafts.map(draft => dayOf(draft.at).toString()).sort()
  const known: KnownRate[] =
    days.length === 0
      ? []
      : await session.db
          .selectFrom('exchange_rates')
          .select(['base', 'quote', 'day', 'rate', 'source'])
          .where('day', '>=', before(days[0]!, within))
          .where('day', '<=', days.at(-1)!)
          .execute()
  const found = new Map<string, string | null>()
  return ({ at, currency }: DraftEntry, books: string | null, own: Parties | undefined): string | null => {
    if (books === null || books === currency) return null
    const fixed = own?.taxAmount
    if (fixed?.currency === books) return turned(fixed.rate)
    const day = dayOf(at).toString()
    const key = `${books}/${currency}/${day}`
    let rate = found.get(key)
    if (rate === undefined)
      found.set(key, (rate = findRate(known, { from: books, to: currency, day, within })?.rate ?? null))
    return rate
  }
}

function before(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10)
}

/** A rate the other way round, exactly. */
function turned(rate: string): string {
  const [over = '1', under = '1'] = rate.split('/')
  return exactText(divide(exactOf(under), exactOf(over)))
}
