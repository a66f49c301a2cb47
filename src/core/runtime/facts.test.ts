import { describe, expect, it } from 'vitest'
import { testClock } from '#test/kit/core-kit.ts'
import { createBugs } from './bugs.ts'
import { threadServices } from './thread-services.ts'
import { watchThreads } from './thread-watch.ts'
import type { ThreadPort } from './threads.ts'
import { createWaits } from './waits.ts'

describe('waits', () => {
  it('keep how long each kind waited and took in all', () => {
    const waits = createWaits()
    for (let count = 0; count < 99; count++) waits.onWait('write', 1, 2)
    waits.onWait('write', 80, 20)
    const [read, write] = waits.summary()
    expect(read).toMatchObject({ kind: 'read', total: { count: 0, max: 0, p99: 0, buckets: [] } })
    expect(write!.total).toMatchObject({ count: 100, max: 100 })
    expect(write!.waited.p50).toBeGreaterThanOrEqual(1)
    expect(write!.waited.p50).toBeLessThan(1.2)
    expect(write!.total.p999).toBe(100)
  })
})

describe('bugs', () => {
  it('are kept in bounded number, the newest first, one line each', () => {
    const clock = testClock()
    const bugs = createBugs(clock.now, 2)
    bugs.note({ reference: '1', where: 'a', error: new TypeError('one\n  at file.ts') })
    bugs.note({ reference: '2', where: 'b', error: 'two' })
    bugs.note({ reference: '3', where: 'c', error: 'x'.repeat(1000) })
    expect(bugs.list()).toEqual([
      { at: clock.now(), reference: '3', where: 'c', message: 'x'.repeat(500) },
      { at: clock.now(), reference: '2', where: 'b', message: 'two' },
    ])
    bugs.note({ reference: '4', where: 'd', error: new TypeError('one\n  at file.ts') })
    expect(bugs.list()[0]).toMatchObject({ message: 'TypeError: one' })
  })
})

describe('threads', () => {
  it('are remembered with what became of them', () => {
    const clock = testClock()
    const exits: ((error: Error | null) => void)[] = []
    const port = {
      post: () => {},
      onMessage: () => {},
      close: () => {},
      onExit: (exit: (error: Error | null) => void) => void exits.push(exit),
    } satisfies ThreadPort
    const threads = watchThreads(() => port, clock.now)
    const database = { path: '/none' }
    threads.start({ role: 'reader', database, workspace: 'w' })
    threads.start({ role: 'job', workspace: 'w', jobKind: 'finops.imports.start' })
    clock.advance(1000)
    exits[1]!(new Error('out of memory'))
    expect(threads.states()).toEqual([
      { role: 'reader', state: 'running', since: clock.now() - 1000n, job: null },
      { role: 'job', state: 'crashed', since: clock.now(), job: 'finops.imports.start' },
    ])
    for (let count = 0; count < 30; count++) {
      threads.start({ role: 'job', workspace: 'w', jobKind: 'x' })
      exits.at(-1)!(null)
    }
    expect(threads.states()).toHaveLength(21)
    expect(threads.states().at(-1)).toMatchObject({ state: 'ended' })
  })
})

describe('the services of a thread', () => {
  it('fail when somebody uses what belongs to the writer’s side', () => {
    const services = threadServices({ 'billing.cycle': 'yearly' }, () => 0)
    expect(services.environment).toEqual({ 'billing.cycle': 'yearly' })
    expect(() => services.proofs.give('a', 'b')).toThrow('only answers queries')
    expect([services.inside.threads(), services.inside.checkpoints()]).toEqual([[], null])
  })
})
