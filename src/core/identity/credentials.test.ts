import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { syncedTables } from '#core/database/capture.ts'
import { migrate, migrations } from '#core/database/migrate.ts'
import { schema } from '#core/database/schema.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import { KEY } from '#test/kit/core-kit.ts'

const before = migrations.slice(
  0,
  migrations.findIndex(migration => migration.name === '0012-identity'),
)

describe('passphrases of people', () => {
  it('are taken out of the table that every desk gets, and go on counting', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-'))
    const connection = openSqlite({ path: join(folder, 'w.db'), key: KEY, monotonic: () => 0 }, 'write')
    const execute = sqliteExecute(connection)
    await migrate('sqlite', execute, 0n, before)
    for (const [id, passphrase] of [
      ['ada', '$argon2id$kept'],
      ['bob', null],
    ])
      await execute(
        `INSERT INTO people (workspace, id, name, email, roles, active, passphrase, created_at)
          VALUES ('w', ?, ?, ?, '["admin"]', 1, ?, 5)`,
        [id, id, `${id}@example.com`, passphrase],
      )
    await migrate('sqlite', execute, 9n)
    const { rows } = await execute('SELECT workspace, person_id, hash, changed_at FROM credentials', [])
    expect(rows).toEqual([{ workspace: 'w', person_id: 'ada', hash: '$argon2id$kept', changed_at: 5n }])
    const people = await execute('SELECT * FROM people ORDER BY id', [])
    expect(people.rows.map(row => Object.keys(row).sort())[0]).not.toContain('passphrase')
    expect(people.rows.map(row => row.id)).toEqual(['ada', 'bob'])
    const found = await execute(
      "SELECT row_id FROM search_documents WHERE entity = 'person' ORDER BY row_id",
      [],
    )
    expect(found.rows.map(row => row.row_id)).toEqual(['ada', 'bob'])
    connection.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('and other secrets are in no table that reaches a desk', () => {
    const secret = /passphrase|hash|secret|recovery/
    const columns = syncedTables(schema).flatMap(([name, { columns: all }]) =>
      Object.keys(all).map(column => `${name}.${column}`),
    )
    expect(columns).toContain('devices.public_key')
    expect(columns.filter(column => secret.test(column))).toEqual([])
    for (const name of [
      'credentials',
      'second_factors',
      'sessions',
      'service_tokens',
      'access_links',
    ] as const)
      expect(schema[name].scope).toBeNull()
  })
})
