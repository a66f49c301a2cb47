import { connectSqlite, type SqliteConnection, type SqliteOptions } from './sqlite-connection.ts'
import { readerOver, type Store, supervised } from './store.ts'
import { createTurns } from './turns.ts'

/**
 * The reading half of a store: snapshots on a read-only connection, one after the other.
 * @param connection one that is open; closed with the reader
 */
export function openReader(
  options: SqliteOptions,
  connection: SqliteConnection = connectSqlite(options, 'read'),
): Pick<Store, 'read' | 'close'> {
  const { database, execute } = connection
  const turns = createTurns<'read'>(['read'], options.monotonic, (_, waited, ran) =>
    options.onWait?.('read', waited, ran),
  )
  return {
    read: (workspace, work) =>
      turns.take('read', async () => {
        await execute('BEGIN', [])
        try {
          return await supervised(execute, watched => work(readerOver('sqlite', workspace, watched)))
        } finally {
          if (database.inTransaction) await execute('COMMIT', [])
        }
      }),
    async close() {
      await turns.close()
      connection.close()
    },
  }
}
