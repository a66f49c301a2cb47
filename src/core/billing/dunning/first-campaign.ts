import type { CommandCall } from '#core/runtime/handlers.ts'
import { DEFAULT_CAMPAIGN } from '#engines/billing/dunning/default-campaign.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { addVersion } from './campaign-rows.ts'
import { dunningSchedule, HOURLY_DUNNING } from './dunning-run.ts'

/** Gives a new workspace its first campaign, and the hourly look at what is due. */
export async function firstCampaign(call: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now'>): Promise<void> {
  const { tx, ids, now } = call
  const { name, rank, terms } = DEFAULT_CAMPAIGN
  const id = ids.next()
  await tx.db
    .insertInto('dunning_campaigns')
    .values({
      ...{ id, name, rank: BigInt(rank), active: 1n, terms: canonicalJson(terms) },
      version: await addVersion({ tx, actor: null, now }, id, terms),
      ...{ changed_by: null, changed_at: now },
    })
    .execute()
  await tx.db
    .insertInto('schedules')
    .values({
      ...{ id: ids.next(), kind: dunningSchedule.name, timing: canonicalJson(HOURLY_DUNNING) },
      ...{ input: canonicalJson({}), paused: 0n, since: now },
      ...{ created_at: now, changed_by: null, changed_at: now },
    })
    .execute()
}
