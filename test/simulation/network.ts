import type { SyncServer } from '#core/sync/protocol.ts'
import type { DeskMachine, Life, Server } from './machines.ts'

/** A message that never arrives is given up after this long. */
const TIMEOUT = 20_000

class NoNetwork extends Error {}

/** A desk's line to the server, as the weather allows. */
export interface Line {
  /** Until when nothing gets through. */
  cutUntil: number
  /** Counts connections: what was under way on an earlier one is gone. */
  connection: number
}

/**
 * The server as a desk reaches it. Requests and answers are lost, late, doubled and out of order; a line can be
 * cut, and the server down. A late request may arrive after its sender gave up, or after it stopped.
 */
export function lineTo(
  { timeline, random, weather }: Life,
  server: () => Server,
  desk: DeskMachine,
  incarnation: () => number,
  line: Line,
): SyncServer {
  const delay = () => {
    if (!weather.rough) return 5 + random.upTo(20)
    return random.chance(0.1) ? random.upTo(2 * TIMEOUT) : 5 + random.upTo(800)
  }
  const lost = () => weather.rough && random.chance(0.06)

  function call(method: keyof SyncServer, request: unknown): Promise<never> {
    const mine = incarnation()
    const { connection } = line
    return timeline.park((resolve, reject) => {
      const alive = () => incarnation() === mine
      timeline.later(TIMEOUT, () => {
        if (alive()) reject(new NoNetwork('no answer'))
      })
      if (timeline.now() < line.cutUntil) return
      const copies = weather.rough && random.chance(0.1) ? 2 : 1
      for (let copy = 0; copy < copies; copy++) {
        if (lost()) continue
        timeline.later(delay(), () => {
          if (connection !== line.connection) return
          void timeline.track(async () => {
            try {
              const answer = await server().answer(method, desk.facts(), request as never)
              if (lost() || timeline.now() < line.cutUntil || connection !== line.connection) return
              timeline.later(delay(), () => {
                if (alive() && connection === line.connection) resolve(answer as never)
              })
            } catch (error) {
              timeline.later(delay(), () => {
                if (alive()) reject(error)
              })
            }
          })
        })
      }
    })
  }

  return {
    hello: build => call('hello', build),
    push: request => call('push', request),
    pull: request => call('pull', request),
    snapshot: request => call('snapshot', request),
    batch: request => call('batch', request),
  }
}
