import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DATABASES, testClock, testStore, WORKSPACE } from '#test/kit/core-kit.ts'
import { type PackedRows, packRows, unpackRows } from './packed-rows.ts'
import { prepareWorkspace } from './prepare.ts'
import { schema } from './schema.ts'
import { readInOrder, readPacked } from './sync-rows.ts'
import { blob, int, nullable, real, table, text } from './table.ts'

const things = table({
  columns: { id: text(), count: int(), share: real(), bytes: nullable(blob()), note: nullable(text()) },
})
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }
const row = fc.record({
  id: fc.string(),
  count: fc.bigInt(INT64),
  share: fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0),
  bytes: fc.option(fc.uint8Array({ maxLength: 40 })),
  note: fc.option(fc.string({ unit: 'binary' })),
})

describe('packed rows', () => {
  it('are what was packed, to the last bit of every int64', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), rows => {
        const { length, values } = unpackRows(packRows('things', things, rows))
        expect(length).toBe(rows.length)
        const expected = rows.flatMap(({ id, count, share, bytes, note }) => [
          id,
          count,
          share === 0 ? 0 : share,
          bytes && Buffer.from(bytes),
          note,
        ])
        expect(values).toEqual(expected)
      }),
    )
  })

  it('name the columns that the rows have, with their kinds', () => {
    const packed = packRows('things', things, [{ note: null, id: 'a', unknown: 1 }])
    expect(packed.columns).toEqual([
      { name: 'id', kind: 'text' },
      { name: 'note', kind: 'text' },
    ])
    expect(packed.cells).toBe('["a",null]')
    expect(packRows('things', things, [])).toMatchObject({ columns: [], rows: 0, cells: '[]' })
  })

  it('hold no number that no text stands for', () => {
    expect(() => packRows('things', things, [{ id: 'a', share: Number.NaN }])).toThrow('NaN')
  })

  it.each<[string, PackedRows['columns'][number]['kind'], string]>([
    ['no JSON', 'text', '['],
    ['no list', 'text', '{}'],
    ['too few cells', 'text', '[]'],
    ['too many cells', 'text', '["a","b"]'],
    ['a number for a text', 'text', '[1]'],
    ['a list for a text', 'text', '[["a"]]'],
    ['a fraction for a whole number', 'int', '[1.5]'],
    ['a word for a whole number', 'int', '["one"]'],
    ['a number that is no exact one', 'int', '[9007199254740993]'],
    ['a number that no int64 is', 'int', '["9223372036854775808"]'],
    ['a text for a number', 'real', '["1"]'],
    ['a number for bytes', 'blob', '[1]'],
    ['true', 'int', '[true]'],
  ])('are refused with %s', (_, kind, cells) => {
    expect(() => unpackRows({ columns: [{ name: 'id', kind }], rows: 1, cells })).toThrow()
  })
})

describe.each(DATABASES)('rows that %s packs', database => {
  it('are those that it reads, in pages that follow one another', async () => {
    const { store, remove } = await testStore(database, testClock())
    await prepareWorkspace(store, WORKSPACE, 'server', 0n)
    const largest = 2n ** 63n - 1n
    const all = ['a', 'b/~"', 'ü\n😀', 'z'].map((name, n) => ({
      ...{
        name,
        value: n === 1 ? '{"$int":"1"}' : '',
        changed_by: '',
        changed_at: n === 2 ? -largest : largest,
      },
    }))
    const content = new Uint8Array(200).map((_, n) => n)
    await store.write(WORKSPACE, 'job', async tx => {
      await tx.db.insertInto('settings').values(all).execute()
      await tx.db.insertInto('batch_parts').values({ batch: 'b', part: 0n, content }).execute()
    })
    await store.read(WORKSPACE, async reader => {
      const found: unknown[] = []
      let after: string | null = null
      for (;;) {
        const page = await readPacked(reader, 'settings', schema.settings, after, 3)
        if (!page) break
        found.push(...unpackRows(page.packed).values)
        after = page.last
      }
      const rows = await readInOrder(reader, 'settings', schema.settings, null, 10)
      expect(rows).toHaveLength(4)
      expect(found).toEqual(rows.flatMap(row => Object.keys(schema.settings.columns).map(name => row[name])))
      const parts = await readPacked(reader, 'batch_parts', schema.batch_parts, null, 3)
      expect(unpackRows(parts!.packed).values).toEqual(['b', 0n, Buffer.from(content)])
    })
    await store.close()
    await remove()
  })
})
