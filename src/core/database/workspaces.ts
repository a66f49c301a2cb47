import type { Id } from '#shared/ids.ts'
import type { PostgresSource } from './postgres-store.ts'

/** The workspaces of a database, oldest first. */
export async function listWorkspaces(source: PostgresSource): Promise<readonly Id[]> {
  const session = await source.connect()
  try {
    const { rows } = await session.query(
      'SELECT workspace FROM quarterdeck_workspaces() ORDER BY created_at, workspace COLLATE "C"',
      [],
    )
    return rows.map(row => row.workspace as Id)
  } finally {
    session.release()
  }
}
