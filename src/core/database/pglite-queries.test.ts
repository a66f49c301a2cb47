import { beforeAll, describe, expect, it } from 'vitest'
import { emptied, sharedPglite } from '#test/kit/embedded-postgres.ts'
import { type PgliteQueries, pgliteQueries } from './pglite-queries.ts'
import { bigintParsers } from './postgres-sources.ts'

describe('statements to PGlite', () => {
  let queries: PgliteQueries
  beforeAll(async () => {
    const pglite = await emptied(await sharedPglite())
    queries = pgliteQueries(pglite, bigintParsers)
    await queries.script('CREATE TABLE things (id text PRIMARY KEY, n bigint, bytes bytea); SELECT 1')
    return async () => void (await emptied(pglite))
  })

  it('carry every kind of value there and back, the first time and again', async () => {
    const insert = 'INSERT INTO things (id, n, bytes) VALUES ($1, $2, $3)'
    const rows = [
      ['a', 9_007_199_254_740_993n, new Uint8Array([0, 255, 7])],
      ['b', null, null],
      ['c "\\', 3, new Uint8Array()],
    ]
    for (const row of rows) expect((await queries.query(insert, row)).affected).toBe(1n)
    const select = 'SELECT id, n, bytes FROM things WHERE id = ANY ($1) ORDER BY id'
    for (let again = 0; again < 3; again++) {
      const { rows: found } = await queries.query(select, [['a', 'b', 'c "\\']])
      expect(found.map(row => [row.id, row.n, row.bytes && [...(row.bytes as Uint8Array)]])).toEqual([
        ['a', 9_007_199_254_740_993n, [0, 255, 7]],
        ['b', null, null],
        ['c "\\', 3n, []],
      ])
    }
    expect((await queries.query('SELECT $1::boolean AS yes', [true])).rows).toEqual([{ yes: true }])
    await expect(queries.query('SELECT $1', [{}])).rejects.toThrow(TypeError)
    await expect(queries.query('SELECT $1', [[new Uint8Array()]])).rejects.toThrow(TypeError)
    const nothing = await queries.query('SELECT $1::text[] AS list', [[null, 'x']])
    expect(nothing.rows).toEqual([{ list: [null, 'x'] }])
  })

  it('say with a SQLSTATE what is wrong, and go on', async () => {
    const wrong = 'SELECT nothing FROM things'
    for (let again = 0; again < 3; again++)
      await expect(queries.query(wrong, [])).rejects.toMatchObject({ code: '42703' })
    await expect(queries.script('BEGIN; SELECT nothing')).rejects.toMatchObject({ code: '42703' })
    await expect(queries.query('SELECT 1 AS one', [])).rejects.toMatchObject({ code: '25P02' })
    await queries.script('ROLLBACK')
    expect((await queries.query('SELECT 1 AS one', [])).rows).toEqual([{ one: 1 }])
  })

  it('are prepared anew where they do not fit their table any more', async () => {
    await queries.script('CREATE TABLE growing (id text); INSERT INTO growing VALUES (1)')
    const all = 'SELECT * FROM growing'
    for (let again = 0; again < 3; again++) await queries.query(all, [])
    await queries.script('ALTER TABLE growing ADD COLUMN more text')
    await queries.query(all, []).catch(() => {})
    expect((await queries.query(all, [])).rows).toEqual([{ id: '1', more: null }])
  })
})
