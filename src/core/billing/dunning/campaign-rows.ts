import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { type DunningCampaign, DunningTerms } from '#shared/contract/billing/dunning.ts'
import { refuse } from '#shared/errors.ts'

type Session = Pick<Reader | Tx, 'db'>
const dbOf = (session: Session) => session.db as Reader['db']

/** A campaign as it is decided with. */
export type Campaign = Omit<DunningCampaign, 'changedBy' | 'changedAt'>

/** A row as it is decided with. Terms of an earlier release get what they did not know. */
export function campaignOf(row: Row<'dunning_campaigns'>): Campaign {
  return {
    ...{ id: row.id, name: row.name, rank: Number(row.rank), active: row.active !== 0n },
    ...{ version: Number(row.version), terms: termsOf(row.terms) },
  }
}

export function termsOf(json: string): DunningTerms {
  return DunningTerms.parse(fromCanonical(json))
}

/** All campaigns by rank. */
export async function campaignRows(session: Session): Promise<Row<'dunning_campaigns'>[]> {
  return dbOf(session).selectFrom('dunning_campaigns').selectAll().orderBy('rank').orderBy('id').execute()
}

/** @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function getCampaign(session: Session, id: string): Promise<Row<'dunning_campaigns'>> {
  const row = await dbOf(session)
    .selectFrom('dunning_campaigns')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'dunning-campaign', id })
  return row
}

/** Stores terms as the next version of a campaign. Gives its number. */
export async function addVersion(
  {
    tx,
    actor,
    now,
  }: { readonly tx: Tx; readonly actor: { readonly id: string } | null; readonly now: bigint },
  campaignId: string,
  terms: DunningTerms,
): Promise<bigint> {
  const { last } = await tx.db
    .selectFrom('dunning_versions')
    .select(eb => eb.fn.max('version').as('last'))
    .where('campaign_id', '=', campaignId)
    .executeTakeFirstOrThrow()
  const version = (last === null ? 0n : BigInt(last)) + 1n
  await tx.db
    .insertInto('dunning_versions')
    .values({
      ...{ campaign_id: campaignId, version, terms: canonicalJson(terms) },
      ...{ created_by: actor?.id ?? null, created_at: now },
    })
    .execute()
  return version
}
