import { firstCampaign } from '#core/billing/dunning/first-campaign.ts'
import { NIGHTLY_SCAN, scanSchedule } from '#core/billing/quotas/scan-schedule.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import type { Services } from '#core/features.ts'
import { type CommandCall, handle, serve } from '#core/runtime/handlers.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { recoveryNeeded } from './recovery.ts'

const leaf = contract.workspace.setup

interface First {
  readonly name: string
  readonly zone: string
  readonly currency: string
  readonly admin: { readonly name: string; readonly email: string }
}

/** Gives a new workspace its name, its zone and currency, its first admin, the nightly look at usage limits and the first campaign. */
async function fill(call: CommandCall<unknown>, first: First, demo: boolean) {
  const { tx, ids, now } = call
  await mustBeEmpty(tx)
  const { name, zone, currency } = first
  await tx.db
    .updateTable('workspace_state')
    .set({ name, zone, currency, demo: demo ? 1n : 0n, created_at: now })
    .execute()
  const admin = ids.next()
  await tx.db
    .insertInto('people')
    .values({
      id: admin,
      name: first.admin.name,
      email: first.admin.email.toLowerCase(),
      roles: canonicalJson(['admin', 'analyst']),
      active: 1n,
      created_at: now,
    })
    .execute()
  await tx.db
    .insertInto('schedules')
    .values({
      ...{ id: ids.next(), kind: scanSchedule.name, timing: canonicalJson(NIGHTLY_SCAN) },
      ...{ input: canonicalJson({ dryRun: false }), paused: 0n, since: now },
      ...{ created_at: now, changed_by: null, changed_at: now },
    })
    .execute()
  await firstCampaign(call)
  return { admin }
}

async function mustBeEmpty(tx: Tx): Promise<void> {
  if (!(await isEmpty(reading(tx)))) {
    const { name } = await tx.db.selectFrom('workspace_state').select('name').executeTakeFirstOrThrow()
    throw refuse('WORKSPACE_NOT_EMPTY', { name })
  }
}

async function isEmpty(session: Pick<Reader, 'db'>): Promise<boolean> {
  return (await session.db.selectFrom('people').select('id').limit(1).executeTakeFirst()) === undefined
}

export const createWorkspace = handle(leaf.create, call => fill(call, call.input, call.input.demo))

/** For whoever opens an empty workspace: nobody is there yet who could be asked for a permission. */
export const beginWorkspace = handle(leaf.begin, call => fill(call, call.input, false))

export const setupState = (services: Services) =>
  serve(leaf.state, async ({ read }) => {
    const { row, empty } = await read(async reader => ({
      row: await reader.db.selectFrom('workspace_state').selectAll().executeTakeFirstOrThrow(),
      empty: await isEmpty(reader),
    }))
    const recovery = services.keys ? await services.keys.recovery() : ('unavailable' as const)
    const state = empty ? ('empty' as const) : row.demo !== 0n ? ('demo' as const) : ('real' as const)
    return {
      state,
      name: row.name,
      recovery,
      recoveryConfirmedAt: row.recovery_confirmed_at,
      recoveryNeeded: recoveryNeeded(row, recovery),
    }
  })
