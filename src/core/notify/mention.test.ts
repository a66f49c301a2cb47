import { describe, expect, it } from 'vitest'
import type { Comment } from '#shared/contract/workspace/comments.ts'
import { notifyMentioned } from './mention.ts'
import type { DesktopNotification } from './notification.ts'

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const mention = (person: number) => ({ personId: id(person), start: 0, length: 4 })

async function told(mentions: readonly number[], before: readonly number[], address: string | null) {
  const asked: DesktopNotification[] = []
  const comment: Comment = {
    ...{ id: id(90), entity: 'import', rowId: id(91), body: '@All look', mentions: mentions.map(mention) },
    ...{ author: { id: id(1), name: 'Ada' }, createdAt: 0n, editedAt: null },
  }
  const call = {
    async effect(kind: string, payload: unknown) {
      expect(kind).toBe('notification')
      asked.push(payload as DesktopNotification)
      return id(99)
    },
  }
  await notifyMentioned(call, comment, before.map(id), address)
  return asked
}

describe('notifications of mentions', () => {
  it('go once to each person who is new in the comment, and not to its author', async () => {
    const asked = await told([1, 2, 3, 2], [3], '/finops/bills?receipt=1')
    expect(asked.map(one => one.person)).toEqual([id(2)])
    expect(asked[0]).toMatchObject({
      title: 'Ada mentioned you',
      body: '@All look',
      link: 'quarterdeck://open/finops/bills?receipt=1',
    })
    expect(await told([3], [3], null)).toEqual([])
  })

  it('lead to the list of mentions where the row has no address that a link may name', async () => {
    for (const address of [null, 'https://elsewhere.example', '/other/page']) {
      const [asked] = await told([2], [], address)
      expect(asked?.link).toBe('quarterdeck://open/workspace/mentions')
    }
  })
})
