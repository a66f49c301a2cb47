import { z } from 'zod'
import { AuthorityDecides, answer, byId, type Handler, handle } from '#core/runtime/handlers.ts'
import { command, query } from '#shared/contract/define.ts'
import { refuse } from '#shared/errors.ts'
import { EVERYONE } from '#shared/permissions.ts'

/*
 * Commands for the tests of sync, on tables of the foundation: small, and chosen for what is hard to rewind
 * and to replay (swapped unique values, rows that come and go in one command, counters with a limit).
 */

const roles = { roles: EVERYONE }
const Name = z.object({ name: z.string() })

export const leaves = {
  add: command('test.people.add', roles)
    .input(z.object({ name: z.string(), email: z.string() }))
    .output(z.string()),
  rename: command('test.people.rename', roles)
    .input(z.object({ id: z.string(), name: z.string() }))
    .output(z.null()),
  swap: command('test.people.swap', roles)
    .input(z.object({ one: z.string(), other: z.string() }))
    .output(z.null()),
  remove: command('test.people.remove', roles)
    .input(z.object({ id: z.string() }))
    .output(z.null()),
  replace: command('test.people.replace', roles)
    .input(z.object({ id: z.string(), name: z.string() }))
    .output(z.null()),
  passing: command('test.people.passing', roles).input(Name).output(z.null()),
  comment: command('test.comments.add', roles)
    .input(z.object({ id: z.string(), body: z.string() }))
    .output(z.string()),
  set: command('test.settings.set', roles)
    .input(z.object({ name: z.string(), value: z.string() }))
    .output(z.null()),
  hold: command('test.settings.hold', roles)
    .input(z.object({ limit: z.bigint() }))
    .output(z.bigint()),
  keep: command('test.settings.keep', { ...roles, secret: ['value'] })
    .input(z.object({ name: z.string().max(20), value: z.string() }))
    .output(z.null()),
  forget: command('test.settings.forget', roles).input(Name).output(z.null()),
  call: command('test.workspace.call', roles).input(Name).output(z.null()),
  ask: command('test.settings.ask', { ...roles, authorityOnly: true })
    .input(z.object({ value: z.string() }))
    .output(z.null()),
  maybe: command('test.settings.maybe', roles).input(z.object({})).output(z.null()),
  here: command('test.here', { ...roles, local: true })
    .input(z.object({ shared: z.boolean() }))
    .output(z.null()),
  inner: command('test.inner', { roles: [], internal: true }).input(z.object({})).output(z.null()),
  renamed: command('test.people.renamed', { ...roles, version: 3 })
    .input(z.object({ id: z.string(), name: z.string() }))
    .output(z.null()),
  work: command('test.jobs.work', roles).input(z.object({})).output(z.array(z.string())),
  breaks: command('test.breaks', roles).input(z.object({})).output(z.null()),
  count: query('test.settings.count', roles).input(z.object({})).output(z.number()),
}

/** What the commands do that a test wants to steer from outside. */
export interface Switches {
  /** True where `test.breaks` is to throw: a bug on one machine. */
  broken: boolean
}

export function testCommands(switches: Switches): Map<string, Handler> {
  return byId({
    add: handle(leaves.add, async ({ tx, input, ids, now }) => {
      const taken = await tx.db
        .selectFrom('people')
        .select('id')
        .where('email', '=', input.email)
        .executeTakeFirst()
      if (taken) throw refuse('TEST_TAKEN', { email: input.email })
      const id = ids.next()
      await tx.db
        .insertInto('people')
        .values({ id, ...input, roles: '["analyst"]', active: 1n, created_at: now })
        .execute()
      return id
    }),
    rename: handle(leaves.rename, async ({ tx, input }) => {
      const done = await tx.db
        .updateTable('people')
        .set({ name: input.name })
        .where('id', '=', input.id)
        .executeTakeFirst()
      if (done.numUpdatedRows === 0n) throw refuse('TEST_GONE', { id: input.id })
      return null
    }),
    swap: handle(leaves.swap, async ({ tx, input }) => {
      const rows = await tx.db
        .selectFrom('people')
        .select(['id', 'email'])
        .where('id', 'in', [input.one, input.other])
        .orderBy('id')
        .execute()
      const [a, b] = rows
      if (!a || !b) throw refuse('TEST_GONE', input)
      const set = (id: string, email: string) =>
        tx.db.updateTable('people').set({ email }).where('id', '=', id).execute()
      await set(a.id, `${a.id}@swap`)
      await set(b.id, a.email)
      await set(a.id, b.email)
      return null
    }),
    remove: handle(leaves.remove, async ({ tx, input }) => {
      await tx.db.deleteFrom('comments').where('row_id', '=', input.id).execute()
      const done = await tx.db.deleteFrom('people').where('id', '=', input.id).executeTakeFirst()
      if (done.numDeletedRows === 0n) throw refuse('TEST_GONE', { id: input.id })
      return null
    }),
    replace: handle(leaves.replace, async ({ tx, input }) => {
      const row = await tx.db.selectFrom('people').selectAll().where('id', '=', input.id).executeTakeFirst()
      if (!row) throw refuse('TEST_GONE', { id: input.id })
      await tx.db.deleteFrom('people').where('id', '=', input.id).execute()
      const { id, email, roles, active, created_at } = row
      await tx.db
        .insertInto('people')
        .values({ id, email, roles, active, created_at, name: input.name })
        .execute()
      return null
    }),
    keep: handle(leaves.keep, async ({ tx, input, actor, now }) => {
      const row = { name: input.name, value: '•', changed_by: actor!.id, changed_at: now }
      await tx.db.insertInto('settings').values(row).execute()
      return null
    }),
    passing: handle(leaves.passing, async ({ tx, input, ids, now }) => {
      const id = ids.next()
      await tx.db
        .insertInto('people')
        .values({
          id,
          name: input.name,
          email: `${id}@passing`,
          roles: '[]',
          active: 0n,
          created_at: now,
        })
        .execute()
      await tx.db.updateTable('people').set({ name: 'gone in a moment' }).where('id', '=', id).execute()
      await tx.db.deleteFrom('people').where('id', '=', id).execute()
      return null
    }),
    comment: handle(leaves.comment, async ({ tx, input, ids, now, actor }) => {
      const person = await tx.db
        .selectFrom('people')
        .select('id')
        .where('id', '=', input.id)
        .executeTakeFirst()
      if (!person) throw refuse('TEST_GONE', { id: input.id })
      const id = ids.next()
      await tx.db
        .insertInto('comments')
        .values({
          id,
          entity: 'person',
          row_id: input.id,
          body: input.body,
          author: actor!.id,
          created_at: now,
          edited_at: null,
        })
        .execute()
      return id
    }),
    set: handle(leaves.set, async ({ tx, input, actor, now }) => {
      const values = { value: input.value, changed_by: actor!.id, changed_at: now }
      await tx.db
        .insertInto('settings')
        .values({ name: input.name, ...values })
        .onConflict(conflict => conflict.columns(['name']).doUpdateSet(values))
        .execute()
      return null
    }),
    hold: handle(leaves.hold, async ({ tx, input, actor, now }) => {
      const row = await tx.db
        .selectFrom('settings')
        .select('value')
        .where('name', '=', 'held')
        .executeTakeFirst()
      const held = BigInt(row?.value ?? '0') + 1n
      if (held > input.limit) throw refuse('TEST_LIMIT', { limit: input.limit })
      const values = { value: held.toString(), changed_by: actor!.id, changed_at: now }
      if (row) await tx.db.updateTable('settings').set(values).where('name', '=', 'held').execute()
      else
        await tx.db
          .insertInto('settings')
          .values({ name: 'held', ...values })
          .execute()
      return held
    }),
    forget: handle(leaves.forget, async ({ tx, input }) => {
      await tx.db.deleteFrom('settings').where('name', '=', input.name).execute()
      return null
    }),
    call: handle(leaves.call, async ({ tx, input }) => {
      await tx.db.updateTable('workspace_state').set({ name: input.name }).execute()
      return null
    }),
    ask: handle(leaves.ask, async ({ tx, input, actor, now }) => {
      const values = { value: input.value, changed_by: actor!.id, changed_at: now }
      await tx.db
        .insertInto('settings')
        .values({ name: 'asked', ...values })
        .onConflict(conflict => conflict.columns(['name']).doUpdateSet(values))
        .execute()
      return null
    }),
    maybe: handle(leaves.maybe, async ({ tx }) => {
      const { authority } = await tx.db
        .selectFrom('workspace_state')
        .select('authority')
        .executeTakeFirstOrThrow()
      await tx.db.deleteFrom('settings').execute()
      if (authority === 'connected') throw new AuthorityDecides()
      return null
    }),
    here: handle(leaves.here, async ({ tx, input, effect }) => {
      await effect('test.here', {})
      if (input.shared) await tx.db.deleteFrom('settings').execute()
      return null
    }),
    inner: handle(leaves.inner, async () => null),
    renamed: handle(
      leaves.renamed,
      async ({ tx, input }) => {
        await tx.db.updateTable('people').set({ name: input.name }).where('id', '=', input.id).execute()
        return null
      },
      { 2: old => ({ ...(old as object), name: (old as { title: string }).title }) },
    ),
    work: handle(leaves.work, async ({ effect, enqueue }) => {
      const job = await enqueue(
        { name: 'test.work', chunks: {}, afterCrash: 'fail', compute: async () => null },
        {},
      )
      return [job, await effect('test.notice', { to: 'everybody' })]
    }),
    breaks: handle(leaves.breaks, async ({ tx }) => {
      await tx.db.deleteFrom('settings').where('name', '=', 'asked').execute()
      if (switches.broken) throw new TypeError('a bug')
      return null
    }),
    count: answer(
      leaves.count,
      async ({ reader }) => (await reader.db.selectFrom('settings').select('name').execute()).length,
    ),
  })
}
