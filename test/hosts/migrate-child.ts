/**
 * Migrates a database and stops in the middle, for a test that kills it there: says `waiting` after the given
 * number of statements, or `done` after the commit, and stays. Run: node migrate-child.ts <database> <number>
 */
import { writeSync } from 'node:fs'
import { migrate } from '#core/database/migrate.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'

const [path, stop] = process.argv.slice(2)
const key = new Uint8Array(32).fill(7)
const execute = sqliteExecute(openSqlite({ path: path!, key, monotonic: () => 0, cacheKib: 2048 }, 'write'))

function stay(word: string): Promise<never> {
  writeSync(1, `${word}\n`)
  setInterval(() => {}, 1000)
  return new Promise(() => {})
}

let count = 0
await migrate(
  'sqlite',
  async (sql, parameters) => {
    const answer = await execute(sql, parameters)
    if (`${count++}` === stop) await stay('waiting')
    return answer
  },
  2n,
)
await stay('done')
