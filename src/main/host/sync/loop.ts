import type { LiveFeed } from '#core/runtime/live.ts'
import type { Timer } from '#core/runtime/timer.ts'
import type { Round } from '#core/sync/client.ts'
import { FOR_A_PERSON } from './failures.ts'

export interface LoopParts {
  readonly round: () => Promise<Round>
  /** Listens until it fails or is aborted. */
  readonly follow: (signal: AbortSignal, told: (version: bigint) => void) => Promise<void>
  readonly live: Pick<LiveFeed, 'watch'>
  readonly timer: Timer
  readonly clock: { now(): bigint; monotonic(): number }
  /** From 0 to 1, for jitter. */
  readonly random: () => number
  readonly onRound?: (round: Round) => void
  readonly onFailure: (message: string, facts: Record<string, unknown>) => void
}

/** Without an announcement, and while none can be heard; in milliseconds. */
const SLOW = { listening: 5 * 60_000, deaf: 30_000 } as const
/** Pauses between tries: the first and the longest, in milliseconds. */
const PAUSE = { first: 1000, most: 60_000 } as const
/** How often the clocks are compared, and how far they may drift apart between two looks, in milliseconds. */
const LOOK = 10_000
const JUMP = 5000

/**
 * Runs rounds: at once after a command here and after an announcement, when the machine wakes, and now and
 * then. While the server cannot be reached the pauses grow, up to a minute, and differ from desk to desk, so
 * that a server that comes back is not run over by all of them.
 */
export function createSyncLoop(parts: LoopParts) {
  const { timer, clock } = parts
  let closed = false
  let running: Promise<Round | null> | null = null
  let again = false
  let failures = 0
  /** The version that the last round reached at least; announcements up to it are not news. */
  let announced = -1n
  let listening: AbortController | null = null
  let isListening = false
  let stopWaiting = () => {}
  let stopLooking = () => {}
  let last = { wall: clock.now(), steady: clock.monotonic() }

  function pause(): number {
    const most = Math.min(PAUSE.first * 2 ** (failures - 1), PAUSE.most)
    return most * (0.5 + parts.random() / 2)
  }

  function wait(milliseconds: number): void {
    stopWaiting()
    if (!closed) stopWaiting = timer.after(milliseconds, () => void run())
  }

  /** One round; a call while one runs asks for another behind it. */
  function run(): Promise<Round | null> {
    if (closed) return Promise.resolve(null)
    if (running) {
      again = true
      return running
    }
    stopWaiting()
    again = false
    running = attempt().finally(() => {
      running = null
      if (again && failures === 0) void run()
    })
    return running
  }

  async function attempt(): Promise<Round | null> {
    let round: Round | null = null
    let failure: unknown
    try {
      round = await parts.round()
      // Another release gets on with nothing of this one until somebody brings it up to date.
      if (round.unfit) failure = { code: 'SYNC_DESK_TOO_OLD' }
      else failure = round.reached ? null : round.failure
      parts.onRound?.(round)
    } catch (error) {
      failure = error
      parts.onFailure('a round of sync failed', { error })
    }
    if (closed) return round
    if (failure === null) {
      failures = 0
      if (!listening) void listen()
      wait(isListening ? SLOW.listening : SLOW.deaf)
      return round
    }
    failures++
    const { code } = failure as { code?: unknown }
    wait(typeof code === 'string' && FOR_A_PERSON.has(code) ? SLOW.listening : pause())
    return round
  }

  /** Listens while the server answers. When the stream ends a round finds out whether it still does. */
  async function listen(): Promise<void> {
    const stop = new AbortController()
    listening = stop
    try {
      await parts.follow(stop.signal, version => {
        isListening = true
        if (version <= announced) return
        announced = version
        void run()
      })
    } catch (error) {
      if (!stop.signal.aborted && isListening)
        parts.onFailure('announcements ended', { reason: error instanceof Error ? error.message : error })
    }
    if (listening === stop) listening = null
    const wasListening = isListening
    isListening = false
    announced = -1n
    if (closed || stop.signal.aborted) return
    // A server that ends its streams at once must not be asked in a circle.
    if (wasListening) void run()
    else wait(SLOW.deaf * (0.5 + parts.random() / 2))
  }

  /** The machine slept, or its clock was set: whatever was known of the connection is old. */
  function look(): void {
    const wall = clock.now()
    const steady = clock.monotonic()
    const byWall = Number(wall - last.wall)
    const bySteady = steady - last.steady
    last = { wall, steady }
    if (Math.abs(byWall - bySteady) > JUMP || bySteady > LOOK + JUMP || byWall > LOOK + JUMP) awake()
    stopLooking = timer.after(LOOK, look)
  }

  /** Begins anew, without a pause: the network may be another one. */
  function awake(): void {
    failures = 0
    listening?.abort()
    listening = null
    isListening = false
    void run()
  }

  const unwatch = parts.live.watch(tables => {
    // A round's own notes in the outbox come while it runs, and lead to at most one further look.
    if (!tables.has('outbox') || closed || running) {
      if (tables.has('outbox') && running) again = true
      return
    }
    if (failures === 0) void run()
    // Somebody works here without a network: it is tried again soon, but not for every key that they press.
    else wait(Math.min(pause(), 2000))
  })

  return {
    start(): void {
      last = { wall: clock.now(), steady: clock.monotonic() }
      stopLooking = timer.after(LOOK, look)
      void run()
    },
    /** A round now, whatever the pauses say. Null when the loop is closed or the round failed by a bug. */
    async now(): Promise<Round | null> {
      if (running) await running
      return run()
    },
    awake,
    isListening: () => isListening,
    async close(): Promise<void> {
      closed = true
      unwatch()
      stopWaiting()
      stopLooking()
      listening?.abort()
      await running?.catch(() => {})
    },
  }
}

export type SyncLoop = ReturnType<typeof createSyncLoop>
