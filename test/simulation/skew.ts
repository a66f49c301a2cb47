import { z } from 'zod'
import { type Migration, migrate, migrations } from '#core/database/migrate.ts'
import { schema } from '#core/database/schema.ts'
import { nullable, type Table, table, text } from '#core/database/table.ts'
import { byId, type Handler, handle } from '#core/runtime/handlers.ts'
import { BUILD } from '#core/sync/build.ts'
import type { Build } from '#core/sync/protocol.ts'
import { command } from '#shared/contract/define.ts'
import { EVERYONE } from '#shared/permissions.ts'
import type { MemoryDisk } from './memory-store.ts'

/*
 * Two releases that follow one another: the newer one has a table and a column more, a command of another
 * version, and a command that the older one does not know.
 */

const comments = schema.comments
const changed = {
  comments: table({
    scope: 'everyone',
    columns: { ...comments.columns, mood: text(), channel: nullable(text()) },
    indexes: [['entity', 'row_id']],
    search: { entity: 'comment', title: 'body' },
  }),
}
const added = {
  later_notes: table({ scope: 'everyone', columns: { id: text(), note: text() } }),
}

const later: Migration = {
  name: '9001-later',
  tables: added,
  changed,
  statements: kind => {
    const type = kind === 'sqlite' ? 'TEXT' : 'text COLLATE "C"'
    return [
      `ALTER TABLE comments ADD COLUMN mood ${type} NOT NULL DEFAULT 'calm'`,
      `ALTER TABLE comments ADD COLUMN channel ${type}`,
    ]
  },
}

const roles = { roles: EVERYONE }
const titled = command('simulation.title', { ...roles, version: 1 })
  .input(z.object({ name: z.string(), title: z.string() }))
  .output(z.null())
const named = command('simulation.title', { ...roles, version: 2 })
  .input(z.object({ name: z.string(), text: z.string() }))
  .output(z.null())
const note = command('simulation.note', roles)
  .input(z.object({ note: z.string() }))
  .output(z.null())

export const skewLeaves = { titled, named, note }

/** Sets a value by the command of either version. */
const put = async (
  { tx, actor, now }: Parameters<Parameters<typeof handle<typeof titled>>[1]>[0],
  name: string,
  value: string,
) => {
  const values = { value, changed_by: actor?.id ?? '', changed_at: now }
  await tx.db
    .insertInto('settings')
    .values({ name: `title/${name}`, ...values })
    .onConflict(conflict => conflict.columns(['name']).doUpdateSet(values))
    .execute()
  return null
}

export interface Release {
  readonly name: 'current' | 'next'
  readonly build: Build
  readonly tables: Record<string, Table>
  readonly list: readonly Migration[]
  readonly commands: ReadonlyMap<string, Handler>
}

export const CURRENT: Release = {
  name: 'current',
  build: BUILD,
  tables: schema,
  list: migrations,
  commands: byId({
    titled: handle(titled, call => put(call, call.input.name, call.input.title)),
  }),
}

export const NEXT: Release = {
  name: 'next',
  build: { protocol: BUILD.protocol + 1, schema: BUILD.schema + 1, since: BUILD.schema },
  tables: { ...schema, ...changed, ...added },
  list: [...migrations, later],
  commands: byId({
    named: handle(named, call => put(call as never, call.input.name, call.input.text), {
      1: old => {
        const { name, title } = old as { name: string; title: string }
        return { name, text: title }
      },
    }),
    note: handle(note, async ({ tx, input, ids }) => {
      // A table that only the next release knows, so that the query builder cannot name it.
      tx.touched.changed.add('later_notes')
      await tx.run('INSERT INTO later_notes (workspace, id, note) VALUES (?, ?, ?)', [
        tx.workspace,
        ids.next(),
        input.note,
      ])
      return null
    }),
  }),
}

/** Brings a machine's database to a release. */
export async function upgrade(disk: MemoryDisk, release: Release, at: bigint): Promise<void> {
  await migrate('sqlite', disk.execute, at, release.list)
}
