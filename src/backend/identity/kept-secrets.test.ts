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
    advance(BELIEVED - 1n)
    await read()
    expect(asked()).toBe(1)
    advance(1n)
    await read()
    expect(asked()).toBe(2)
    // A clock that was put back keeps nothing alive.
    advance(-5000n)
    await read()
    expect(asked()).toBe(3)
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
