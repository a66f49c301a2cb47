import type { FromCore, KeychainState, ToCore } from '#shared/core-process-protocol.ts'
import type { Keychain } from '#shared/host-entries.ts'

type Answer = Extract<ToCore, { type: 'key-wrapped' | 'key-unwrapped' | 'keychain-failed' }>

/** How long a keychain may take: it may ask the person for the password of their account. */
const PATIENCE = 5 * 60_000

/** The keychain of the operating system, which only Electron's main process can reach. */
export interface MainKeychain extends Keychain {
  receive(answer: Answer): void
}

export function mainKeychain(state: KeychainState, send: (message: FromCore) => void): MainKeychain {
  const waiting = new Map<number, (answer: Answer) => void>()
  let last = 0

  function request(make: (number: number) => FromCore): Promise<Answer> {
    const number = ++last
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        waiting.delete(number)
        reject(new Error('the keychain did not answer'))
      }, PATIENCE)
      limit.unref()
      waiting.set(number, answer => {
        clearTimeout(limit)
        waiting.delete(number)
        if (answer.type === 'keychain-failed') reject(new Error(answer.reason))
        else resolve(answer)
      })
      send(make(number))
    })
  }

  return {
    state: async () => state,
    async wrap(key) {
      const answer = await request(number => ({ type: 'wrap-key', request: number, key }))
      if (answer.type !== 'key-wrapped') throw new Error('the keychain gave another answer')
      return answer.wrapped
    },
    async unwrap(wrapped) {
      const answer = await request(number => ({ type: 'unwrap-key', request: number, wrapped }))
      if (answer.type !== 'key-unwrapped') throw new Error('the keychain gave another answer')
      const { key, rewrapped } = answer
      return rewrapped === undefined ? { key } : { key, rewrapped }
    },
    receive: answer => waiting.get(answer.request)?.(answer),
  }
}
