import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import type { Grant } from '#engines/billing/wallets/grants.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import type { AutoTopUp, PaysFor, StoredWallet } from '#shared/contract/billing/wallets.ts'
import { refuse } from '#shared/errors.ts'

/** A snapshot, or a transaction that is read. */
export type Session = Pick<Reader, 'db'> | Pick<Tx, 'db'>
export const dbOf = (session: Session) => reading(session as Tx).db
export type WalletRow = Row<'wallets'>
export type GrantRow = Row<'wallet_grants'>

/** A grant, and what its wallet pays for. */
export type OwnedGrant = GrantRow & { readonly wallet_pays_for: string | null }

/** What something pays for, as its row keeps it; null for everything. */
export function paysForOf({ pays_for: text }: { readonly pays_for: string | null }): PaysFor | null {
  return text === null ? null : fromCanonical<PaysFor>(text)
}

/** As a row keeps it. */
export function paysForText(paysFor: PaysFor | null): string | null {
  return paysFor && canonicalJson(paysFor)
}

/** A grant as the engine reads it. */
export function grantOf(row: OwnedGrant): Grant {
  const { id, kind, starts_at: startsAt, expires_at: expiresAt, created_at: createdAt, rest, held } = row
  const limits = [paysForOf(row), paysForOf({ pays_for: row.wallet_pays_for })]
  const paysFor = limits.filter(one => one !== null)
  return { id, kind, priority: Number(row.priority), startsAt, expiresAt, createdAt, rest, held, paysFor }
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getWallet(session: Session, id: string): Promise<WalletRow> {
  const row = await dbOf(session).selectFrom('wallets').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'wallet', id })
  return row
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getGrant(session: Session, id: string): Promise<GrantRow> {
  const row = await dbOf(session)
    .selectFrom('wallet_grants')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'wallet-grant', id })
  return row
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getHold(session: Session, id: string): Promise<Row<'wallet_holds'>> {
  const row = await dbOf(session)
    .selectFrom('wallet_holds')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'wallet-hold', id })
  return row
}

/** Grants with what their wallets pay for. */
export function ownedGrants(session: Session) {
  return dbOf(session)
    .selectFrom('wallet_grants as grant')
    .innerJoin('wallets as wallet', 'wallet.id', 'grant.wallet_id')
    .selectAll('grant')
    .select('wallet.pays_for as wallet_pays_for')
}

/** The grants of a wallet. */
export async function grantsOf(session: Session, walletId: string): Promise<OwnedGrant[]> {
  return ownedGrants(session).where('grant.wallet_id', '=', walletId).orderBy('grant.id').execute()
}

function autoOf(row: WalletRow): AutoTopUp | null {
  const { auto_below: below, auto_amount: amount, auto_most: most } = row
  return below === null || amount === null || most === null ? null : { below, amount, most }
}

/** A wallet as commands keep it, to be put back as it was. */
export function storedWallet(row: WalletRow): StoredWallet {
  return {
    ...{ name: row.name, customerId: row.customer_id, currency: row.currency },
    ...{ paysInvoices: row.pays_invoices !== 0n, autoTopUp: autoOf(row) },
    ...{ paysFor: paysForOf(row), lowBelow: row.low_below },
    ...{ archivedAt: row.archived_at, createdBy: row.created_by, createdAt: row.created_at },
  }
}

/**
 * A wallet as it is stored, but since when little is in it, which is not for people to say.
 * @param customer its name, for what search finds
 */
export function walletRow(id: string, one: StoredWallet, customer: string): Omit<WalletRow, 'low_since'> {
  const auto = one.autoTopUp
  return {
    ...{ id, customer_id: one.customerId, title: `${customer} · ${one.name}`, name: one.name },
    ...{ currency: one.currency, pays_invoices: one.paysInvoices ? 1n : 0n },
    ...{ auto_below: auto?.below ?? null, auto_amount: auto?.amount ?? null, auto_most: auto?.most ?? null },
    ...{ pays_for: paysForText(one.paysFor ?? null), low_below: one.lowBelow ?? null },
    ...{ archived_at: one.archivedAt, created_by: one.createdBy, created_at: one.createdAt },
  }
}
