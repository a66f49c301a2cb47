import { schema } from '#core/database/schema.ts'
import type { Store } from '#core/database/store.ts'
import { insertRows, type SyncRow } from '#core/database/sync-rows.ts'
import { testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { memoryDisk } from './memory-store.ts'
import { templates } from './templates.ts'

/** A server's store on PGlite that holds what the template in memory holds. */
export async function serverOnPglite(): Promise<Store> {
  const { store } = await testStore('pglite', testClock())
  await fillServer(store)
  return store
}

/** Puts into a migrated store what a server in memory begins with. */
export async function fillServer(store: Store): Promise<void> {
  const { server } = await templates()
  const disk = memoryDisk(server.current)
  // Events lie in partitions that a server makes month by month; the lives need none.
  const names = Object.keys(schema).filter(
    name => name !== 'sync_state' && !name.startsWith('usage_'),
  ) as (keyof typeof schema)[]
  await store.write(WORKSPACE, 'person', async tx => {
    // Last of all what turns capture on.
    for (const name of [...names, 'sync_state' as const]) {
      const statement = `SELECT * FROM "${name}" WHERE workspace = '${WORKSPACE}'`
      const rows = disk.database.prepare(statement).all() as SyncRow[]
      if (rows.length > 0) await insertRows(tx, name, schema[name], rows)
    }
  })
  disk.close()
}
