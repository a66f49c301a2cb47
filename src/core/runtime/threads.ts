import { Refusal } from '#shared/errors.ts'

/** The end of a thread that this side holds; messages are cloned structurally. */
export interface ThreadPort {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void
  onMessage(listener: (message: unknown) => void): void
  /** Is called once when the other side is gone. */
  onExit(listener: (error: Error | null) => void): void
  close(): void
}

/** Where a thread finds the database of a desk. */
export interface ThreadDatabase {
  readonly path: string
  readonly key?: Uint8Array
}

export type ThreadData =
  | { readonly role: 'checkpoint'; readonly database: ThreadDatabase }
  | {
      readonly role: 'reader'
      /** Null where the threads of the host know how to reach the database. */
      readonly database: ThreadDatabase | null
      readonly workspace: string
    }
  | { readonly role: 'job'; readonly workspace: string; readonly jobKind: string }
  | { readonly role: 'documents' }

/** Starts threads; a host passes one that knows where its worker file is. */
export interface Threads {
  start(data: ThreadData): ThreadPort
}

/** The other side is gone: it crashed, or was closed. */
export class ThreadGone extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'ThreadGone'
  }
}

type Ask = { ask: number; name: string; payload: unknown }
type Reply = { reply: number; value?: unknown; failure?: Failure }
type Tell = { tell: string; payload: unknown }
interface Failure {
  readonly code: string | null
  readonly message: string
  readonly data: unknown
  readonly stack: string | undefined
}

export interface Peer {
  /** Asks the other side and waits; refusals and errors there are thrown here. */
  ask<T>(name: string, payload: unknown, transfer?: readonly ArrayBuffer[]): Promise<T>
  tell(name: string, payload: unknown): void
}

/** Questions and answers over a port, in both directions. */
export function createPeer(
  port: ThreadPort,
  answers: Readonly<Record<string, (payload: never) => unknown>>,
): Peer {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  let number = 0
  let gone: Error | null = null

  port.onExit(error => {
    gone = error ?? new ThreadGone('the thread is closed')
    for (const { reject } of waiting.values()) reject(gone)
    waiting.clear()
  })
  port.onMessage(message => {
    const one = message as Ask | Reply | Tell
    if ('ask' in one) void respond(one)
    else if ('reply' in one) settle(one)
    else answers[one.tell]?.(one.payload as never)
  })

  async function respond(one: Ask): Promise<void> {
    try {
      const answer = answers[one.name]
      if (!answer) throw new Error(`no answer to ${one.name}`)
      port.post({ reply: one.ask, value: await answer(one.payload as never) } satisfies Reply)
    } catch (error) {
      port.post({ reply: one.ask, failure: failureOf(error) } satisfies Reply)
    }
  }

  function settle(one: Reply): void {
    const promise = waiting.get(one.reply)
    waiting.delete(one.reply)
    if (one.failure) promise?.reject(errorOf(one.failure))
    else promise?.resolve(one.value as never)
  }

  return {
    ask(name, payload, transfer) {
      if (gone) return Promise.reject(gone)
      return new Promise((resolve, reject) => {
        waiting.set(++number, { resolve, reject })
        port.post({ ask: number, name, payload } satisfies Ask, transfer)
      })
    },
    tell(name, payload) {
      if (!gone) port.post({ tell: name, payload } satisfies Tell)
    },
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) {
    return { code: error.code, message: error.message, data: error.data, stack: undefined }
  }
  const known = error instanceof Error ? error : new Error(String(error))
  return { code: null, message: known.message, data: null, stack: known.stack }
}

function errorOf(failure: Failure): Error {
  if (failure.code !== null) return new Refusal(failure.code, failure.data, failure.message)
  const error = new Error(failure.message)
  if (failure.stack !== undefined) error.stack = failure.stack
  return error
}
