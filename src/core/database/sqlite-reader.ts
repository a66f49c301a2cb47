import { openSqlite, type SqliteOptions, sqliteExecute } from './sqlite-connection.ts'
import { readerOver, type Store, supervised } from './store.ts'
import { createTurns } from './turns.ts'

/** The reading half of a store: snapshots on a read-only connection, one after the other. */
export function openReader(options: SqliteOptions): Pick<Store, 'read' | 'close'> {
  const database = openSqlite(options, 'read')
  const execute = sqliteExecute(database)
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
      database.close()
    },
  }
}
