import { describe, expect, it } from 'vitest'
import { testClock } from '#test/kit/core-kit.ts'
import { createCheckpoints } from './checkpoints.ts'
import { createPeer, type ThreadData, type ThreadPort } from './threads.ts'

const turn = async () => {
  for (let count = 0; count < 5; count++) await new Promise(resolve => setImmediate(resolve))
}
const data: ThreadData = { role: 'checkpoint', database: { path: '/none' } }

function call<T>(listeners: readonly ((value: T) => void)[], value: T): void {
  for (const listener of listeners) listener(value)
}

/** Two ends of a port in one process. */
function channel(): [ThreadPort, ThreadPort, () => void] {
  const listeners: ((message: unknown) => void)[][] = [[], []]
  const exits: ((error: Error | null) => void)[] = []
  const side = (own: 0 | 1, other: 0 | 1): ThreadPort => ({
    post: message => void setImmediate(() => call(listeners[other]!, message)),
    onMessage: listener => void listeners[own]!.push(listener),
    onExit: listener => void exits.push(listener),
    close: () => call(exits, null),
  })
  const crash = () => call(exits, new Error('crashed'))
  return [side(0, 1), side(1, 0), crash]
}

function world() {
  const clock = testClock()
  const asked: boolean[] = []
  const bugs: unknown[] = []
  const threads: (() => void)[] = []
  let answer: () => Promise<{ pages: number; moved: number }> = async () => ({ pages: 7, moved: 7 })
  const checkpoints = createCheckpoints({
    start() {
      const [ours, theirs, crash] = channel()
      createPeer(theirs, {
        checkpoint: ({ idle }: { idle: boolean }) => {
          asked.push(idle)
          return answer()
        },
      })
      threads.push(crash)
      return ours
    },
    data,
    timer: clock,
    now: clock.now,
    onBug: error => bugs.push(error),
  })
  return {
    clock,
    asked,
    bugs,
    threads,
    checkpoints,
    answers: (next: typeof answer) => {
      answer = next
    },
    async pass(milliseconds: number) {
      clock.advance(milliseconds)
      await turn()
    },
  }
}

describe('checkpoints', () => {
  it('come a second after a write, and cut the log back after thirty quiet ones', async () => {
    const w = world()
    await w.pass(60_000)
    expect([w.asked, w.threads.length]).toEqual([[], 0])
    w.checkpoints.written()
    w.checkpoints.written()
    await w.pass(999)
    expect(w.asked).toEqual([])
    await w.pass(1)
    expect(w.asked).toEqual([false])
    expect(w.checkpoints.facts()).toEqual({ count: 1, lastAt: w.clock.now(), pages: 7, moved: 7 })
    await w.pass(29_999)
    expect(w.asked).toEqual([false])
    await w.pass(1)
    expect(w.asked).toEqual([false, true])
    await w.pass(3_600_000)
    expect(w.asked).toEqual([false, true])
    expect(w.threads).toHaveLength(1)
  })

  it('go on every second while something is written', async () => {
    const w = world()
    w.checkpoints.written()
    for (let second = 0; second < 5; second++) {
      await w.pass(1000)
      w.checkpoints.written()
    }
    expect(w.asked).toEqual([false, false, false, false, false])
    await w.pass(1000)
    await w.pass(30_000)
    expect(w.asked.at(-1)).toBe(true)
  })

  it('take up what was written while one was under way', async () => {
    const w = world()
    let finish: (answer: { pages: number; moved: number }) => void = () => {}
    w.answers(() => new Promise(resolve => (finish = resolve)))
    w.checkpoints.written()
    await w.pass(1000)
    w.checkpoints.written()
    finish({ pages: 2, moved: 1 })
    await turn()
    expect(w.checkpoints.facts()).toMatchObject({ pages: 2, moved: 1 })
    await w.pass(1000)
    expect(w.asked).toEqual([false, false])
    finish({ pages: 1, moved: 1 })
    await turn()
  })

  it('survive a thread that crashes, and end with the core', async () => {
    const w = world()
    w.answers(() => new Promise(() => {}))
    w.checkpoints.written()
    await w.pass(1000)
    w.threads[0]!()
    await turn()
    expect(w.bugs).toMatchObject([{ message: 'crashed' }])
    w.answers(async () => ({ pages: 0, moved: 0 }))
    w.checkpoints.written()
    await w.pass(1000)
    expect(w.threads).toHaveLength(2)
    expect(w.asked).toEqual([false, false])
    w.checkpoints.close()
    w.checkpoints.written()
    await w.pass(60_000)
    expect(w.asked).toEqual([false, false])
    expect(w.bugs).toHaveLength(1)
  })

  it('end while one is under way, without a word', async () => {
    const w = world()
    w.answers(() => new Promise(() => {}))
    w.checkpoints.written()
    await w.pass(1000)
    w.checkpoints.close()
    await turn()
    expect(w.bugs).toEqual([])
  })
})
