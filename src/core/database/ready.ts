import { migrations } from './migrate.ts'
import type { PostgresSource } from './postgres-store.ts'

/**
 * Asks the database whether it answers, and has the tables of this version.
 * @throws what the database says, or Error where another version migrated it
 */
export async function mustBeReady(source: PostgresSource): Promise<void> {
  const session = await source.connect()
  try {
    const { rows } = await session.query('SELECT count(*) AS applied FROM migrations', [])
    const applied = rows[0]!.applied as bigint
    if (applied !== BigInt(migrations.length))
      throw new Error(`the database has ${applied} migrations, and this version ${migrations.length}`)
  } finally {
    session.release()
  }
}
