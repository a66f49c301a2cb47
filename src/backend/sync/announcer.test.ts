import { describe, expect, it } from 'vitest'
import { createLiveFeed } from '#core/runtime/live.ts'
import { PATIENTLY, testClock } from '#test/kit/core-kit.ts'
import { createAnnouncer } from './announcer.ts'

function start() {
  const live = createLiveFeed()
  const clock = testClock()
  const state = { version: 7n, asked: 0, failures: 0 }
  const announcer = createAnnouncer({
    live,
    timer: clock,
    version: async () => {
      state.asked++
      if (state.version < 0n) throw new Error('the database is away')
      return state.version
    },
    onFailure: () => state.failures++,
  })
  return { live, clock, state, announcer }
}

describe('announcements of a workspace', () => {
  it('tell the version at once, and every newer one after a commit that changed synced rows', async () => {
    const { live, clock, state, announcer } = start()
    const told: bigint[] = []
    announcer.follow(version => told.push(version))
    await expect.poll(() => told, PATIENTLY).toEqual([7n])
    state.version = 8n
    live.announce(8n, ['invoices'])
    await expect.poll(() => told, PATIENTLY).toEqual([7n, 8n])
    const { asked } = state
    live.announce(9n, ['outbox', 'effects'])
    clock.advance(100)
    expect(state.asked).toBe(asked)
  })

  it('come together where many commits follow each other, and none is lost', async () => {
    const { live, clock, state, announcer } = start()
    const told: bigint[] = []
    announcer.follow(version => told.push(version))
    await expect.poll(() => told, PATIENTLY).toEqual([7n])
    for (let version = 8n; version <= 30n; version++) {
      state.version = version
      live.announce(version, ['invoices'])
    }
    await expect
      .poll(() => {
        clock.advance(40)
        return told.at(-1)
      }, PATIENTLY)
      .toBe(30n)
    expect(told.length).toBeLessThan(6)
  })

  it('come also for what another server over the same database committed', async () => {
    const { clock, state, announcer } = start()
    const told: bigint[] = []
    const stop = announcer.follow(version => told.push(version))
    await expect.poll(() => told, PATIENTLY).toEqual([7n])
    state.version = 9n
    clock.advance(1000)
    await expect.poll(() => told, PATIENTLY).toEqual([7n, 9n])
    stop()
    expect(clock.waiting()).toBe(0)
    expect(announcer.followers()).toBe(0)
  })

  it('go on when the version could not be read', async () => {
    const { clock, state, announcer } = start()
    const told: bigint[] = []
    state.version = -1n
    announcer.follow(version => told.push(version))
    await expect.poll(() => state.failures, PATIENTLY).toBe(1)
    state.version = 3n
    clock.advance(1000)
    await expect.poll(() => told, PATIENTLY).toEqual([3n])
    announcer.close()
  })
})
