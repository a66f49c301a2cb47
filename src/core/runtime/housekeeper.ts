import type { Timer } from './timer.ts'

/** After the start, between two rounds, and between two runs of one round, in milliseconds. */
const FIRST = 60_000
const EVERY = 3_600_000
const SOON = 1000

export interface HousekeeperParts {
  readonly timer: Timer
  /** Whether there is anything to do: without it a quiet workspace would log an entry every hour. */
  readonly due: () => Promise<boolean>
  /** Does a bounded piece; true when there is more. */
  readonly run: () => Promise<boolean>
  readonly onBug: (error: unknown) => void
}

/** Looks every hour whether something is old enough to be forgotten. */
export function createHousekeeper(parts: HousekeeperParts) {
  let cancel: () => void = () => {}
  let running: Promise<void> = Promise.resolve()
  let closed = false

  function schedule(milliseconds: number): void {
    if (closed) return
    cancel = parts.timer.after(milliseconds, () => {
      running = round()
    })
  }

  async function round(): Promise<void> {
    let more = false
    try {
      more = (await parts.due()) && (await parts.run())
    } catch (error) {
      parts.onBug(error)
    }
    schedule(more ? SOON : EVERY)
  }

  return {
    start: () => schedule(FIRST),
    async close(): Promise<void> {
      closed = true
      cancel()
      await running
    },
  }
}
