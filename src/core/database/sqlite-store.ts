import { openSqlite, type SqliteOptions, sqliteExecute } from './sqlite-connection.ts'
import { openReader } from './sqlite-reader.ts'
import { type Store, supervised, type Tx, txOver, type Urgency } from './store.ts'
import { createTurns } from './turns.ts'

/**
 * The store of a workspace on SQLite: one writing connection, whose transactions begin IMMEDIATE and run one
 * after the other, people's before jobs'; and one read-only connection for snapshots.
 */
export function openSqliteStore(options: SqliteOptions): Store {
  const writer = openSqlite(options, 'write')
  const execute = sqliteExecute(writer)
  const reader = openReader(options)
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
      if (writer.inTransaction) await execute('ROLLBACK', [])
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
