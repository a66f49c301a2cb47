import type { FromCore, ToCore } from '#shared/core-process-protocol.ts'
import { type Refusal, refuse } from '#shared/errors.ts'
import { defaultKeyFile } from '../workspace/layout.ts'
import type { Unlocker } from '../workspace/unlock.ts'

type Answer = Extract<ToCore, { type: 'unlock' | 'create-key' }>
type Problem = NonNullable<Extract<FromCore, { type: 'needs-key' }>['problem']>

/** Gets the key of a workspace through Electron's main process, which has the keychain and the person. */
export interface MainUnlocker extends Unlocker {
  receive(answer: Answer): void
  /** Nobody will answer any more: what waits for an answer is refused. */
  abandon(): void
}

export function mainUnlocker(dir: string, send: (message: FromCore) => void): MainUnlocker {
  let settle: ((answer: Answer) => void) | undefined
  let giveUp: ((problem: Refusal) => void) | undefined

  async function ask<T extends Answer['type']>(
    type: T,
    needs: Omit<Extract<FromCore, { type: 'needs-key' }>, 'type' | 'problem'>,
    problem: Refusal | undefined,
  ): Promise<Extract<Answer, { type: T }>> {
    send({ type: 'needs-key', ...needs, ...(problem ? { problem: problemOf(problem) } : {}) })
    for (;;) {
      const answer = await new Promise<Answer>((resolve, reject) => {
        settle = resolve
        giveUp = reject
      })
      // An answer to another question is a mistake of main; the question stands.
      if (answer.type === type) return answer as Extract<Answer, { type: T }>
    }
  }

  return {
    async secret(slots, problem) {
      const shown = slots.map(({ kind, label }) => ({ kind, hint: label }))
      return (await ask('unlock', { creating: false, slots: shown }, problem)).secret
    },
    async create(problem) {
      const { secret } = await ask('create-key', { creating: true, slots: [] }, problem)
      return secret.kind === 'key-file'
        ? { kind: 'key-file', path: secret.path ?? defaultKeyFile(dir) }
        : secret
    },
    receive: answer => settle?.(answer),
    abandon: () => giveUp?.(refuse('INTERRUPTED', {}, 'The application quits.')),
  }
}

function problemOf({ code }: Refusal): Problem {
  if (code === 'KEYS_KEYCHAIN_FAILED') return 'keychain-failed'
  return code.startsWith('KEYS_KEY_FILE') ? 'key-file-unreadable' : 'wrong-secret'
}
