import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { type Actor, answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import type { View } from '#shared/contract/workspace/views.ts'
import { inAppAddress } from '#shared/deep-link.ts'
import { refuse } from '#shared/errors.ts'

const leaf = contract.workspace.views
type ViewRow = Row<'views'>

function viewOf(row: ViewRow, ownerName: string, actor: Actor | null): View {
  return {
    id: row.id,
    page: row.page,
    name: row.name,
    address: row.address,
    owner: { id: row.owner, name: ownerName },
    shared: row.shared !== 0n,
    mine: row.owner === actor?.id,
    createdAt: row.created_at,
  }
}

async function shown(session: Pick<Reader, 'db'>, row: ViewRow, actor: Actor | null): Promise<View> {
  const owner = await session.db
    .selectFrom('people')
    .select('name')
    .where('id', '=', row.owner)
    .executeTakeFirstOrThrow()
  return viewOf(row, owner.name, actor)
}

/** A view that the actor may change: their own, or as an admin a shared one. A private one of others is not there. */
async function ownView(tx: Tx, viewId: string, actor: Actor | null): Promise<ViewRow> {
  const row = await tx.db.selectFrom('views').selectAll().where('id', '=', viewId).executeTakeFirst()
  if (!row || (row.owner !== actor?.id && row.shared === 0n))
    throw refuse('WORKSPACE_NOT_FOUND', { entity: 'view', id: viewId })
  owned(row, actor)
  return row
}

function owned(row: Pick<ViewRow, 'id' | 'owner'>, actor: Actor | null): void {
  if (row.owner !== actor?.id && !actor?.roles.includes('admin'))
    throw refuse('WORKSPACE_VIEW_NOT_YOURS', { viewId: row.id })
}

export const listViews = answer(leaf.list, async ({ reader, input, actor }) => {
  let query = reader.db
    .selectFrom('views as view')
    .innerJoin('people as owner', 'owner.id', 'view.owner')
    .selectAll('view')
    .select('owner.name as owner_name')
    .where(on => on.or([on('view.owner', '=', actor!.id), on('view.shared', '=', 1n)]))
    .orderBy('view.name')
    .orderBy('view.id')
  if (input.page !== undefined) query = query.where('view.page', '=', input.page)
  const rows = await query.execute()
  return { views: rows.map(row => viewOf(row, row.owner_name, actor)) }
})

export const saveView = handle(leaf.save, async call => {
  const { tx, input, actor, ids, now, undoWith } = call
  const { page, name } = input
  const address = inAppAddress(input.address)!
  const shared = input.shared ? 1n : 0n
  if (input.viewId !== undefined) {
    const before = await ownView(tx, input.viewId, actor)
    return change(call, before, { page, name, address, shared })
  }
  const row = { id: ids.next(), page, name, address, owner: actor!.id, shared, created_at: now }
  await tx.db.insertInto('views').values(row).execute()
  undoWith(leaf.remove, { viewId: row.id }, [
    leaves('views', { id: row.id }, { page, name, address, shared }),
  ])
  return shown(reading(tx), row, actor)
})

export const renameView = handle(leaf.rename, async call => {
  const before = await ownView(call.tx, call.input.viewId, call.actor)
  return change(call, before, { name: call.input.name })
})

export const shareView = handle(leaf.share, async call => {
  const before = await ownView(call.tx, call.input.viewId, call.actor)
  return change(call, before, { shared: call.input.shared ? 1n : 0n })
})

/** Stores a change of a view, and what it was before for undo. */
async function change(
  { tx, actor, undoWith }: CommandCall<unknown>,
  before: ViewRow,
  values: Partial<Pick<ViewRow, 'page' | 'name' | 'address' | 'shared'>>,
): Promise<View> {
  const row = { ...before, ...values }
  await tx.db.updateTable('views').set(values).where('id', '=', row.id).execute()
  const { id, page, name, address, shared } = before
  // Only what was changed is compared: somebody may have shared it meanwhile and the name can still go back.
  const expect = [leaves('views', { id }, values)]
  if (Object.keys(values).length > 1)
    undoWith(leaf.save, { viewId: id, page, name, address, shared: shared !== 0n }, expect)
  else if (values.name !== undefined) undoWith(leaf.rename, { viewId: id, name }, expect)
  else undoWith(leaf.share, { viewId: id, shared: shared !== 0n }, expect)
  return shown(reading(tx), row, actor)
}

export const removeView = handle(leaf.remove, async ({ tx, input, actor, undoWith }) => {
  const { id, page, name, address, owner, shared, created_at } = await ownView(tx, input.viewId, actor)
  await tx.db.deleteFrom('views').where('id', '=', id).execute()
  undoWith(leaf.restore, { id, page, name, address, owner, shared: shared !== 0n, createdAt: created_at }, [
    leaves('views', { id }, null),
  ])
  return {}
})

export const restoreView = handle(leaf.restore, async ({ tx, input, actor, undoWith }) => {
  const { id, page, name, address, owner, createdAt } = input
  owned({ id, owner }, actor)
  const shared = input.shared ? 1n : 0n
  const row = { id, page, name, address, owner, shared, created_at: createdAt }
  await tx.db.insertInto('views').values(row).execute()
  undoWith(leaf.remove, { viewId: id }, [leaves('views', { id }, { page, name, address, shared })])
  return shown(reading(tx), row, actor)
})
