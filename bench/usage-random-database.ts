import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createTable } from '#core/database/ddl.ts'
import { migrate } from '#core/database/migrate.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { schema } from '#core/database/schema.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import { digestOf } from '#shared/ids.ts'
import { DATA, KEY, monotonic, WORKSPACE } from './cost-database.ts'

/**
 * A month of events with random ids in an encrypted workspace, with all that the product stores for them: the table,
 * its index and the roll-ups. Made once and kept; whoever adds events does so to a copy. Events go in by the order of
 * their ids and the index is made afterwards: both come to the same tables as storing them as they come, many times
 * faster.
 */
export async function randomDatabase(size: {
  rows: number
  series: number
  from: number
  to: number
}): Promise<string> {
  mkdirSync(DATA, { recursive: true })
  const name = `usage-random-${size.rows}-${size.series}-`
  // Made anew where the tables changed meanwhile.
  const tables = ['usage_events', 'usage_buckets'].map(one => schema[one as 'usage_events'])
  const path = `${DATA}${name}${digestOf(JSON.stringify(tables)).slice(0, 8)}.db`
  const done = `${path}.done`
  if (existsSync(done)) return path
  for (const old of readdirSync(DATA)) if (old.startsWith(name)) rmSync(DATA + old)
  const connection = openSqlite({ path, key: KEY, monotonic }, 'write')
  await migrate('sqlite', sqliteExecute(connection), 0n)
  connection.close()
  const store = openSqliteStore({ path, key: KEY, monotonic })
  await prepareWorkspace(store, WORKSPACE, 'standalone', 0n)
  await store.close()
  fill(path, size)
  writeFileSync(done, '')
  return path
}

function fill(path: string, size: { rows: number; series: number; from: number; to: number }): void {
  const connection = openSqlite({ path, key: KEY, monotonic, cacheKib: 65_536 }, 'write')
  connection.pragma('synchronous=OFF')
  connection.exec('DROP INDEX "usage_events_by_at_series"')
  const AT_ONCE = 100_000
  const step = Math.floor(2 ** 32 / size.rows)
  // The form of a random UUID, with a beginning that counts up.
  const part = (bytes: number) => `lower(hex(randomblob(${bytes})))`
  const insert = connection.prepare(`
    WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
    INSERT INTO usage_events (workspace, id, series, quantity, at, properties, batch)
    SELECT ?, printf('%08x-', i * ${step}) || ${part(2)} || '-4' || substr(${part(2)}, 2) || '-8'
        || substr(${part(2)}, 2) || '-' || ${part(6)},
      abs(random()) % ${size.series} + 1, abs(random()) % 1000,
      abs(random()) % ${size.to - size.from} + ${size.from}, '', 0 FROM n`)
  for (let from = 0; from < size.rows; from += AT_ONCE) {
    insert.run(BigInt(from), BigInt(Math.min(size.rows, from + AT_ONCE)), WORKSPACE)
    connection.pragma('wal_checkpoint(TRUNCATE)')
  }
  for (const sql of createTable('sqlite', 'usage_events', schema.usage_events).slice(1)) connection.exec(sql)
  connection.pragma('wal_checkpoint(TRUNCATE)')
  connection.exec(`INSERT INTO usage_buckets (workspace, series, at, events, sum, max, latest, latest_at, latest_id)
    SELECT workspace, series, at - at % 900000, count(*), sum(quantity), max(quantity), 0, 0, ''
    FROM usage_events GROUP BY workspace, series, at - at % 900000`)
  connection.pragma('wal_checkpoint(TRUNCATE)')
  connection.close()
}
