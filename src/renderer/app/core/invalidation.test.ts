import { describe, expect, it } from 'vitest'
import { BULK_PAUSE, createInvalidation, ORDINARY_PAUSE, type Stale } from './invalidation.ts'

/** Time that passes by hand. */
function clock() {
  let now = 0
  let timers: { at: number; run: () => void }[] = []
  return {
    timers: {
      set(run: () => void, milliseconds: number) {
        const timer = { at: now + milliseconds, run }
        timers.push(timer)
        return timer
      },
      clear(timer: unknown) {
        timers = timers.filter(other => other !== timer)
      },
    },
    pass(milliseconds: number) {
      now += milliseconds
      const due = timers.filter(timer => timer.at <= now)
      timers = timers.filter(timer => timer.at > now)
      for (const timer of due) timer.run()
    },
  }
}

function watched() {
  const time = clock()
  const said: (readonly string[] | 'everything')[] = []
  const invalidation = createInvalidation((stale: Stale) => {
    said.push(stale === 'everything' ? stale : [...stale].toSorted())
  }, time.timers)
  return { time, said, invalidation }
}

describe('createInvalidation', () => {
  it('gathers changes and says each query once', () => {
    const { time, said, invalidation } = watched()
    invalidation.changed(['a', 'b'], false)
    invalidation.changed(['b', 'c'], false)
    time.pass(ORDINARY_PAUSE - 1)
    expect(said).toEqual([])
    time.pass(1)
    expect(said).toEqual([['a', 'b', 'c']])
  })

  it('is not put off for ever by a steady stream', () => {
    const { time, said, invalidation } = watched()
    for (let i = 0; i < 20; i++) {
      invalidation.changed(['a'], false)
      time.pass(50)
    }
    expect(said).toHaveLength(1000 / ORDINARY_PAUSE)
  })

  it('says what changed in bulk at most once a second, and the rest meanwhile', () => {
    const { time, said, invalidation } = watched()
    invalidation.changed(['costs'], true)
    invalidation.changed(['jobs'], false)
    time.pass(ORDINARY_PAUSE)
    expect(said).toEqual([['jobs']])
    time.pass(BULK_PAUSE - ORDINARY_PAUSE)
    expect(said).toEqual([['jobs'], ['costs']])
  })

  it('asks everything at once after a gap, and not again for what waited', () => {
    const { time, said, invalidation } = watched()
    invalidation.changed(['a'], false)
    invalidation.changed(['b'], true)
    invalidation.everything()
    time.pass(BULK_PAUSE)
    expect(said).toEqual(['everything'])
  })

  it('says nothing more when it is closed', () => {
    const { time, said, invalidation } = watched()
    invalidation.changed(['a'], false)
    invalidation.close()
    time.pass(BULK_PAUSE)
    expect(said).toEqual([])
  })
})
