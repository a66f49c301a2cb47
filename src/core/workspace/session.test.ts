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
    const { value: greeting } = await first.events.next()
    expect(greeting).toMatchObject({ queries: [], gap: false })
    await add('grace')
    const { value: event } = (await first.events.next()) as { value: { queries: string[]; gap: boolean } }
    expect(event.queries).toEqual(expect.arrayContaining(['workspace.session', 'workspace.setup.state']))
    first.abort.abort()
    await add('otto')
    const second = follow(getEventMeta(event)!.id)
    expect(await second.events.next()).toMatchObject({ value: { gap: false, bulk: false } })
    second.abort.abort()
    // Nothing was seen before the break but the greeting: what happened since is not lost either.
    const third = follow(getEventMeta(greeting as object)!.id)
    expect(await third.events.next()).toMatchObject({ value: { queries: event.queries } })
    third.abort.abort()
    for (const stale of ['earlier-life.1', '7', '']) {
      const other = follow(stale)
      expect(await other.events.next()).toMatchObject({ value: { gap: true } })
      other.abort.abort()
    }
    await expect(
      t.core.stream('workspace.session', {}, t.admin)[Symbol.asyncIterator]().next(),
    ).rejects.toThrow('is not a stream')
    await expect(t.core.call(live as never, {} as never, t.admin)).rejects.toThrow('is a stream')
  })
})
