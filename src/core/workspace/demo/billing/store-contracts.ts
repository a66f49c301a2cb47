import { contractRow } from '#core/billing/contracts/contract-rows.ts'
import { type Row, schema } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import type { DemoContract } from '#engines/demo/billing/contracts.ts'
import { canonicalJson } from '#shared/canonical.ts'
import type { StoredContract } from '#shared/contract/billing/contracts.ts'
import { pastId } from './ids.ts'

/** Days before a contract begins at which it was entered. */
const BEFORE = 20n * 86_400_000n

export interface Contracts {
  readonly by: string
  readonly now: bigint
  readonly contracts: readonly (DemoContract & { readonly customerId: string })[]
}

/** What was agreed with some, before the months that it is about are billed. */
export async function storeContracts(
  tx: Tx,
  { by, now, contracts }: Contracts,
  { jobId }: JobFacts,
): Promise<void> {
  const known = await tx.db.selectFrom('contracts').select('id').limit(1).executeTakeFirst()
  if (known) return
  const rows: Row<'contracts'>[] = []
  const versions: Row<'contract_versions'>[] = []
  for (const { customer: _, terms, ...one } of contracts) {
    const at = one.from - BEFORE < now ? one.from - BEFORE : now - BEFORE
    const contract: StoredContract = {
      ...{ ...one, subscriptionId: null, terminatedAt: null, version: 1, reason: '' },
      terms: terms as StoredContract['terms'],
      ...{ changedBy: by, changedAt: at, createdBy: by, createdAt: at },
    }
    const row = contractRow(pastId(at, jobId, `contract/${one.number}`), contract)
    rows.push(row)
    versions.push({
      ...{ contract_id: row.id, number: 1n, content: canonicalJson(contract), reason: '' },
      ...{ changed_by: by, changed_at: at },
    })
  }
  await insertRows(tx, 'contracts', schema.contracts, rows)
  await insertRows(tx, 'contract_versions', schema.contract_versions, versions)
}
