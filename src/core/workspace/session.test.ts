import { getEventMeta } from '@orpc/server'
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { DATABASES, type TestCore, testCore } from '#test/kit/core-kit.ts'

const { session, people, live } = contract.workspace

describe.each(DATABASES)('live events on %s', database => {
  let t: TestCore
  afterEach(() => t.close())
  const add = (name: string) =>
    t.core.call(people.add, { name, email: `${name}@example.com`, roles: ['ops'] }, t.admin)

  it('workspace.live: names the queries and services whose tables changed, and resumes', async () => {
    t = await testCore(database)
    await t.core.call(session, {}, t.admin)
    await t.core.call(contract.workspace.setup.state, {}, t.admin)
    const follow = (lastEventId?: string) => {
      const abort = new AbortController()
      const events = t.core.stream('workspace.live', {}, t.admin, abort.signal, lastEventId)
      return { abort, events: events[Symbol.asyncIterator]() }
    }
    const first = follow()
    const next = first.events.next()
    await new Promise(resolve => setTimeout(resolve, 20))
    await add('grace')
    const { value: event } = (await next) as { value: { queries: string[]; gap: boolean } }
    expect(event.queries).toEqual(expect.arrayContaining(['workspace.session', 'workspace.setup.state']))
    first.abort.abort()
    await add('otto')
    const second = follow(getEventMeta(event)!.id)
    expect(await second.events.next()).toMatchObject({ value: { gap: false, bulk: false } })
    second.abort.abort()
    await expect(
      t.core.stream('workspace.session', {}, t.admin)[Symbol.asyncIterator]().next(),
    ).rejects.toThrow('is not a stream')
    await expect(t.core.call(live as never, {} as never, t.admin)).rejects.toThrow('is a stream')
  })
})
