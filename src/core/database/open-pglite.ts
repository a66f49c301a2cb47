import { PGlite } from '@electric-sql/pglite'
import { pgliteSource } from './postgres-sources.ts'
import type { PostgresSource } from './postgres-store.ts'

/**
 * Opens the PGlite database in a folder, which is made when it is missing. PGlite locks nothing: whoever opens
 * it must hold a lock on the folder.
 */
export async function openPglite(dir: string): Promise<PostgresSource> {
  return pgliteSource(await PGlite.create({ dataDir: dir }))
}
