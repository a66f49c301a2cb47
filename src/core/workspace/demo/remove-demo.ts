import * as sync from '#core/database/migrations/0002-sync.ts'
import { tableNames } from '#core/database/schema.ts'
import { handle } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'

/**
 * What stays when a demo goes: the workspace's row with its counter, the command log with its proofs, which
 * nothing may shorten, and the records of sync.
 */
const KEPT: ReadonlySet<string> = new Set([
  'workspace_state',
  'command_log',
  'log_heads',
  'command_signatures',
  ...Object.keys(sync.tables),
])

/** Empties a demo workspace in one transaction. What was imported into it goes with it. */
export const removeDemo = handle(contract.workspace.demo.remove, async ({ tx }) => {
  const state = await tx.db.selectFrom('workspace_state').selectAll().executeTakeFirstOrThrow()
  if (state.demo === 0n) throw refuse('WORKSPACE_NOT_DEMO', { name: state.name })
  const jobs = await tx.db
    .selectFrom('jobs')
    .select('id')
    .where('state', 'in', ['queued', 'running'])
    .execute()
  if (jobs.length > 0) throw refuse('WORKSPACE_BUSY', { jobs: jobs.length })
  let rows = 0n
  for (const name of tableNames) {
    if (KEPT.has(name)) continue
    const outcome = await tx.db.deleteFrom(name as 'people').executeTakeFirst()
    rows += outcome.numDeletedRows
  }
  await tx.db
    .updateTable('workspace_state')
    .set({ name: '', demo: 0n, zone: 'UTC', currency: 'USD' })
    .execute()
  return { rows }
})
