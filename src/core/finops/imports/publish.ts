import type { Tx } from '#core/database/store.ts'
import { handle } from '#core/runtime/handlers.ts'
import { imports as contract } from '#shared/contract/finops-imports.ts'
import { refuse } from '#shared/errors.ts'
import { moveBatches, overlapping, publishImport } from '../costs/batches.ts'

/** The batches of an import in a state, with what is needed to find others of the same source and period. */
export async function batchesOf(tx: Pick<Tx, 'db'>, importId: string) {
  const rows = await tx.db
    .selectFrom('cost_batches')
    .select(['id', 'state', 'source', 'account', 'period_from', 'period_to', 'lines', 'published_at'])
    .where('import_id', '=', importId)
    .orderBy('id')
    .execute()
  return rows
    .map(({ period_from, period_to, ...row }) => ({ ...row, period: { from: period_from, to: period_to } }))
    .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
}

/** Batches are shown by source, account and period. */
const placeOf = ({
  source,
  account,
  period,
}: {
  source: string
  account: string | null
  period: { from: bigint }
}) => [source, account, `${period.from}`.padStart(16, '0')].join('\n')

/**
 * Makes room for the batches of an import: published batches of other imports with the same source, account and
 * period are put out of force where they are to be replaced. One whose period merely overlaps cannot be replaced,
 * because lines outside the overlap would be lost.
 * @throws Refusal `FINOPS_IMPORT_OVERLAP`
 */
export async function makeRoom(
  tx: Tx,
  importId: string,
  overlap: 'refuse' | 'replace' | 'add',
): Promise<string[]> {
  if (overlap === 'add') return []
  const replaced = new Map<string, string>()
  for (const batch of await batchesOf(tx, importId)) {
    for (const other of await overlapping(tx, batch)) {
      const same = other.period_from === batch.period.from && other.period_to === batch.period.to
      if (overlap === 'refuse' || !same) throw refuse('FINOPS_IMPORT_OVERLAP', { importId: other.import_id })
      replaced.set(other.id, other.import_id)
    }
  }
  await moveBatches(tx, [...replaced.keys()], 'published', 'superseded')
  const noted = await tx.db
    .selectFrom('import_replacements')
    .select('batch_id')
    .where('import_id', '=', importId)
    .execute()
  const fresh = new Set(replaced.keys())
  for (const { batch_id } of noted) fresh.delete(batch_id)
  for (const batch_id of fresh) {
    await tx.db.insertInto('import_replacements').values({ import_id: importId, batch_id }).execute()
  }
  return [...new Set(replaced.values())]
}

/** Puts a staged import in force, at once. */
export const publish = handle(contract.publish, async ({ tx, input, now, undoWith }) => {
  const { importId } = input
  const row = await tx.db
    .selectFrom('imports')
    .select(['state', 'overlap'])
    .where('id', '=', importId)
    .executeTakeFirst()
  if (row?.state !== 'staging') throw refuse('WORKSPACE_NOT_FOUND', { entity: 'import', id: importId })
  const replaced = await makeRoom(tx, importId, row.overlap)
  await publishImport(tx, importId, now)
  await tx.db
    .updateTable('imports')
    .set({ state: 'published', imported_at: now })
    .where('id', '=', importId)
    .execute()
  undoWith(contract.undo, { importId })
  return { importId, replaced }
})
