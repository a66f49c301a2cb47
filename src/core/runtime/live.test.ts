import { describe, expect, it } from 'vitest'
import { type Announcement, createLiveFeed } from './live.ts'

const tick = () => new Promise<void>(resolve => setImmediate(resolve))

/** Follows a feed into a list until it is stopped. */
function follower(feed: ReturnType<typeof createLiveFeed>, after?: number) {
  const seen: Announcement[] = []
  const abort = new AbortController()
  const over = (async () => {
    for await (const one of feed.follow(after, abort.signal)) seen.push(one)
  })()
  return { seen, over, stop: () => abort.abort() }
}

describe('the live feed', () => {
  it('announces the queries that read what changed, and only those', async () => {
    const feed = createLiveFeed()
    feed.observe('people.list', ['people'])
    feed.observe('log.list', ['command_log', 'people'])
    feed.observe('jobs.list', ['jobs'])
    const { seen, stop, over } = follower(feed)
    await tick()
    expect(feed.followers()).toBe(1)
    feed.announce(3n, ['people'])
    await tick()
    feed.announce(4n, ['nobody_reads_this'])
    feed.announce(5n, ['jobs'])
    await tick()
    expect(seen).toEqual([
      { number: 1, version: 3n, queries: ['people.list', 'log.list'], bulk: false, gap: false },
      { number: 2, version: 5n, queries: ['jobs.list'], bulk: false, gap: false },
    ])
    stop()
    await over
    expect(feed.followers()).toBe(0)
  })

  it('gathers the changes of a moment into one announcement, which is bulk when all of them are', async () => {
    const feed = createLiveFeed()
    feed.observe('a', ['a'])
    feed.observe('b', ['b'])
    const { seen, stop, over } = follower(feed)
    await tick()
    feed.announce(2n, ['a'], true)
    feed.announce(7n, ['b'])
    feed.announce(0n, ['a'], true)
    await tick()
    feed.announce(8n, ['a'], true)
    feed.announce(9n, ['b'], true)
    await tick()
    expect(seen).toMatchObject([
      { version: 7n, queries: ['a', 'b'], bulk: false },
      { version: 9n, queries: ['a', 'b'], bulk: true },
    ])
    stop()
    await over
  })

  it('goes on after the last event that a client has seen', async () => {
    const feed = createLiveFeed()
    feed.observe('a', ['a'])
    for (const version of [1n, 2n, 3n]) {
      feed.announce(version, ['a'])
      await tick()
    }
    const { seen, stop, over } = follower(feed, 1)
    await tick()
    expect(seen.map(one => one.version)).toEqual([2n, 3n])
    feed.announce(4n, ['a'])
    await tick()
    expect(seen.map(one => one.number)).toEqual([2, 3, 4])
    stop()
    await over
  })

  it('says that there is a gap when events were forgotten, or belong to an earlier life', async () => {
    const feed = createLiveFeed(2)
    feed.observe('a', ['a'])
    for (const version of [1n, 2n, 3n, 4n]) {
      feed.announce(version, ['a'])
      await tick()
    }
    for (const [after, expected] of [
      [0, [{ gap: true, number: 4 }]],
      [1, [{ gap: true, number: 4 }]],
      [
        2,
        [
          { gap: false, number: 3 },
          { gap: false, number: 4 },
        ],
      ],
      [4, []],
      [99, [{ gap: true, number: 4 }]],
    ] as const) {
      const { seen, stop, over } = follower(feed, after)
      await tick()
      expect(seen, `after ${after}`).toMatchObject(expected)
      stop()
      await over
    }
    const empty = createLiveFeed()
    const { seen, over } = follower(empty, 0)
    await tick()
    expect(seen).toEqual([])
    empty.close()
    await over
  })

  it('ends for a client that was gone before it began, and for all when it is closed', async () => {
    const feed = createLiveFeed()
    const abort = new AbortController()
    abort.abort()
    const ended = await feed.follow(undefined, abort.signal).next()
    expect(ended.done).toBe(true)
    const without = feed.follow(undefined, undefined).next()
    await tick()
    feed.close()
    expect((await without).done).toBe(true)
  })
})
