import type { Id } from '#shared/ids.ts'
import type { Execute } from './dialect.ts'
import type { PostgresSource } from './postgres-store.ts'

/** The workspaces of a database, oldest first. */
export async function listWorkspaces(source: PostgresSource): Promise<readonly Id[]> {
  const session = await source.connect()
  try {
    return await listWorkspacesBy(session.query)
  } finally {
    session.release()
  }
}

/** The same within a transaction that is under way. */
export async function listWorkspacesBy(execute: Execute): Promise<readonly Id[]> {
  const { rows } = await execute(
    'SELECT workspace FROM quarterdeck_workspaces() ORDER BY created_at, workspace COLLATE "C"',
    [],
  )
  return rows.map(row => row.workspace as Id)
}
