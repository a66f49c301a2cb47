import { type ChildProcess, fork } from 'node:child_process'

/** What a process answers, by name. */
export type Answers = Readonly<Record<string, (input: never) => unknown>>

/** Answers the questions of the process that started this one. Values of any kind that a clone can have. */
export function answerAll(answers: Answers): void {
  process.on('message', async ({ number, name, input }: Question) => {
    let reply: Reply
    try {
      reply = { number, answer: await answers[name]!(input as never) }
    } catch (error) {
      reply = { number, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
    process.send?.(reply)
  })
  process.on('disconnect', () => process.exit(0))
}

interface Question {
  readonly number: number
  readonly name: string
  readonly input: unknown
}

interface Reply {
  readonly number: number
  readonly answer?: unknown
  readonly failure?: string
}

/** The process ended before it answered. */
export class Ended extends Error {}

export type Asked<A extends Answers> = <N extends keyof A & string>(
  name: N,
  ...input: Parameters<A[N]>
) => Promise<Awaited<ReturnType<A[N]>>>

/** A process that can be asked, and killed. */
export interface Asking<A extends Answers> {
  readonly ask: Asked<A>
  /** The signal by which it ended, or null. */
  readonly ended: Promise<NodeJS.Signals | null>
  kill(): Promise<void>
}

/** Starts a process of ours that answers. */
export function startAsking<A extends Answers>(file: URL): Asking<A> {
  const child: ChildProcess = fork(file, {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, (reply: Reply | null) => void>()
  let count = 0
  const ended = new Promise<NodeJS.Signals | null>(resolve => {
    child.once('exit', (_, signal) => {
      resolve(signal)
      for (const one of waiting.values()) one(null)
    })
  })
  child.on('error', () => {})
  child.on('message', (reply: Reply) => {
    waiting.get(reply.number)?.(reply)
    waiting.delete(reply.number)
  })
  return {
    ended,
    ask: (name, ...[input]) =>
      new Promise((resolve, reject) => {
        const number = ++count
        waiting.set(number, reply => {
          if (reply === null) reject(new Ended(`it ended before it answered ${name}`))
          else if (reply.failure !== undefined) reject(new Error(`${name}: ${reply.failure}`))
          else resolve(reply.answer as never)
        })
        if (child.connected) child.send({ number, name, input }, () => {})
        else waiting.get(number)?.(null)
      }),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
