import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '#shared/canonical.ts'
import { DATABASES, testClock, testStore } from '#test/kit/core-kit.ts'
import type { Store, Tx } from './store.ts'

const ours = 'w-ours'
const theirs = 'w-theirs'

/** Two workspaces with the same keys: every query below runs for the first, and must not see the second. */
describe.each(DATABASES)('the workspace scope on %s', database => {
  let store: Store
  let remove: () => Promise<void>
  beforeAll(async () => {
    const made = await testStore(database, testClock())
    store = made.store
    remove = made.remove
    for (const [workspace, name] of [
      [ours, 'Ours'],
      [theirs, 'Theirs'],
    ] as const)
      await store.write(workspace, 'person', async tx => {
        for (const id of ['a', 'b'])
          await tx.db
            .insertInto('people')
            .values({
              id,
              name: `${name} ${id}`,
              email: id,
              roles: '[]',
              active: 1n,
              created_at: 0n,
            })
            .execute()
        await tx.db
          .insertInto('comments')
          .values(comment('c', 'a', name))
          .execute()
      })
  }, 60_000)
  afterAll(async () => {
    await store.close()
    await remove()
  })

  const comment = (id: string, row_id: string, body: string) => ({
    ...{ id, row_id, body, entity: 'person', author: 'a', created_at: 0n, edited_at: null },
  })

  /** Runs work in our workspace, rolls it back, and gives its answer with the tables it touched. */
  async function within<T>(work: (tx: Tx) => Promise<T>) {
    const only = new Error('only to look')
    let found: { answer: T; read: string[]; changed: string[] } | undefined
    const outcome = await store
      .write(ours, 'person', async tx => {
        const answer = await work(tx)
        found = { answer, read: [...tx.touched.read].sort(), changed: [...tx.touched.changed].sort() }
        throw only
      })
      .catch(error => error)
    if (outcome !== only) throw outcome
    return found!
  }
  const theirRows = (tx: Tx, table = 'people') =>
    tx.raw<{ n: bigint }>(`SELECT count(*) AS n FROM ${table} WHERE workspace = '${theirs}'`)

  it('confines selects, joins, subqueries, unions and common table expressions', async () => {
    const { answer, read, changed } = await within(async ({ db }) => [
      await db.selectFrom('people').select('name').orderBy('name').execute(),
      await db
        .selectFrom('people as p')
        .select('p.name')
        .where('p.id', '=', 'a')
        .where('p.active', '=', 1n)
        .execute(),
      await db
        .selectFrom('comments as c')
        .innerJoin('people as p', 'p.id', 'c.row_id')
        .leftJoin('people as q', join => join.onRef('q.id', '=', 'c.author').on('q.id', '=', 'b'))
        .select(['c.body', 'p.name', 'q.name as other'])
        .execute(),
      await db
        .selectFrom(['people', 'comments'])
        .select(['people.name', 'comments.body'])
        .orderBy('people.name')
        .execute(),
      await db
        .selectFrom(eb => eb.selectFrom('people').select('name').as('inner'))
        .select('inner.name')
        .orderBy('inner.name')
        .execute(),
      await db
        .selectFrom('people')
        .select(eb => ['id', eb.selectFrom('comments').select(eb.fn.countAll<bigint>().as('n')).as('n')])
        .where(eb =>
          eb.exists(
            eb.selectFrom('comments').select('comments.id').whereRef('comments.row_id', '=', 'people.id'),
          ),
        )
        .execute(),
      await db
        .with('named', with_ => with_.selectFrom('people').select(['id', 'name']))
        .selectFrom('named')
        .innerJoin('comments', 'comments.row_id', 'named.id')
        .select(['named.name', 'comments.body'])
        .execute(),
      await db
        .selectFrom('people')
        .select('name')
        .union(db.selectFrom('comments').select('body as name'))
        .orderBy('name')
        .execute(),
      await db
        .selectFrom('people')
        .innerJoin('comments', join => join.onTrue())
        .select(['people.id', 'comments.body'])
        .orderBy('people.id')
        .execute(),
      await db
        .selectFrom('people')
        .crossJoin('comments')
        .select(['people.id', 'comments.body'])
        .orderBy('people.id')
        .execute(),
    ])
    expect(canonicalJson(answer)).not.toContain('Theirs')
    expect(answer.map(rows => rows.length)).toEqual([2, 1, 1, 2, 2, 1, 1, 3, 2, 2])
    expect(answer[5]).toEqual([{ id: 'a', n: 1n }])
    expect([read, changed]).toEqual([['comments', 'people'], []])
  })

  it('confines updates, also with other tables', async () => {
    const { answer, read, changed } = await within(async tx => {
      const all = await tx.db.updateTable('people').set({ name: 'x' }).executeTakeFirst()
      const from = await tx.db
        .updateTable('people')
        .from('comments')
        .set(eb => ({ name: eb.ref('comments.body') }))
        .whereRef('comments.row_id', '=', 'people.id')
        .returning('people.name')
        .execute()
      const some = await tx.db
        .updateTable('people as p')
        .set({ name: 'y' })
        .where('p.id', 'in', eb => eb.selectFrom('comments').select('row_id'))
        .executeTakeFirst()
      return [
        all.numUpdatedRows,
        from,
        some.numUpdatedRows,
        await tx.raw(`SELECT name FROM people WHERE workspace = '${theirs}' ORDER BY name`),
      ]
    })
    expect(answer).toEqual([2n, [{ name: 'Ours' }], 1n, [{ name: 'Theirs a' }, { name: 'Theirs b' }]])
    expect([read, changed]).toEqual([['comments', 'people'], ['people']])
  })

  it('confines deletes', async () => {
    const { answer, changed } = await within(async tx => {
      const some = await tx.db
        .deleteFrom('people')
        .where(eb =>
          eb.exists(eb.selectFrom('comments').select('id').whereRef('comments.row_id', '=', 'people.id')),
        )
        .executeTakeFirst()
      const rest = await tx.db.deleteFrom('people').returning('id').execute()
      if (database === 'pglite')
        await tx.db
          .deleteFrom('comments')
          .using('people')
          .whereRef('people.id', '=', 'comments.row_id')
          .execute()
      return [some.numDeletedRows, rest, await theirRows(tx), await theirRows(tx, 'comments')]
    })
    expect(answer).toEqual([1n, [{ id: 'b' }], [{ n: 2n }], [{ n: 1n }]])
    expect(changed).toEqual(database === 'pglite' ? ['comments', 'people'] : ['people'])
  })

  it('confines a delete that names other tables', async () => {
    if (database === 'sqlite') return
    const { answer } = await within(async tx => {
      await tx.db.deleteFrom('people').where('id', '=', 'a').execute()
      const gone = await tx.db
        .deleteFrom('comments')
        .using('people')
        .whereRef('people.id', '=', 'comments.row_id')
        .executeTakeFirst()
      return gone.numDeletedRows
    })
    expect(answer).toBe(0n)
  })

  it('puts the workspace into every inserted row, whatever the row says', async () => {
    const { answer, changed } = await within(async tx => {
      await tx.db
        .insertInto('comments')
        .values([comment('d', 'a', 'Ours'), comment('e', 'a', 'Ours')])
        .execute()
      await tx.db
        .insertInto('comments')
        .values(
          eb =>
            ({
              ...comment('f', 'a', 'x'),
              body: eb.selectFrom('people').select('name').where('id', '=', 'a'),
            }) as never,
        )
        .execute()
      await tx.db
        .insertInto('comments')
        .values({ ...comment('g', 'a', 'Ours'), workspace: theirs } as never)
        .execute()
      return [
        await tx.db.selectFrom('comments').select(['id', 'body']).orderBy('id').execute(),
        await theirRows(tx, 'comments'),
      ]
    })
    expect(answer).toEqual([
      [
        { id: 'c', body: 'Ours' },
        { id: 'd', body: 'Ours' },
        { id: 'e', body: 'Ours' },
        { id: 'f', body: 'Ours a' },
        { id: 'g', body: 'Ours' },
      ],
      [{ n: 1n }],
    ])
    expect(changed).toEqual(['comments'])
  })

  it('resolves conflicts within the workspace', async () => {
    const { answer } = await within(async tx => {
      const row = { ...comment('c', 'a', 'changed') }
      await tx.db
        .insertInto('comments')
        .values(row)
        .onConflict(conflict => conflict.column('id').doUpdateSet(eb => ({ body: eb.ref('excluded.body') })))
        .execute()
      const nothing = await tx.db
        .insertInto('comments')
        .values(row)
        .onConflict(conflict => conflict.columns(['id']).doNothing())
        .executeTakeFirst()
      const any = await tx.db
        .insertInto('comments')
        .values(row)
        .onConflict(conflict => conflict.doNothing())
        .executeTakeFirst()
      return [
        nothing.numInsertedOrUpdatedRows,
        any.numInsertedOrUpdatedRows,
        await tx.raw(`SELECT workspace, body FROM comments ORDER BY workspace`),
      ]
    })
    expect(answer).toEqual([
      0n,
      0n,
      [
        { workspace: ours, body: 'changed' },
        { workspace: theirs, body: 'Theirs' },
      ],
    ])
  })

  it('refuses what it cannot confine, and what sync could not capture', async () => {
    const refused = (work: (tx: Tx) => { execute(): Promise<unknown> }, message: RegExp) =>
      expect(within(tx => work(tx).execute())).rejects.toThrow(message)
    await refused(
      ({ db }) =>
        db
          .insertInto('comments')
          .columns(['id', 'body'])
          .expression(eb => eb.selectFrom('people').select(['id', 'name'])),
      /must list its rows/,
    )
    await refused(({ db }) => db.insertInto('comments').defaultValues(), /must list its rows/)
    await refused(({ db }) => db.replaceInto('comments').values(comment('c', 'a', 'x')), /must not replace/)
    await refused(
      ({ db }) =>
        db
          .insertInto('comments')
          .orIgnore()
          .values(comment('c', 'a', 'x')),
      /must not replace/,
    )
    await refused(
      ({ db }) =>
        db.mergeInto('comments').using('people', 'people.id', 'comments.row_id').whenMatched().thenDelete(),
      /merge/,
    )
  })

  it('leaves tables alone that are none of ours', async () => {
    const { answer, read, changed } = await within(async ({ db }) => {
      const any = db as unknown as {
        selectFrom(table: string): { selectAll(): { execute(): Promise<unknown[]> } }
        insertInto(table: string): { values(row: object): { execute(): Promise<unknown> } }
        deleteFrom(table: string): { execute(): Promise<unknown> }
        updateTable(table: string): { set(row: object): { execute(): Promise<unknown> } }
      }
      const rows = await any.selectFrom('migrations').selectAll().execute()
      await any.updateTable('migrations').set({ name: 'x' }).execute()
      await any.deleteFrom('migrations').execute()
      await any
        .insertInto('migrations')
        .values({ number: 1n, name: 'y', digest: 'z', applied_at: 0n })
        .execute()
      return rows.length
    })
    expect(answer).toBeGreaterThan(1)
    expect([read, changed]).toEqual([[], []])
  })
})
