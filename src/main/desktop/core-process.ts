import type { MessageChannelMain, MessagePortMain, UtilityProcess } from 'electron'
import { FromCore, type KeychainState, type ToCore } from '#shared/core-process-protocol.ts'
import type { CoreState } from '#shared/preload-api.ts'

/** The pauses before the next start, in milliseconds; the last one repeats. */
export const BACK_OFF_MS = [250, 1000, 2000, 5000, 10_000, 30_000] as const
/** A process that ran for so long starts anew without a memory of earlier crashes. */
export const STABLE_AFTER_MS = 60_000
/** How long the core may take to close its database. */
export const QUIT_WITHIN_MS = 10_000

type Core = Pick<UtilityProcess, 'kill' | 'on' | 'once' | 'postMessage'>
type Channel = Pick<MessageChannelMain, 'port1' | 'port2'>
export type CoreMessage = FromCore
type Timer = ReturnType<typeof setTimeout>

export interface CoreProcessServices {
  readonly fork: (generation: number) => Core
  readonly makeChannel: () => Channel
  readonly keychainState: () => Promise<KeychainState>
  readonly now: () => number
  readonly setTimer: (task: () => void, ms: number) => Timer
  readonly clearTimer: (timer: Timer) => void
  readonly log: (line: string) => void
}

export interface CoreProcessEvents {
  readonly onState: (state: CoreState) => void
  /** Every understood message of the core, after the state that follows from it. */
  readonly onMessage: (message: CoreMessage) => void
}

/** Hands a port to a window's page. */
type Deliver = (port: MessagePortMain, generation: number) => void

/**
 * The utility process that carries the core: starts it, starts it again with growing pauses when it dies, and
 * counts generations so that a page knows when its port is a new one. A port's `close` is not reliable when a
 * process crashes, so pages go by the announced generation.
 */
export class CoreProcess {
  readonly #settings: { workspaceDir: string; appVersion: string }
  readonly #services: CoreProcessServices
  readonly #events: CoreProcessEvents
  readonly #windows = new Map<number, Deliver>()
  #core: Core | undefined
  #generation = 0
  #startedAt = 0
  #crashes = 0
  #state: CoreState = { state: 'starting', generation: 0 }
  #retry: Timer | undefined
  #isClosing = false

  constructor(
    settings: { workspaceDir: string; appVersion: string },
    services: CoreProcessServices,
    events: CoreProcessEvents,
  ) {
    this.#settings = settings
    this.#services = services
    this.#events = events
  }

  get state(): CoreState {
    return this.#state
  }

  /** Starts the next generation, unless one is there. */
  start(): void {
    if (this.#isClosing || this.#core !== undefined) return
    this.#cancelRetry()
    const generation = ++this.#generation
    this.#startedAt = this.#services.now()
    const core = this.#services.fork(generation)
    this.#core = core
    this.#announce({ state: 'starting', generation })
    core.once('spawn', () => void this.#open(core))
    core.on('message', (message: unknown) => {
      if (this.#core === core) this.#receive(message)
    })
    core.once('exit', (code: number) => {
      if (this.#core === core) this.#ended(code)
    })
  }

  /** Starts again at once because a person asked for it, with the memory of earlier crashes cleared. */
  retry(): void {
    this.#crashes = 0
    this.start()
  }

  /**
   * Gives a window its port as soon as the core is ready, and again at every later generation. Asking again
   * replaces the port.
   */
  connect(window: number, deliver: Deliver): void {
    this.#windows.set(window, deliver)
    if (this.#state.state === 'running') this.#broker(window, deliver)
  }

  /** The window is gone. */
  disconnect(window: number): void {
    if (this.#windows.delete(window) && this.#state.state === 'running')
      this.send({ type: 'disconnect', window })
  }

  /** Sends a message to the present generation; false when there is none, and the message is dropped. */
  send(message: ToCore): boolean {
    if (this.#core === undefined) return false
    this.#core.postMessage(message)
    return true
  }

  /** Asks the core to close its database and waits for its end; ends it when that takes too long. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#cancelRetry()
    const core = this.#core
    if (core === undefined) return
    await new Promise<void>(done => {
      const timer = this.#services.setTimer(() => {
        this.#services.log(`The core did not close within ${QUIT_WITHIN_MS} ms and is ended`)
        core.kill()
        done()
      }, QUIT_WITHIN_MS)
      core.once('exit', () => {
        this.#services.clearTimer(timer)
        done()
      })
      this.send({ type: 'quit' })
    })
  }

  async #open(core: Core): Promise<void> {
    const keychain = await this.#services.keychainState()
    if (this.#core !== core) return
    this.send({ type: 'open', ...this.#settings, generation: this.#generation, keychain })
  }

  #broker(window: number, deliver: Deliver): void {
    const { port1, port2 } = this.#services.makeChannel()
    this.#core?.postMessage({ type: 'connect', window } satisfies ToCore, [port2])
    deliver(port1, this.#generation)
  }

  #receive(message: unknown): void {
    const parsed = FromCore.safeParse(message)
    if (!parsed.success) {
      this.#services.log(`A message of the core was not understood: ${parsed.error.message}`)
      return
    }
    const { data } = parsed
    const generation = this.#generation
    if (data.type === 'ready') {
      this.#announce({ state: 'running', generation })
      for (const [window, deliver] of this.#windows) this.#broker(window, deliver)
    } else if (data.type === 'fatal') {
      const { code, message: text, reference } = data
      const known = reference === undefined ? {} : { reference }
      this.#announce({ state: 'stopped', generation, code, message: text, ...known })
    } else if (data.type === 'needs-key') {
      this.#announce({ state: 'locked', generation })
    }
    this.#events.onMessage(data)
  }

  #ended(code: number): void {
    this.#core = undefined
    if (this.#isClosing || this.#state.state === 'stopped') return
    const ranFor = this.#services.now() - this.#startedAt
    this.#crashes = ranFor >= STABLE_AFTER_MS ? 1 : this.#crashes + 1
    const retryInMs = BACK_OFF_MS[Math.min(this.#crashes, BACK_OFF_MS.length) - 1]!
    this.#services.log(
      `The core ended with code ${code} after ${ranFor} ms; it starts again in ${retryInMs} ms`,
    )
    this.#announce({ state: 'restarting', generation: this.#generation, retryInMs })
    this.#retry = this.#services.setTimer(() => this.start(), retryInMs)
  }

  #cancelRetry(): void {
    if (this.#retry !== undefined) this.#services.clearTimer(this.#retry)
    this.#retry = undefined
  }

  #announce(state: CoreState): void {
    this.#state = state
    this.#events.onState(state)
  }
}
