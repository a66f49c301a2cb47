import { connectSqlite, type SqliteConnection, type SqliteOptions } from './sqlite-connection.ts'
import { openReader } from './sqlite-reader.ts'
import { type Store, supervised, type Tx, txOver, type Urgency } from './store.ts'
import { createTurns } from './turns.ts'

/**
 * The store of a workspace on SQLite: one writing connection, whose transactions begin IMMEDIATE and run one
 * after the other, people's before jobs'; and one read-only connection for snapshots.
 * @param open its connections where they are open already; closed with the store
 */
export function openSqliteStore(
  options: SqliteOptions,
  open?: { readonly writer: SqliteConnection; readonly reader: SqliteConnection },
): Store {
  const writer = open?.writer ?? connectSqlite(options, 'write')
  const { database, execute } = writer
  const reader = openReader(options, open?.reader)
  const turns = createTurns<Urgency>(['person', 'job'], options.monotonic, (urgency, waited, ran) => {
    if (urgency === 'person') options.onWait?.('write', waited, ran)
  })

  async function transaction<T>(workspace: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    await execute('BEGIN IMMEDIATE', [])
    try {
      const value = await supervised(execute, watched => work(txOver('sqlite', workspace, watched)))
      await execute('COMMIT', [])
      return value
    } catch (error) {
      // A full disk or a failed write may have rolled back already.
      if (database.inTransaction) await execute('ROLLBACK', [])
      throw error
    }
  }

  return {
    kind: 'sqlite',
    write: (workspace, urgency, work) => turns.take(urgency, () => transaction(workspace, work)),
    read: (workspace, work) => reader.read(workspace, work),
    async close() {
      await turns.close()
      await reader.close()
      writer.close()
    },
  }
}
