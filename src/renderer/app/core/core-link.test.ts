import type { ClientLink } from '@orpc/client'
import { describe, expect, it } from 'vitest'
import { type CallContext, CoreLink } from './core-link.ts'

/** A connection whose calls are answered by hand. */
function line(generation = 1) {
  const calls: {
    input: unknown
    commandId: string | undefined
    resolve: (value: unknown) => void
    reject: (error: Error) => void
  }[] = []
  const link: ClientLink<CallContext> = {
    call: (_, input, options) =>
      new Promise((resolve, reject) =>
        calls.push({ input, commandId: options.context.commandId, resolve, reject }),
      ),
  }
  return { calls, line: { link, generation } }
}

const settled = () => new Promise(resolve => setTimeout(resolve, 0))

describe('CoreLink', () => {
  it('lets a call wait until there is a connection', async () => {
    const core = new CoreLink()
    const answer = core.call(['a'], 1, { context: {} })
    const first = line()
    core.open(first.line)
    await settled()
    first.calls[0]!.resolve('yes')
    expect(await answer).toBe('yes')
  })

  it('sends what was under way once more over the next connection, under the same command id', async () => {
    const core = new CoreLink()
    const [first, second] = [line(1), line(2)]
    core.open(first.line)
    const answer = core.call(['approve'], { id: 7 }, { context: { commandId: 'c-1' } })
    await settled()
    core.lost()
    await settled()
    core.open(second.line)
    await settled()
    expect(second.calls).toMatchObject([{ input: { id: 7 }, commandId: 'c-1' }])
    second.calls[0]!.resolve('approved')
    expect(await answer).toBe('approved')
  })

  it('also when the old connection fails the call before the new one is there', async () => {
    const core = new CoreLink()
    const [first, second] = [line(1), line(2)]
    core.open(first.line)
    const answer = core.call(['a'], 1, { context: {} })
    await settled()
    core.lost()
    first.calls[0]!.reject(new Error('closed'))
    core.open(second.line)
    await settled()
    second.calls[0]!.resolve('again')
    expect(await answer).toBe('again')
  })

  it('hands on what the core refuses', async () => {
    const core = new CoreLink()
    const first = line()
    core.open(first.line)
    const answer = core.call(['a'], 1, { context: {} })
    await settled()
    first.calls[0]!.reject(new Error('refused'))
    await expect(answer).rejects.toThrow('refused')
    expect(first.calls).toHaveLength(1)
  })

  it('stops waiting when nobody wants the answer any more', async () => {
    const core = new CoreLink()
    const stop = new AbortController()
    const answer = core.call(['a'], 1, { context: {}, signal: stop.signal })
    stop.abort(new Error('left the page'))
    await expect(answer).rejects.toThrow('left the page')
  })

  it('fails everything when there will be no connection any more', async () => {
    const core = new CoreLink()
    const waiting = core.call(['a'], 1, { context: {} })
    core.refuse(new Error('session ended'))
    await expect(waiting).rejects.toThrow('session ended')
    await expect(core.call(['b'], 1, { context: {} })).rejects.toThrow('session ended')
  })
})
