import { describe, expect, it } from 'vitest'
import { createLiveFeed } from '#core/runtime/live.ts'
import type { Round } from '#core/sync/client.ts'
import { refuse } from '#shared/errors.ts'
import { PATIENTLY, testClock } from '#test/kit/core-kit.ts'
import { createSyncLoop } from './loop.ts'

const REACHED: Round = {
  reached: true,
  failure: null,
  unfit: null,
  behind: null,
  answered: 0,
  refused: 0,
  applied: 0,
}

/** A loop over a server that answers as `state` says, on a clock that stands still. */
function start(random = 1) {
  const live = createLiveFeed()
  const clock = testClock()
  let offset = 0n
  const state = {
    rounds: 0,
    failure: null as unknown,
    bug: false,
    /** Ends the stream of announcements. */
    hangUp: () => {},
    announce: (_: bigint) => {},
    streams: 0,
  }
  const loop = createSyncLoop({
    async round() {
      state.rounds++
      if (state.bug) throw new Error('a bug')
      return state.failure === null ? REACHED : { ...REACHED, reached: false, failure: state.failure }
    },
    follow: (signal, told) =>
      new Promise((resolve, reject) => {
        state.streams++
        state.announce = told
        state.hangUp = () => reject(new Error('hung up'))
        signal.addEventListener('abort', () => resolve())
        told(1n)
      }),
    live,
    timer: clock,
    clock: { now: () => clock.now() + offset, monotonic: clock.monotonic },
    random: () => random,
    onFailure: () => {},
  })
  /** Lets what was begun come to its end. */
  const settled = async () => {
    for (let n = 0; n < 20; n++) await Promise.resolve()
  }
  return { live, clock, state, loop, settled, jump: (by: bigint) => (offset += by) }
}

describe('the loop of sync', () => {
  it('runs a round at once, after a command, after an announcement, and is quiet in between', async () => {
    const { live, clock, state, loop, settled } = start()
    loop.start()
    await settled()
    // The stream's first word brings a second one: something may have happened before it was heard.
    await expect.poll(() => state.rounds, PATIENTLY).toBe(2)
    expect(loop.isListening()).toBe(true)
    live.announce(0n, ['outbox'])
    await settled()
    expect(state.rounds).toBe(3)
    live.announce(0n, ['people'])
    state.announce(1n)
    await settled()
    expect(state.rounds).toBe(3)
    state.announce(2n)
    await settled()
    expect(state.rounds).toBe(4)
    clock.advance(4 * 60_000)
    await settled()
    expect(state.rounds).toBe(4)
    clock.advance(60_000)
    await settled()
    expect(state.rounds).toBe(5)
    await loop.close()
    expect(clock.waiting()).toBe(0)
  })

  it('tries again with pauses that grow up to a minute, and begins anew when it got through', async () => {
    const { clock, state, loop, settled } = start()
    state.failure = refuse('SYNC_OFFLINE', {})
    loop.start()
    await settled()
    const pauses: number[] = []
    for (let n = 0; n < 8; n++) {
      const { rounds } = state
      let waited = 0
      while (state.rounds === rounds) {
        clock.advance(500)
        waited += 500
        await settled()
      }
      pauses.push(waited)
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
    state.failure = null
    clock.advance(60_000)
    await settled()
    expect(loop.isListening()).toBe(true)
    state.failure = refuse('SYNC_OFFLINE', {})
    const { rounds } = state
    await loop.now()
    clock.advance(1000)
    await settled()
    expect(state.rounds).toBe(rounds + 2)
    await loop.close()
  })

  it('desks do not come back all at the same time', async () => {
    const { clock, state, loop, settled } = start(0)
    state.failure = refuse('SYNC_OFFLINE', {})
    loop.start()
    await settled()
    clock.advance(499)
    await settled()
    expect(state.rounds).toBe(1)
    clock.advance(1)
    await settled()
    expect(state.rounds).toBe(2)
    await loop.close()
  })

  it('a command without a network brings the next try closer, but is not one', async () => {
    const { live, clock, state, loop, settled } = start()
    state.failure = refuse('SYNC_OFFLINE', {})
    loop.start()
    for (let n = 0; n < 7; n++) {
      clock.advance(60_000)
      await settled()
    }
    const { rounds } = state
    live.announce(0n, ['outbox'])
    await settled()
    expect(state.rounds).toBe(rounds)
    clock.advance(2000)
    await settled()
    expect(state.rounds).toBe(rounds + 1)
    await loop.close()
  })

  it('what somebody has to set right is not asked for again and again', async () => {
    const { clock, state, loop, settled } = start()
    state.failure = refuse('ACCESS_DEVICE_REVOKED', {})
    loop.start()
    await settled()
    clock.advance(4 * 60_000)
    await settled()
    expect(state.rounds).toBe(1)
    clock.advance(60_000)
    await settled()
    expect(state.rounds).toBe(2)
    expect(await loop.now()).toMatchObject({ failure: { code: 'ACCESS_DEVICE_REVOKED' } })
    await loop.close()
  })

  it('wakes with the machine: a sleep and a clock that was set end every pause', async () => {
    const { clock, state, loop, settled, jump } = start()
    state.failure = refuse('SYNC_OFFLINE', {})
    loop.start()
    for (let n = 0; n < 7; n++) {
      clock.advance(60_000)
      await settled()
    }
    const { rounds } = state
    state.failure = null
    jump(3_600_000n)
    clock.advance(10_000)
    await settled()
    expect(state.rounds).toBeGreaterThan(rounds)
    await expect.poll(() => loop.isListening(), PATIENTLY).toBe(true)
    const { streams } = state
    jump(-3_600_000n)
    clock.advance(10_000)
    await settled()
    // What was heard over the old network says nothing of the new one.
    await expect.poll(() => state.streams, PATIENTLY).toBe(streams + 1)
    await loop.close()
  })

  it('finds out at once whether the server is there when its stream ends, and outlives a bug', async () => {
    const { clock, state, loop, settled } = start()
    loop.start()
    await expect.poll(() => loop.isListening(), PATIENTLY).toBe(true)
    await settled()
    const { rounds } = state
    state.failure = refuse('SYNC_OFFLINE', {})
    state.hangUp()
    await expect.poll(() => state.rounds, PATIENTLY).toBe(rounds + 1)
    expect(loop.isListening()).toBe(false)
    state.bug = true
    clock.advance(1000)
    await settled()
    expect(state.rounds).toBe(rounds + 2)
    state.bug = false
    state.failure = null
    clock.advance(2000)
    await expect.poll(() => loop.isListening(), PATIENTLY).toBe(true)
    await loop.close()
    expect(await loop.now()).toBeNull()
  })
})
