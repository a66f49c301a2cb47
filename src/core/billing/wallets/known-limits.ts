import type { Tx } from '#core/database/store.ts'
import type { PaysFor } from '#shared/contract/billing/wallets.ts'
import { refuse } from '#shared/errors.ts'

/** @throws Refusal `BILLING_WALLET_INVALID` where a limit names a plan, metric or price that there is not */
export async function demandKnown({ db }: Pick<Tx, 'db'>, paysFor: PaysFor | null): Promise<void> {
  if (paysFor === null) return
  const plans = new Set([...paysFor.planIds, ...paysFor.products.map(({ planId }) => planId)])
  const metrics = new Set(paysFor.metricIds)
  const known = async (table: 'plans' | 'metrics', ids: ReadonlySet<string>) =>
    ids.size === 0 ||
    (
      await db
        .selectFrom(table)
        .select('id')
        .where('id', 'in', [...ids])
        .execute()
    ).length === ids.size
  if (!(await known('plans', plans)) || !(await known('metrics', metrics))) throw unknown()
  for (const { planId, key } of paysFor.products) {
    const price = await db
      .selectFrom('prices as price')
      .innerJoin('plan_versions as version', 'version.id', 'price.plan_version_id')
      .select('price.id')
      .where('version.plan_id', '=', planId)
      .where('price.key', '=', key)
      .limit(1)
      .executeTakeFirst()
    if (!price) throw unknown()
  }
}

function unknown() {
  return refuse('BILLING_WALLET_INVALID', { reason: 'pays-for' })
}
