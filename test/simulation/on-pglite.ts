import { schema } from '#core/database/schema.ts'
import type { Store } from '#core/database/store.ts'
import { insertRows, type SyncRow } from '#core/database/sync-rows.ts'
import { testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { memoryDisk, memoryStore } from './memory-store.ts'
import { templates } from './templates.ts'

/** A server's store on PGlite that holds what the template in memory holds. */
export async function serverOnPglite(): Promise<Store> {
  const { server } = await templates()
  const { store } = await testStore('pglite', testClock())
  const disk = memoryDisk(server.current)
  const from = memoryStore(disk)
  const names = Object.keys(schema).filter(name => name !== 'sync_state') as (keyof typeof schema)[]
  await store.write(WORKSPACE, 'person', async tx => {
    // Last of all what turns capture on.
    for (const name of [...names, 'sync_state' as const]) {
      const statement = `SELECT * FROM "${name}" WHERE workspace = '${WORKSPACE}'`
      const rows = disk.database.prepare(statement).all() as SyncRow[]
      if (rows.length > 0) await insertRows(tx, name, schema[name], rows)
    }
  })
  await from.close()
  disk.close()
  return store
}
