import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { LegalEntity, StoredEntity } from '#shared/contract/billing/entities.ts'
import type { SellerFacts } from '#shared/contract/billing/tax-facts.ts'
import { refuse } from '#shared/errors.ts'

export type EntityRow = Row<'legal_entities'>
type Session = Pick<Reader | Tx, 'db'>

export function storedEntity(row: EntityRow): StoredEntity {
  const { key, name, country, consumers, iban, bic, currency } = row
  return {
    ...{ key, name, country, consumers, iban, bic, currency, taxId: row.tax_id, bankName: row.bank_name },
    address: fromCanonical<string[]>(row.address),
    registrations: registrationsOf(row),
    ...{ invoicePrefix: row.invoice_prefix, creditNotePrefix: row.credit_note_prefix },
    ...{ isDefault: row.is_default === 1n, archivedAt: row.archived_at },
    ...{ createdBy: row.created_by, createdAt: row.created_at },
  }
}

export function entityRow(id: string, one: StoredEntity): EntityRow {
  const { key, name, country, consumers, iban, bic, currency } = one
  return {
    ...{ id, key, name, country, consumers, iban, bic, currency, tax_id: one.taxId, bank_name: one.bankName },
    ...{ address: canonicalJson(one.address), registrations: canonicalJson(one.registrations) },
    ...{ invoice_prefix: one.invoicePrefix, credit_note_prefix: one.creditNotePrefix },
    ...{ is_default: one.isDefault ? 1n : 0n, archived_at: one.archivedAt },
    ...{ created_by: one.createdBy, created_at: one.createdAt },
  }
}

function registrationsOf(row: EntityRow): StoredEntity['registrations'] {
  return fromCanonical(row.registrations)
}

/** Those who bill, the default one first. */
export function entityRows(session: Session): Promise<EntityRow[]> {
  return session.db
    .selectFrom('legal_entities')
    .selectAll()
    .orderBy('is_default', 'desc')
    .orderBy('name')
    .orderBy('id')
    .execute()
}

/** The legal entities as sellers, the default one first. */
export async function sellersOf(session: Session): Promise<SellerFacts[]> {
  return (await entityRows(session)).map(sellerFacts)
}

export function sellerFacts(row: EntityRow): SellerFacts {
  const { id, country, consumers } = row
  return { id, country, consumers, registrations: registrationsOf(row).map(one => one.country) }
}

/** Who bills a customer: the one that was said, else the default one; null where the settings do. */
export async function entityOfCustomer(session: Session, customerId: string): Promise<EntityRow | null> {
  const rows = await entityRows(session)
  if (rows.length === 0) return null
  const own = await session.db
    .selectFrom('customer_taxes')
    .select('entity_id')
    .where('customer_id', '=', customerId)
    .executeTakeFirst()
  return rows.find(row => row.id === own?.entity_id) ?? rows[0]!
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getEntity(session: Session, id: string): Promise<EntityRow> {
  const row = await session.db
    .selectFrom('legal_entities')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'legal-entity', id })
  return row
}

/** Entities with how many customers each bills because somebody said so. */
export async function shownEntities(
  session: Reader | Tx,
  rows: readonly EntityRow[],
): Promise<LegalEntity[]> {
  const own = await reading(session as Tx)
    .db.selectFrom('customer_taxes')
    .select('entity_id')
    .where('entity_id', 'is not', null)
    .execute()
  return rows.map(row => ({
    ...{ id: row.id, ...storedEntity(row) },
    customers: own.filter(one => one.entity_id === row.id).length,
  }))
}
