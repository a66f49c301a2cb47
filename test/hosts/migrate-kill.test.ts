import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate, migrations, pendingMigrations } from '#core/database/migrate.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import { KEY } from '#test/kit/core-kit.ts'
import { startChild } from './child.ts'

const KILLS = 20

describe('a process that is killed while it migrates', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'quarterdeck-kill-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('leaves an intact database, wherever it was', { timeout: 300_000 }, async () => {
    const template = join(folder, 'template.db')
    const connection = openSqlite({ path: template, key: KEY, monotonic: () => 0, cacheKib: 2048 }, 'write')
    await migrate('sqlite', sqliteExecute(connection), 1n, migrations.slice(0, 1))
    connection
      .prepare("INSERT INTO people VALUES ('w', 'x', 'Zenobia', 'z@example.com', '[]', 1, NULL, 0)")
      .run()
    connection.close()

    // A migration to its end, to count its statements up to the commit.
    const whole = join(folder, 'whole.db')
    copyFileSync(template, whole)
    const counted = openSqlite({ path: whole, key: KEY, monotonic: () => 0, cacheKib: 2048 }, 'write')
    const run = sqliteExecute(counted)
    let count = 0
    let statements = 0
    await migrate(
      'sqlite',
      (sql, parameters) => {
        if (sql === 'COMMIT') statements = count
        count++
        return run(sql, parameters)
      },
      2n,
    )
    counted.close()
    expect(statements).toBeGreaterThan(KILLS)

    const reached = new Set<string>()
    // The statement after which the child waits to be killed: the first ones, one in each part of the whole, the last
    // before the commit; and once after it.
    const parts = Array.from({ length: KILLS }, (_, part) => {
      const within = (Math.imul(part + 1, 0x9e3779b1) >>> 0) / 4294967296
      return Math.floor(((part + within) / KILLS) * (statements - 1))
    })
    const points = [...new Set([0, 1, 2, ...parts, statements - 1])]
    for (const statement of [...points.map(String), 'commit']) {
      const path = join(folder, `at-${statement}.db`)
      copyFileSync(template, path)
      const child = startChild('migrate-child.ts', [path, statement])
      reached.add(await child.line(/^(waiting|done)/))
      await child.kill()
      const again = openSqlite({ path, key: KEY, monotonic: () => 0, cacheKib: 2048 }, 'write')
      expect(again.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
      const execute = sqliteExecute(again)
      const pending = await pendingMigrations('sqlite', execute)
      expect(pending.length).toBe(statement === 'commit' ? 0 : migrations.length - 1)
      await migrate('sqlite', execute, 2n)
      const { rows } = await execute('SELECT name FROM people', [])
      expect(rows).toEqual([{ name: 'Zenobia' }])
      again.close()
    }
    expect([...reached]).toEqual(['waiting', 'done'])
  })
})
