import { withEventMeta } from '@orpc/client'
import { afterEach, describe, expect, it } from 'vitest'
import { useConnection } from '#renderer/state/connection.ts'
import type { LiveEvent } from '#shared/contract/workspace.ts'
import { followLive } from './live.ts'

const event = (id: string, change: Partial<LiveEvent> = {}): LiveEvent =>
  withEventMeta({ version: BigInt(id), queries: [`q${id}`], bulk: false, gap: false, ...change }, { id })

/** Streams that are handed out one after the other; each ends as the list says. */
function streams(list: readonly (readonly LiveEvent[] | Error)[]) {
  const asked: (string | undefined)[] = []
  let next = 0
  let finished: () => void
  const done = new Promise<void>(resolve => {
    finished = resolve
  })
  return {
    asked,
    done,
    open: async ({ lastEventId }: { lastEventId: string | undefined }) => {
      const stream = list[next]
      if (stream === undefined) {
        finished()
        return new Promise<never>(() => undefined)
      }
      asked.push(lastEventId)
      next += 1
      if (stream instanceof Error) throw stream
      return (async function* () {
        yield* stream
      })()
    },
  }
}

function heard() {
  const said: string[] = []
  return {
    said,
    changed: (queries: readonly string[], bulk: boolean) =>
      said.push(`${queries.join()}${bulk ? ' bulk' : ''}`),
    everything: () => said.push('everything'),
  }
}

const atOnce = () => Promise.resolve()

afterEach(() => useConnection.getState().set({ generation: null, version: null }))

describe('followLive', () => {
  it('goes on after the last event that it saw, over any number of connections', async () => {
    const source = streams([
      [event('1'), event('2')],
      new Error('no connection'),
      [event('3', { bulk: true })],
    ])
    const invalidation = heard()
    const live = followLive(source.open, invalidation, atOnce)
    await source.done
    live.close()
    expect(source.asked).toEqual([undefined, '2', '2'])
    expect(invalidation.said).toEqual(['q1', 'q2', 'q3 bulk'])
    expect(useConnection.getState().version).toBe('3')
  })

  it('asks everything again after a gap', async () => {
    const source = streams([[event('1'), event('9', { gap: true })]])
    const invalidation = heard()
    const live = followLive(source.open, invalidation, atOnce)
    await source.done
    live.close()
    expect(invalidation.said).toEqual(['q1', 'everything'])
  })

  it('asks everything again when another generation of the core answers', async () => {
    const source = streams([[event('1')], [event('2')]])
    const invalidation = heard()
    useConnection.getState().set({ generation: 1 })
    const live = followLive(source.open, invalidation, async () =>
      useConnection.getState().set({ generation: 2 }),
    )
    await source.done
    live.close()
    expect(invalidation.said).toEqual(['q1', 'everything', 'q2'])
  })
})
