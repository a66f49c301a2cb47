import type { Row } from '#core/database/schema.ts'
import type { Reader, Tx } from '#core/database/store.ts'
import { namesOf } from '#core/identity/common.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { problemOf } from '#engines/billing/dunning/campaign.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { type DunningCampaign, type DunningTerms, dunning as leaf } from '#shared/contract/billing/dunning.ts'
import { refuse } from '#shared/errors.ts'
import { addVersion, campaignOf, campaignRows, getCampaign, termsOf } from './campaign-rows.ts'

export const listCampaigns = answer(leaf.campaigns, async ({ reader }) => {
  const person = await namesOf(reader)
  return { campaigns: (await campaignRows(reader)).map(row => shown(row, person)) }
})

function shown(
  row: Row<'dunning_campaigns'>,
  person: (id: string) => { readonly name: string },
): DunningCampaign {
  const changedBy = row.changed_by === null ? null : person(row.changed_by).name
  return { ...campaignOf(row), changedBy, changedAt: row.changed_at }
}

export const listVersions = answer(leaf.versions, async ({ reader, input }) => {
  const rows = await reader.db
    .selectFrom('dunning_versions')
    .selectAll()
    .where('campaign_id', '=', input.campaignId)
    .orderBy('version', 'desc')
    .execute()
  const person = await namesOf(reader)
  return {
    versions: rows.map(row => ({
      ...{ version: Number(row.version), terms: termsOf(row.terms), createdAt: row.created_at },
      createdBy: row.created_by === null ? null : person(row.created_by).name,
    })),
  }
})

/** @throws Refusal `BILLING_DUNNING_INVALID` */
export function demandTerms(terms: DunningTerms): void {
  const problem = problemOf(terms)
  if (problem) throw refuse('BILLING_DUNNING_INVALID', { ...problem })
}

interface Said {
  readonly name: string
  readonly rank: number
  readonly active: boolean
  readonly terms: DunningTerms
}

/** What of a row the campaign says. */
function columnsOf({ name, rank, active, terms }: Said) {
  return { name, rank: BigInt(rank), active: active ? 1n : 0n, terms: canonicalJson(terms) }
}

/** Stores a campaign; other terms than before are its next version. */
async function put(
  call: Pick<CommandCall<unknown>, 'tx' | 'actor' | 'now'>,
  id: string,
  before: Row<'dunning_campaigns'> | null,
  said: Said,
): Promise<Row<'dunning_campaigns'>> {
  const { tx, actor, now } = call
  const columns = columnsOf(said)
  const version = before?.terms === columns.terms ? before.version : await addVersion(call, id, said.terms)
  const row = { id, ...columns, version, changed_by: actor?.id ?? null, changed_at: now }
  await tx.db.deleteFrom('dunning_campaigns').where('id', '=', id).execute()
  await tx.db.insertInto('dunning_campaigns').values(row).execute()
  return row
}

const saidOf = (row: Row<'dunning_campaigns'> | null): Said | null => {
  if (row === null) return null
  const { name, rank, active, terms } = campaignOf(row)
  return { name, rank, active, terms }
}

export const saveCampaign = handle(leaf.save, async call => {
  const { tx, input, ids, undoWith } = call
  const { campaignId, ...said } = input
  demandTerms(said.terms)
  const before = campaignId === undefined ? null : await getCampaign(tx, campaignId)
  const id = campaignId ?? ids.next()
  const row = await put(call, id, before, said)
  undoWith(leaf.restore, { campaignId: id, campaign: saidOf(before) }, [
    leaves('dunning_campaigns', { id }, columnsOf(said)),
  ])
  return shown(row, await namesOf(tx as unknown as Pick<Reader, 'db'>))
})

export const restoreCampaign = handle(leaf.restore, async call => {
  const { tx, input, undoWith } = call
  const { campaignId: id, campaign } = input
  const before = await find(tx, id)
  if (campaign) await put(call, id, before, campaign)
  else await tx.db.deleteFrom('dunning_campaigns').where('id', '=', id).execute()
  undoWith(leaf.restore, { campaignId: id, campaign: saidOf(before) }, [
    leaves('dunning_campaigns', { id }, campaign && columnsOf(campaign)),
  ])
  return { campaignId: id }
})

async function find(tx: Tx, id: string): Promise<Row<'dunning_campaigns'> | null> {
  const row = await tx.db.selectFrom('dunning_campaigns').selectAll().where('id', '=', id).executeTakeFirst()
  return row ?? null
}
