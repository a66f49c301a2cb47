import { afterEach, describe, expect, it } from 'vitest'
import type { DesktopNotification } from '#core/notify/notification.ts'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, PATIENTLY, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { findMentions } from './mentions.ts'

const { comments, people, log } = contract.workspace
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

describe.each(DATABASES)('comments on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  const subject = () => ({ entity: 'person', rowId: t.admin.person! })
  const add = (body: string, caller = t.admin) => t.core.call(comments.add, { ...subject(), body }, caller)
  const list = async () => (await t.core.call(comments.list, subject(), t.admin)).comments
  const undo = (commandId: string, caller = t.admin) => t.core.call(log.undo, { commandId }, caller)
  const grace = async () => {
    const person = await t.core.call(
      people.add,
      { name: 'Grace Hopper', email: 'grace@example.com', roles: ['analyst'] },
      t.admin,
    )
    return { person, caller: t.as(person.id) }
  }

  it('workspace.comments.add: keeps whom it mentions', async () => {
    t = await testCore(database)
    const { person, caller } = await grace()
    const comment = await add('@grace hopper and @Ada: look at ada@example.com, @Grace Hopperson')
    expect(comment).toMatchObject({
      author: { name: 'Ada' },
      editedAt: null,
      createdAt: t.clock.now(),
      mentions: [
        { personId: person.id, start: 0, length: 13 },
        { personId: t.admin.person, start: 18, length: 4 },
      ],
    })
    expect(await list()).toEqual([comment])
    const mine = await t.core.call(comments.mentioningMe, {}, caller)
    expect(mine.comments).toEqual([{ ...comment, link: `/workspace/people?person=${t.admin.person}` }])
    await t.core.call(people.setActive, { personId: person.id, active: false }, t.admin)
    expect((await add('@Grace Hopper')).mentions).toEqual([])
  })

  it('workspace.comments: tells those who are mentioned, once, with the way there', async () => {
    const shown: DesktopNotification[] = []
    t = await testCore(database, { desktop: { show: (_, notification) => void shown.push(notification) } })
    const { person, caller } = await grace()
    await t.core.call(people.list, {}, caller)
    const told = async (count: number) => {
      await expect.poll(() => shown.length, PATIENTLY).toBe(count)
      return shown.splice(0).map(one => one.person)
    }
    const comment = await add(`@Grace Hopper, @grace@example.com and @Ada: ${'look '.repeat(80)}`)
    await expect.poll(() => shown.length, PATIENTLY).toBe(1)
    // Twice in one comment is once; the author knows already.
    expect(shown.splice(0)).toEqual([
      {
        person: person.id,
        title: 'Ada mentioned you',
        body: expect.stringMatching(/^@Grace Hopper, .* …$/),
        link: `quarterdeck://open/workspace/people?person=${t.admin.person}`,
        urgency: 'normal',
      },
    ])
    const edit = (body: string) => t.core.call(comments.edit, { commentId: comment.id, body }, t.admin)
    await edit('@Grace Hopper, again')
    const otto = await t.core.call(
      people.add,
      { name: 'Otto', email: 'o@example.com', roles: ['ops'] },
      t.admin,
    )
    await t.core.call(people.list, {}, t.as(otto.id))
    await edit('@Grace Hopper and @Otto')
    expect(await told(1)).toEqual([otto.id])
    await t.core.call(comments.add, { ...subject(), body: 'for @Ada' }, caller)
    expect(await told(1)).toEqual([t.admin.person])
  })

  it('workspace.comments.add: only on a row that is there and that people talk about', async () => {
    t = await testCore(database)
    const refused = { code: 'WORKSPACE_NOT_FOUND' }
    const on = (entity: string, rowId: string) =>
      t.core.call(comments.add, { entity, rowId, body: 'x' }, t.admin)
    await expect(on('person', id(99))).rejects.toMatchObject(refused)
    await expect(on('person', `${t.admin.person}/2`)).rejects.toMatchObject(refused)
    await expect(on('comment', (await add('one')).id)).rejects.toMatchObject(refused)
    await expect(on('galaxy', id(1))).rejects.toMatchObject({ ...refused, data: { entity: 'galaxy' } })
    await expect(add('   ')).rejects.toMatchObject({ code: 'WORKSPACE_BAD_INPUT' })
  })

  it('workspace.comments.list: the newest ones, the oldest of them first', async () => {
    t = await testCore(database)
    for (const body of ['one', 'two', 'three']) {
      await add(body)
      t.clock.advance(1000)
    }
    const { comments: listed, more } = await t.core.call(comments.list, { ...subject(), limit: 2 }, t.admin)
    expect([listed.map(one => one.body), more]).toEqual([['two', 'three'], true])
    expect((await t.core.call(comments.list, { entity: 'job', rowId: id(1) }, t.admin)).comments).toEqual([])
  })

  it('workspace.comments.edit: by its author, with the mentions of the new text', async () => {
    t = await testCore(database)
    const { person, caller } = await grace()
    const { id: commentId } = await add('@Ada')
    await expect(t.core.call(comments.edit, { commentId, body: 'x' }, caller)).rejects.toMatchObject({
      code: 'WORKSPACE_COMMENT_NOT_YOURS',
    })
    t.clock.advance(1000)
    const edited = await t.core.call(
      comments.edit,
      { commentId, body: '@grace@example.com' },
      { ...t.admin, commandId: id(1) },
    )
    expect(edited).toMatchObject({
      editedAt: t.clock.now(),
      mentions: [{ personId: person.id, start: 0, length: 18 }],
    })
    await undo(id(1))
    expect(await list()).toMatchObject([{ body: '@Ada', mentions: [{ personId: t.admin.person }] }])
    await expect(t.core.call(comments.edit, { commentId: id(99), body: 'x' }, t.admin)).rejects.toMatchObject(
      { code: 'WORKSPACE_NOT_FOUND' },
    )
  })

  it('workspace.comments.remove: by its author or an admin, and comes back as it was', async () => {
    t = await testCore(database)
    const { person, caller } = await grace()
    const before = await add('by Grace, for @Ada', caller)
    const other = await t.core.call(
      people.add,
      { name: 'Otto', email: 'o@example.com', roles: ['ops'] },
      t.admin,
    )
    const remove = (by: typeof caller, commandId: string) =>
      t.core.call(comments.remove, { commentId: before.id }, { ...by, commandId })
    await expect(remove(t.as(other.id), id(1))).rejects.toMatchObject({ code: 'WORKSPACE_COMMENT_NOT_YOURS' })
    await remove(t.admin, id(2))
    expect(await list()).toEqual([])
    await expect(undo(id(2), t.as(other.id))).rejects.toMatchObject({ code: 'WORKSPACE_COMMENT_NOT_YOURS' })
    await undo(id(2), caller)
    expect(await list()).toEqual([before])
    expect(before.author.id).toBe(person.id)
    await expect(
      t.core.call(comments.restore, { ...before, author: person.id }, t.admin),
    ).rejects.toMatchObject({
      code: 'WORKSPACE_FORBIDDEN',
    })
  })

  it('workspace.comments.add: is undone unless somebody edited it since, and can be done again', async () => {
    t = await testCore(database)
    const { caller } = await grace()
    const { id: commentId } = await add('first', { ...caller, commandId: id(1) })
    await undo(id(1), { ...caller, commandId: id(2) })
    expect(await list()).toEqual([])
    // To undo the undo is to do it again.
    await undo(id(2), { ...caller, commandId: id(3) })
    expect(await list()).toMatchObject([{ id: commentId, body: 'first' }])
    await t.core.call(comments.edit, { commentId, body: 'second' }, caller)
    await expect(undo(id(3), caller)).rejects.toMatchObject({
      code: 'WORKSPACE_UNDO_OVERTAKEN',
      data: { entity: 'comments', id: commentId },
    })
    expect(await list()).toMatchObject([{ body: 'second' }])
  })
})

describe('mentions', () => {
  const ann = { id: 'ann', name: 'Ann', email: 'ann@example.com' }
  const lee = { id: 'lee', name: 'Ann Lee', email: 'lee@example.com' }
  const twin = { id: 'twin', name: 'ann lee', email: 'twin@example.com' }
  const found = (body: string) =>
    findMentions(body, [ann, lee, twin]).map(
      one => `${one.personId} ${body.slice(one.start, one.start + one.length)}`,
    )

  it('are whole names after an @, the longest that fits', () => {
    expect(found('@Ann')).toEqual(['ann @Ann'])
    expect(found('(@ANN, please)')).toEqual(['ann @ANN'])
    expect(found('@Annabel @ Ann mail@ann x@Ann')).toEqual([])
    expect(found('@lee@example.com!')).toEqual(['lee @lee@example.com'])
  })

  it('mean everybody of that name', () => {
    expect(found('@Ann Lee')).toEqual(['lee @Ann Lee', 'twin @Ann Lee'])
    expect(findMentions('@Ann Lee', [lee, ann])).toEqual([{ personId: 'lee', start: 0, length: 8 }])
  })
})
