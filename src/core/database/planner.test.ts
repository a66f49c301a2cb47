import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from './migrate.ts'
import { openSqlite, sqliteExecute } from './sqlite-connection.ts'

const folder = mkdtempSync(join(tmpdir(), 'planner-'))
const options = { path: join(folder, 'workspace.db'), monotonic: () => 0 }
let database: Sqlite.Database

beforeAll(async () => {
  const writer = openSqlite(options, 'write')
  await migrate('sqlite', sqliteExecute(writer), 0n)
  writer.close()
  database = openSqlite(options, 'read')
})
afterAll(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

/** How a statement finds its rows, table by table. */
function planOf(sql: string): string {
  const values = Array.from(sql.match(/\?/g) ?? [], () => 'x')
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]
  return steps.map(step => step.detail).join('; ')
}

const many = (count: number) => `(${Array.from({ length: count }, () => '?').join(', ')})`

describe('what the planner of SQLite is told', () => {
  it('is about keys and indexes that are there, and about all of them', () => {
    const told = database.prepare('SELECT tbl, idx FROM sqlite_stat1').all() as { tbl: string; idx: string }[]
    const there = database
      .prepare(
        `SELECT t.name AS tbl, CASE WHEN i.origin = 'pk' AND t.wr = 1 THEN t.name ELSE i.name END AS idx
          FROM pragma_table_list t JOIN pragma_index_list(t.name) i
          WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'shadow_%' AND t.name NOT LIKE 'search_%'
            AND t.name NOT IN ('captured_tables', 'migrations')`,
      )
      .all() as typeof told
    const names = (rows: typeof told) => rows.map(({ tbl, idx }) => `${tbl}: ${idx}`).sort()
    expect(names(told)).toEqual(names(there))
    expect(told.length).toBeGreaterThan(100)
  })

  it.each([
    [
      'lines of many subscriptions',
      `SELECT line.item FROM invoice_lines line JOIN invoices invoice ON invoice.id = line.invoice_id
        WHERE line.subscription_id IN ${many(200)} AND line.service_to > ? AND line.workspace = ? AND invoice.workspace = ?`,
      'subscription_id=? AND service_to>?',
    ],
    [
      'open invoices of many customers',
      `SELECT * FROM invoices WHERE customer_id IN ${many(200)} AND period = ? AND state IN (?, ?) AND workspace = ?`,
      'customer_id=? AND period=?',
    ],
    [
      'usage of many customers',
      `SELECT series.metric_id, sum(bucket.sum) FROM usage_series series JOIN usage_buckets bucket
        ON bucket.series = series.number WHERE series.customer_id IN ${many(200)} AND series.metric_id IN ${many(20)}
        AND bucket.at >= ? AND bucket.at < ? AND series.workspace = ? AND bucket.workspace = ?
        GROUP BY series.customer_id, series.metric_id`,
      'series=? AND at>? AND at<?',
    ],
    [
      'subscriptions of many customers',
      `SELECT * FROM subscriptions WHERE customer_id IN ${many(200)} AND workspace = ? ORDER BY customer_id`,
      'customer_id=?',
    ],
  ])('finds %s by them, and not by the workspace', (_, sql, found) => expect(planOf(sql)).toContain(found))
})
