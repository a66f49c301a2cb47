import type { Tx } from '#core/database/store.ts'
import { type Expectation, leaves } from '#core/runtime/expectation.ts'
import { type CommandCall, handle, type InputOf } from '#core/runtime/handlers.ts'
import { plans as leaf, type PlanVersion } from '#shared/contract/billing/catalog.ts'
import { billedAfterwards, checkVersion } from './check-version.ts'
import { getPlanRow, loadVersions, priceRow, versionRow } from './plan-rows.ts'

export type VersionInput = InputOf<typeof leaf.addVersion>

export const addPlanVersion = handle(leaf.addVersion, async ({ tx, input, ids, now, undoWith }) => {
  await getPlanRow(tx, input.planId)
  const version = await insertVersion(tx, input, ids, now)
  undoWith(
    leaf.restoreVersion,
    { planVersionId: version.id, version: null },
    versionAsLeft(version.id, version),
  )
  return version
})

/** A version is taken back only while nobody is subscribed to it and none follows it. */
export const restorePlanVersion = handle(leaf.restoreVersion, async ({ tx, input, undoWith }) => {
  const { planVersionId: id, version } = input
  const [before = null] = await loadVersions(tx, { id })
  if (before) {
    await tx.db.deleteFrom('prices').where('plan_version_id', '=', id).execute()
    await tx.db.deleteFrom('plan_versions').where('id', '=', id).execute()
  }
  if (version) await putVersion(tx, version)
  undoWith(leaf.restoreVersion, { planVersionId: id, version: before }, versionAsLeft(id, version))
  return { planVersionId: id }
})

/** Adds the next version of a plan, checked. */
export async function insertVersion(
  tx: Tx,
  input: VersionInput,
  ids: CommandCall<unknown>['ids'],
  now: bigint,
): Promise<PlanVersion> {
  const prices = input.prices.map(billedAfterwards)
  await checkVersion(tx, { ...input, prices })
  const [newest] = await loadVersions(tx, { planId: input.planId, newestOnly: true })
  const version: PlanVersion = {
    ...input,
    id: ids.next(),
    number: (newest?.number ?? 0) + 1,
    createdAt: now,
    prices: prices.map(price => ({ ...price, id: ids.next() })),
  }
  await putVersion(tx, version)
  return version
}

/** Stores a version with its prices. */
export async function putVersion(tx: Tx, version: PlanVersion): Promise<void> {
  await tx.db.insertInto('plan_versions').values(versionRow(version)).execute()
  const prices = version.prices.map((price, position) => priceRow(version.id, position, price))
  if (prices.length > 0) await tx.db.insertInto('prices').values(prices).execute()
}

/** How a version is left, and that nothing stands on it. */
export function versionAsLeft(id: string, version: PlanVersion | null): Expectation[] {
  if (!version) return [leaves('plan_versions', { id }, null)]
  const { id: _, ...holds } = versionRow(version)
  return [
    leaves('plan_versions', { id }, holds),
    leaves('plan_versions', { plan_id: version.planId, number: BigInt(version.number + 1) }, null),
    leaves('subscription_phases', { plan_version_id: id }, null),
  ]
}
