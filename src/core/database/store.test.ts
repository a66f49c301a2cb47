import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DATABASES, KEY, testClock, testStore } from '#test/kit/core-kit.ts'
import { checkpointer } from './checkpointer.ts'
import { prepareWorkspace } from './prepare.ts'
import { openSqlite, sqliteExecute, WrongKey } from './sqlite-connection.ts'
import { openReader } from './sqlite-reader.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { AwaitedOutside, type Store, TransactionOver, type Tx } from './store.ts'

const W = 'w-1'

describe.each(DATABASES)('a store on %s', database => {
  let store: Store
  let remove: () => Promise<void>
  beforeEach(async () => {
    const made = await testStore(database, testClock())
    store = made.store
    remove = made.remove
    await prepareWorkspace(store, W, 'standalone', 1n)
  })
  afterEach(async () => {
    await store.close()
    await remove()
  })

  const put = (tx: Tx, name: string, value = '1') =>
    tx.db
      .insertInto('settings')
      .values({ name, value, changed_by: 'me', changed_at: 9_007_199_254_740_993n })
      .execute()
  const names = () =>
    store.read(W, async reader =>
      (await reader.db.selectFrom('settings').select('name').orderBy('name').execute()).map(row => row.name),
    )

  it('commits what the work did, with exact int64', async () => {
    expect(await store.write(W, 'person', tx => put(tx, 'a').then(() => 'done'))).toBe('done')
    const row = await store.read(W, reader => reader.db.selectFrom('settings').selectAll().executeTakeFirst())
    expect(row?.changed_at).toBe(9_007_199_254_740_993n)
  })

  it('gives back counts and sums of integers as bigints, and bytes as bytes', async () => {
    const bytes = new Uint8Array([0, 1, 255])
    await store.write(W, 'person', async tx => {
      await put(tx, 'a')
      const at = { id: 'x', job_id: 'j', name: 'n', media_type: 'm', created_at: 1n }
      await tx.db
        .insertInto('artifacts')
        .values({ ...at, bytes })
        .execute()
    })
    const row = await store.read(W, reader =>
      reader.db
        .selectFrom('settings')
        .select(eb => [eb.fn.countAll<bigint>().as('n'), eb.fn.sum<bigint>('changed_at').as('sum')])
        .executeTakeFirstOrThrow(),
    )
    expect(row).toEqual({ n: 1n, sum: 9_007_199_254_740_993n })
    const kept = await store.read(W, reader =>
      reader.db.selectFrom('artifacts').select('bytes').executeTakeFirst(),
    )
    expect([...kept!.bytes]).toEqual([0, 1, 255])
  })

  it('rolls back when the work throws', async () => {
    const failing = store.write(W, 'person', async tx => {
      await put(tx, 'a')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await names()).toEqual([])
  })

  it('rolls back work that waits for anything but its tx', async () => {
    const waits: ((tx: Tx) => Promise<unknown>)[] = [
      () => new Promise(resolve => setTimeout(resolve, 20)),
      () => new Promise(() => {}),
      () => new Promise(resolve => setImmediate(() => setImmediate(resolve))),
    ]
    for (const wait of waits) {
      const failing = store.write(W, 'person', async tx => {
        await put(tx, 'a')
        await wait(tx)
        await put(tx, 'b')
      })
      await expect(failing).rejects.toThrow(AwaitedOutside)
    }
    expect(await names()).toEqual([])
    await expect(store.read(W, () => new Promise(() => {}))).rejects.toThrow(AwaitedOutside)
  })

  it('lets work go on in microtasks between statements', async () => {
    await store.write(W, 'person', async tx => {
      await Promise.resolve()
      await put(tx, 'a')
      for (let i = 0; i < 50; i++) await Promise.resolve()
      await Promise.all([put(tx, 'b'), put(tx, 'c')])
    })
    expect(await names()).toEqual(['a', 'b', 'c'])
  })

  it('refuses a tx that is used after its end, and a statement that nobody awaits', async () => {
    let kept: Tx | null = null
    await store.write(W, 'person', async tx => {
      kept = tx
    })
    await expect(put(kept!, 'late')).rejects.toThrow(TransactionOver)
    const careless = store.write(W, 'person', async tx => {
      void tx.run('DELETE FROM settings')
    })
    // On SQLite a statement is done when it is called: there is nothing left to wait for.
    if (database === 'sqlite') await careless
    else await expect(careless).rejects.toThrow('a statement was not awaited')
    expect(await names()).toEqual([])
  })

  it('undoes a part that failed and goes on, also within another part', async () => {
    await store.write(W, 'person', async tx => {
      await put(tx, 'a')
      await tx
        .attempt(async () => {
          await put(tx, 'b')
          await tx.attempt(() => put(tx, 'c'))
          await tx.attempt(() => put(tx, 'a')).catch(() => {})
          await put(tx, 'd')
          throw new Error('no')
        })
        .catch(error => expect(error).toMatchObject({ message: 'no' }))
      await tx.attempt(async () => {
        await tx.attempt(() => put(tx, 'a')).catch(() => {})
        await put(tx, 'e')
      })
    })
    expect(await names()).toEqual(['a', 'e'])
  })

  it('cannot write through a reader', async () => {
    await expect(store.read(W, reader => reader.raw('DELETE FROM settings'))).rejects.toThrow(/read-?only/i)
    await expect(store.read(W, async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await names()).toEqual([])
  })

  it('says how many rows a statement changed', async () => {
    const mark = database === 'sqlite' ? '?' : '$1'
    const changed = await store.write(W, 'person', async tx => {
      await put(tx, 'a')
      await put(tx, 'b')
      return [
        await tx.run(`UPDATE settings SET value = ${mark}`, ['2']),
        await tx.run('UPDATE settings SET value = value WHERE 1 = 0'),
        (await tx.raw('SELECT name FROM settings ORDER BY name')).length,
        await tx.run('SELECT 1'),
      ]
    })
    expect(changed.slice(0, 3)).toEqual([2n, 0n, 2])
  })

  it('does not nest transactions and does not stream', async () => {
    await store.write(W, 'person', async tx => {
      await expect(tx.db.transaction().execute(async () => {})).rejects.toThrow(/begins and ends/)
      await expect(
        (async () => {
          for await (const _ of tx.db.selectFrom('settings').selectAll().stream()) break
        })(),
      ).rejects.toThrow(/stream/)
    })
  })

  it('makes the row of a workspace once', async () => {
    await prepareWorkspace(store, W, 'server', 2n)
    const rows = await store.read(W, async reader => ({
      state: await reader.db.selectFrom('workspace_state').select(['authority', 'created_at']).execute(),
      sync: await reader.db.selectFrom('sync_state').select('capture').execute(),
    }))
    expect(rows).toEqual({
      state: [{ authority: 'standalone', created_at: 1n }],
      sync: [{ capture: 'feed' }],
    })
  })
})

describe('SQLite files', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quarterdeck-store-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const monotonic = () => 0

  it('refuses a wrong key and a file that is no database, and leaves both as they are', async () => {
    const path = join(folder, 'a.db')
    const first = openSqlite({ path, key: KEY, monotonic, cacheKib: 1024 }, 'write')
    await sqliteExecute(first)('CREATE TABLE t (a TEXT)', [])
    first.close()
    const other = new Uint8Array(32).fill(9)
    expect(() => openSqlite({ path, key: other, monotonic }, 'write')).toThrow(WrongKey)
    expect(() => openReader({ path, key: other, monotonic })).toThrow(WrongKey)
    expect(() => openReader({ path, monotonic })).toThrow(WrongKey)
    const text = join(folder, 'b.db')
    writeFileSync(
      text,
      'this is a text file, and long enough to be looked at as a database header'.repeat(20),
    )
    expect(() => openSqlite({ path: text, key: KEY, monotonic }, 'write')).toThrow(WrongKey)
    expect(() => openSqlite({ path: join(folder, 'none', 'c.db'), monotonic }, 'write')).toThrow(/directory/)
    openSqlite({ path, key: KEY, monotonic }, 'read').close()
  })

  it('remembers a bounded number of statements, and not the very long ones', async () => {
    const connection = openSqlite({ path: join(folder, 'a.db'), monotonic }, 'write')
    const execute = sqliteExecute(connection)
    for (let i = 0; i < 520; i++)
      expect((await execute(`SELECT ${i} AS n`, [])).rows).toEqual([{ n: BigInt(i) }])
    const long = `SELECT 1 AS n /* ${'x'.repeat(20_000)} */`
    for (let i = 0; i < 2; i++) expect((await execute(long, [])).rows).toEqual([{ n: 1n }])
    connection.close()
  })

  it('moves the write-ahead log into the file in the background, and cuts it when idle', async () => {
    const path = join(folder, 'a.db')
    const { store } = { store: openSqliteStore({ path, monotonic, cacheKib: 1024, ...observed() }) }
    await store.write('w', 'person', tx => tx.run('CREATE TABLE t (a TEXT) STRICT'))
    await store.write('w', 'job', tx => tx.run("INSERT INTO t VALUES ('1')"))
    const connection = openSqlite({ path, monotonic }, 'write')
    const check = checkpointer(connection)
    const passive = check(false)
    expect(passive.pages).toBeGreaterThan(0)
    expect(passive.moved).toBe(passive.pages)
    expect(check(true)).toEqual({ pages: 0, moved: 0 })
    connection.close()
    await store.close()
    expect(existsSync(`${path}-wal`)).toBe(false)
    expect(waited).toEqual(['write'])
  })

  const waited: string[] = []
  const observed = () => ({ onWait: (kind: string) => void waited.push(kind) })

  it('goes on after a transaction that SQLite rolled back by itself', async () => {
    const store = openSqliteStore({ path: join(folder, 'a.db'), monotonic, cacheKib: 1024 })
    await store.write('w', 'person', tx => tx.run('CREATE TABLE t (a TEXT PRIMARY KEY) STRICT'))
    const failing = store.write('w', 'person', async tx => {
      await tx.run("INSERT INTO t VALUES ('1')")
      await tx.run("INSERT OR ROLLBACK INTO t VALUES ('1')")
    })
    await expect(failing).rejects.toThrow(/UNIQUE/)
    await store.write('w', 'person', tx => tx.run("INSERT INTO t VALUES ('2')"))
    expect(await store.read('w', reader => reader.raw('SELECT a FROM t'))).toEqual([{ a: '2' }])
    await store.close()
  })
})
