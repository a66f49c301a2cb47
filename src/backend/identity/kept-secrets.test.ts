import { describe, expect, it } from 'vitest'
import type { Core } from '#core/create-core.ts'
import { createLiveFeed } from '#core/runtime/live.ts'
import { BELIEVED, createKeptSecrets } from './kept-secrets.ts'

function world() {
  let time = 1_000_000n
  let asked = 0
  const live = createLiveFeed()
  const opened = new Map([['w', { live } as unknown as Core]])
  const kept = createKeptSecrets<string>({ opened: () => opened, now: () => time })
  const read = (digest = 'd', workspace = 'w') =>
    kept.read(workspace, digest, async () => {
      asked++
      return digest === 'none' ? undefined : 'value'
    })
  return {
    ...{ kept, live, read, opened },
    asked: () => asked,
    advance: (by: bigint) => {
      time += by
    },
  }
}

describe('what is known of secrets', () => {
  it('is read once in a second', async () => {
    const { read, asked, advance } = world()
    for (let again = 0; again < 3; again++) expect(await read()).toBe('value')
    expect(asked()).toBe(1)
    advance(BELIEVED / 2n - 1n)
    await read()
    expect(asked()).toBe(1)
    advance(BELIEVED / 2n + 1n)
    await read()
    expect(asked()).toBe(2)
    // A clock that was put back keeps nothing alive.
    advance(-5000n)
    await read()
    expect(asked()).toBe(3)
  })

  it('is read again beside a request once it ages, and believed no longer than a second all the same', async () => {
    const { kept, advance } = world()
    const answers: ((value: string | undefined) => void)[] = []
    const read = () => kept.read('w', 'd', () => new Promise(resolve => answers.push(resolve)))
    const first = read()
    answers[0]?.('first')
    expect(await first).toBe('first')
    advance(BELIEVED / 2n)
    // Three ask, nobody waits, and one question goes out.
    for (let again = 0; again < 3; again++) expect(await read()).toBe('first')
    expect(answers).toHaveLength(2)
    advance(BELIEVED / 2n)
    const late = read()
    expect(answers).toHaveLength(2)
    answers[1]?.('second')
    expect(await late).toBe('second')
    // It counts from when it was asked for.
    advance(BELIEVED / 2n)
    const third = read()
    answers[2]?.(undefined)
    expect(await third).toBeUndefined()
    // Gone is gone.
    const fourth = read()
    answers[3]?.(undefined)
    expect(await fourth).toBeUndefined()
  })

  it('is asked for once by many who come at the same time, and again by who comes after a change', async () => {
    const { kept, live } = world()
    const answers: ((value: string) => void)[] = []
    const read = () => kept.read('w', 'd', () => new Promise<string>(resolve => answers.push(resolve)))
    const early = [read(), read(), read()]
    expect(answers).toHaveLength(1)
    live.announce(1n, ['service_tokens'])
    const late = read()
    expect(answers).toHaveLength(2)
    answers[1]?.('of after')
    answers[0]?.('of before')
    expect(await Promise.all(early)).toEqual(['of before', 'of before', 'of before'])
    expect(await late).toBe('of after')
    expect(await read()).toBe('of after')
  })

  it.each(['service_tokens', 'sessions', 'people', 'devices'])(
    'is forgotten with a commit to %s',
    async table => {
      const { read, asked, live } = world()
      await read()
      live.announce(1n, ['customers'])
      await read()
      expect(asked()).toBe(1)
      live.announce(2n, [table])
      await read()
      expect(asked()).toBe(2)
    },
  )

  it('is not kept where a commit came while it was read', async () => {
    const { kept, live, read, asked } = world()
    await kept.read('w', 'd', async () => {
      live.announce(1n, ['service_tokens'])
      return 'of before'
    })
    expect(await read()).toBe('value')
    expect(asked()).toBe(1)
  })

  it('is not kept of what is none of ours, nor where nobody tells of commits', async () => {
    const { read, asked, kept, opened } = world()
    for (let again = 0; again < 2; again++) await read('none')
    expect(asked()).toBe(2)
    for (let again = 0; again < 2; again++) await read('d', 'closed')
    expect(asked()).toBe(4)
    await read()
    kept.forget('w')
    kept.forget('closed')
    await read()
    expect(asked()).toBe(6)
    // Opened anew it is another core, which knows nothing.
    opened.set('w', { live: createLiveFeed() } as unknown as Core)
    await read()
    expect(asked()).toBe(7)
  })

  it('is of so many secrets at most', async () => {
    const { read, asked } = world()
    for (let n = 0; n <= 10_000; n++) await read(`${n}`)
    await read('0')
    expect(asked()).toBe(10_002)
  })
})
