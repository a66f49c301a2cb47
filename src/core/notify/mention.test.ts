import { afterEach, describe, expect, it } from 'vitest'
import type { Comment } from '#shared/contract/workspace/comments.ts'
import type { Id } from '#shared/ids.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'
import { notifyMentioned } from './mention.ts'
import { tellingOutside } from './telling.ts'

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const mention = (person: number) => ({ personId: id(person), start: 0, length: 4 })

describe.each(DATABASES)('notifications of mentions on %s', database => {
  let t: TestCore
  afterEach(() => t.close())

  async function told(mentions: readonly number[], before: readonly Id[], address: string | null) {
    t = await testCore(database)
    const comment: Comment = {
      ...{ id: id(90), entity: 'import', rowId: id(91), body: '@All look', mentions: mentions.map(mention) },
      ...{ author: { id: id(1), name: 'Ada' }, createdAt: 0n, editedAt: null },
    }
    await t.store.write(t.workspace, 'person', async tx => {
      for (const number of [1, 2, 3])
        await tx.db
          .insertInto('people')
          .values({
            ...{ id: id(number), name: `P${number}`, email: `${number}@example.com`, roles: '[]' },
            ...{ active: 1n, created_at: 0n },
          })
          .execute()
      await notifyMentioned(tellingOutside(tx, id(99), t.clock.now()), comment, before, address)
    })
    return t.store.read(t.workspace, reader => reader.db.selectFrom('inbox').selectAll().execute())
  }

  it('go once to each person who is new in the comment, and not to its author', async () => {
    expect(await told([1, 2, 3, 2], [id(3)], '/finops/bills?receipt=1')).toMatchObject([
      {
        person_id: id(2),
        title: 'Ada mentioned you',
        body: '@All look',
        link: '/finops/bills?receipt=1',
      },
    ])
  })

  it('go to nobody where nobody is new', async () => {
    expect(await told([3], [id(3)], null)).toEqual([])
  })

  it.each([null, 'https://elsewhere.example', '/other/page'])(
    'lead to the list of mentions where the row has no address that a link may name: %s',
    async address => {
      expect(await told([2], [], address)).toMatchObject([{ link: '/workspace/mentions' }])
    },
  )
})
