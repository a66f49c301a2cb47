import type { ClientLink, ClientOptions } from '@orpc/client'

/** What travels with every call besides its input. */
export interface CallContext {
  /** The id of a command: one for each intention, the same when it is sent again. */
  readonly commandId?: string
  /** When the command was intended, in milliseconds since 1970. */
  readonly intendedAt?: number
}

/** A working connection to one core. */
export interface Line {
  readonly link: ClientLink<CallContext>
  /** Counts the starts of the core, where the host tells it. */
  readonly generation: number | null
}

interface Current extends Line {
  readonly lost: Promise<never>
  readonly lose: () => void
}

/** The connection went away while a call was under way. */
export class LineLost extends Error {
  constructor() {
    super('The connection to the core was lost')
    this.name = 'LineLost'
  }
}

/**
 * A link that outlives connections. A call made while there is none waits; a call whose connection is lost is
 * sent again over the next one. That is safe: questions change nothing, and a command carries its id, so the
 * core gives the answer that it kept instead of running it twice.
 */
export class CoreLink implements ClientLink<CallContext> {
  #current: Current | null = null
  #refusal: Error | null = null
  readonly #waiting = new Set<{ resolve: (line: Current) => void; reject: (error: Error) => void }>()

  /** A new connection is there; an older one is given up. */
  open(line: Line): void {
    this.lost()
    let lose: () => void = () => undefined
    const lost = new Promise<never>((_, reject) => {
      lose = () => reject(new LineLost())
    })
    // It is rejected also when nobody is waiting.
    lost.catch(() => undefined)
    this.#current = { ...line, lost, lose }
    for (const waiting of this.#waiting) waiting.resolve(this.#current)
    this.#waiting.clear()
  }

  /** The connection is gone. What was under way waits for the next one. */
  lost(): void {
    this.#current?.lose()
    this.#current = null
  }

  /** There will be no further connection: everything that waits fails with this. */
  refuse(error: Error): void {
    this.lost()
    this.#refusal = error
    for (const waiting of this.#waiting) waiting.reject(error)
    this.#waiting.clear()
  }

  async call(path: readonly string[], input: unknown, options: ClientOptions<CallContext>): Promise<unknown> {
    for (;;) {
      const line = await this.#line(options.signal)
      try {
        return await Promise.race([line.link.call(path, input, options), line.lost])
      } catch (error) {
        if (options.signal?.aborted || this.#current === line) throw error
        // The connection ended before the answer came: once more, over the next one.
      }
    }
  }

  #line(signal: AbortSignal | undefined): Promise<Current> {
    if (this.#refusal) return Promise.reject(this.#refusal)
    if (this.#current) return Promise.resolve(this.#current)
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject }
      this.#waiting.add(waiting)
      signal?.addEventListener(
        'abort',
        () => {
          this.#waiting.delete(waiting)
          reject(signal.reason)
        },
        { once: true },
      )
    })
  }
}
