import type { CommandCall } from '#core/runtime/handlers.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { Timing } from '#shared/contract/workspace/schedules.ts'

/** Gives a workspace a schedule of a kind that it has none of: with the first use of what the schedule looks after. */
export async function firstSchedule(
  { tx, ids, now }: Pick<CommandCall<unknown>, 'tx' | 'ids' | 'now'>,
  kind: string,
  timing: Timing,
): Promise<void> {
  const known = await tx.db.selectFrom('schedules').select('id').where('kind', '=', kind).executeTakeFirst()
  if (known) return
  await tx.db
    .insertInto('schedules')
    .values({
      ...{ id: ids.next(), kind, timing: canonicalJson(timing), input: canonicalJson({}), paused: 0n },
      ...{ since: now, created_at: now, changed_by: null, changed_at: now },
    })
    .execute()
}
