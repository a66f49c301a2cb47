import { describe, expect, it } from 'vitest'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { Principal } from '../identity/principal.ts'
import { createGathering, isFew } from './gather-events.ts'

const principal = (session: string): Principal => ({
  ...{ workspace: 'w' as Id, kind: 'service', person: null, scopes: [], device: `service:${session}` },
  ...{ assurance: 'unattested', session: session as Id, ambient: false },
})

/** A store of events by id that answers when it is told to, as the command does. */
function store() {
  const calls: (readonly string[])[] = []
  const known = new Set<string>()
  const held: (() => void)[] = []
  async function record(events: readonly unknown[]) {
    const ids = events as readonly string[]
    calls.push(ids)
    await new Promise<void>(resolve => held.push(resolve))
    if (ids.includes('broken')) throw new Error('the database is gone')
    if (ids.includes('bad')) throw refuse('BILLING_USAGE_REFUSED', { events: [] })
    const duplicates = ids.flatMap((id, place) => (known.has(id) ? [place] : []))
    for (const id of ids) known.add(id)
    const late = ids.flatMap((id, place) => (id.startsWith('late') ? [place] : []))
    return {
      ...{ stored: ids.length - duplicates.length, duplicates: duplicates.length, late: late.length },
      ...(duplicates.length + late.length > 0 ? { places: { duplicates, late } } : {}),
    }
  }
  const answerNext = async () => {
    held.shift()?.()
    await new Promise(resolve => setImmediate(resolve))
  }
  return { calls, record, answerNext }
}

describe('events of requests that come while others are recorded', () => {
  it('are the next command, and each request hears of its own events', async () => {
    const { calls, record, answerNext } = store()
    const gathering = createGathering()
    const ask = (...events: string[]) => gathering.record(principal('s'), events, record)
    const first = ask('a')
    const others = [ask('b', 'a'), ask('late-c'), ask('d')]
    expect(calls).toEqual([['a']])
    await answerNext()
    expect(await first).toEqual({ stored: 1, duplicates: 0, late: 0 })
    expect(calls).toEqual([['a'], ['b', 'a', 'late-c', 'd']])
    await answerNext()
    expect(await Promise.all(others)).toEqual([
      { stored: 1, duplicates: 1, late: 0, places: { duplicates: [1], late: [] } },
      { stored: 1, duplicates: 0, late: 1, places: { duplicates: [], late: [0] } },
      { stored: 1, duplicates: 0, late: 0 },
    ])
    // Nobody waits any more: the next is on its way at once.
    void ask('e')
    expect(calls.at(-1)).toEqual(['e'])
  })

  it('are recorded each alone where one of them is refused', async () => {
    const { calls, record, answerNext } = store()
    const gathering = createGathering()
    const ask = (...events: string[]) => gathering.record(principal('s'), events, record)
    const all = [ask('a'), ask('b'), ask('bad'), ask('c')].map(one => one.catch(error => error.code))
    for (let i = 0; i < 5; i++) await answerNext()
    const done = { stored: 1, duplicates: 0, late: 0 }
    expect(await Promise.all(all)).toEqual([done, done, 'BILLING_USAGE_REFUSED', done])
    expect(calls).toEqual([['a'], ['b', 'bad', 'c'], ['b'], ['bad'], ['c']])
  })

  it('hear of a failure that is nobody’s, and go on afterwards', async () => {
    const { record, answerNext } = store()
    const gathering = createGathering()
    const ask = (...events: string[]) => gathering.record(principal('s'), events, record)
    const all = [ask('a'), ask('b'), ask('broken')].map(one => one.catch(error => error.message))
    await answerNext()
    await answerNext()
    expect((await Promise.all(all)).slice(1)).toEqual(['the database is gone', 'the database is gone'])
    const next = ask('c')
    await answerNext()
    expect(await next).toMatchObject({ stored: 1 })
  })

  it('stay apart from those of other principals, and commands stay small', async () => {
    const { calls, record, answerNext } = store()
    const gathering = createGathering()
    void gathering.record(principal('s'), ['a'], record)
    void gathering.record(principal('t'), ['b'], record)
    expect(calls).toEqual([['a'], ['b']])
    const twenty = Array.from({ length: 20 }, (_, i) => `${i}`)
    for (let i = 0; i < 60; i++) void gathering.record(principal('s'), twenty, record)
    await answerNext()
    expect(calls[2]).toHaveLength(500)
  })
})

it('only a few events wait for others', () => {
  expect([{ events: [] }, { events: 'no' }, undefined, null, { events: new Array(21) }].map(isFew)).toEqual(
    Array(5).fill(false),
  )
  expect(isFew({ events: [1] })).toBe(true)
})
