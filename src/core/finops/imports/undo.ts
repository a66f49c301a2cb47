import type { Row } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { handle } from '#core/runtime/handlers.ts'
import { imports as contract } from '#shared/contract/finops-imports.ts'
import { refuse } from '#shared/errors.ts'
import { moveBatches } from '../costs/batches.ts'
import { importOf } from './list.ts'
import { batchesOf, makeRoom } from './publish.ts'

async function load(tx: Tx, id: string): Promise<Row<'imports'>> {
  const row = await tx.db.selectFrom('imports').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'import', id })
  return row
}

async function setState(tx: Tx, row: Row<'imports'>, state: 'published' | 'undone') {
  await tx.db.updateTable('imports').set({ state }).where('id', '=', row.id).execute()
  return importOf(tx, { ...row, state })
}

/** The import in force that put one of these batches out of force. */
async function replacedBy(tx: Tx, batches: readonly string[]): Promise<string> {
  const { id } = await tx.db
    .selectFrom('import_replacements')
    .innerJoin('imports', 'imports.id', 'import_replacements.import_id')
    .select('imports.id')
    .where('import_replacements.batch_id', 'in', batches)
    .where('imports.state', '=', 'published')
    .orderBy('imports.imported_at', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  return id
}

/** Takes an import out of force, and puts what it replaced back. */
export const undo = handle(contract.undo, async ({ tx, input, undoWith }) => {
  const row = await load(tx, input.importId)
  if (row.state !== 'published') throw refuse('FINOPS_IMPORT_STATE', { state: row.state })
  const batches = await batchesOf(tx, row.id)
  const superseded = batches.filter(batch => batch.state === 'superseded').map(batch => batch.id)
  if (superseded.length > 0) {
    throw refuse('FINOPS_IMPORT_REPLACED', { by: await replacedBy(tx, superseded) })
  }
  const own = batches.map(batch => batch.id)
  await moveBatches(tx, own, 'published', 'undone')
  const replaced = await tx.db
    .selectFrom('import_replacements')
    .select('batch_id')
    .where('import_id', '=', row.id)
    .execute()
  await moveBatches(
    tx,
    replaced.map(one => one.batch_id),
    'superseded',
    'published',
  )
  undoWith(contract.redo, { importId: row.id })
  return setState(tx, row, 'undone')
})

/** Puts an undone import back in force; what it replaced goes out of force again. */
export const redo = handle(contract.redo, async ({ tx, input, undoWith }) => {
  const row = await load(tx, input.importId)
  if (row.state !== 'undone') throw refuse('FINOPS_IMPORT_STATE', { state: row.state })
  await makeRoom(tx, row.id, row.overlap)
  const own = (await batchesOf(tx, row.id)).map(batch => batch.id)
  await moveBatches(tx, own, 'undone', 'published')
  undoWith(contract.undo, { importId: row.id })
  return setState(tx, row, 'published')
})
