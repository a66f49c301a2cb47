import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { refuse } from '#shared/errors.ts'

/** The terminal that a person sits at. */
export interface Terminal {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
}

/** True when somebody can be asked something. */
export function isInteractive({ input, output }: Terminal): boolean {
  return input.isTTY === true && output.isTTY === true
}

/**
 * Asks for a line on the terminal. A secret is not shown while it is typed.
 * @throws Refusal `INTERRUPTED` when the person presses Ctrl-C or ends the input
 */
export function ask({ input, output }: Terminal, question: string, secret: boolean): Promise<string> {
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() })
  output.write(question)
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input, output: secret ? muted : output, terminal: true })
    let isAnswered = false
    lines.once('line', line => {
      isAnswered = true
      lines.close()
      if (secret) output.write('\n')
      resolve(line)
    })
    lines.once('SIGINT', () => lines.close())
    lines.once('close', () => {
      if (!isAnswered) reject(refuse('INTERRUPTED', {}, 'Interrupted.'))
    })
  })
}
